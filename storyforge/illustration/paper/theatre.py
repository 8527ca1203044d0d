"""The theatre: a brief becomes a tableau, a tableau becomes layers, far to near, and the layers become a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from storyforge.illustration.paper.backdrop import ACTED_ORB
from storyforge.illustration.paper.bands import banded, packed
from storyforge.illustration.paper.blocking import Placed, looks_left, marks, placed, stage_x
from storyforge.illustration.paper.cueing import effect_sheets
from storyforge.illustration.paper.cut import rim_gradient, transformed
from storyforge.illustration.paper.effects.air import dust
from storyforge.illustration.paper.faces import faces, seen_at
from storyforge.illustration.paper.finish import blurred, grained, shadowed, soft_layer, stood_out
from storyforge.illustration.paper.geometry import rng
from storyforge.illustration.paper.grade import Grade
from storyforge.illustration.paper.layer import Layer, Pixels, lay
from storyforge.illustration.paper.light import light_for
from storyforge.illustration.paper.places import build, nearest
from storyforge.illustration.paper.puppets import puppet_for
from storyforge.illustration.paper.raster import rasterize
from storyforge.illustration.paper.stage import ACTORS, HEIGHT, WIDTH, Pool, Sheet, Stage
from storyforge.illustration.paper.view import View, view_of
from storyforge.plate import Plate
from storyforge.storyboard import Brief

ROOM_TO_MOVE = 0.12
"""How far what drifts or falls is drawn beyond the picture's edges, in parts of its width: no cut piece comes in."""

_AFLOAT = ("space", "ocean", "sky")  # no dust, and no shadow under what flies


@dataclass(frozen=True)
class Tableau:
    """A scene that stands ready: what is seen of the stage, who is on it, and every effect. Nothing is drawn yet."""

    view: View
    place: str
    stage: Stage
    actors: tuple[Placed, ...]
    effects: tuple[Sheet, ...]

    @property
    def behind(self) -> list[Sheet]:
        """Sheets behind the actors, the farthest first."""
        effects = [sheet for sheet in self.effects if sheet.depth < ACTORS]
        return sorted((*self.stage.sheets, *effects), key=lambda sheet: sheet.depth)

    @property
    def before(self) -> list[Sheet]:
        """Sheets before the actors, the farthest first."""
        effects = [sheet for sheet in self.effects if sheet.depth >= ACTORS]
        return sorted((*effects, *self.stage.front), key=lambda sheet: sheet.depth)


def tableau(brief: Brief) -> Tableau:
    """Sets the stage. The same place and seed give the same stage, whatever else the brief holds."""
    view, place = view_of(brief.width, brief.height), nearest(brief.place)
    stage = _stage(brief, place, view)
    build(place, stage)
    places = marks(brief.roles, view)
    figures = [
        puppet_for(role.who, role.character).draw(role.pose, role.expression, looks_left(brief.roles, places, i))
        for i, role in enumerate(brief.roles)
    ]
    actors = placed(brief.roles, figures, stage, view)
    return Tableau(view, place, stage, actors, effect_sheets(brief, place, stage, actors))


def layers(scene: Tableau) -> Iterator[Layer]:
    """The sheets of a tableau as pixels, the farthest first; each is drawn when it is asked for."""
    light = scene.stage.light
    rim = rim_gradient(0.34 if light.dark else 0.55, light.key.lighten(0.03))
    behind, before = scene.behind, scene.before
    for i, sheet in enumerate(behind):
        yield from _sheet(sheet, i, scene, rim)
    yield from _auras(scene)
    for actor in sorted(scene.actors, key=lambda actor: actor.ground):
        yield from _actor(actor, scene, rim)
    for i, sheet in enumerate(before, len(behind)):
        yield from _sheet(sheet, i, scene, rim)


def picture(brief: Brief) -> Pixels:
    """The picture, (brief.height, brief.width, 3) RGB: one layer at a time is held beside the canvas."""
    scene = tableau(brief)
    canvas = _ground(scene)
    for layer in layers(scene):
        lay(layer, canvas)
    return _grade(canvas, scene).applied(canvas)


def in_layers(brief: Brief) -> tuple[Pixels, Plate, dict[str, bytes]]:
    """The same picture, with what a film needs to know of it, and the files of its layers."""
    scene = tableau(brief)
    canvas = _ground(scene)
    bands = list(banded(_laid(layers(scene), canvas), _ground(scene)))
    grade = _grade(canvas, scene)
    cuts, files = packed(grade.carried(band) for band in bands)
    focus = None if scene.actors else seen_at(scene.stage.focus, HEIGHT * 0.45, scene.view)
    return grade.applied(canvas), Plate(faces=faces(scene.actors, scene.view), focus=focus, layers=cuts), files


