"""Every way from one picture to the next: whole at both ends, soft in between, for frames of every size."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from storyforge.rendering.page import Page
from storyforge.rendering.picture import PAPER
from storyforge.rendering.planes import BLACK, Pixels, Planes, colour_of, planes_to_rgb
from storyforge.rendering.transitions import MIDDLE, Aims, pass_over
from storyforge.storyboard import TRANSITIONS, Transition

SIZE = (320, 180)
SOFT: list[Transition] = [way for way in TRANSITIONS if way != "cut"]  # type: ignore[misc]


def flat(*colour: int, size: tuple[int, int] = SIZE) -> Planes:
    planes = Planes.empty(size)
    for plane, value in zip((planes.y, planes.u, planes.v), colour_of(colour), strict=True):  # type: ignore[arg-type]
        plane[:] = value
    return planes


def ramp(size: tuple[int, int] = SIZE) -> Planes:
    """Lighter to the right and to the bottom, so that every place can be told from the others."""
    planes = flat(128, 128, 128, size=size)
    planes.y[:] = np.linspace(40, 140, size[0])[np.newaxis] + np.linspace(0, 80, size[1])[:, np.newaxis]
    return planes


def passed(
    way: Transition, before: Planes, now: Planes, part: float, aims: Aims = MIDDLE, rightwards: bool = False
) -> Planes:
    """The frame; both pictures stay as they are."""
    size = (now.y.shape[1], now.y.shape[0])
    old, new = Planes.empty(size), Planes.empty(size)
    old.buffer[:], new.buffer[:] = before.buffer, now.buffer
    pass_over(way, old, new, part, aims, rightwards=rightwards)
    return new


def apart(one: Planes, other: Planes) -> float:
    """How far two frames differ at most."""
    return float(np.abs(one.buffer.astype(int) - other.buffer.astype(int)).max())


def mean_apart(one: Planes, other: Planes) -> float:
    return float(np.abs(one.buffer.astype(int) - other.buffer.astype(int)).mean())


@pytest.mark.parametrize("size", [SIZE, (180, 320), (16, 16), (18, 30), (160, 16)])
@pytest.mark.parametrize("way", SOFT)
def test_the_old_picture_is_whole_at_the_beginning_and_the_new_one_at_the_end(
    way: Transition, size: tuple[int, int]
) -> None:
    old, new = ramp(size), flat(200, 60, 30, size=size)
    assert apart(passed(way, old, new, 0.0), old) <= 1
    assert apart(passed(way, old, new, 1.0), new) <= 1


def test_a_cut_shows_the_new_picture_at_once() -> None:
    assert apart(passed("cut", ramp(), flat(9, 9, 9), 0.0), flat(9, 9, 9)) == 0


@pytest.mark.parametrize("rightwards", [False, True])
@pytest.mark.parametrize("way", SOFT)
def test_no_frame_of_a_passage_jumps(way: Transition, rightwards: bool) -> None:
    """In 39 frames, the first and the last steps are small, and none is much larger than the mean of all."""
    old, new = ramp(), flat(30, 60, 120)
    frames = [passed(way, old, new, number / 40, rightwards=rightwards) for number in range(41)]
    steps = [mean_apart(a, b) for a, b in pairwise(frames)]
    assert max(steps[0], steps[-1]) < 1.5
    assert max(steps) < 4.5 * np.mean(steps)


@pytest.mark.parametrize("way", SOFT)
def test_a_frame_without_change_stays_a_frame_without_change(way: Transition) -> None:
    """Rounding adds nothing up: limited range is kept, and black stays black where nothing is lit."""
    black = flat(0, 0, 0)
    frame = passed(way, black, flat(0, 0, 0), 0.5)
    assert frame.y.min() >= BLACK[0] - 1 and frame.y.max() <= 235


@pytest.mark.parametrize(("way", "colour"), [("dip-to-black", (0, 0, 0)), ("dip-to-white", PAPER)])
def test_a_dip_passes_through_its_colour(way: Transition, colour: tuple[int, int, int]) -> None:
    middle = planes_to_rgb(passed(way, ramp(), flat(200, 60, 30), 0.5))
    assert np.abs(middle.astype(int) - colour).max() <= 2


def test_white_rises_without_a_flash() -> None:
    """Even a dark picture takes a third of a second and more to become white, at the length that it has in a film."""
    light = [passed("dip-to-white", flat(0, 0, 0), flat(0, 0, 0), number / 54).y.mean() for number in range(55)]
    steps = np.abs(np.diff(light))
    assert steps.max() < 0.07 * 219  # of all the light there is, in a frame of 54 (1.8 s)
    assert light[:28] == sorted(light[:28])


def test_an_iris_closes_at_what_the_old_picture_is_about_and_opens_at_what_the_new_one_is() -> None:
    old, new = flat(255, 255, 255), flat(255, 255, 255)
    aims = Aims((0.2, 0.3), (0.8, 0.6))
    for part, at in ((0.4, aims.before), (0.6, aims.now)):
        light = passed("iris", old, new, part, aims).y.astype(float) - 16
        rows, columns = np.indices(light.shape)
        centre = (light * columns).sum() / light.sum() / SIZE[0], (light * rows).sum() / light.sum() / SIZE[1]
        assert np.allclose(centre, at, atol=0.02)
        assert light.min() == 0 and light.max() == 219
    assert passed("iris", old, new, 0.5, aims).y.max() == 16


def test_the_iris_has_a_soft_edge() -> None:
    row = passed("iris", flat(255, 255, 255), flat(0, 0, 0), 0.25).y[90].astype(int)
    assert np.abs(np.diff(row)).max() < 0.4 * 219
    assert 2 < ((row > 20) & (row < 230)).sum() < 0.06 * SIZE[0]


def test_a_page_shows_its_paper_while_the_old_picture_lies_at_the_spine_and_the_new_one_at_the_edge() -> None:
    frame = planes_to_rgb(passed("page-turn", flat(200, 30, 30), flat(30, 30, 200), 0.48)).astype(int)
    old, paper, new = frame[170, 10], frame[60, 120], frame[90, 310]
    assert old[0] > 150 > old[2] and new[2] > 150 > new[0]
    assert np.abs(paper - PAPER).max() < 25


def test_a_page_is_turned_to_the_right_where_books_are_read_so() -> None:
    old, new = flat(200, 30, 30), flat(30, 30, 200)
    for part in (0.2, 0.35, 0.5, 0.7):
        left = passed("page-turn", old, new, part)
        right = passed("page-turn", old, new, part, rightwards=True)
        assert np.abs(left.y.astype(int) - right.y[:, ::-1]).mean() < 0.5


def test_the_picture_lies_still_where_the_page_has_not_been_lifted() -> None:
    old = ramp()
    frame = passed("page-turn", old, flat(0, 0, 0), 0.3)
    assert np.abs(frame.y[:, :60].astype(int) - old.y[:, :60]).max() <= 1


def test_a_page_is_bent_and_not_stretched() -> None:
    """Along the page, what is seen of front and back goes on evenly: as far as half round the roll, and back."""
    page = Page.at(1920, 1080, 0.4)
    past = np.linspace(-200, page.radius, 500)
    front, back = page.front(past), page.back(past)
    assert np.allclose(front[past <= 0], past[past <= 0])
    assert np.allclose(front + back, np.pi * page.radius)
    assert np.isclose(front[-1], np.pi / 2 * page.radius)


def test_the_edge_of_the_page_is_sharp() -> None:
    """As sharp as the film: between paper and picture there is a pixel or two."""
    row: Pixels = passed("page-turn", flat(0, 0, 0), flat(0, 0, 0), 0.45).y[60]
    assert np.abs(np.diff(row.astype(int))).max() > 40
