"""From one shot to the next in every way: nothing jumps, nothing stands still, and the shortest shots bear it."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyforge.plate import Plate, with_plate
from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.rendering.shoot import shoot
from storyforge.storyboard import TRANSITIONS, Camera, Transition

SIZE, FPS = (160, 90), 24
PAN = Camera(move="pan-right", speed=0.2)


def scenery(path: Path, seed: int) -> Path:
    small = np.random.default_rng(seed).integers(0, 255, (5, 8, 3)).astype(np.uint8)
    Image.fromarray(small).resize((320, 180), Image.Resampling.BICUBIC).save(path)
    return path


def shots(folder: Path, way: Transition, before: int, frames: int, passage: int, **more: object) -> tuple[Shot, Shot]:
    """Two shots that follow each other."""
    old, new = scenery(folder / "old.png", 1), scenery(folder / "new.png", 2)
    first = Framing(camera=PAN, frames=before, overlap=passage)
    second = Framing(camera=PAN, frames=frames)
    size: dict[str, object] = {"size": SIZE, "fps": FPS}
    return (
        Shot(ShotPlan.model_validate({"picture": old, "framing": first, **size})),
        Shot(
            ShotPlan.model_validate(
                {
                    "picture": new,
                    "framing": second,
                    "before": (old, first),
                    "transition": way,
                    "passage": passage,
                    **size,
                    **more,
                }
            )
        ),
    )


def lumas(shot: Shot) -> list[np.ndarray]:
    return [shot.planes(number).y.astype(float) for number in range(shot.plan.framing.frames)]


@pytest.mark.parametrize("rightwards", [False, True])
@pytest.mark.parametrize("way", [way for way in TRANSITIONS if way != "cut"])
def test_a_passage_begins_and_ends_without_a_jump(tmp_path: Path, way: Transition, rightwards: bool) -> None:
    """The frame before it and the first after it differ from their neighbours by little more than motion does."""
    before, now = shots(tmp_path, way, 24, 60, 36, rightwards=rightwards)
    frames = [*lumas(before), *lumas(now)]
    steps = [np.abs(b - a).mean() for a, b in itertools.pairwise(frames)]
    into, out = steps[23], steps[23 + 36]
    assert into < 1.6 * steps[22] + 1.0
    assert out < 1.6 * steps[23 + 37] + 1.0


@pytest.mark.parametrize("way", [way for way in TRANSITIONS if way != "cut"])
def test_both_pictures_move_all_the_time(tmp_path: Path, way: Transition) -> None:
    """Where they are seen: no frame is as the one before it."""
    before, now = shots(tmp_path, way, 24, 48, 24)
    frames = [*lumas(before), *lumas(now)]
    for number in range(8, 64):
        seen = np.mean(np.abs(frames[number] - 16) > 8)
        if np.ptp(frames[number]) > 30:
            assert np.abs(frames[number] - frames[number - 1]).mean() > 0.1 * seen, number


def test_a_cut_shows_nothing_of_the_shot_before(tmp_path: Path) -> None:
    _, now = shots(tmp_path, "cut", 24, 24, 12)
    alone = Shot(now.plan.model_copy(update={"before": None, "passage": 0}))
    assert np.array_equal(lumas(now)[0], lumas(alone)[0])


@pytest.mark.parametrize(("frames", "passage"), [(1, 0), (1, 1), (2, 1), (2, 2), (1, 9), (5, 40)])
@pytest.mark.parametrize("way", TRANSITIONS)
def test_the_shortest_shots_bear_every_passage(tmp_path: Path, way: Transition, frames: int, passage: int) -> None:
    """Also one that is longer than the shot."""
    _, now = shots(tmp_path, way, 1, frames, passage)
    heard: list[float] = []
    shoot(now.plan, tmp_path / "clip.mp4", heard.append)
    assert heard[-1] == 1 and (tmp_path / "clip.mp4").stat().st_size > 0
    assert len(lumas(now)) == frames


def test_an_iris_closes_where_the_camera_is_aimed(tmp_path: Path) -> None:
    aimed = Camera(move="hold", focus=(0.3, 0.6))
    white = tmp_path / "white.png"
    Image.new("RGB", (320, 180), "white").save(white)
    framing = Framing(camera=aimed, frames=24, overlap=20)
    plan = ShotPlan(picture=white, framing=framing, before=(white, framing), transition="iris", size=SIZE, fps=FPS)
    light = Shot(plan.model_copy(update={"passage": 20})).planes(8).y.astype(float) - 16
    rows, columns = np.indices(light.shape)
    centre = (light * columns).sum() / light.sum() / SIZE[0], (light * rows).sum() / light.sum() / SIZE[1]
    assert np.allclose(centre, (0.3, 0.6), atol=0.05)


def test_an_iris_opens_at_a_face_that_the_picture_knows_of(tmp_path: Path) -> None:
    plain, known = tmp_path / "plain.png", tmp_path / "known.png"
    Image.new("RGB", (320, 180), "white").save(plain)
    known.write_bytes(with_plate(plain.read_bytes(), Plate(faces=((0.6, 0.3, 0.2, 0.2), (0.0, 0.0, 0.1, 0.1)))))
    still = Framing(camera=Camera(move="hold"), frames=24, overlap=20)
    plan = ShotPlan(picture=known, framing=still, before=(plain, still), transition="iris", size=SIZE, fps=FPS)
    light = Shot(plan.model_copy(update={"passage": 20})).planes(11).y.astype(float) - 16
    rows, columns = np.indices(light.shape)
    centre = (light * columns).sum() / light.sum() / SIZE[0], (light * rows).sum() / light.sum() / SIZE[1]
    assert np.allclose(centre, (0.7, 0.4), atol=0.05)
