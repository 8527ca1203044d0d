"""A film's folder under output/: what the user finds there, and the ledger of what it was made from.

film.mp4  film.srt  storyboard.yaml  pictures/scene-001.png …  ledger.json
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storyforge.board_file import carry_edits, read_board, write_board
from storyforge.errors import BadSettings, CannotWrite
from storyforge.files import cannot_write, write_whole, written_whole
from storyforge.store import Artifact, Store, file_digest
from storyforge.storyboard import Storyboard
from storyforge.value import Value, digest

BEFORE = "storyboard.before.yaml"
PAUSE = 1.0  # seconds between two writings of the ledger while tasks end


class SceneEntry(Value):
    """What one scene is made from: the key of its picture, and those of its lines in their order."""

    text: str
    picture: str = ""
    speech: tuple[str, ...] = ()


class Ledger(Value):
    """What the film is made from. It is written before the first task runs, so it may name what is not made yet.

    `story`: the story file, seen from the film's folder. `others`: keys of what belongs to no scene, and of clips.
    `before`: keys of the last film that was finished, until this one is. `published`: digests that each file beside
    the ledger may have if nobody but us wrote it.
    """

    story: str = ""
    scenes: tuple[SceneEntry, ...] = ()
    others: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    published: dict[str, tuple[str, ...]] = {}

    def keys(self) -> set[str]:
        """Keys of every task that this film hangs on."""
        scenes = {key for entry in self.scenes for key in (entry.picture, *entry.speech)}
        return (scenes | set(self.others) | set(self.before)) - {""}


class Output:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with cannot_write(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.ledger = self._read_ledger()
        self.notes: list[str] = []
        self._named: set[str] = set()  # keys of the film that is being made
        self._written = 0.0

    @property
    def story(self) -> Path | None:
        """The story file that this folder was last used for."""
        return Path(os.path.normpath(self.folder.resolve() / self.ledger.story)) if self.ledger.story else None

    def stop_if_taken(self, story: Path) -> None:
        """BadSettings if the film of another story, which is still there, lies here."""
        if self.story and self.story.is_file() and not self.story.samefile(story):
            raise BadSettings(f"{self.folder} belongs to {self.story}", "rename one story, or choose another --output")

    @property
    def board_path(self) -> Path:
        return self.folder / "storyboard.yaml"

    def settle_board(
        self, title: str, planned: Storyboard, key: str, *, write: bool = True
    ) -> tuple[Storyboard, list[str]]:
        """The storyboard to render: the user's where it was edited, else the plan, which is written down.

        `key` stands for all that the plan was made from. When that has changed under an edited board, the user's
        scenes are kept wherever their words are still in the story, and the old file is kept beside the new one.
        """
        old = read_board(self.board_path) if self.board_path.exists() else None
        if old is None or not old.edited:
            if write and (old is None or old.story != key or old.board != planned):
                write_board(self.board_path, title, planned, key)
            return planned, []
        if old.story == key:
            return old.board, [f"obeying your edits in {self.board_path.name}", *_other_words(old.board, planned)]
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
        """Keeps the ledger while a film is made, from the first moment on: `clean` takes nothing that it names."""
        store.register(self.folder)
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

    def note(self, key: str) -> None:
        """Takes one more task into the ledger."""
        if key not in self._named:
            self._named.add(key)
            self._change(others=(*self.ledger.others, key))
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
                with cannot_write(place):
                    place.unlink(missing_ok=True)
                self._change(published={k: v for k, v in self.ledger.published.items() if k != name})

    def write_ledger(self) -> None:
        write_whole(self._ledger_path, self.ledger.model_dump_json(indent=1).encode())
        self._written = time.monotonic()

    @property
    def _ledger_path(self) -> Path:
        return self.folder / "ledger.json"

    def _read_ledger(self) -> Ledger:
        try:
            return read_ledger(self._ledger_path)
        except BadSettings:  # none yet, or damaged: it only tells what was, and is written anew
            return Ledger()

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


def picture_name(number: int, artifact: Artifact) -> str:
    return f"pictures/scene-{number:03}{artifact.suffix}"


def read_ledger(path: Path) -> Ledger:
    """For whoever removes what no ledger names. BadSettings if this one cannot be read."""
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        cause = f"{path} cannot be read, so nobody knows what its film needs"
        raise BadSettings(cause, "render that story again, or delete the film's folder") from error


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
        yield f"your edits of scenes {numbers} fit no scene any more; the storyboard as it was is kept in {BEFORE}"


def _other_words(board: Storyboard, planned: Storyboard) -> list[str]:
    if board.text == planned.text:
        return []
    return ["its words differ from the story's; the film tells the storyboard's"]
