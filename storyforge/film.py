"""make_film: the whole program on one page. Every shot is a coroutine of its own; none waits for a whole stage.

A shot's clip needs its own picture and speech, and those of the shot before, from which it dissolves:

    picture, spoken = await self.picture(n), await self.speech(n)
    clip = await self.run(Shoot(view=…, before=…, …))
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Literal, TypeVar

from storyforge.backend import PartPlanner, Voice
from storyforge.editing import turns_rightwards
from storyforge.errors import Interrupted, ScenesFailed, StoryforgeError
from storyforge.ledger import SceneEntry
from storyforge.manner import DELIVERIES
from storyforge.narration.whose import passed_over
from storyforge.output import Output, picture_name
from storyforge.picture_tasks import Card
from storyforge.pictures import ScenePictures
from storyforge.rendering.encoders import Encoder
from storyforge.rendering.hardware import Choice, choose
from storyforge.rewording import told
from storyforge.runner import Event, Runner, all_of
from storyforge.sentences import Line
from storyforge.settings import Crew, Settings, frame_size, picture_size
from storyforge.shots import lexicon_for, makers, shots_of, speakers, told_lines
from storyforge.store import Artifact, Store
from storyforge.story import Story
from storyforge.story_file import StoryFile
from storyforge.storyboard import Planning, Storyboard
from storyforge.tasks import Chapter, Join, Mix, Piece, Plan, Shoot, Speak, Task, View, planned_parts
from storyforge.timeline import Spoken, Timeline, scene_frames, timeline
from storyforge.web.waiting import waited

FADE = 0.8  # seconds from black at the start
SLOWEST, FASTEST = 0.35, 2.9  # times a voice's own pace: all that slows a line down taken together
HELD = 2.0  # seconds that the end card is seen before it fades

FILM = "film"
BARE_FILM = "film-without-pictures"
"""What the files of a film are called, and of one in which a card stands for every scene's picture."""

T = TypeVar("T")
F = TypeVar("F", bound="FilmMaker")


@dataclass(frozen=True)
class Film:
    path: Path
    seconds: float
    scenes: int


async def make_film(file: StoryFile, settings: Settings, crew: Crew, runner: Runner, output: Output) -> Film:
    """Makes what is missing, then joins the film. ScenesFailed, with every failure, if scenes could not be made."""
    if why := encoder_for(file.story, settings).reason:  # refused before anything is made
        runner.tell(Event(kind="note", text=why))
    with output.alone():
        return await _made_alone(file, settings, crew, runner, output)


async def _made_alone(file: StoryFile, settings: Settings, crew: Crew, runner: Runner, output: Output) -> Film:
    with output.adding(runner.store, file.path):
        file = await as_told(file, crew, runner, output)
        board = await storyboard_of(file, crew, runner, output)
    runner.tell(Event(kind="planned", text=file.story.title, fraction=float(len(board.scenes))))
    film = await FilmMaker(file, board, settings, crew, runner, output).film()
    runner.tell(Event(kind="finished", text=str(film.path), seconds=film.seconds))
    return film


async def as_told(file: StoryFile, crew: Crew, runner: Runner, output: Output | None = None) -> StoryFile:
    """The story in the words that the film tells: its own, unless it asks to have them mended or told anew.

    `output` is told of what that was made with, and is open for it (`adding`).
    """
    keys: list[str] = []

    def keep(key: str) -> None:
        keys.append(key)
        if output:
            output.note(key)

    file = await told(file, crew.planner, runner, keep)
    return replace(file, wording=tuple(keys))


async def storyboard_of(
    file: StoryFile, crew: Crew, runner: Runner, output: Output, *, write: bool = True
) -> Storyboard:
    """The user's storyboard if it was edited, else a fresh plan, which is written down for the user to edit.

    `file` is the story `as_told`. `write`: `output` is open for what is made (`adding`).
    """
    output.stop_if_taken(file.path)
    plan = Plan.of(file.story, crew.planner)
    if write and output.board_deleted:  # it is to be planned anew
        forget_plan(plan, runner.store)
    planned = await _planned(plan, runner, output.note if write else lambda key: None)
    board, notes = output.settle_board(file.story.title, planned, plan.key, write=write)
    for note in (*notes, *strangers(board, file.story)):
        runner.tell(Event(kind="note", text=note))
    return board


