"""The places that the theatre can show. A place is a function that puts sheets on a stage, the farthest first.

To add one: write such a function in a module of this folder, name it in PLACES, and its other words in places.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import yaml

from storyforge.illustration.paper.places.beach import beach
from storyforge.illustration.paper.places.castle import castle
from storyforge.illustration.paper.places.cave import cave
from storyforge.illustration.paper.places.desert import desert
from storyforge.illustration.paper.places.forest import forest
from storyforge.illustration.paper.places.home import home
from storyforge.illustration.paper.places.meadow import meadow
from storyforge.illustration.paper.places.mountain import mountain, snowfield
from storyforge.illustration.paper.places.ocean import ocean
from storyforge.illustration.paper.places.ruins import ruins
from storyforge.illustration.paper.places.sky import sky
from storyforge.illustration.paper.places.space import space
from storyforge.illustration.paper.places.village import festival, village
from storyforge.illustration.paper.places.volcano import volcano
from storyforge.illustration.paper.places.waterfall import waterfall
from storyforge.illustration.paper.stage import Stage

PLACES: dict[str, Callable[[Stage], None]] = {
    "meadow": meadow,
    "forest": forest,
    "ocean": ocean,
    "beach": beach,
    "volcano": volcano,
    "mountain": mountain,
    "waterfall": waterfall,
    "snow": snowfield,
    "ruins": ruins,
    "castle": castle,
    "village": village,
    "festival": festival,
    "home": home,
    "desert": desert,
    "cave": cave,
    "sky": sky,
    "space": space,
}


def build(place: str, stage: Stage) -> None:
    """Puts up the place's sheets, in any of the words that `nearest` knows."""
    PLACES[nearest(place)](stage)


def nearest(word: str) -> str:
    """The place that a word means, in English or German; a meadow if nobody knows."""
    tidy = "-".join(word.lower().replace("_", " ").split())
    if tidy in PLACES:
        return tidy
    known = _synonyms()
    parts = [tidy, *reversed(tidy.split("-"))]  # "the old oak forest" is a forest
    return next(
        (part if part in PLACES else known[part] for part in parts if part in PLACES or part in known), "meadow"
    )


@cache
def _synonyms() -> dict[str, str]:
    text = (files("storyforge.illustration.paper.places") / "places.yaml").read_text(encoding="utf-8")
    return {word: place for place, words in yaml.safe_load(text).items() for word in words.split()}
