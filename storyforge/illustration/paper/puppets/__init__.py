"""Puppets cut from paper: a character's words become a sheet (looks/), a sheet becomes a figure in any pose.

    puppet_for("eevee", character).draw("run", "joy")  ->  Figure

character_sheet.py says what can be set, kinds.yaml what each kind is like. A rig (fourlegged.py, twolegged.py,
bird.py …) puts together heads, ears, tails, wings … A new kind is a few lines of kinds.yaml, with its other names
in looks/lexicon.yaml; a new part is a function in its file and a word in character_sheet.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from storyforge.illustration.paper.character_sheet import CharacterSheet
from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.looks import sheet_for
from storyforge.illustration.paper.puppets.bird import bird
from storyforge.illustration.paper.puppets.bounds import svg_box
from storyforge.illustration.paper.puppets.expressions import Expression, expression_for
from storyforge.illustration.paper.puppets.fish import fish
from storyforge.illustration.paper.puppets.fourlegged import fourlegged
from storyforge.illustration.paper.puppets.ghost import ghost
from storyforge.illustration.paper.puppets.moon import moon
from storyforge.illustration.paper.puppets.paint import Drawing, Paint
from storyforge.illustration.paper.puppets.small import insect, snail
from storyforge.illustration.paper.puppets.twolegged import twolegged
from storyforge.story import Character

RIGS: dict[str, Callable[[Paint, str, Expression], Drawing]] = {
    "fourlegged": fourlegged,
    "twolegged": twolegged,
    "bird": bird,
    "fish": fish,
    "ghost": ghost,
    "snail": snail,
    "insect": insect,
    "moon": moon,
}


@dataclass(frozen=True)
class Figure:
    """A drawn puppet. Local units: ground at y=0, facing right; a standing four-legged one is about 430 high.

    `svg` is a fragment that uses #rim (cut.rim_gradient). `lift`: how far the stage should raise it off the ground.
    `head`: the head's centre. `box`: (x, y, width, height) that holds all of it, light included. `scale`: size beside
    other puppets. `glow`: light that falls on what is near; `aura`: its soft light behind; `accent`: for effects.
    """

    svg: str
    lift: float
    head: tuple[float, float]
    box: tuple[float, float, float, float]
    scale: float
    glow: Color | None
    aura: Color | None
    accent: Color


@dataclass(frozen=True)
class Puppet:
    sheet: CharacterSheet

    def draw(self, pose: str, expression: str, flip: bool = False) -> Figure:
        """Words that are not known are drawn as stand and neutral. `flip`: the stage is going to mirror the figure."""
        return _draw(self.sheet, pose, expression, flip)


def puppet_for(who: str, character: Character) -> Puppet:
    """The puppet of the cast's `who`. BadStory if `character.puppet` sets what cannot be set."""
    return Puppet(sheet_for(who, character))


@lru_cache(maxsize=64)
def _draw(sheet: CharacterSheet, pose: str, expression: str, flip: bool) -> Figure:
    paint = Paint(sheet, flip)
    drawing = RIGS[sheet.rig](paint, pose, expression_for(expression, pose))
    left, top, right, bottom = svg_box(drawing.svg)
    return Figure(
        svg=drawing.svg,
        lift=drawing.lift,
        head=drawing.head,
        box=(left, top, right - left, bottom - top),
        scale=sheet.scale,
        glow=paint.glow,
        aura=paint.glow if sheet.halo else None,
        accent=paint.accent,
    )