def _ground(scene: Tableau) -> Pixels:
    """An opaque canvas, (rows, columns, 4), in the colour of the sky."""
    return np.full((scene.view.rows, scene.view.columns, 4), (*scene.stage.light.sky[0].rgb, 255), np.uint8)


def _laid(layers: Iterator[Layer], canvas: Pixels) -> Iterator[Layer]:
    for layer in layers:
        lay(layer, canvas)
        yield layer


def _grade(canvas: Pixels, scene: Tableau) -> Grade:
    return Grade.of(canvas, scene.view, scene.stage.light, scene.stage.sun)


def _stage(brief: Brief, place: str, view: View) -> Stage:
    carried = [name for role in brief.roles for name in role.effects]
    kinds = {puppet_for(role.who, role.character).sheet.kind for role in brief.roles}
    acted = [ACTED_ORB] if kinds & {"moon", "sun"} else []
    stage = Stage(
        light_for(place, brief.time, brief.weather, brief.mood, brief.season),
        rng(brief.seed, place).getrandbits(32),
        props=(*brief.props, *brief.effects, *carried, *acted),
        weather=brief.weather,
        season=brief.season,
        actors_x=[stage_x(mark, view) / WIDTH for mark in marks(brief.roles, view)],
    )
    left, _, right, _ = view.frame
    inset = min(330.0, (right - left) / 2)
    stage.focus = min(max(stage.focus, left + inset), right - inset)
    return stage


def _sheet(sheet: Sheet, number: int, scene: Tableau, rim: str) -> Iterator[Layer]:
    pad = round(scene.view.columns * ROOM_TO_MOVE) if sheet.motion.moves else 0
    view = scene.view.widened(pad)
    if sheet.soft:
        layer = soft_layer(sheet.name, sheet.depth, sheet.soft, view)
    else:
        layer = rasterize(sheet.svg, view, sheet.name, sheet.depth, rim=rim)
    if layer is None:
        return
    layer = Layer(layer.name, layer.depth, grained(layer.pixels, view, sheet.grain, number), layer.x, layer.y)
    if sheet.blur:
        layer = blurred(layer, view, sheet.blur)
    if sheet.shadow.opacity:
        layer = shadowed(layer, view, sheet.shadow, scene.stage.light.ink)
    yield replace(layer, x=layer.x - pad, y=layer.y - pad, motion=sheet.motion)


def _auras(scene: Tableau) -> Iterator[Layer]:
    for actor in scene.actors:
        if actor.figure.aura:
            (x, y), size = actor.middle, actor.size
            pool = Pool(x, y + 10, 560 * size, 500 * size, actor.figure.aura, 0.80)
            yield from _present(soft_layer("aura", ACTORS, pool, scene.view))


def _actor(actor: Placed, scene: Tableau, rim: str) -> Iterator[Layer]:
    """The shadow on the ground, the figure, the dust it raises."""
    if scene.place not in _AFLOAT or actor.lifted < 60:
        yield from _present(soft_layer("shadow on the ground", ACTORS, _ground_shadow(actor, scene.stage), scene.view))
    yield from _present(_figure(actor, scene))
    if actor.role.pose in ("run", "leap") and actor.lifted < 60 and scene.place not in _AFLOAT:
        yield from _sheet(dust(actor, scene.stage), 0, scene, rim)


def _figure(actor: Placed, scene: Tableau) -> Layer | None:
    view, light = scene.view, scene.stage.light
    svg = transformed(actor.figure.svg, actor.x, actor.y, actor.size, flip=actor.looks_left)
    layer = rasterize(svg, view, actor.role.who, ACTORS, actor.box, rim_gradient(0.55, "#fff8ec"))
    if layer is None:
        return None
    pixels = layer.pixels
    if actor.figure.aura is None:  # what shines takes no colour from the light
        pixels = np.asarray(cv2.multiply(pixels, (*(value / 255 for value in light.multiply), 1.0)), np.uint8)
    lit = Layer(layer.name, layer.depth, grained(pixels, view, 80, 3), layer.x, layer.y)
    return stood_out(lit, view, actor.size, light.ink, light.haze.lighten(0.10))


def _ground_shadow(actor: Placed, stage: Stage) -> Pool:
    reach = 200 * actor.size * (1 - min(0.5, actor.lifted / 500))
    opacity = 0.62 if actor.lifted < 40 else 0.34
    return Pool(
        actor.x - 10 * actor.size * actor.facing, actor.ground + 2, reach, reach * 0.19, stage.light.ink, opacity
    )


def _present(layer: Layer | None) -> Sequence[Layer]:
    return () if layer is None else (layer,)
