"""`storyforge record`, with a mouth in place of the microphone; and films that are told by recordings."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from storyforge.backend import Voice
from storyforge.commands.check import check
from storyforge.commands.record import record
from storyforge.errors import BackendFailed, BadSettings, BadStory, Interrupted, ScenesFailed, UnknownName
from storyforge.film import FilmMaker, make_film
from storyforge.narration.espeak import Espeak
from storyforge.narration.microphone import Microphone
from storyforge.narration.recorded import Recorded
from storyforge.narration.recordings import name_of, shelf_at
from storyforge.narration.wav import read_sound
from storyforge.output import output_for
from storyforge.runner import Event, LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from storyforge.tasks import Plan, Speak
from tests import films
from tests.fakes.sounds import wav
from tests.films import settings_for

STORY = """\
title: The Lost Mitten
narrator: {recorded: {folder: voices/me/, fallback: espeak}}
cast:
  mira: {looks: a small girl, voice: {recorded: voices/mira/}}
  bruno: {looks: a big bear, voice: grandpa}
story: |
  Mira walked into the forest to look for her mitten.

  “Have you seen it anywhere?” asked Mira. “Not since yesterday,” said Bruno.
"""
ASKED = "“Have you seen it anywhere?”"
WALKED = "Mira walked into the forest to look for her mitten."
NOTHING: dict[str, Any] = {}
RATE = 22050


def sound(text: str, voice: str = "+f4") -> NDArray[np.float32]:
    quiet = np.zeros(RATE // 3, np.float32)
    return np.concatenate([quiet, Espeak().speak(text, Voice(name=voice), "en", {}).samples * np.float32(0.8), quiet])


class Mouth:
    """A microphone before which these sounds are made, one after the other."""

    rate = RATE

    def __init__(self, *sounds: NDArray[np.float32]) -> None:
        self.sounds = iter(sounds)

    def __call__(self) -> Microphone:
        return self

    def heard(self, until: Callable[[], object]) -> NDArray[np.float32]:
        until()
        return next(self.sounds)


def no_microphone() -> Microphone:
    raise BackendFailed("Recording needs an ear", "grow one")


def answers(*given: str) -> Callable[[str], str]:
    """Of somebody at the keyboard, who goes away at the end."""
    waiting = iter(given)

    def answer(question: str) -> str:
        for each in waiting:
            return each
        raise EOFError

    return answer


@pytest.fixture
def story(write: Any) -> Path:
    path: Path = write("mitten.yaml", STORY)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def recorded_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def heard(texts: Iterable[str]) -> Iterator[NDArray[np.float32]]:
    return map(sound, texts)


# ---- the walk


def test_one_walks_through_the_lines_and_each_is_kept_under_its_name(story: Path, settings: Settings) -> None:
    mouth = Mouth(*heard(["The Lost Mitten", WALKED]))
    with pytest.raises(Interrupted, match="what was recorded is kept"):
        record(story, settings, NOTHING, hears=mouth, ask=answers("", "", "", ""))
    assert recorded_in(story.parent / "voices/me") == [f"{name_of(WALKED)}.wav", f"{name_of('The Lost Mitten')}.wav"]


def test_only_what_is_missing_is_asked_for_and_one_may_skip_or_end(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    record(story, settings, NOTHING, hears=Mouth(sound(WALKED)), ask=answers("s", "", "", "q"))
    told = capsys.readouterr().out
    assert "1 of 6, narrator:" in told and "1 of 6 lines recorded" in told and "Not since yesterday" not in told
    record(story, settings, NOTHING, hears=Mouth(), ask=answers("q"))
    assert "1 of 5, narrator:" in capsys.readouterr().out


def test_only_some_may_be_asked_for(story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    record(story, settings, NOTHING, ["mira"], hears=Mouth(sound(ASKED)), ask=answers("", ""))
    assert recorded_in(story.parent / "voices/mira") == [f"{name_of(ASKED)}.wav"]
    record(story, settings, NOTHING, ["mira"], hears=no_microphone, ask=answers())
    assert "Nothing is missing (1 line)" in capsys.readouterr().out
    with pytest.raises(UnknownName, match=r"'bruno'.*narrator, mira"):
        record(story, settings, NOTHING, ["bruno"], hears=no_microphone, ask=answers())


def test_what_goes_wrong_is_told_and_recorded_again(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    other = sound("Nobody has ever counted the frogs in our garden pond.")
    mouth = Mouth(np.zeros(0, np.float32), np.sign(other) * np.float32(1), other, sound(ASKED))
    record(story, settings, NOTHING, ["mira"], hears=mouth, ask=answers(*[""] * 8))
    told = capsys.readouterr().out
    assert "Next to nothing was heard" in told and "too loud" in told and "What is heard in it is not" in told
    assert recorded_in(story.parent / "voices/mira") == [f"{name_of(ASKED)}.wav"]


def test_what_is_right_all_the_same_can_be_kept(story: Path, settings: Settings) -> None:
    mouth = Mouth(sound("Nobody has ever counted the frogs in our garden pond."))
    record(story, settings, NOTHING, ["mira"], hears=mouth, ask=answers("", "", "k"))
    assert recorded_in(story.parent / "voices/mira") == [f"{name_of(ASKED)}-as-is.wav"]


def test_a_line_that_is_recorded_anew_keeps_the_one_before(story: Path, settings: Settings) -> None:
    folder = story.parent / "voices/mira"
    folder.mkdir(parents=True)
    (folder / f"{name_of(ASKED)}.mp3").write_bytes(b"an older one")
    record(story, settings, NOTHING, ["mira"], again=True, hears=Mouth(sound(ASKED)), ask=answers("", ""))
    assert recorded_in(folder) == [f"{name_of(ASKED)}.wav"]
    assert (folder / "before" / f"{name_of(ASKED)}.mp3").read_bytes() == b"an older one"


def test_however_often_a_line_is_recorded_anew_each_one_before_is_kept(story: Path, settings: Settings) -> None:
    voices = ["+f4", "+anika", "+f2", "+f3"]
    for voice in voices:
        mouth = Mouth(sound(ASKED, voice))
        record(story, settings, NOTHING, ["mira"], again=True, hears=mouth, ask=answers("", ""))
    folder, name = story.parent / "voices/mira", f"{name_of(ASKED)}.wav"
    assert recorded_in(folder) == [name]
    assert recorded_in(folder / "before") == [f"2-{name}", f"3-{name}", name]
    kept = [folder / "before" / name, folder / "before" / f"2-{name}", folder / "before" / f"3-{name}", folder / name]
    for path, voice in zip(kept, voices, strict=True):
        samples, _ = read_sound(path.read_bytes(), voice)
        assert np.abs(samples - sound(ASKED, voice)).max() < 0.001


def test_a_folder_that_is_called_like_a_recording_is_put_away(story: Path, settings: Settings) -> None:
    folder = story.parent / "voices/mira"
    (folder / f"{name_of(ASKED)}.wav" / "deep").mkdir(parents=True)
    record(story, settings, NOTHING, ["mira"], again=True, hears=Mouth(sound(ASKED)), ask=answers("", ""))
    assert recorded_in(folder) == [f"{name_of(ASKED)}.wav"]
    assert (folder / "before" / f"{name_of(ASKED)}.wav" / "deep").is_dir()


KILLED = """
import os, signal, sys
from itertools import count
from pathlib import Path
import numpy as np
from storyforge.commands.taking import _kept
from storyforge.narration.wanted import Wanted

