"""A character sheet with its colours mixed, and the few strokes that every part of a puppet is drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from storyforge.illustration.paper import cut
from storyforge.illustration.paper.character_sheet import CharacterSheet, darker
from storyforge.illustration.paper.color import Color, named, oklch
from storyforge.illustration.paper.geometry import num

INK = oklch(0.22, 0.04, 300)
"""Never black: the darkest thing on a puppet leans to violet."""


@dataclass(frozen=True)
class Drawing:
    """What a rig hands back: ground at y=0, facing right. `head` is its centre, `lift` how far it is off the ground."""

    svg: str
    head: tuple[float, float]
    lift: float = 0.0


@dataclass(frozen=True)
class Paint:
    """`flip`: the stage will mirror the figure, so whatever is read (a clock, a Z) has to be drawn mirrored."""

    sheet: CharacterSheet
    flip: bool = False

    def colour(self, word: str, otherwise: str | Color) -> Color:
        """The colour of a word of the sheet, or `otherwise` where the sheet says nothing."""
        found = named(word or otherwise)
        return found if found is not None else INK

    @cached_property
    def base(self) -> Color:
        return self.colour(self.sheet.base, "tan")

    @cached_property
    def belly(self) -> Color:
        return self.colour(self.sheet.belly, "cream")

    @cached_property
    def dark(self) -> Color:
        return self.colour(self.sheet.dark, darker(self.base))

    @cached_property
    def accent(self) -> Color:
        return self.colour(self.sheet.accent, "gold")

    @cached_property
    def eye(self) -> Color:
        return self.colour(self.sheet.eye, "brown")

    @cached_property
    def inner(self) -> Color:
        return self.colour(self.sheet.inner, self.dark.mix(self.base, 0.35))

    @cached_property
    def glow(self) -> Color | None:
        return named(self.sheet.glow) if self.sheet.glow else None

    @cached_property
    def skin(self) -> Color:
        return self.colour(self.sheet.skin, "peach")

    @property
    def far(self) -> Color:
        """Fur of the limbs on the far side."""
        return self.base.shade(0.075)

    @property
    def light(self) -> Color:
        return self.base.tint(0.05)

    def piece(self, path: str, fill: Color, shadow: float = 9, rim: float = 2.4) -> str:
        """One piece of paper that lies on the others. Its shadow is dark fur, never black."""
        dark = self.base.with_lightness(min(0.24, self.base.L * 0.42)).saturate(0.6)
        return cut.cut(path, fill, rim, (1.5, 4, shadow, 0.34, dark.hex) if shadow else None)


def line(path: str, colour: Color | str, width: float, opacity: float = 1) -> str:
    """A drawn line with round ends."""
    faint = f' stroke-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{num(width)}"{faint} '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def flat(path: str, colour: Color | str, opacity: float = 1) -> str:
    """A flat shape: no edge, no shadow."""
    faint = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<path d="{path}" fill="{colour}"{faint}/>'


def dot(x: float, y: float, radius: float, colour: Color | str, opacity: float = 1) -> str:
    faint = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" fill="{colour}"{faint}/>'


def within(path: str, svg: str) -> str:
    """`svg`, seen only inside `path`."""
    name, definition = cut.clip(path)
    return f'{definition}<g clip-path="url(#{name})">{svg}</g>' if svg else ""
