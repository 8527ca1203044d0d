"""The cut-paper theatre: same bytes everywhere, any words give a picture, and nobody is cut off by the frame."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge import storyboard
from storyforge.illustration.paper import Paper, geometry
from storyforge.illustration.paper.color import Color, from_hex, named, oklch
from storyforge.illustration.paper.cut import clip, cut, glow, linear_gradient
from storyforge.illustration.paper.effects import EFFECTS
from storyforge.illustration.paper.finish import grained, shadowed
from storyforge.illustration.paper.layer import Layer, lay, over, tinted
from storyforge.illustration.paper.raster import ENGINES, rasterize
from storyforge.illustration.paper.stage import usual_shadow
from storyforge.illustration.paper.theatre import Tableau, layers, tableau
from storyforge.illustration.paper.view import view_of
from storyforge.story import Character, Lora, Style
from storyforge.storyboard import Brief, Role

SIZE = (480, 270)
FOX = Character(name="Eevee", looks="a small brown fox with a red scarf")
WHALE = Character(name="Bo", looks="a blue whale")
KNIGHT = Character(name="Rolf", looks="a brave knight")


def a_role(character: Character = FOX, pose: str = "stand", expression: str = "happy", *effects: str) -> Role:
    who = character.name.lower() or "somebody"
    return Role(who=who, character=character, pose=pose, expression=expression, effects=effects)


def a_brief(
    *roles: Role,
    place: str = "meadow",
    time: str = "day",
    weather: str = "clear",
    season: str = "",
    mood: str = "calm",
    props: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
    seed: int = 7,
    size: tuple[int, int] = SIZE,
) -> Brief:
    return Brief(
        place=place,
        time=time,
        weather=weather,
        season=season,
        mood=mood,
        action="",
        props=props,
        effects=effects,
        roles=roles,
        style=Style(),
        seed=seed,
        prompt=None,
        width=size[0],
        height=size[1],
    )


def words(known: list[str] | tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(sorted(known)), st.text(max_size=12))


looks = st.sampled_from(
    [
        "",
        "a tiny mouse",
        "a huge red dragon",
        "a tall wizard in a blue hat",
        "a white owl",
        "a whale",
        "ein kleiner Igel",
    ]
)
any_role = st.builds(
    lambda name, looks, pose, expression, effects: Role(
        who=name, character=Character(looks=looks), pose=pose, expression=expression, effects=effects
    ),
    st.sampled_from(["ada", "bo", "cy", "dot"]),
    looks,
    words(storyboard.POSES),
    words(storyboard.EXPRESSIONS),
    st.lists(words(storyboard.EFFECTS), max_size=2).map(tuple),
)
any_brief = st.builds(
    lambda roles, place, time, weather, season, mood, effects, seed: a_brief(
        *roles, place=place, time=time, weather=weather, season=season, mood=mood, effects=effects, seed=seed
    ),
    st.lists(any_role, max_size=7),
    words(storyboard.PLACES),
    words(storyboard.TIMES),
    words(storyboard.WEATHERS),
    st.sampled_from(["", "spring", "autumn", "winter"]),
    words(storyboard.MOODS),
    st.lists(words(storyboard.EFFECTS), max_size=3).map(tuple),
    st.integers(0, 2**63 - 1),
)


def pixels(brief: Brief) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(Paper().draw(brief), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture)


STORM = a_brief(
    a_role(FOX, "fight", "fierce", "beam"),
    a_role(KNIGHT, "fight", "angry", "beam", "shield"),
    place="castle",
    time="night",
    weather="storm",
    effects=("clash", "lightning", "aurora", "sparkles", "confetti"),
)


def test_the_same_brief_gives_the_same_bytes_in_two_threads() -> None:
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(Paper().draw, [STORM, STORM])
    assert one == other == Paper().draw(STORM)


def test_the_same_brief_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys, hashlib; from storyforge.illustration.paper import Paper; from storyforge.storyboard import Brief;"
        "print(hashlib.sha256(Paper().draw(Brief.model_validate_json(sys.stdin.read()))).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    other = subprocess.run(
        [sys.executable, "-c", code], input=STORM.model_dump_json(), capture_output=True, text=True, env=environment
    )
    assert other.stdout.strip() == hashlib.sha256(Paper().draw(STORM)).hexdigest(), other.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="counts in kilobytes on Linux only")
def test_a_large_picture_needs_little_memory() -> None:
    code = (
        "import sys, resource; from storyforge.illustration.paper import Paper, theatre;"
        "from storyforge.storyboard import Brief; brief = Brief.model_validate_json(sys.stdin.read());"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; Paper().draw(brief);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    brief = STORM.model_copy(update={"width": 2240, "height": 1260})
    told = subprocess.run([sys.executable, "-c", code], input=brief.model_dump_json(), capture_output=True, text=True)
    assert int(told.stdout) / 1024 < 220, told.stderr


@settings(max_examples=7)
@given(any_brief)
def test_any_words_give_a_picture_of_the_size_that_was_asked_for(brief: Brief) -> None:
    picture = pixels(brief)
    assert picture.shape == (270, 480, 3)
    assert picture.std() > 8, "an empty picture"


def test_every_place_time_and_weather_gives_a_picture_of_its_own() -> None:
    seen = set()
    for i, place in enumerate(storyboard.PLACES):
        time = storyboard.TIMES[i % len(storyboard.TIMES)]
        weather = storyboard.WEATHERS[i % len(storyboard.WEATHERS)]
        picture = pixels(a_brief(a_role(), place=place, time=time, weather=weather))
        assert picture.std() > 12, place
        seen.add(picture.tobytes())
    assert len(seen) == len(storyboard.PLACES)


def test_every_place_can_be_staged_by_day_and_by_night_in_different_weathers() -> None:
    for i, place in enumerate(storyboard.PLACES):
        for k, time in enumerate(("day", "night")):
            weather = storyboard.WEATHERS[(i + 3 * k) % len(storyboard.WEATHERS)]
            assert tableau(a_brief(place=place, time=time, weather=weather)).behind


sizes = st.sampled_from([(480, 270), (270, 480), (300, 300), (400, 300), (600, 240)])


@settings(max_examples=15)
@given(any_brief, sizes)
def test_every_actor_is_inside_the_frame(brief: Brief, size: tuple[int, int]) -> None:
    scene = tableau(brief.model_copy(update={"width": size[0], "height": size[1]}))
    left, top, right, bottom = scene.view.frame
    for actor in scene.actors:
        box = actor.box
        assert left <= box[0] and box[2] <= right and top <= box[1] and box[3] <= bottom, actor.role


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("size", [(480, 270), (270, 480), (300, 300)])
def test_nobody_stands_before_anothers_head(count: int, size: tuple[int, int]) -> None:
    scene = tableau(a_brief(*[a_role(FOX, "sit")] * count, size=size))
    heads = sorted(actor.head for actor in scene.actors)
    size_of_head = 160 * max(actor.size for actor in scene.actors)
    assert all(np.hypot(a[0] - b[0], a[1] - b[1]) > size_of_head for a, b in pairwise(heads))


def test_two_who_meet_look_at_each_other() -> None:
    first, second = tableau(a_brief(a_role(FOX), a_role(KNIGHT))).actors
    assert first.x < second.x and not first.looks_left and second.looks_left


def test_two_who_run_run_the_same_way() -> None:
    first, second = tableau(a_brief(a_role(FOX, "run"), a_role(KNIGHT, "run"))).actors
    assert not first.looks_left and not second.looks_left


def test_the_beams_of_two_fighters_meet() -> None:
    scene = tableau(STORM)
    assert [sheet.name for sheet in scene.effects].count("beam") == 2
    first, second = scene.actors
    assert first.head[0] < second.head[0] - 300


def test_fields_that_do_not_show_draw_nothing_again() -> None:
    brief = a_brief(a_role())
    told = FOX.model_copy(
        update={
            "aliases": ("the fox",),
            "pronouns": "she",
            "lora": Lora(file="fox.safetensors"),
            "reference": "fox.png",
            "voice": "en_US-amy",
            "pronounce": "iːviː",
        }
    )
    other = brief.model_copy(
        update={
            "action": "Eevee wakes",
            "prompt": "a fox",
            "style": Style(prompt="ink", negative="blurry"),
            "roles": (a_role(told),),
        }
    )
    assert Paper().narrowed(brief) == Paper().narrowed(other)
    assert Paper().draw(Paper().narrowed(other)) == Paper().draw(brief) == Paper().draw(other)


@pytest.mark.parametrize(
    "change",
    [
        {"place": "forest"},
        {"time": "night"},
        {"weather": "rain"},
        {"effects": ("rainbow",)},
        {"seed": 8},
        {"roles": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_fields_that_show_change_the_picture(change: dict[str, object]) -> None:
    brief = a_brief(a_role())
    other = brief.model_copy(update=change)
    assert Paper().narrowed(brief) != Paper().narrowed(other)
    assert not np.array_equal(pixels(brief), pixels(other))


def test_a_place_looks_the_same_whenever_the_story_comes_back() -> None:
    once, again = tableau(a_brief(a_role(FOX, "run"))), tableau(a_brief(a_role(KNIGHT, "wave", "sad")))
    elsewhere = tableau(a_brief(a_role(), seed=8))
    assert scenery(once) == scenery(again)
    assert scenery(once) != scenery(elsewhere)


def scenery(scene: Tableau) -> list[str]:
    return [sheet.svg for sheet in (*scene.stage.sheets, *scene.stage.front)]


def test_layers_come_far_to_near_and_fit_the_canvas() -> None:
    drawn = list(layers(tableau(STORM)))
    depths = [layer.depth for layer in drawn]
    assert depths == sorted(depths)
    assert {"eevee", "rolf"} <= {layer.name for layer in drawn}
    for layer in drawn:
        assert layer.pixels.dtype == np.uint8 and layer.pixels.ndim == 3
        color, alpha = layer.pixels[..., :3].astype(int), layer.pixels[..., 3:].astype(int)
        assert (color <= alpha + 3).all(), f"{layer.name}: colours are not premultiplied"


def test_the_back_end_knows_every_effect_that_planners_know() -> None:
    assert set(EFFECTS) == set(storyboard.EFFECTS)


@pytest.mark.parametrize("effect", storyboard.EFFECTS)
def test_every_effect_shows(effect: str) -> None:
    calm, loud = tableau(a_brief(a_role())), tableau(a_brief(a_role(), effects=(effect,)))
    assert len(loud.effects) > len(calm.effects) or scenery(loud) != scenery(calm)


def test_paper_is_ready_without_a_server() -> None:
    assert Paper().check() == ""
    assert Paper().recipe() == {"name": "paper", "version": Paper.version}


@pytest.mark.skipif(not all(map(find_spec, ENGINES)), reason="only one SVG engine has a wheel for this machine")
def test_both_svg_engines_draw_the_same() -> None:
    body = cut(geometry.star(24, 16, 14), oklch(0.7, 0.15, 40), shadow=4) + glow(24, 16, 15, oklch(0.9, 0.1, 90))
    document = f'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32" viewBox="0 0 48 32">{body}</svg>'
    one, other = (make()(document).astype(int) for make in ENGINES.values())
    assert np.array_equal(one, other)


def test_a_picture_of_twice_the_size_is_the_same_picture() -> None:
    small, large = pixels(a_brief(a_role())), pixels(a_brief(a_role(), size=(960, 540)))
    assert abs(cv2.resize(large, SIZE, interpolation=cv2.INTER_AREA).astype(int) - small).mean() < 6


@settings(max_examples=50)
@given(st.integers(0, 0xFFFFFF))
def test_colours_survive_the_way_to_oklab_and_back(value: int) -> None:
    assert str(from_hex(f"#{value:06x}")) == f"#{value:06x}"


@settings(max_examples=50)
@given(st.floats(-1, 2), st.floats(0, 0.5), st.floats(-720, 720))
def test_any_colour_can_be_shown(lightness: float, chroma: float, hue: float) -> None:
    color = oklch(lightness, chroma, hue)
    assert all(0 <= value <= 255 for value in color.shade().tint().rotate(30).rgb)


def test_colour_words() -> None:
    gold, rose = named("gold"), named("pale rose")
    assert gold and rose and gold.hue > rose.hue % 360
    assert named("Dark-Blue") != named("blue") and named("#f80") == from_hex("#ff8800")
    assert named("fnord") is None and named("#fnord", gold) is gold and named(gold) is gold


def test_pieces_are_named_by_their_content() -> None:
    assert linear_gradient([(0, "red"), (1, "blue")]) == linear_gradient([(0, "red"), (1, "blue")])
    assert linear_gradient([(0, "red")]) != linear_gradient([(0, "blue")])
    assert clip("M0 0Z") == clip("M0 0Z") != clip("M1 0Z")


def test_layers_that_stick_out_of_the_canvas_are_cut_off() -> None:
    canvas = np.zeros((10, 10, 4), np.uint8)
    patch = tinted(np.full((6, 6), 255, np.uint8), Color(1, 0, 0))
    for x, y in ((-3, -3), (8, 8), (40, 0), (0, -40)):
        lay(Layer("patch", 0.5, patch, x, y), canvas)
    assert canvas[:3, :3].min() == 255 and canvas[8:, 8:].min() == 255 and canvas[4, 4].max() == 0


def test_half_a_sheet_lets_half_the_light_through() -> None:
    white, black = tinted(np.full((1, 1), 255, np.uint8), Color(1, 0, 0)), oklch(0, 0, 0)
    assert over(tinted(np.full((1, 1), 128, np.uint8), black), white)[0, 0].tolist() == [127, 127, 127, 255]


def test_paper_has_a_tooth_and_casts_a_shadow() -> None:
    view = view_of(*SIZE)
    sheet = rasterize(cut(geometry.ellipse(960, 540, 300), oklch(0.6, 0.1, 140), 0), view, "disc", 0.5)
    assert sheet is not None
    tooth = grained(sheet.pixels, view, 100, 3)
    assert tooth[20:40, 20:40].std() > 1 and abs(tooth.astype(int).mean() - sheet.pixels.mean()) < 2
    cast = shadowed(sheet, view, usual_shadow(0.5), oklch(0.1, 0.02, 280))
    assert cast.pixels.shape > sheet.pixels.shape and cast.x < sheet.x