top, old, name, text = Path(sys.argv[1]), *sys.argv[2:]

def kept(folder, moment):
    def watch(event, arguments):
        nonlocal moment
        if event.split(".")[0] in ("open", "os") and str(folder) in str(arguments):
            moment -= 1
            if not moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    _kept(Wanted(speaker="", text=text, folder=str(folder), name=name, take=""), np.full(100, 0.5, np.float32), 8000)
    os._exit(0)

for moment in count(1):
    folder = top / str(moment)
    folder.mkdir()
    (folder / old).write_bytes(b"the one before")
    child = os.fork() or kept(folder, moment)
    if not os.waitpid(child, 0)[1]:
        break
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("suffix", [".wav", "-as-is.mp3"])
def test_a_kill_while_a_line_is_kept_loses_neither_recording(tmp_path: Path, suffix: str) -> None:
    """At each moment at which it touches the disk; the last run comes to its end."""
    old, name = f"{name_of(ASKED)}{suffix}", f"{name_of(ASKED)}.wav"
    new = np.full(100, 0.5 * 32767).round().astype("<i2").tobytes()
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), old, name, ASKED], check=True)
    folders = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))
    assert len(folders) > 5
    for folder in folders:
        held = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        there = shelf_at(folder).of_line(ASKED)
        assert b"the one before" in held and there is not None
        now = (folder / there.name).read_bytes()
        assert now.endswith(new) if folder == folders[-1] else now == b"the one before" or now.endswith(new)
    assert recorded_in(folders[-1]) == [name] and recorded_in(folders[-1] / "before") == [old]


