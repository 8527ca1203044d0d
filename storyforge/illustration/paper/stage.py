"""The stage: sheets of paper one behind the other, the ground where feet stand, and where the light comes from.

A place (see places/) is a function that puts sheets on a stage. Coordinates are design units: the frame is
1920 × 1080 with (0, 0) at its top left. The camera moves, so decor fills the overscan from LEFT to RIGHT and from
TOP to BOTTOM. Depth goes from 0 (the sky) over ACTORS to 1 (the leaves before the lens).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from random import Random

from storyforge.illustration.paper.color import Color
from storyforge.illustration.paper.geometry import rng
from storyforge.illustration.paper.light import WINTRY, Light, local_color
from storyforge.illustration.paper.motions import STILL
from storyforge.plate import Motion

WIDTH, HEIGHT = 1920, 1080
LEFT, RIGHT, TOP, BOTTOM = -160, 2080, -90, 1170
ACTORS = 0.62  # depth of the puppets

# The big thing (sun, castle, volcano, portal) stands on a third of the frame; the centre only if it is clearly freer.
_THIRDS = ((0.70, 0.0), (0.30, 0.0), (0.50, 0.02))

# By night snow holds the moonlight, and pale sand takes the hue of the sky instead of turning grey.
_HOLD_LIGHT = ("snow", "ice", "deep-ice", "foam")
_TAKE_HUE = {"sand": 0.10, "path": 0.02}  # and how much lighter they look for it


@dataclass(frozen=True)
class Shadow:
    """What a sheet casts on those behind it, in design units."""

    dx: float
    dy: float
    blur: float
    opacity: float


NO_SHADOW = Shadow(0, 0, 0, 0)


@dataclass(frozen=True)
class Band:
    """A band of mist across the whole canvas: thickest a little below its middle, nothing at either edge."""

    top: float
    bottom: float
    color: Color
    opacity: float


@dataclass(frozen=True)
class Pool:
    """A soft ellipse of light, brightest at (x, y), nothing at its edge."""

    x: float
    y: float
    rx: float
    ry: float
    color: Color
    opacity: float


@dataclass(frozen=True)
class Sheet:
    """One sheet of paper: its SVG, or a soft band or pool of light instead.

    `raw` sheets (light, stars, rain) get neither grain nor shadow; `grain` is in per cent; `blur` in design units;
    `motion` is what the sheet, or each of its loose parts, does by itself in a film.
    """

    name: str
    depth: float
    svg: str = ""
    raw: bool = False
    shadow: Shadow = NO_SHADOW
    grain: int = 100
    blur: float = 0
    soft: Band | Pool | None = None
    motion: Motion = STILL


class Stage:
    """Collects the sheets of one picture. All chance comes from the seed: the same seed, the same stage.

    `actors_x` says where actors stand, as fractions of the frame's width; `props` are words that a place may heed.
    """

    def __init__(
        self,
        light: Light,
        seed: int,
        *,
        props: Iterable[str] = (),
        weather: str = "clear",
        season: str = "",
        actors_x: Iterable[float] = (),
    ) -> None:
        self.light = light
        self.seed = seed
        self.props = frozenset(props)
        self.weather = weather
        self.season = season or ("winter" if weather in WINTRY else "")
        self.focus = self._freest_third(tuple(actors_x))
        self.sun: tuple[float, float] | None = None
        self.accent = local_color("pink")  # flowers before the lens
        self.ground: Callable[[float], float] = lambda x: 916.0
        self._behind: list[Sheet] = []
        self._before: list[Sheet] = []

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Everything behind the actors, the farthest first."""
        return tuple(sorted(self._behind, key=lambda sheet: sheet.depth))

    @property
    def front(self) -> tuple[Sheet, ...]:
        """Everything before the actors, the farthest first."""
        return tuple(sorted(self._before, key=lambda sheet: sheet.depth))

    def add(
        self,
        name: str,
        depth: float,
        svg: str,
        *,
        raw: bool = False,
        shadow: Shadow | None = None,
        grain: int = 100,
        blur: float = 0,
        front: bool = False,
        motion: Motion = STILL,
    ) -> None:
        """Puts up a sheet. Without a `shadow` it casts the one that suits its depth (NO_SHADOW for none)."""
        cast = NO_SHADOW if raw else shadow or usual_shadow(depth)
        sheet = Sheet(name, depth, svg, raw, cast, 0 if raw else grain, blur, motion=motion)
        (self._before if front else self._behind).append(sheet)

    def mist(self, top: float, bottom: float, opacity: float, depth: float, color: Color | None = None) -> None:
        """A band of haze: what is behind it moves away."""
        band = Band(top, bottom, color or self.light.haze, opacity)
        self._behind.append(Sheet("mist", depth, raw=True, grain=0, soft=band))

    def pool(
        self,
        x: float = 960,
        y: float = 720,
        rx: float = 880,
        ry: float = 340,
        opacity: float = 0.40,
        color: Color | None = None,
        depth: float = 0.5,
    ) -> None:
        """A pool of light behind the actors: it parts figure from ground."""
        pool = Pool(x, y, rx, ry, color or self.light.haze.lighten(0.06), opacity)
        self._behind.append(Sheet("pool", depth, raw=True, grain=0, soft=pool))

    def random(self, *key: Hashable) -> Random:
        """Chance of its own for each key, so that one part's draws do not shift another's."""
        return rng(self.seed, *key)

    def holds(self, *props: str) -> bool:
        """Whether the scene asks for one of these things."""
        return not self.props.isdisjoint(props)

    def color(self, local: str | Color, distance: float = 0, *, lighter: float = 0, near: float = 0) -> Color:
        """A material of light.yaml by name, or a colour, in this stage's season and light (see Light.lit)."""
        known = local_color(local, self.season) if isinstance(local, str) else local
        found = self.light.lit(known.lighten(lighter), distance, near)
        if self.light.dark and local in _HOLD_LIGHT:
            return found.mix(self.light.key, 0.24 * (1 - near))
        if self.light.dark and isinstance(local, str) and local in _TAKE_HUE:
            return found.mix(self.light.haze.with_lightness(found.L + _TAKE_HUE[local]).saturate(1.25), 0.65)
        return found

    def aside(self, distance: float) -> float:
        """x at this distance from the focus, on the side with more room."""
        side = self.random("aside").choice((-1, 1)) if abs(self.focus - WIDTH / 2) < 100 else 1
        return self.focus + side * distance * (1 if self.focus < WIDTH / 2 else -1)

    @property
    def lamp(self) -> Color | None:
        """The colour of lit windows, if it is dark enough to light them."""
        return local_color("lamp") if self.light.dark or self.light.name == "sunset" else None

    @property
    def snowy(self) -> bool:
        return self.season == "winter"

    def _freest_third(self, actors: tuple[float, ...]) -> float:
        """x of the third farthest from every actor, moved a little by the seed."""
        random = self.random("focus")
        thirds = list(_THIRDS)
        if not actors:
            random.shuffle(thirds)
        freest, _ = max(thirds, key=lambda third: min((abs(third[0] - x) for x in actors), default=1) - third[1])
        return WIDTH * freest + random.uniform(-80, 80)


def usual_shadow(depth: float) -> Shadow:
    """Nearer sheets stand farther off the one behind: longer, softer, darker shadows."""
    return Shadow(3 + 3 * depth, 2 + 4 * depth, 12 + 14 * depth, 0.30 + 0.10 * depth)
