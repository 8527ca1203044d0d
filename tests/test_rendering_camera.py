"""The camera stays in the picture, moves softly and calmly, and looks where its matrix says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.rendering import camera
from storyforge.storyboard import MOVES, Camera

FRAME = (1920, 1080)
OVERSCAN = (2240, 1260)
sizes = st.tuples(st.integers(16, 6000), st.integers(16, 6000))
points = st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1))
moves = st.sampled_from(MOVES)


@settings(max_examples=200, deadline=None)
@given(moves, st.floats(0.1, 120), sizes, sizes, points, st.floats(0, 1))
def test_no_view_ever_leaves_the_picture_or_loses_the_frame_s_shape(move, seconds, picture, frame, focus, progress):
    view = camera.path(Camera(move=move, focus=focus), seconds, picture, frame).at(progress)
    for centre, extent in ((view.x, view.width), (view.y, view.height)):
        assert 0 < extent <= 1 + 1e-9
        assert extent / 2 - 1e-9 <= centre <= 1 - extent / 2 + 1e-9
    seen = (view.width * picture[0]) / (view.height * picture[1])
    assert seen == pytest.approx(frame[0] / frame[1], rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(moves, st.floats(0.5, 60), sizes, points)
def test_every_move_goes_one_way_and_never_jerks(move, seconds, picture, focus):
    path = camera.path(Camera(move=move, focus=focus), seconds, picture, FRAME)
    track = np.array([path.at(k / 200) for k in range(201)])
    steps = np.diff(track, axis=0)
    assert all((column >= -1e-12).all() or (column <= 1e-12).all() for column in steps.T)
    reach = np.abs(track[-1] - track[0]).max()
    assert np.abs(np.diff(steps, axis=0)).max() <= 9 * reach / 200**2 + 1e-9
    assert np.abs(steps[[0, -1]]).max() <= reach / 200 / 50 + 1e-12


def test_the_middle_of_a_move_is_steady_and_not_rushed():
    speeds = np.diff([camera.eased(k / 1000) for k in range(1001)]) * 1000
    assert speeds.max() == pytest.approx(1 / (1 - camera.RAMP), rel=1e-3)
    assert (speeds[310:690] == pytest.approx(speeds.max(), rel=1e-6)) is True
    assert camera.eased(0) == 0 and camera.eased(0.5) == 0.5 and camera.eased(1) == 1


@settings(max_examples=100, deadline=None)
@given(moves, st.floats(0.5, 60), sizes, points)
def test_nothing_moves_faster_than_is_calm(move, seconds, picture, focus):
    path = camera.path(Camera(move=move, focus=focus), seconds, picture, FRAME)
    frames = max(2, round(seconds * 24))
    for before, after in itertools.pairwise(path.at(k / frames) for k in range(frames + 1)):
        moved = max(abs(after.x - before.x) / before.width, abs(after.y - before.y) / before.height)
        assert moved * frames / seconds <= camera.PAN_SPEED * 1.05
        assert abs(after.width / before.width - 1) * frames / seconds <= camera.ZOOM_SPEED * 1.25


@pytest.mark.parametrize("move", MOVES)
def test_a_short_scene_moves_less_far_than_a_long_one(move):
    def travel(seconds):
        path = camera.path(Camera(move=move), seconds, OVERSCAN, FRAME)
        return float(np.abs(np.subtract(path.end, path.start)).max())

    assert 0 < travel(2) < travel(4) < travel(9)


def test_the_names_say_where_the_camera_goes():
    paths = {move: camera.path(Camera(move=move), 10, OVERSCAN, FRAME) for move in MOVES}
    assert paths["push-in"].end.width < paths["push-in"].start.width == 1
    assert paths["pull-out"].start.width < paths["pull-out"].end.width == 1
    assert paths["pan-left"].end.x < paths["pan-left"].start.x
    assert paths["pan-right"].end.x > paths["pan-right"].start.x
    assert paths["tilt-up"].end.y < paths["tilt-up"].start.y
    assert paths["tilt-down"].end.y > paths["tilt-down"].start.y
    assert paths["drift"].end.x != paths["drift"].start.x and paths["drift"].end.y != paths["drift"].start.y
    assert 0.98 < paths["hold"].end.width < 1


@pytest.mark.parametrize("move", MOVES)
def test_pictures_as_the_illustrators_deliver_them_are_never_enlarged(move):
    assert camera.path(Camera(move=move), 60, OVERSCAN, FRAME).tightest >= camera.TIGHTEST - 1e-9


def test_a_push_keeps_its_focus_in_its_place():
    path = camera.path(Camera(move="push-in", focus=(0.8, 0.3)), 12, OVERSCAN, FRAME)
    for progress in (0, 0.4, 1):
        view = path.at(progress)
        assert (0.8 - view.x) / view.width == pytest.approx(0.3)
        assert (0.3 - view.y) / view.height == pytest.approx(-0.2)


def test_a_tall_picture_is_shown_where_its_focus_is():
    view = camera.path(Camera(move="hold", focus=(0.5, 0.2)), 5, (1000, 3000), FRAME).at(0)
    assert view.y == pytest.approx(0.2)
    assert view.width == 1


def test_the_matrix_leads_from_pixels_of_the_frame_to_pixels_of_the_picture():
    whole = camera.View(0.5, 0.5, 1, 1)
    half_size = camera.matrix(whole, (200, 100), (100, 50))
    assert np.allclose(half_size, [[2, 0, 0.5], [0, 2, 0.5]])  # between two pixels
    right_half = camera.matrix(camera.View(0.75, 0.5, 0.5, 0.5), (200, 100), (100, 50))
    assert np.allclose(right_half, [[1, 0, 100], [0, 1, 25]])
