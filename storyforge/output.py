"""A film's folder under output/: what the user finds there, and the ledger of what it was made from.

film.mp4  film.srt  storyboard.yaml  pictures/scene-001.png …  ledger.json
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from storyforge.board_file import carry_edits, read_board, write_board
from storyforge.files import cannot_write, write_whole, written_whole
from storyforge.store import Artifact, file_digest
from storyforge.storyboard import Storyboard
from storyforge.value import Value

BEFORE = "storyboard.before.yaml"


class SceneEntry(Value):
    """What one scene was last made from: keys of its tasks."""

    text: str
    picture: str = ""
    speech: tuple[str, ...] = ()
    clip: str = ""


class Ledger(Value):
    """What the film was last made from (`story`: the file's path); which files beside it are ours, by content."""

    scenes: tuple[SceneEntry, ...] = ()
    story: str = ""
    others: tuple[str, ...] = ()
    published: dict[str, str] = {}

    def keys(self) -> set[str]:
        """Keys of every task that this film hangs on."""
        scenes = {key for entry in self.scenes for key in (entry.picture, entry.clip, *entry.speech)}
        return (scenes | set(self.others)) - {""}


class Output:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with cannot_write(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self.ledger = self._read_ledger()
        self.notes: list[str] = []

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

    def publish(self, made: Path, name: str) -> Path:
        """Copies a made file to `name` in the folder. A file there that is not ours is kept under another name."""
        place = self.folder / name
        with cannot_write(place):
            state = made.stat()
            if place.exists():
                there = place.stat()
                if (there.st_size, there.st_mtime_ns) == (state.st_size, state.st_mtime_ns):
                    return place
                if file_digest(place) not in (self.ledger.published.get(name), made.stem):
                    kept = place.with_stem(place.stem + ".yours")
                    place.replace(kept)
                    self.notes.append(f"{name} was changed by someone else; that file is now {kept.name}")
        with written_whole(place) as part:
            shutil.copy2(made, part)
        self._note_published(name, made.stem)
        return place

    def publish_text(self, text: str, name: str) -> Path:
        place = self.folder / name
        if not place.exists() or place.read_text("utf-8", "replace") != text:
            write_whole(place, text.encode("utf-8"))
        return place

    def drop_surplus_pictures(self, count: int) -> None:
        """Removes pictures of ours beyond the last scene, after a story became shorter."""
        for name in [name for name in self.ledger.published if name.startswith("pictures/scene-")]:
            if int("".join(filter(str.isdigit, Path(name).stem)) or 0) > count:
                with cannot_write(self.folder):
                    (self.folder / name).unlink(missing_ok=True)
                published = {k: v for k, v in self.ledger.published.items() if k != name}
                self.ledger = self.ledger.model_copy(update={"published": published})

    def write_ledger(self, story: Path, scenes: tuple[SceneEntry, ...], others: tuple[str, ...]) -> None:
        ledger = self.ledger.model_copy(update={"story": str(story), "scenes": scenes, "others": others})
        if ledger != self._read_ledger():
            write_whole(self._ledger_path, ledger.model_dump_json(indent=1).encode())
        self.ledger = ledger

    @property
    def _ledger_path(self) -> Path:
        return self.folder / "ledger.json"

    def _read_ledger(self) -> Ledger:
        try:
            return Ledger.model_validate_json(self._ledger_path.read_bytes())
        except (OSError, ValueError):  # none yet, or damaged: it only tells what was, and is written anew
            return Ledger()

    def _note_published(self, name: str, digest: str) -> None:
        self.ledger = self.ledger.model_copy(update={"published": {**self.ledger.published, name: digest}})


def picture_name(number: int, artifact: Artifact) -> str:
    return f"pictures/scene-{number:03}{artifact.suffix}"


def _told(lost: list[int]) -> Iterator[str]:
    yield "the story or its planning has changed since you edited storyboard.yaml; your edits are carried over"
    if lost:
        numbers = ", ".join(map(str, lost))
        yield f"your edits of scenes {numbers} fit no scene any more; the storyboard as it was is kept in {BEFORE}"


def _other_words(board: Storyboard, planned: Storyboard) -> list[str]:
    if board.text == planned.text:
        return []
    return ["its words differ from the story's; the film tells the storyboard's"]