async def _planned(plan: Plan, runner: Runner, keep: Callable[[str], None]) -> Storyboard:
    """The storyboard as planned. A planner that goes part by part is asked for each."""
    store = runner.store
    keep(plan.key)
    if not isinstance(plan.planner, PartPlanner) or store.find(plan.key) is not None:
        return Plan.read(store.path(await runner.run(plan)))
    parts = []
    for part in planned_parts(plan, store.find, store.path):
        keep(part.key)
        parts.append(await runner.run(part))
    planned = Plan.read(store.path(await runner.run(plan.model_copy(update={"parts": tuple(parts)}))))
    runner.tell(Event(kind="note", text=costs_told(planned.planning)))
    return planned


def forget_plan(plan: Plan, store: Store) -> None:
    """So that a language model is asked again; rules would say the same."""
    if isinstance(plan.planner, PartPlanner):
        for part in list(planned_parts(plan, store.find, store.path)):
            store.forget(part.key)
        store.forget(plan.key)


def strangers(board: Storyboard, story: Story) -> Iterator[str]:
    """Keys that the storyboard uses for nobody: a slip of the pen, or somebody who was taken out of the cast."""
    known = {*story.cast, *board.extras, ""}
    for number, scene in enumerate(board.scenes, 1):
        for key in dict.fromkeys((*(actor.who for actor in scene.characters), *scene.quotes)):
            if key not in known:
                there = ", ".join(each for each in sorted(known) if each) or "nobody"
                yield f"scene {number}: {key!r} is neither in the cast nor among the extras; there are: {there}"


def costs_told(planning: Planning) -> str:
    """`planned by qwen3:8b: 3 requests, 5,210 tokens in, 2,034 out, 41 s`"""
    costs = planning.costs
    tokens = f"{costs.tokens_in:,} tokens in, {costs.tokens_out:,} out"
    return (
        f"planned by {planning.model or planning.planner}: {costs.requests} requests, {tokens}, {costs.seconds:.0f} s"
    )


def failed_scenes(failures: list[tuple[str, StoryforgeError]]) -> ScenesFailed:
    """One error for all: places that failed for the same reason are named together, each once."""
    reasons: dict[str, dict[str, StoryforgeError]] = {}
    for place, error in failures:
        reasons.setdefault(str(error), {}).setdefault(place, error)
    told = tuple((", ".join(same), next(iter(same.values()))) for same in reasons.values())
    count = len({place for place, _ in failures})
    what = f"{count} parts of the film" if count > 1 else "A part of the film"
    return ScenesFailed(f"{what} could not be made; the others are kept", told, "mend this and run again")


def keys_of(describe: Callable[[int], Iterable[Task]], number: int) -> tuple[str, ...]:
    """None where a task cannot even be described (its file is missing): that is told when its turn comes."""
    with suppress(StoryforgeError, OSError):
        return tuple(task.key for task in describe(number))
    return ()


def once(method: Callable[[F, int], Coroutine[Any, Any, T]]) -> Callable[[F, int], Awaitable[T]]:
    """However many wait for it, the work for one shot is started once."""

    @wraps(method)
    def started(self: F, number: int) -> Awaitable[T]:
        name = (method.__name__, number)
        if name not in self.works:
            self.works[name] = asyncio.ensure_future(method(self, number))
        return self.works[name]

    return started


def encoder_for(story: Story, settings: Settings) -> Choice:
    """What the film is encoded with, and why. BadSettings if what was asked for does not work here."""
    size = frame_size(story.aspect, settings.film_height)
    return choose(settings.encoder, settings.film_profile, size, settings.fps, settings.preset, settings.crf)


