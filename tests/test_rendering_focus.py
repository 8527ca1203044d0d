"""The camera is aimed at what the user says, else at faces, else at what stands out, else at the middle."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.illustration.paper import Paper
from storyforge.planning.rules import Rules
from storyforge.plate import Plate, plate_of
from storyforge.rendering.focus import LEAST_FACE, MIDDLE, Aim, aim, found_faces, salient
from storyforge.rendering.planes import Pixels
from storyforge.story_file import load_story
from storyforge.storyboard import brief_for
from tests.conftest import ROOT

WIDTH, HEIGHT = 1120, 630
finds_faces = pytest.mark.skipif(not hasattr(cv2, "CascadeClassifier"), reason="OpenCV 5 has no face finder")


def noise(softness: float, seed: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Pixels:
    """Grain, or clouds of so many pixels."""
    grain = np.random.default_rng(seed).standard_normal((size[1], size[0], 3)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), softness) if softness else grain
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


def grey(values: np.ndarray) -> Pixels:
    return np.dstack([np.broadcast_to(values, (HEIGHT, WIDTH))] * 3).astype(np.uint8)


def face(size: int) -> Pixels:
    """A face that looks at you, drawn by hand: light skin, brows, eyes, a nose with its shadow, a mouth, dark hair."""
    big = np.full((600, 600, 3), (150, 170, 160), np.uint8)
    cv2.ellipse(big, (300, 285), (205, 265), 0, 0, 360, (60, 45, 40), -1)
    cv2.ellipse(big, (300, 330), (170, 220), 0, 0, 360, (225, 190, 165), -1)
    for x in (225, 375):
        cv2.ellipse(big, (x, 262), (46, 12), 0, 180, 360, (80, 55, 45), 12)
        cv2.ellipse(big, (x, 300), (42, 24), 0, 0, 360, (190, 150, 130), -1)
        cv2.ellipse(big, (x, 300), (34, 16), 0, 0, 360, (245, 240, 235), -1)
        cv2.circle(big, (x, 300), 15, (40, 30, 30), -1)
    cv2.ellipse(big, (300, 385), (26, 14), 0, 0, 180, (170, 125, 105), 9)
    cv2.ellipse(big, (300, 450), (66, 20), 0, 0, 360, (165, 85, 85), -1)
    shaded = cv2.GaussianBlur(big, (0, 0), 5)
    return cv2.resize(shaded, (size, size), interpolation=cv2.INTER_AREA)


def with_face(x: int, y: int, size: int) -> Pixels:
    picture = np.full((HEIGHT, WIDTH, 3), (150, 170, 160), np.uint8)
    picture[y : y + size, x : x + size] = face(size)
    return picture


EVEN = {
    "flat": grey(np.array(130)),
    "a sky": grey(np.arange(HEIGHT)[:, None] * 255 / HEIGHT),
    "light from a corner": grey((np.arange(WIDTH) / WIDTH + np.arange(HEIGHT)[:, None] / HEIGHT) * 127),
    "stripes": grey((np.arange(WIDTH) // 40 % 2) * 255),
    "checks": grey(((np.arange(WIDTH) // 40 + np.arange(HEIGHT)[:, None] // 40) % 2) * 255),
}


@pytest.mark.parametrize("even", EVEN)
def test_an_even_picture_is_filmed_at_its_middle(even: str) -> None:
    assert salient(EVEN[even]) == MIDDLE


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 12), st.integers(0, 10_000))
def test_grain_is_filmed_at_its_middle_and_is_no_face(softness: float, seed: int) -> None:
    picture = noise(softness, seed)
    assert salient(picture) == MIDDLE
    assert found_faces(picture) == ()


@settings(max_examples=40, deadline=None)
@given(st.floats(0.15, 0.85), st.floats(0.2, 0.8), st.booleans())
def test_what_stands_out_is_found_wherever_it_is(x: float, y: float, grey_only: bool) -> None:
    picture = noise(3) // 4 + 90
    colour = (30, 30, 30) if grey_only else (220, 60, 40)
    cv2.circle(picture, (round(x * WIDTH), round(y * HEIGHT)), 45, colour, -1)
    if grey_only:
        picture = np.dstack([cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)] * 3)
    assert salient(picture) == pytest.approx((x, y), abs=0.08)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400))
def test_pictures_of_every_shape_have_a_spot(width: int, height: int) -> None:
    picture = noise(0, 1, (width, height))
    assert all(0 <= part <= 1 for part in salient(picture))
    assert isinstance(found_faces(picture), tuple)


def test_a_picture_of_a_hundred_megapixels_gives_the_spot_of_its_small_copy() -> None:
    small = np.full((400, 600, 3), 120, np.uint8)
    cv2.circle(small, (400, 150), 30, (220, 60, 40), -1)
    large = np.repeat(np.repeat(small, 20, axis=0), 20, axis=1)
    assert salient(small) == pytest.approx((0.667, 0.375), abs=0.06)
    assert salient(large) == pytest.approx(salient(small), abs=0.03)


@finds_faces
def test_a_face_is_found_before_anything_else() -> None:
    picture = with_face(600, 180, 260)
    cv2.circle(picture, (200, 300), 60, (255, 0, 0), -1)
    (found,) = aim(lambda: picture, Plate()).faces
    middle = found[0] + found[2] / 2, found[1] + found[3] / 2
    assert middle == pytest.approx((730 / WIDTH, 320 / HEIGHT), abs=0.06)


@finds_faces
def test_the_largest_face_comes_first_and_a_tiny_one_is_none() -> None:
    picture = with_face(700, 60, 320)
    picture[200:400, 100:300] = face(200)
    first, second = found_faces(picture)
    assert first[2] > second[2] and first[0] > 0.5 > second[0]
    assert found_faces(with_face(500, 300, round(HEIGHT * LEAST_FACE / 2))) == ()


def test_the_user_s_focus_stands_above_all_then_what_the_picture_knows() -> None:
    box = (0.2, 0.2, 0.1, 0.1)
    known = Plate(faces=(box,), focus=(0.9, 0.9))

    def unseen() -> Pixels:
        raise AssertionError("nobody has to look at the picture")

    assert aim(unseen, known, (0.1, 0.7)) == Aim((0.1, 0.7))
    assert aim(unseen, known) == Aim(faces=(box,))
    assert aim(unseen, Plate(focus=(0.9, 0.9))) == Aim((0.9, 0.9))


def test_what_nobody_knows_is_looked_for_and_is_the_same_each_time() -> None:
    picture = noise(3) // 4 + 90
    cv2.circle(picture, (300, 400), 45, (220, 60, 40), -1)
    found = [aim(lambda: picture, Plate()) for _ in range(3)]
    assert found[0] == found[1] == found[2] and found[0].spot is not None and found[0].spot[0] < 0.4


def test_without_its_plate_a_paper_picture_is_still_filmed_where_somebody_is(tmp_path: Path) -> None:
    story = load_story(ROOT / "stories" / "the-moons-lost-mitten.yaml").story
    board = Rules().plan(story)
    away = []
    for number in (0, 2, 4):
        path = tmp_path / "scene.png"
        path.write_bytes(Paper().draw(brief_for(story, board, board.scenes[number], (640, 360))))
        plate, _ = plate_of(path)
        spot = salient(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))
        middles = [(left + width / 2, top + height / 2) for left, top, width, height in plate.faces]
        away.append(min(np.hypot((spot[0] - x) * 16 / 9, spot[1] - y) for x, y in middles))
    assert max(away) < 0.3 and sorted(away)[1] < 0.15