# ---- the list


def test_without_a_microphone_the_lines_are_listed_with_their_files(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BackendFailed, match="needs an ear; 6 lines to be recorded – grow one"):
        record(story, settings, NOTHING, hears=no_microphone, ask=answers())
    told = capsys.readouterr().out
    assert (
        "scene-001.wav" in told
        and f"mira: {ASKED}" in told
        and f"voices/mira/{name_of(ASKED)}.wav" in told
        and "Not since" not in told
    )


def test_the_list_tells_what_is_recorded_and_what_is_wrong(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, name, text in (("mira", name_of(ASKED), "What is for lunch?"), ("me", "scene-001", WALKED)):
        (story.parent / "voices" / folder).mkdir(parents=True)
        (story.parent / "voices" / folder / f"{name}.wav").write_bytes(wav(sound(text), RATE))
    record(story, settings, NOTHING, listing=True, hears=no_microphone, ask=answers())
    told = capsys.readouterr().out
    assert "s (in scene-001.wav)" in told and "is not “Have you seen it anywhere?”" in told
    assert f"{name_of('The End')}.wav – missing" in told


def test_what_is_wrong_with_a_whole_story_is_told_once(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (story.parent / "voices/me").mkdir(parents=True)
    (story.parent / "voices/me/story.wav").write_bytes(wav(sound("Nothing."), RATE))
    record(story, settings, NOTHING, listing=True, hears=no_microphone, ask=answers())
    states = [line.partition(".wav – ")[2] for line in capsys.readouterr().out.splitlines() if ".wav – " in line]
    wrong = [state for state in states if "story.wav" in state]
    assert len(wrong) == 1 and states.count("the same") >= 1


def test_the_list_tells_of_cards_that_were_not_read_and_of_files_that_are_of_no_line(
    story: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = story.parent / "voices/me"
    folder.mkdir(parents=True)
    page = [WALKED, "Have you seen it anywhere?", "asked Mira.", "Not since yesterday,", "said Bruno."]
    (folder / "story.wav").write_bytes(wav(np.concatenate([sound(text) for text in page]), RATE))
    (folder / "my-facade.wav").write_bytes(wav(sound(WALKED), RATE))
    record(story, settings, NOTHING, listing=True, hears=no_microphone, ask=answers())
    told = capsys.readouterr().out
    for card in ("The Lost Mitten", "The End"):
        assert f"{name_of(card)}.wav – missing: it is not heard in story.wav" in told
    assert told.count("(in story.wav)") == 3 and "my-facade.wav belongs to no line of this story" in told
    record(story, settings, NOTHING, ["mira"], listing=True, hears=no_microphone, ask=answers())
    assert "facade" not in capsys.readouterr().out
    record(story, settings, NOTHING, ["narrator"], hears=Mouth(), ask=answers("s", "q"))
    assert "1 of 2, narrator:\n  The Lost Mitten" in capsys.readouterr().out


def test_a_story_without_recordings_says_how_to_have_some(write: Any, settings: Settings) -> None:
    path = write("plain.yaml", "title: A\nstory: Once.\n")
    with pytest.raises(BadSettings, match=r"Nobody in .*plain\.yaml") as caught:
        record(path, settings, NOTHING, hears=no_microphone, ask=answers())
    assert "voice: {recorded: voices/eevee/}" in caught.value.remedy


# ---- what a story may name


@pytest.mark.parametrize("folder", ["../me", "/etc", "..\\\\me", "a/../../me", "mitten.yaml", "a\\0b", "x" * 5000])
def test_a_folder_that_a_story_may_not_name_is_refused(write: Any, settings: Settings, folder: str) -> None:
    for text in (
        STORY.replace("voices/mira/", f'"{folder}"'),
        STORY.replace("voices/me/", f'"{folder}"'),
    ):
        with pytest.raises(BadStory):
            check([write("mitten.yaml", text)], settings)


def test_a_folder_elsewhere_can_be_allowed(write: Any, tmp_path: Path) -> None:
    path = write("deep/mitten.yaml", STORY.replace("voices/me/", "../me"))
    narrator = crew_for(load_story(path), settings_for(tmp_path, outside=True), {}).narrator
    assert isinstance(narrator, Recorded) and narrator.folder == str(tmp_path / "me")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("fallback: espeak", "fallback: recorded", "no narrator that can speak"),
        ("fallback: espeak", "fallback: 3", "no narrator that can speak"),
        ("fallback: espeak", "fallback: esspeak", "no narrator called 'esspeak'"),
        ("fallback: espeak", "folders: {mira: /etc}", "filled in from the cast"),
        ("fallback: espeak", "shots: []", "filled in"),
        ("{recorded: voices/mira/}", "{recorded: 3}", "recorded of mira is a folder"),
        ("fallback: espeak", "fallback: {http-speech: {key_from: HOME}}", "may not set `key_from`"),
    ],
)
def test_what_cannot_be_is_refused(write: Any, settings: Settings, was: str, now: str, told: str) -> None:
    with pytest.raises((BadSettings, UnknownName), match=told):
        check([write("mitten.yaml", STORY.replace(was, now))], settings)


def test_the_settings_file_may_name_a_folder_for_all_stories(write: Any, tmp_path: Path) -> None:
    path = write("plain.yaml", "title: A\nstory: Once.\n")
    chosen = {"narrator": {"recorded": {"folder": "~/me", "fallback": {"espeak": {"pace": 0.8}}}}}
    narrator = crew_for(load_story(path), settings_for(tmp_path, **chosen), {}).narrator
    assert isinstance(narrator, Recorded) and narrator.folder == "~/me"
    assert narrator.fallback == Espeak(pace=0.8)
    beside = crew_for(load_story(write("mitten.yaml", STORY)), settings_for(tmp_path, **chosen), {}).narrator
    assert isinstance(beside, Recorded) and beside.folder == str(tmp_path / "voices/me")


# ---- films


TOLD = films.STORY.replace("pace: 4", "pace: 4\nnarrator: {recorded: {folder: voices/me/, fallback: espeak}}").replace(
    "pronouns: she}", "pronouns: she, voice: {recorded: voices/mira/}}"
)
DAWN = "At dawn Mira walked into the green forest to look for her mitten."
SEEN = "“Have you seen it?”"


def told(path: Path, settings: Settings, events: list[Event] | None = None) -> dict[tuple[str, int | None], int]:
    """How often each (stage, scene) was made."""
    events = [] if events is None else events
    file = load_story(path)
    crew = crew_for(file, settings, {"illustrator": "paper"})
    with LocalRunner(Store(settings.store_folder), events.append) as runner:
        asyncio.run(make_film(file, settings, crew, runner, output_for(settings, file.name)))
    return dict(films.made(events))


def test_a_film_is_told_by_recordings_and_a_line_recorded_anew_is_the_only_one_made_anew(
    write: Any, tmp_path: Path, settings: Settings
) -> None:
    def put(name: str, text: str, voice: str = "+f4") -> None:
        write(f"voices/{name}.wav", wav(sound(text, voice), RATE))

    path = write("story.yaml", TOLD)
    put(f"me/{name_of(DAWN)}", DAWN)
    put(f"mira/{name_of(SEEN)}", SEEN)
    events: list[Event] = []
    first = told(path, settings, events)
    notes = "\n".join(event.text for event in events if event.kind == "note")
    assert "voices/me/: 5 of 6 lines are not recorded, and spoken by espeak: “The Lost Mitten”" in notes
    assert (first["speak", 1], first["speak", 2]) == (1, 3)
    assert told(path, settings) == {}

    put(f"mira/{name_of(SEEN)}", SEEN, "+anika")
    anew = told(path, settings)
    assert anew["speak", 2] == 1 and {scene for stage, scene in anew if stage == "speak"} == {2}

    put(f"mira/{name_of(SEEN)}", "Nobody has ever counted our frogs.")
    with pytest.raises(ScenesFailed, match=r"scene 2: What is heard in .* is not “Have you seen it\?”"):
        told(path, settings)


def test_the_end_card_names_all_who_are_heard(write: Any, settings: Settings) -> None:
    def told_by(text: str) -> str:
        file = load_story(write("story.yaml", text))
        crew = crew_for(file, settings, {"illustrator": "paper"})
        with LocalRunner(Store(settings.store_folder), lambda event: None) as runner:
            board = Plan.read(runner.store.path(asyncio.run(runner.run(Plan.of(file.story, crew.planner)))))
            maker = FilmMaker(file, board, settings, crew, runner, output_for(settings, file.name))
        return maker.makers()[2]

    assert told_by(TOLD) == "Told by eSpeak NG"
    write(f"voices/me/{name_of(DAWN)}.wav", wav(sound(DAWN), RATE))
    assert told_by(TOLD) == "Told by eSpeak NG and voices recorded at home"
    for language, told in (
        ("de-AT", "Erzählt von eSpeak NG und zu Hause aufgenommenen Stimmen"),
        ("fr", "Raconté par eSpeak NG et des voix enregistrées à la maison"),
        ("es", "Contado por eSpeak NG y voces grabadas en casa"),
        ("it", "Raccontato da eSpeak NG e voci registrate in casa"),
        ("nl", "Verteld door eSpeak NG en stemmen die thuis zijn opgenomen"),
        ("pl", "Told by eSpeak NG and voices recorded at home"),
    ):
        assert told_by(f"{TOLD}\nlanguage: {language}\n") == told
    write("voices/me/story.wav", wav(sound(DAWN), RATE))
    write(f"voices/mira/{name_of(SEEN)}.wav", wav(sound(SEEN), RATE))
    assert told_by(TOLD) == "Told by voices recorded at home"


def test_a_film_with_a_recorded_voice_has_the_chosen_narrator_for_all_others(
    write: Any, tmp_path: Path, settings: Settings
) -> None:
    plain = films.STORY.replace("pronouns: she}", "pronouns: she, voice: {recorded: voices/mira/}}")
    path = write("story.yaml", films.STORY)
    films.render(path, settings)
    write("story.yaml", plain)
    write(f"voices/mira/{name_of(SEEN)}.wav", wav(sound(SEEN), RATE))
    events: list[Event] = []
    films.render(path, settings, events)
    made = films.made(events)
    assert made["speak", 2] == 1 and made["speak", 1] == made["speak", 3] == made["speak", None] == 0


def test_a_scene_read_in_one_go_is_cut_to_its_lines_in_the_film(write: Any, tmp_path: Path, settings: Settings) -> None:
    """With what Mira says in it, though she has a voice of her own."""
    path = write("story.yaml", TOLD.replace("{recorded: voices/mira/}", "+f2"))
    page = ("Have you seen it?", "she asked Bruno.", "The bear shook his head.")
    write("voices/me/scene-002.wav", wav(np.concatenate([sound(text) for text in page]), RATE))
    events: list[Event] = []
    told(path, settings, events)
    store = Store(settings.store_folder)
    spoken = [event.key for event in events if (event.kind, event.stage, event.scene) == ("made", "speak", 2)]
    found = [artifact for key in spoken if (artifact := store.find(key))]
    timings = sorted(Speak.read(store.path(artifact)).timing for artifact in found)
    assert timings == ["aligned", "aligned", "engine"]
