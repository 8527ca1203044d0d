"""The tasks that make pictures: drawn, brought by the user, retouched, enlarged, and the cards at both ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import SerializeAsAny

from storyforge.backend import CONTROL, Illustrator, Progress, Unkeyed
from storyforge.errors import StoryforgeError
from storyforge.plate import with_plate_of
from storyforge.store import Artifact
from storyforge.storyboard import Box, Brief
from storyforge.tasks import LaneName, Locate, Task
from storyforge.value import Value, digest


class Illustrated(Task):
    """What an illustrator makes: on this machine's cores, or on a server, which has a lane of its own."""

    suffix = ".png"

    illustrator: SerializeAsAny[Illustrator]

    @property
    def lane(self) -> LaneName:  # type: ignore[override]  # of the other tasks, all run in one lane
        return "draw" if self.illustrator.places else "work"

    def recipe(self) -> dict[str, Any]:
        return {"task": type(self).__name__, "version": self.version, **self.asked()}

    def asked(self) -> dict[str, Any]:
        """What the illustrator says that the picture hangs on."""
        raise NotImplementedError


class Draw(Illustrated):
    """One picture. `portraits`: key of a role -> the picture that it must look like."""

    stage = "draw"

    brief: Brief
    portraits: dict[str, Artifact] = {}

    @classmethod
    def of(cls, brief: Brief, illustrator: Illustrator, portraits: Mapping[str, Artifact] = {}) -> Draw:
        wanted = illustrator.portraits_wanted(brief)
        seen = {who: portrait for who, portrait in portraits.items() if who in (*wanted, CONTROL)}
        return cls(brief=illustrator.narrowed(brief), illustrator=illustrator, portraits=seen)

    @property
    def digests(self) -> dict[str, str]:
        return {who: portrait.digest for who, portrait in self.portraits.items()}

    @property
    def setup(self) -> str:
        return self.illustrator.setup(self.brief, self.digests)

    def asked(self) -> dict[str, Any]:
        return self.illustrator.asked(self.brief, self.digests)

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        portraits = {who: locate(portrait).read_bytes() for who, portrait in self.portraits.items()}
        out.write_bytes(self.illustrator.draw(self.brief, portraits, progress))


class Adopt(Task):
    """The user's own picture, taken into the store by its content, as the kind of picture that it is."""

    stage = "draw"
    lane = "work"

    content: str
    path: Annotated[str, Unkeyed]

    @classmethod
    def of(cls, path: Path) -> Adopt:
        """StoryforgeError if the picture cannot be read."""
        return cls(content=digest(_picture_bytes(path)), path=str(path))

    @property
    def suffix(self) -> str:  # type: ignore[override]  # of the other tasks, all files are of one kind
        return Path(self.path).suffix.lower() or ".png"

    @property
    def artifact(self) -> Artifact:
        """What it will be in the store: a file there is named by its content."""
        return Artifact(digest=self.content, suffix=self.suffix)

    def recipe(self) -> dict[str, Any]:
        return {**super().recipe(), "suffix": self.suffix}

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.picture import load

        load(Path(self.path))  # not a picture: better told now than when the film is shot
        picture = _picture_bytes(Path(self.path))
        if digest(picture) != self.content:
            raise StoryforgeError(f"{self.path} changed while it was read", "run again")
        out.write_bytes(picture)


def _picture_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoryforgeError(
            f"{path} cannot be read: {error.strerror}", "see that it can be, and run again"
        ) from error


class Retouch(Illustrated):
    """A picture with a part of it drawn anew: inside a mask or a box, else everywhere. All else stays, to the bit."""

    stage = "retouch"

    picture: Artifact
    brief: Brief
    strength: float
    mask: Artifact | None = None
    box: Box | None = None

    def asked(self) -> dict[str, Any]:
        masked = self.mask is not None or self.box is not None
        given = self.model_dump(mode="json", include={"picture", "mask", "box"})
        return {**given, **self.illustrator.retouch_asked(self.brief, self.strength, masked)}

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.patch import box_mask, file_mask, patched, upright

        picture = upright(locate(self.picture))
        mask = file_mask(locate(self.mask), picture) if self.mask else box_mask(self.box, picture) if self.box else None
        fresh = self.illustrator.retouch(picture, mask, self.brief, self.strength, progress)
        out.write_bytes(patched(picture, fresh, mask))


class Enlarge(Illustrated):
    """A picture with more pixels, for a frame that is larger than it. `size` = (width, height)."""

    stage = "enlarge"

    picture: Artifact
    size: tuple[int, int]

    def asked(self) -> dict[str, Any]:
        given = self.model_dump(mode="json", include={"picture", "size"})
        return {**given, "illustrator": self.illustrator.enlarge_asked()}

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        picture = locate(self.picture)
        larger = self.illustrator.enlarge(picture.read_bytes(), self.size, progress)
        out.write_bytes(with_plate_of(larger, picture))


class Card(Task):
    """A card with lettering over a picture: the title, or the end with its makers.

    `fonts` are the digests of what it is lettered in, '' for what no font here covers: a font that is installed later
    makes another card.
    """

    stage = "draw"
    lane = "work"
    suffix = ".png"

    kind: Literal["title", "end"]
    heading: str
    small: tuple[str, ...]
    picture: Artifact | None
    width: int
    height: int
    fonts: tuple[str, ...]

    @classmethod
    def of(
        cls,
        kind: Literal["title", "end"],
        heading: str,
        small: tuple[str, ...],
        picture: Artifact | None,
        size: tuple[int, int],
    ) -> Card:
        """The card as this machine's fonts letter it. `size` = (width, height)."""
        from storyforge.rendering.fonts import card_fonts, without_pictures

        heading = without_pictures(heading)
        width, height = size
        fonts = card_fonts(heading, small)
        return cls(kind=kind, heading=heading, small=small, picture=picture, width=width, height=height, fonts=fonts)

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.cards import end_card, title_card

        picture = locate(self.picture) if self.picture else None
        size = (self.width, self.height)
        if self.kind == "title":
            out.write_bytes(title_card(self.heading, " · ".join(self.small), picture, size))
        else:
            out.write_bytes(end_card(self.heading, self.small, picture, size))


class Shown(Value):
    """A picture on a contact sheet; an empty frame if it is None."""

    picture: Artifact | None
    label: str


class Sheet(Task):
    """A contact sheet. `fonts` are the digests of what it is lettered in: a font installed later makes another."""

    stage = "sheet"
    lane = "work"
    suffix = ".jpg"

    shown: tuple[Shown, ...]
    title: str
    columns: int | None
    fonts: tuple[str, ...]

    @classmethod
    def of(cls, shown: Iterable[Shown], title: str, columns: int | None = None) -> Sheet:
        from storyforge.rendering.fonts import card_fonts

        shown = tuple(shown)
        fonts = {font for text in (title, *(each.label for each in shown)) for font in card_fonts(text, ())}
        return cls(shown=shown, title=title, columns=columns, fonts=tuple(sorted(fonts)))

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        from storyforge.rendering.sheet import contact_sheet

        nowhere = out.with_name("not drawn")
        pictures = [(locate(each.picture) if each.picture else nowhere, each.label) for each in self.shown]
        out.write_bytes(contact_sheet(pictures, self.title, columns=self.columns))
