"""A film's folder under output/: what the user finds there, and the ledger of what it was made from.

film.mp4  film.srt  storyboard.yaml  pictures/scene-001.png …  ledger.json  .lock
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from storyforge.board_file import BEFORE, carry_edits, read_board, read_planning, write_board
from storyforge.errors import BadSettings, CannotWrite
from storyforge.files import cannot_write, write_whole, written_whole
from storyforge.ledger import LEDGER, Ledger, SceneEntry, read_ledger
from storyforge.settings import Settings
from storyforge.store import Artifact, Store, file_digest
from storyforge.storyboard import Planning, Storyboard
from storyforge.value import digest

PAUSE = 1.0  # seconds between two writings of the ledger while tasks end
LOCK = ".lock"  # held by the system for whoever works here, and let go of with the process: a crash leaves none


class Output:
    """`board`: the folder of the storyboard, if that is not the film's own: a draft obeys the same storyboard."""

    def __init__(self, folder: Path, board: Path | None = None) -> None:
        self.folder = folder
        self.board_path = (board or folder) / "storyboard.yaml"
        with cannot_write(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.ledger = _ledger_in(folder)
        self._lock = filelock.FileLock(folder / LOCK, timeout=0)
        self.notes: list[str] = []
        self._named: set[str] = set()  # keys of the film that is being made
        self._lasting = False
        self._written = 0.0

    @property
    def story(self) -> Path | None:
        """The story file that this folder was last used for."""
        return _story_of(self.folder, self.ledger)

    def stop_if_taken(self, story: Path) -> None:
        """BadSettings if the film of another story, which is still there, lies here, or where the storyboard does."""
        for folder, ledger in ((self.folder, self.ledger), (self._board_folder, _ledger_in(self._board_folder))):
            owner = _story_of(folder, ledger)
            if owner and owner.is_file() and not owner.samefile(story):
                raise BadSettings(f"{folder} belongs to {owner}", "rename one story, or choose another --output")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other storyforge works in this folder meanwhile; the ledger is read again, as the last one left it.

        May be entered within itself. BadSettings, at once, if another one is at it. A draft and its film are two
        folders, and may be made at the same time.
        """
        with cannot_write(self.folder / LOCK):
            try:
                self._lock.acquire()
            except filelock.Timeout:
                raise BadSettings(
                    f"Another storyforge is working on this film ({self.folder})", "wait until it is done, or end it"
                ) from None
        try:
            if self._lock.lock_counter == 1:
                self.ledger = _ledger_in(self.folder)
            yield
        finally:
            self._lock.release()

    def settle_board(
        self, title: str, planned: Storyboard, key: str, *, write: bool = True
    ) -> tuple[Storyboard, list[str]]:
        """The storyboard to render: the user's where it was edited, else the plan, which is written down.

        `key` stands for all that the plan was made from. When that has changed under an edited board, the user's
        scenes are kept wherever their words are still in the story, and the old file is kept beside the new one.
        """
        old = read_board(self.board_path) if self.board_path.exists() else None
        if write:
            self._change(planned=key)
        if old is None or not old.edited:
            if write and (old is None or old.story != key or old.board != planned):
                write_board(self.board_path, title, planned, key)
            return planned, []
        if old.story == key:
            return old.board, [f"obeying {self.board_path.name}, which was edited", *_other_words(old.board, planned)]
        board, lost = carry_edits(old, planned)
        if write:
            if lost:
                write_whole(self.board_path.with_name(BEFORE), self.board_path.read_bytes())
            write_board(self.board_path, title, board, key, planned)
        return board, list(_told(lost))

    @contextmanager
    def making(
        self, store: Store, story: Path, scenes: tuple[SceneEntry, ...], others: tuple[str, ...]
    ) -> Iterator[None]:
        """Keeps the ledger while a film is made, from the first moment on: `clean` takes nothing that it names.

        It is made `alone`.
        """
        with self.alone():
            self._register(store, story)
            with self._new_ledger(story, scenes, others):
                yield

    @contextmanager
    def _new_ledger(self, story: Path, scenes: tuple[SceneEntry, ...], others: tuple[str, ...]) -> Iterator[None]:
        before = self.ledger.before or tuple(sorted(self.ledger.keys()))
        self._change(story=_seen_from(self.folder, story), scenes=scenes, others=others, before=())
        self._named = self.ledger.keys()
        self._change(before=before)
        self.write_ledger()
        try:
            yield
        except BaseException:
            with suppress(CannotWrite):  # what stopped the film is what the user must hear of
                self.write_ledger()
            raise
        self._change(before=())
        self.write_ledger()

    @contextmanager
    def adding(self, store: Store, story: Path, *, lasting: bool = False) -> Iterator[None]:
        """Keeps the ledger while something is made beside a film, which stays what it is. It is made `alone`.

        `lasting`: it is no part of any film, and stays when the film is made anew.
        """
        with self.alone():
            self._register(store, story)
            self._change(story=_seen_from(self.folder, story))
            self._named, self._lasting = self.ledger.keys(), lasting
            try:
                yield
            finally:
                self._lasting = False
                self.write_ledger()

    def keep_choices(self, keys: Iterable[str]) -> None:
        """What `pick` and `undo` can go back to, instead of what that was: `clean` takes none of it.

        To be told within `making` or `adding`, of all scenes as they are in the storyboard now.
        """
        self._change(choices=tuple(dict.fromkeys(keys)))

    @property
    def planning(self) -> Planning | None:
        """Who planned the storyboard that is there; None if there is none. One from before this was noted: rules."""
        try:
            return read_planning(self.board_path)
        except OSError:
            return None

    @property
    def board_deleted(self) -> bool:
        """Whether there was a storyboard here, which somebody has taken away."""
        planned = self.ledger.planned or _ledger_in(self._board_folder).planned
        return bool(planned) and not self.board_path.exists()

    def drawn_by(self, illustrator: str) -> None:
        """A picture of this one's is in the film: from now on `auto` chooses none that is less."""
        self._change(drawn_by=illustrator)

    def note(self, key: str) -> None:
        """Takes one more task into the ledger."""
        if key not in self._named:
            self._named.add(key)
            field = "lasting" if self._lasting else "others"
            self._change(**{field: (*getattr(self.ledger, field), key)})
        if time.monotonic() - self._written > PAUSE:
            self.write_ledger()

    def publish(self, store: Store, artifact: Artifact, name: str) -> Path:
        """Copies a made file to `name` in the folder. A file there that is not ours is kept under another name."""
        made, place = store.path(artifact), self.folder / name
        with cannot_write(place):
            if not _untouched_copy(place, made):
                self._keep_if_not_ours(name, artifact.digest, store)
                with written_whole(place) as part:
                    shutil.copy2(made, part)
        self._note_published(name, artifact.digest)
        return place

    def publish_text(self, store: Store, text: str, name: str) -> Path:
        """The same for a text. The ledger knows it first: texts are not in the store, which else tells what is ours."""
        place, data = self.folder / name, text.encode("utf-8")
        self._keep_if_not_ours(name, digest(data), store)
        self._note_published(name, *self.ledger.published.get(name, ()), digest(data))
        self.write_ledger()
        if not place.exists() or place.read_bytes() != data:
            write_whole(place, data)
        self._note_published(name, digest(data))
        return place

    def drop_other_pictures(self, store: Store, shown: Collection[str]) -> None:
        """Removes pictures of ours that the film no longer shows: a story became shorter, a .png became a .jpg."""
        for place in sorted((self.folder / "pictures").glob("scene-*")):
            name = f"pictures/{place.name}"
            if re.fullmatch(r"scene-\d+", place.stem) and name not in shown and self._is_ours(name, store):
                self._remove(name)

    def withdraw(self, store: Store, name: str) -> None:
        """Removes what was published as `name`, if it is there and nobody has changed it."""
        if (self.folder / name).exists() and self._is_ours(name, store):
            self._remove(name)

    def _remove(self, name: str) -> None:
        with cannot_write(self.folder / name):
            (self.folder / name).unlink(missing_ok=True)
        self._change(published={k: v for k, v in self.ledger.published.items() if k != name})

    def write_ledger(self) -> None:
        write_whole(self._ledger_path, self.ledger.model_dump_json(indent=1).encode())
        self._written = time.monotonic()

    @property
    def _ledger_path(self) -> Path:
        return self.folder / LEDGER

    @property
    def _board_folder(self) -> Path:
        return self.board_path.parent

    def _register(self, store: Store, story: Path) -> None:
        """Whose this folder is, for `clean`; and for other stories, whose the storyboard is that a draft obeys."""
        self.stop_if_taken(story)  # again: another may just have been here
        store.register(self.folder)
        if self._board_folder != self.folder:
            film = Output(self._board_folder)
            with suppress(BadSettings), film.alone():  # whoever is at work there registers the same story
                if film.story is None or not film.story.is_file():
                    film._change(story=_seen_from(film.folder, story))
                    film.write_ledger()

    def _change(self, **fields: object) -> None:
        self.ledger = self.ledger.model_copy(update=fields)

    def _note_published(self, name: str, *digests: str) -> None:
        self._change(published={**self.ledger.published, name: tuple(dict.fromkeys(digests))})

    def _is_ours(self, name: str, store: Store, *known: str) -> bool:
        """Whether nobody has changed the file since we wrote it: the ledger, the store or we know its content."""
        found = Artifact(digest=file_digest(self.folder / name), suffix=Path(name).suffix)
        return found.digest in (*known, *self.ledger.published.get(name, ())) or store.path(found).exists()

    def _keep_if_not_ours(self, name: str, wanted: str, store: Store) -> None:
        place = self.folder / name
        with cannot_write(place):
            if not place.exists() or self._is_ours(name, store, wanted):
                return
            kept = _free_name(place)
            place.replace(kept)
        self.notes.append(f"{name} was changed by someone else; that file is now {kept.name}")


def _ledger_in(folder: Path) -> Ledger:
    try:
        return read_ledger(folder / LEDGER)
    except BadSettings:  # none yet, or damaged: it only tells what was, and is written anew
        return Ledger()


def _story_of(folder: Path, ledger: Ledger) -> Path | None:
    return Path(os.path.normpath(folder.resolve() / ledger.story)) if ledger.story else None


def output_for(settings: Settings, name: str) -> Output:
    """The folder of a story's film, or of its draft."""
    return Output(settings.film_folder(name), settings.output_folder / name)


def story_made_last(folder: Path) -> Path:
    """The story file of the film or draft under `folder` that was worked on last. BadSettings if there is none."""
    ledgers = [*folder.glob(f"*/{LEDGER}"), *folder.glob(f"*/draft/{LEDGER}")]
    for ledger in sorted(ledgers, key=lambda path: path.stat().st_mtime, reverse=True):
        story = Output(ledger.parent).story
        if story and story.is_file():
            return story
    raise BadSettings("No film has been made here yet", "name the story, such as my-story.yaml, at the end")


def picture_name(number: int, artifact: Artifact) -> str:
    return f"pictures/scene-{number:03}{artifact.suffix}"


def _untouched_copy(place: Path, made: Path) -> bool:
    if not place.exists():
        return False
    there, state = place.stat(), made.stat()
    return (there.st_size, there.st_mtime_ns) == (state.st_size, state.st_mtime_ns)


def _free_name(place: Path) -> Path:
    """film.yours.mp4, film.yours-2.mp4 …: the first that nothing has yet."""
    names = (place.with_stem(f"{place.stem}.yours{f'-{n}' if n > 1 else ''}") for n in itertools.count(1))
    return next(path for path in names if not path.exists())


def _seen_from(folder: Path, path: Path) -> str:
    """Relative where it can be, so that folder and story can be moved or copied together."""
    try:
        return os.path.relpath(path.resolve(), folder.resolve())
    except ValueError:  # on another drive
        return str(path.resolve())


def _told(lost: list[int]) -> Iterator[str]:
    yield "the story or its planning has changed since you edited storyboard.yaml; your edits are carried over"
    if lost:
        numbers = ", ".join(map(str, lost))
        which = f"scene {numbers} fit" if len(lost) == 1 else f"scenes {numbers} fit"
        yield f"your edits of {which} no scene any more; the storyboard as it was is kept in {BEFORE}"


def _other_words(board: Storyboard, planned: Storyboard) -> list[str]:
    if board.text == planned.text:
        return []
    return ["its words differ from the story's; the film tells the storyboard's"]
