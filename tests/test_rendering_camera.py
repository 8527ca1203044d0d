"""The camera stays in the picture, moves softly and calmly, and looks where its matrix says."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.directing import QUICK, SPEEDS
from storyforge.rendering import camera
from storyforge.rendering.view import MARGIN, View, holds, matrix
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
@given(moves, st.floats(0.5, 60), sizes, points, st.none() | st.floats(0.001, 0.2))
def test_nothing_moves_faster_than_was_asked_or_is_calm(move, seconds, picture, focus, speed):
    path = camera.path(Camera(move=move, focus=focus, speed=speed), seconds, picture, FRAME)
    most = speed or SPEEDS[move]
    frames = max(2, round(seconds * 24))
    for before, after in itertools.pairwise(path.at(k / frames) for k in range(frames + 1)):
        moved = max(abs(after.x - before.x) / before.width, abs(after.y - before.y) / before.height)
        assert moved * frames / seconds <= most * 1.05
        assert abs(math.log(after.width / before.width)) * frames / seconds <= most * 1.01


@pytest.mark.parametrize("move", MOVES)
def test_the_speed_that_is_asked_for_is_that_of_the_fastest_moment(move):
    for speed in (SPEEDS[move] / 2, SPEEDS[move] * 3):
        path = camera.path(Camera(move=move, speed=speed), 3, (6000, 3375), FRAME)
        before, after = path.at(0.5 - 1 / 600), path.at(0.5 + 1 / 600)  # a hundredth of a second
        seen = max(
            abs(after.x - before.x) / before.width,
            abs(after.y - before.y) / before.height,
            abs(math.log(after.width / before.width)),
        )
        share = 0.6 if move == "drift" else 1
        assert seen * 100 == pytest.approx(speed * share, rel=0.02)


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


@pytest.mark.parametrize("handheld", [False, True])
@pytest.mark.parametrize("move", MOVES)
def test_pictures_as_the_illustrators_deliver_them_are_never_enlarged(move, handheld):
    filmed = Camera(move=move, speed=SPEEDS[move] * QUICK, handheld=handheld)
    assert camera.path(filmed, 60, OVERSCAN, FRAME).tightest >= camera.TIGHTEST - 1e-9
    assert camera.enlarged(filmed, 60, OVERSCAN, FRAME) <= 1 + 1e-9


@given(moves, st.floats(0.5, 90), sizes, points, st.none() | st.floats(0.001, 0.2), st.booleans())
def test_a_picture_is_enlarged_by_more_than_a_quarter_only_if_it_is_too_small(
    move, seconds, picture, focus, speed, handheld
):
    filmed = Camera(move=move, focus=focus, speed=speed, handheld=handheld)
    at_rest = camera.enlarged(Camera(move="hold"), 1e-6, picture, FRAME)
    enlarged = camera.enlarged(filmed, seconds, picture, FRAME)
    assert enlarged <= max(camera.MOST_ENLARGED, at_rest / camera.TIGHTEST_SMALL) + 1e-6


@pytest.mark.parametrize(
    ("picture", "times"),
    [((64, 64), 30), ((512, 512), 3.75), ((1280, 720), 1.5), ((1920, 1080), 1), ((1600, 900), 1.2)],
)
def test_a_small_picture_is_enlarged_little_more_than_it_must_be(picture, times):
    for move in MOVES:
        enlarged = camera.enlarged(Camera(move=move), 20, picture, FRAME)
        assert times <= enlarged <= max(camera.MOST_ENLARGED, times / camera.TIGHTEST_SMALL) + 1e-9


def test_a_small_picture_still_moves_and_where_its_shape_leaves_room_it_moves_by_that_alone():
    for move in MOVES:
        path = camera.path(Camera(move=move), 10, (512, 288), FRAME)
        assert max(np.abs(np.subtract(path.end, path.start))) > 0.01
    square = camera.path(Camera(move="tilt-up"), 10, (512, 512), FRAME)
    assert square.tightest == 1 and square.start.y - square.end.y > 0.05


def test_a_quicker_camera_than_any_scene_asks_for_may_go_further():
    calm, quick = (camera.path(Camera(move="push-in", speed=s), 20, (4000, 2250), FRAME) for s in (0.015, 0.05))
    assert quick.tightest < calm.tightest == pytest.approx(camera.TIGHTEST)
    far = camera.path(Camera(move="pan-right", speed=0.1), 20, (6000, 1080), FRAME)
    assert (far.end.x - far.start.x) / far.start.width > 2 * camera.MOST_TRAVEL


# ---- what the camera is aimed at


def test_what_a_push_is_aimed_at_comes_nearer_to_the_middle_and_a_pull_begins_there():
    for focus in ((0.8, 0.3), (0.36, 0.6), (0.0, 1.0)):
        push = camera.path(Camera(move="push-in", focus=focus), 12, OVERSCAN, FRAME)
        pull = camera.path(Camera(move="pull-out", focus=focus), 12, OVERSCAN, FRAME)
        assert (pull.start, pull.end) == (push.end, push.start)
        views = [push.at(progress) for progress in (0, 0.4, 1)]
        for axis in (0, 1):
            away = [abs(focus[axis] - view[axis]) / view[axis + 2] for view in views]
            assert away[0] >= away[1] - 1e-9 and away[1] >= away[2] - 1e-9
            assert away[0] > away[2] or focus[axis] in (0, 1)


@st.composite
def some_faces(draw):
    size = draw(st.floats(0.02, 0.4))
    inside = st.floats(MARGIN, 1 - size - MARGIN)
    return tuple((draw(inside), draw(inside), size, size) for _ in range(draw(st.integers(1, 4))))


@settings(max_examples=200, deadline=None)
@given(moves, st.floats(0.5, 60), sizes, some_faces(), st.floats(0, 1), st.booleans())
def test_the_first_face_is_always_in_the_frame_and_whole_in_a_zoom(move, seconds, picture, faces, progress, handheld):
    path = camera.path(Camera(move=move, handheld=handheld), seconds, picture, FRAME, faces)
    view = path.at(progress)
    left, top, width, height = faces[0]
    middle = (left + width / 2, top + height / 2, 0, 0)
    assert holds(view, middle)
    widest = camera.path(Camera(move="hold"), 1e-6, picture, FRAME).start
    fits = all(
        side + 2 * MARGIN <= whole * camera.TIGHTEST for side, whole in zip((width, height), widest[2:], strict=True)
    )
    if fits and move in ("push-in", "pull-out", "creep", "hold"):
        assert holds(view, faces[0])


def test_all_faces_stay_whole_where_they_fit_and_else_the_first():
    near = ((0.3, 0.3, 0.1, 0.2), (0.6, 0.3, 0.1, 0.2))
    far = ((0.3, 0.3, 0.1, 0.2), (0.9, 0.3, 0.1, 0.2), (0.0, 0.3, 0.1, 0.2))
    for move in ("push-in", "pull-out", "creep", "pan-right", "pan-left", "drift"):
        path = camera.path(Camera(move=move), 12, OVERSCAN, FRAME, near)
        assert all(holds(view, face) for face in near for view in (path.start, path.end)), move
        path = camera.path(Camera(move=move), 30, OVERSCAN, FRAME, far)
        assert all(holds(view, far[0]) for view in (path.start, path.end)), move
        assert max(np.abs(np.subtract(path.end, path.start))) > 0.05, move


def test_a_tall_picture_keeps_the_face_in_every_move():
    face = (0.4, 0.05, 0.2, 0.12)
    for move in MOVES:
        path = camera.path(Camera(move=move), 15, (832, 1216), FRAME, (face,))
        seen = [holds(path.at(k / 10), face) for k in range(11)]
        assert all(seen) if move in ("push-in", "pull-out", "creep", "hold", "drift") else seen[0] or seen[-1], move


def test_a_tall_picture_is_shown_where_its_focus_is():
    view = camera.path(Camera(move="hold", focus=(0.5, 0.2)), 5, (1000, 3000), FRAME).at(0)
    assert view.y == pytest.approx(0.2)
    assert view.width == 1


def test_the_matrix_leads_from_pixels_of_the_frame_to_pixels_of_the_picture():
    whole = View(0.5, 0.5, 1, 1)
    half_size = matrix(whole, (200, 100), (100, 50))
    assert np.allclose(half_size, [[2, 0, 0.5], [0, 2, 0.5]])  # between two pixels
    right_half = matrix(View(0.75, 0.5, 0.5, 0.5), (200, 100), (100, 50))
    assert np.allclose(right_half, [[1, 0, 100], [0, 1, 25]])


# ---- held by hand


@settings(max_examples=100, deadline=None)
@given(moves, st.floats(0.5, 60), sizes, points)
def test_a_hand_sways_a_little_and_softly_within_the_picture(move, seconds, picture, focus):
    path = camera.path(Camera(move=move, focus=focus, handheld=True), seconds, picture, FRAME)
    base = camera.Path(path.start, path.end)
    fps = 24
    frames = max(4, round(seconds * fps))
    views, bases = (np.array([way.at(k / frames) for k in range(frames + 1)]) for way in (path, base))
    assert (views[:, 2:] == bases[:, 2:]).all()
    sway = (views - bases)[:, :2] / views[:, 2:]
    assert np.abs(sway).max() <= camera.SWAY
    assert np.abs(np.diff(sway, 2, axis=0)).max() <= camera.SWAY * (2 * math.pi / frames * seconds) ** 2 * 0.7
    for axis in (0, 1):
        assert (views[:, axis] - views[:, axis + 2] / 2 >= -1e-9).all()
        assert (views[:, axis] + views[:, axis + 2] / 2 <= 1 + 1e-9).all()


def test_the_sway_is_the_same_each_time_and_another_in_a_shot_of_another_length():
    def sway(seconds):
        return [camera.swung(k / 24, seconds) for k in range(200)]

    assert sway(8) == sway(8) != sway(8.5)
    assert np.abs(sway(8)).max() > 0.5


def test_the_sway_has_no_trembling_in_it():
    track = np.array([camera.swung(k / 24, 60) for k in range(24 * 60)])[:, 0]
    power = np.abs(np.fft.rfft(track * np.hanning(len(track)))) ** 2
    hertz = np.fft.rfftfreq(len(track), 1 / 24)
    assert power[(hertz > 0.25) & (hertz < 1.5)].sum() > 0.999 * power.sum()
