"""Pictures in layers: at rest they are the flat picture; under way the near goes by faster; nothing shows beyond."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from storyforge.plate import Layer, Motion, Plate, plate_of, with_plate
from storyforge.rendering.camera import Path as Way
from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.rendering.cover import MIXED
from storyforge.rendering.loose import MOST_PARTS, Loose
from storyforge.rendering.parallax import LayeredStill, gain, resting
from storyforge.rendering.picture import load
from storyforge.rendering.planes import Planes
from storyforge.rendering.view import View
from storyforge.storyboard import Camera

SIZE, PICTURE = (320, 180), (374, 210)


def noise(seed: int, blur: float = 3) -> np.ndarray:
    values = np.random.default_rng(seed).integers(0, 255, (PICTURE[1], PICTURE[0], 3)).astype(np.float32)
    soft = cv2.GaussianBlur(values, (0, 0), blur)
    return np.clip((soft - 127) * 3 * blur + 127, 0, 255).astype(np.uint8)


def disc(x: float, y: float, radius: float) -> np.ndarray:
    mask = np.zeros((PICTURE[1], PICTURE[0]), np.uint8)
    return cv2.GaussianBlur(cv2.circle(mask, (int(x), int(y)), int(radius), 255, -1), (0, 0), 1.5)


def png(pixels: np.ndarray) -> bytes:
    flipped = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
    return cv2.imencode(".png", flipped)[1].tobytes()


GREY = np.full((PICTURE[1], PICTURE[0], 3), 128, np.uint8)
BRIGHT = GREY + 100


def made(*cuts: tuple[np.ndarray, np.ndarray, float, Motion], sky: np.ndarray | None = None) -> bytes:
    """A PNG in layers: a sky of noise, and on it cuts of colours, alpha, depth and motion."""
    canvas = noise(0) if sky is None else sky
    files, layers = {"sky.png": png(canvas)}, [Layer(name="sky", depth=0, colours="sky.png")]
    for i, (colours, alpha, depth, motion) in enumerate(cuts):
        share = alpha[..., None] / 255
        premultiplied = np.rint(colours * share).astype(np.uint8)
        canvas = np.rint(premultiplied + (1 - share) * canvas).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(alpha)
        area = (slice(y, y + h), slice(x, x + w))
        files |= {f"{i}.png": png(premultiplied[area]), f"{i}a.png": png(alpha[area])}
        named = {"colours": f"{i}.png", "alpha": f"{i}a.png", "left": x, "top": y}
        layers.append(Layer(name=str(i), depth=depth, motion=motion, **named))
    return with_plate(png(canvas), Plate(layers=tuple(layers)), files)


FLOOR = np.zeros((PICTURE[1], PICTURE[0]), np.uint8)
FLOOR[150:] = 255
STILL = Motion()
STAGE = (
    (noise(1), disc(190, 90, 60), 0.3, STILL),
    (noise(2), disc(120, 110, 50), 0.62, STILL),
    (noise(3), FLOOR, 1.0, STILL),
)


def still(path: Path, way: Way, seconds: float = 4.0) -> LayeredStill:
    plate, files = plate_of(path)
    return LayeredStill(plate, files, PICTURE, way, SIZE, seconds)


def filmed(clip: LayeredStill, progress: float) -> Planes:
    frame = Planes.empty(SIZE)
    clip.film(progress, frame)
    return frame


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other.astype(float)) ** 2)))


WIDE, CLOSE = View(0.5, 0.5, 1.0, 1.0), View(0.55, 0.45, 6 / 7, 6 / 7)


def shot(path: Path, move: str, frames: int = 49) -> Shot:
    framing = Framing(camera=Camera.model_validate({"move": move}), frames=frames)
    return Shot(ShotPlan(picture=path, framing=framing, size=SIZE, fps=24))


@pytest.mark.parametrize(("move", "number"), [("push-in", 0), ("pull-out", 48), ("pan-left", 24), ("tilt-up", 24)])
def test_at_rest_the_layers_are_the_flat_picture(tmp_path: Path, move: str, number: int) -> None:
    (tmp_path / "p.png").write_bytes(made(*STAGE))
    with Image.open(tmp_path / "p.png") as image:
        image.save(tmp_path / "flat.png")
    layered, flat = shot(tmp_path / "p.png", move), shot(tmp_path / "flat.png", move)
    for one, other in zip(_planes(layered.planes(number)), _planes(flat.planes(number)), strict=True):
        assert psnr(one, other) > 42
    assert psnr(layered.planes(48 - number).y, flat.planes(48 - number).y) < 40 or number == 24


def _planes(frame: Planes) -> list[np.ndarray]:
    return [frame.y.copy(), frame.u.copy(), frame.v.copy()]


def test_the_near_goes_by_faster_than_the_far(tmp_path: Path) -> None:
    way = Way(View(0.43, 0.5, 0.8, 0.8), View(0.57, 0.5, 0.8, 0.8))
    spots = [(BRIGHT, disc(190, y, 14), depth, STILL) for y, depth in ((50, 0.1), (105, 0.62), (160, 1.0))]
    (tmp_path / "p.png").write_bytes(made(*spots, sky=GREY))
    clip = still(tmp_path / "p.png", way)
    starts, ends = (spots_in(filmed(clip, progress)) for progress in (0.0, 1.0))
    moved = [(start - end) / SIZE[0] * 0.8 / 0.14 for (start, _), (end, _) in zip(starts, ends, strict=True)]
    assert moved == pytest.approx([gain(0.1), gain(0.62), gain(1.0)], abs=0.02)


def spots_in(frame: Planes) -> list[tuple[float, float]]:
    """Middles (x, y) of what is bright, from the top."""
    _, _, _, middles = cv2.connectedComponentsWithStats(cv2.compare(frame.y, 165, cv2.CMP_GT))
    return sorted(((x, y) for x, y in middles[1:].tolist()), key=lambda spot: spot[1])


@pytest.mark.parametrize("move", ["push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "drift"])
def test_no_edge_of_a_layer_comes_into_view(tmp_path: Path, move: str) -> None:
    """Each layer is bright, and the sky behind is dark: were one moved too far, dark would show at an edge."""
    whole = np.full((PICTURE[1], PICTURE[0]), 255, np.uint8)
    whole[60:150, 90:280] = 0
    swaying = (BRIGHT, whole, 0.9, Motion(sway=0.02, drift=(0.01, -0.01)))
    (tmp_path / "p.png").write_bytes(made((BRIGHT, whole, 0.3, STILL), swaying, sky=GREY * 0))
    taken = shot(tmp_path / "p.png", move, 97)
    for number in range(0, 97, 8):
        y = taken.planes(number).y
        assert min(y[0].min(), y[-1].min(), y[:, 0].min(), y[:, -1].min()) > 200


def test_what_is_hidden_is_not_drawn_and_that_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(made(*STAGE))
    clip = still(tmp_path / "p.png", Way(WIDE, CLOSE))
    for progress in (0.0, 0.4, 1.0):
        quick = _planes(filmed(clip, progress))
        into, view = Planes.empty(SIZE), clip.way.at(progress)
        for layer in clip._layers:
            layer.lay(
                clip._view(layer, view, 0), into, clip._grid, np.full(clip._grid.shape, MIXED, np.uint8), clip._buffers
            )
        for one, other in zip(quick, _planes(into), strict=True):
            assert np.abs(one.astype(int) - other).max() <= 3  # scaled together with more or less of the rest


FLAKES = np.maximum.reduce([disc(x, y, 6) for x, y in ((60, 40), (150, 90), (230, 150), (320, 60), (100, 185))])


def test_flakes_fall_each_at_its_own_speed_and_come_in_again_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(made((BRIGHT, FLAKES, 0.9, Motion(fall=(0.0, 0.2))), sky=GREY))
    clip = still(tmp_path / "p.png", Way(WIDE, WIDE), 20.0)
    seen = {seconds: sorted(spots_in(filmed(clip, seconds / 20))) for seconds in (0, 1, 7, 20)}
    assert len(seen[0]) == 5
    steps = [now[1] - then[1] for then, now in zip(seen[0], seen[1], strict=False) if abs(now[0] - then[0]) < 2]
    falls = [step / SIZE[1] for step in steps if step > 0]
    assert len(falls) >= 3 and all(0.1 < fall < 0.28 for fall in falls) and max(falls) - min(falls) > 0.01
    assert len(seen[7]) >= 3 and len(seen[20]) >= 3


def test_stars_twinkle_each_in_its_own_time(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(made((BRIGHT, FLAKES, 0.03, Motion(twinkle=0.9)), sky=GREY))
    clip = still(tmp_path / "p.png", Way(WIDE, WIDE), 12.0)
    frames = [filmed(clip, k / 48).y.copy() for k in range(48)]
    light = np.array(
        [
            [int(frame[round(y * 6 / 7), round(x * 320 / 374)]) for frame in frames]
            for x, y in ((60, 40), (150, 90), (230, 150), (320, 60))
        ]
    )
    assert (light.max(axis=1) > 190).all() and (light.min(axis=1) < 160).all()
    assert np.abs(np.diff(light)).max() < 40
    assert np.corrcoef(light)[np.triu_indices(4, 1)].max() < 0.95


def test_the_same_moment_is_the_same_frame_whatever_was_filmed_before(tmp_path: Path) -> None:
    moving = ((BRIGHT, FLAKES, 0.9, Motion(fall=(0.05, 0.2), sway=0.01)), (noise(2), FLOOR, 1.0, Motion(sway=0.01)))
    (tmp_path / "p.png").write_bytes(made(*moving))
    one, other = (still(tmp_path / "p.png", Way(WIDE, CLOSE)) for _ in range(2))
    filmed(one, 0.9)
    assert (filmed(one, 0.5).buffer == filmed(other, 0.5).buffer).all()


def test_what_a_thousand_parts_hang_together_in_moves_in_groups(tmp_path: Path) -> None:
    dust = np.zeros((PICTURE[1], PICTURE[0]), np.uint8)
    dust[::7, ::7] = 255
    (tmp_path / "p.png").write_bytes(made((BRIGHT, dust, 0.9, Motion(fall=(0.0, 0.1))), sky=GREY))
    (loose,) = still(tmp_path / "p.png", Way(WIDE, WIDE))._layers[1:]
    assert isinstance(loose, Loose) and 100 < len(loose._parts) <= MOST_PARTS


@pytest.mark.parametrize("damage", ["colours", "alpha", "size", "sky"])
def test_a_damaged_layer_leaves_the_flat_picture(tmp_path: Path, damage: str) -> None:
    data = made(*STAGE)
    (tmp_path / "p.png").write_bytes(data)
    plate, files = plate_of(tmp_path / "p.png")
    flat = cv2.imencode(".png", cv2.cvtColor(load(tmp_path / "p.png"), cv2.COLOR_RGB2BGR))[1].tobytes()
    broken = {"colours": {"1.png": b"none"}, "alpha": {"1a.png": b""}, "size": {"1a.png": files["0a.png"]}, "sky": {}}
    layers = plate.layers[1:] if damage == "sky" else plate.layers
    spoilt = with_plate(flat, plate.model_copy(update={"layers": layers}), {**files, **broken[damage]})
    (tmp_path / "spoilt.png").write_bytes(spoilt)
    (tmp_path / "flat.png").write_bytes(flat)
    assert plate_of(tmp_path / "spoilt.png")[0].layers
    one, other = shot(tmp_path / "spoilt.png", "push-in"), shot(tmp_path / "flat.png", "push-in")
    assert (one.planes(30).buffer == other.planes(30).buffer).all()


def test_layers_rest_in_the_widest_view_or_in_the_middle_of_a_pan() -> None:
    assert resting(Way(WIDE, CLOSE)) == resting(Way(CLOSE, WIDE)) == WIDE
    pan = Way(View(0.43, 0.5, 0.8, 0.8), View(0.57, 0.5, 0.8, 0.8))
    assert resting(pan) == pytest.approx(View(0.5, 0.5, 0.8, 0.8))