class FilmMaker:
    """Shots are numbered from 0: the title card, scenes 1 … n, the end card."""

    def __init__(
        self, file: StoryFile, board: Storyboard, settings: Settings, crew: Crew, runner: Runner, output: Output
    ) -> None:
        self.file, self.story, self.board, self.settings, self.crew = file, file.story, board, settings, crew
        self.runner, self.output = runner, output
        self.shots = shots_of(self.story, board, softly=settings.bedtime or self.story.bedtime)
        self.narrator = crew.narrator.rehearsed([shot.lines for shot in self.shots])
        self.telling = settings.telling_of(self.story)
        self.pauses = self.telling.pauses(settings.pauses)
        self.ending = self.telling.fade + HELD
        self.frame = frame_size(self.story.aspect, settings.film_height)
        self.pictures = ScenePictures(
            file,
            board,
            crew.illustrator,
            picture_size(self.frame),
            output.board_path.parent,
            runner,
            self._run_for_scene,
            outside=settings.outside,
        )
        self.pictures.several = settings.takes_of(self.story) > 1
        self.works: dict[tuple[str, int], asyncio.Future[Any]] = {}
        self.failures: list[tuple[int | None, StoryforgeError]] = []  # with the shot; None is the film itself
        self.bare = False
        """Whether a card stands for every scene's picture, because none could be made."""

    @cached_property
    def voices(self) -> dict[str, Voice]:
        """Whose voice is whose. The narrator may have to ask a server."""
        return self.narrator.cast_voices(self.story, speakers(self.shots), self.board.extras)

    @cached_property
    def encoder(self) -> Encoder:
        return encoder_for(self.story, self.settings).encoder

    async def film(self) -> Film:
        await self.runner.call(lambda progress: waited(lambda: self.voices, progress))
        store = self.runner.store
        scenes, others = self.planned_keys()
        with self.output.making(store, self.file.path, scenes, others), self.pictures:
            people = {**self.board.extras, **self.story.cast}
            for note in (*self.narrator.notes(self.voices), *passed_over(people, self.voices)):
                self.runner.tell(Event(kind="note", text=note))
            if self.pictures.missing:
                await self.pictures.ready()
            try:
                clips = await self.clips_and_sound()
            except ScenesFailed as failed:
                if self._without_pictures():
                    raise await self._told_with_cards(failed) from None
                raise
            film = await self._joined(clips, FILM)
            for name in (f"{BARE_FILM}.mp4", f"{BARE_FILM}.srt"):
                self.output.withdraw(store, name)
        return film

    async def _joined(self, clips_and_sound: list[Artifact], name: str) -> Film:
        *clips, sound = clips_and_sound
        store, times = self.runner.store, await self.times(0)
        join = self.join_task(tuple(clips), sound, times)
        path = self.output.publish(store, await self.run(join, None), f"{name}.mp4")
        self.output.publish_text(store, join.subtitles, f"{name}.srt")
        return Film(path, times.seconds, len(self.board.scenes))

    def _without_pictures(self) -> bool:
        """Whether nothing is wrong but that no scene has a picture."""
        works = [self.works["picture", number] for number, shot in enumerate(self.shots) if shot.kind == "scene"]
        wrong = [work.exception() for work in works]
        return None not in wrong and all(any(error is each for each in wrong) for _, error in self.failures)

    async def _told_with_cards(self, failed: ScenesFailed) -> ScenesFailed:
        """What to tell after a film without pictures has been made. The next run tries to make them again."""
        self.runner.tell(Event(kind="note", text="no picture could be made; the story is told with title cards"))
        self.bare = True
        self.failures.clear()
        for work in [work for work in self.works if work[0] in ("picture", "view", "clip")]:
            del self.works[work]
        film = await self._joined(await self._all_clips_and_sound(), BARE_FILM)
        what = f"No picture could be made; {film.path} tells the story with title cards instead"
        return ScenesFailed(what, failed.failures, "mend this and run again")

    async def clips_and_sound(self) -> list[Artifact]:
        """All that can be made is made before a failure ends the film."""
        telling = asyncio.ensure_future(self._tell_of_small_pictures())
        made = await self._all_clips_and_sound(stop=False)
        await telling
        self._drop_other_pictures()
        takes = await asyncio.gather(*map(self._takes, range(len(self.shots))), return_exceptions=True)
        self._stop_if_failed([*made, *takes])
        self.output.keep_choices(self.pictures.choices())
        return made

    async def _all_clips_and_sound(self, *, stop: bool = True) -> list[Any]:
        """`stop`: what could not be made is raised, not returned."""
        shots = range(len(self.shots))
        made: list[Any] = await asyncio.gather(*map(self.clip, shots), self.sound(0), return_exceptions=True)
        await asyncio.gather(*self.works.values(), return_exceptions=True)
        if stop:
            self._stop_if_failed(made)
        return made

    async def _tell_of_small_pictures(self) -> None:
        """As soon as all pictures are there, while clips are still being shot."""
        from storyforge.rendering.enlarging import enlarged_told

        views = await asyncio.gather(*map(self.view, range(len(self.shots))), return_exceptions=True)
        path = self.runner.store.path
        scenes = [
            (number, path(view.picture), view.camera, (view.frames + view.overlap) / self.settings.fps)
            for number, view in enumerate(views)
            if isinstance(view, View) and self.shots[number].kind == "scene"
        ]
        if note := enlarged_told(scenes, self.frame):
            self.runner.tell(Event(kind="note", text=note))

    async def scene(self, number: int) -> tuple[Path, Path | None]:
        """One scene's picture alone, from 1, and the sheet of its takes if there are several. Where both lie."""
        self.pictures.numbers = (number,)
        with self.output.adding(self.runner.store, self.file.path), self.pictures:
            artifact = await self.pictures.picture(number)
            sheet = await self.takes(number)
            self.output.keep_choices(self.pictures.choices())
            return self.output.publish(self.runner.store, artifact, picture_name(number, artifact)), sheet

    async def takes(self, number: int) -> Path | None:
        """All takes of a scene and a sheet to pick from, in takes/; None if there is but one."""
        count = self.settings.takes_of(self.story)
        if count == 1 or self.board.scenes[number - 1].picture is not None:
            return None
        pictures, sheet = await self.pictures.takes(number, count)
        store, name = self.runner.store, f"takes/scene-{number:03}"
        for take, picture in enumerate(pictures, 1):
            self.output.publish(store, picture, f"{name}-{take}{picture.suffix}")
        return self.output.publish(store, sheet, f"{name}.jpg")

    def planned_keys(self) -> tuple[tuple[SceneEntry, ...], tuple[str, ...]]:
        """What the ledger can name before anything is made: pictures and lines of scenes, the plan, lines of cards."""
        scenes = tuple(
            SceneEntry(
                text=scene.text,
                picture="".join(keys_of(lambda n: [self.pictures.first(n)], number)),
                speech=keys_of(self.speak_tasks, number),
            )
            for number, scene in enumerate(self.board.scenes, 1)
        )
        cards = (key for number in (0, len(self.shots) - 1) for key in keys_of(self.speak_tasks, number))
        return scenes, (*self._plan_keys(), *cards)

    def _plan_keys(self) -> Iterator[str]:
        plan, store = Plan.of(self.story, self.crew.planner), self.runner.store
        yield from (*self.file.wording, plan.key)
        if isinstance(plan.planner, PartPlanner):
            yield from (part.key for part in planned_parts(plan, store.find, store.path))

    async def _takes(self, number: int) -> None:
        with self._noting(number):
            if scene := self.shots[number].number:
                await self.takes(scene)

    @once
    async def clip(self, number: int) -> Artifact:
        view = await self.view(number)
        before = await self.view(number - 1) if number else None
        last = number == len(self.shots) - 1
        shoot = Shoot(
            view=view,
            before=before,
            transition=self.shots[number].passage.way,
            rightwards=self.rightwards(number),
            passage=before.overlap if before else 0,
            fade_in=0 if number else round(FADE * self.settings.fps),
            fade_out=round(self.telling.fade * self.settings.fps) if last else 0,
            width=self.frame[0],
            height=self.frame[1],
            fps=self.settings.fps,
            encoder=self.encoder,
        )
        return await self.run(shoot, number)

    @once
    async def view(self, number: int) -> View:
        """The picture, the camera's move, and how long both last."""
        picture, frames = await asyncio.gather(self.picture(number), self.frames(number))
        overlap = 0 if number == len(self.shots) - 1 else await self.overlap(number + 1)
        return View(picture=picture, camera=self.shots[number].camera, frames=frames, overlap=overlap)

    @once
    async def frames(self, number: int) -> int:
        least = self.ending if number == len(self.shots) - 1 else 0.0
        return scene_frames(await self.speech(number), self.pauses, self.settings.fps, least)

    async def overlap(self, number: int) -> int:
        """Frames in which the shot before is still seen; never more than a third of either side's."""
        wanted = round(self.shots[number].passage.seconds(self.settings.dissolve) * self.settings.fps)
        return min(wanted, await self.frames(number) // 3, await self.frames(number - 1) // 3)

    def rightwards(self, number: int) -> bool:
        return self.shots[number].passage.way == "page-turn" and turns_rightwards(self.story.language)

    @once
    async def picture(self, number: int) -> Artifact:
        with self._noting(number):
            scene = self.shots[number].number
            if scene is not None and not self.bare:
                picture = await self.pictures.picture(scene)
                if self.board.scenes[scene - 1].picture is None:
                    self.output.drawn_by(self.crew.illustrator.name)
                self.output.publish(self.runner.store, picture, picture_name(scene, picture))
                return picture
            return await self.run(await self.card(number), number)

    async def card(self, number: int) -> Card:
        """The title's, the end's; or a scene's, with its title, where it has no picture."""
        shot = self.shots[number]
        kind: Literal["title", "end"] = "end" if shot.kind == "end" else "title"
        behind = None if self.bare else await self.picture(1 if kind == "title" else len(self.shots) - 2)
        heading, small = shot.heading or shot.chapter, self.makers() if kind == "end" else shot.small
        card = Card.of(kind, heading, small, behind, picture_size(self.frame))
        if "" in card.fonts:
            letters = " ".join((heading, *small))
            note = f"no font here has all letters of {letters!r}: that card stays bare (see: storyforge doctor)"
            self.runner.tell(Event(kind="note", text=note))
        return card

    def makers(self) -> tuple[str, ...]:
        return makers(self.story, self.crew.illustrator.name, self.narrator.tellers(self.voices))

    def voice(self, line: Line) -> Voice:
        """Its speaker's, at the pace of what is said and of the whole film."""
        voice = self.voices[line.speaker]
        pace = voice.pace * self.telling.pace * DELIVERIES[self.telling.manner(line.manner)].pace
        return voice.model_copy(update={"pace": round(min(max(pace, SLOWEST), FASTEST), 4)})

    def speak_tasks(self, number: int) -> list[Speak]:
        return [
            Speak(
                text=line.text,
                voice=self.voice(line),
                language=self.story.language,
                lexicon=lexicon_for(line.text, self.story, self.board.extras, self.settings.lexicon),
                narrator=self.narrator,
            )
            for line in self.shots[number].lines
        ]

    @once
    async def sounds(self, number: int) -> list[Artifact]:
        return await all_of(self.run(task, number) for task in self.speak_tasks(number))

    @once
    async def speech(self, number: int) -> list[Spoken]:
        """Lengths and words of the shot's lines; the sound itself stays in the store."""
        speeches = [Speak.read(self.runner.store.path(sound)) for sound in await self.sounds(number)]
        return [
            Spoken(text=line.text, speaker=line.speaker, seconds=s.seconds, words=s.words, after=line.after)
            for line, s in zip(self.shots[number].lines, speeches, strict=True)
        ]

    @once
    async def times(self, _: int) -> Timeline:
        speech = await asyncio.gather(*map(self.speech, range(len(self.shots))))
        return timeline(speech, self.pauses, self.settings.fps, self.ending)

    @once
    async def sound(self, _: int) -> Artifact:
        times = await self.times(0)
        pieces = []
        for number, scene in enumerate(times.scenes):
            levels = [DELIVERIES[self.telling.manner(line.manner)].level for line in self.shots[number].lines]
            spoken = zip(await self.speech(number), await self.sounds(number), levels, strict=True)
            heard = [(sound, level) for line, sound, level in spoken if line.seconds]
            pieces += [
                Piece(start=t.start, speech=sound, level=level)
                for t, (sound, level) in zip(scene.lines, heard, strict=True)
            ]
        mix = Mix(pieces=tuple(pieces), seconds=times.seconds, loudness=self.telling.loudness, fade=self.telling.fade)
        return await self.run(mix, None)

    def join_task(self, clips: tuple[Artifact, ...], sound: Artifact, times: Timeline) -> Join:
        from storyforge.rendering.subtitles import cues, to_srt

        spans = [times.span(number) for number in range(len(self.shots))]
        return Join(
            clips=clips,
            sound=sound,
            subtitles=to_srt(cues((t.text, t.words, t.start, t.end) for t in told_lines(self.shots, times))),
            chapters=tuple(
                Chapter(start=start, end=end, title=shot.chapter)
                for shot, (start, end) in zip(self.shots, spans, strict=True)
            ),
            title=self.story.title,
            author=self.story.author,
            language=self.story.language,
            reorder=self.encoder.reorder,
        )

    async def run(self, task: Task, number: int | None) -> Artifact:
        scene = self.shots[number].number if number is not None else None
        with self._noting(number):
            return await self._run_for_scene(task, scene)

    async def _run_for_scene(self, task: Task, scene: int | None) -> Artifact:
        self.output.note(task.key)
        return await self.runner.run(task, scene)

    @contextmanager
    def _noting(self, number: int | None) -> Iterator[None]:
        """Notes what goes wrong where it does; all who wait for it hear of it, too, but it is told once."""
        try:
            yield
        except StoryforgeError as error:
            if all(error is not told for _, told in self.failures):
                self.failures.append((number, error))
            raise

    def _drop_other_pictures(self) -> None:
        """Those that the film no longer shows."""
        if not self.failures:
            made = ((shot.number, self.works[("picture", number)]) for number, shot in enumerate(self.shots))
            shown = {picture_name(scene, work.result()) for scene, work in made if scene is not None}
            self.output.drop_other_pictures(self.runner.store, shown)

    def _stop_if_failed(self, results: list[Any]) -> None:
        bugs = [r for r in results if isinstance(r, BaseException) and not isinstance(r, StoryforgeError)]
        if bugs:
            raise bugs[0]
        if stopped := [error for _, error in self.failures if isinstance(error, Interrupted)]:
            raise stopped[0]
        if self.failures:
            raise failed_scenes([(self._place(number), error) for number, error in self.failures])

    def _place(self, number: int | None) -> str:
        scene = None if number is None else self.shots[number].number
        return f"scene {scene}" if scene else "the film"
