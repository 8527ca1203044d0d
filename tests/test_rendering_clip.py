"""Pictures of every kind become clips: right colours, right frames, smooth dissolves, the same bytes again."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from moviepy import ImageClip
from PIL import Image

from storyforge.errors import CannotWrite, StoryforgeError
from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.rendering.ffmpeg import program
from storyforge.rendering.picture import PAPER, load
from storyforge.rendering.planes import Planes, planes_to_rgb, rgb_to_yuv
from storyforge.rendering.shoot import shoot
from storyforge.rendering.still import KenBurns
from storyforge.storyboard import Camera

SIZE = (320, 180)
OVERSCAN = (374, 210)


def painted(path: Path, *colour: int, size: tuple[int, int] = OVERSCAN) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def scenery(path: Path, seed: int = 1, size: tuple[int, int] = OVERSCAN) -> Path:
    """Soft coloured shapes: something to see moving."""
    small = np.random.default_rng(seed).integers(0, 255, (9, 16, 3)).astype(np.uint8)
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def plan(picture: Path, frames: int = 12, **more) -> ShotPlan:
    framing = Framing(camera=Camera(move=more.pop("move", "push-in")), frames=frames, overlap=more.pop("overlap", 0))
    return ShotPlan(picture=picture, framing=framing, size=SIZE, fps=24, **more)


def decoded(clip: Path) -> np.ndarray:
    """All frames, as ffmpeg shows them in RGB: (frames, height, width, 3)."""
    command = [program(), "-loglevel", "error", "-i", clip, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3)


def described(clip: Path) -> str:
    return subprocess.run([program(), "-hide_banner", "-i", clip], capture_output=True, text=True).stderr


# --- colours ---------------------------------------------------------------------------------------------------------


def test_primary_colours_have_the_values_of_bt_709():
    colours = np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    planes = np.stack(list(rgb_to_yuv(colours)), axis=-1)[0].tolist()
    assert planes == [[235, 128, 128], [16, 128, 128], [63, 102, 240], [173, 42, 26], [32, 240, 118]]


def test_a_frame_survives_the_way_to_planes_and_back(tmp_path):
    shot = Shot(plan(scenery(tmp_path / "p.png"), move="hold"))
    frame = shot.get_frame(0)
    planes = Planes.empty(SIZE)
    planes.buffer[:] = shot.planes(0).buffer
    assert (planes_to_rgb(planes) == frame).all()
    reference = np.asarray(Image.open(tmp_path / "p.png").resize(SIZE, Image.Resampling.BICUBIC), int)
    assert np.abs(frame.astype(int) - reference).mean() < 2.5


def test_players_show_the_colours_of_the_picture(tmp_path):
    shoot(plan(painted(tmp_path / "p.png", 200, 60, 30), frames=3), tmp_path / "c.mp4")
    told = described(tmp_path / "c.mp4")
    assert re.search(r"h264.*yuv420p\(tv, bt709, progressive\), 320x180.*24 fps", told)
    # swscale's own way from YUV back to RGB, told nothing but the tags in the file.
    assert np.abs(decoded(tmp_path / "c.mp4").astype(int) - (200, 60, 30)).max() <= 3


# --- frames ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames", [1, 2, 7, 50])
def test_a_clip_has_exactly_its_frames(tmp_path, frames):
    shoot(plan(scenery(tmp_path / "p.png"), frames=frames), tmp_path / "c.mp4")
    assert len(decoded(tmp_path / "c.mp4")) == frames


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    wanted = plan(
        scenery(tmp_path / "p.png"),
        before=(scenery(tmp_path / "q.png", 2), Framing(camera=Camera(move="drift"), frames=9)),
    )
    heard: list[float] = []
    shoot(wanted, tmp_path / "a.mp4", heard.append)
    shoot(wanted, tmp_path / "b.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert heard == sorted(heard) and heard[-1] == 1


def test_motion_goes_on_through_the_dissolve(tmp_path):
    """The end of the shot before, dissolving, is its own move and not a frozen frame."""
    framing = Framing(camera=Camera(move="pan-right"), frames=24, overlap=12)
    old, new = scenery(tmp_path / "p.png"), painted(tmp_path / "q.png", 0, 0, 0)
    shot = Shot(plan(new, before=(old, framing), passage=12, move="hold"))
    alone = Shot(ShotPlan(picture=old, framing=Framing(camera=Camera(move="pan-right"), frames=36), size=SIZE, fps=24))
    before = alone.planes(24).y.astype(float)
    first = shot.planes(0).y.astype(float)
    share = np.mean((first - 16) / np.maximum(before - 16, 1))
    assert 0.95 < share < 1  # nearly all of frame 24 of the old shot, and a little of the new
    assert np.abs(first - (16 + (before - 16) * share)).max() < 3
    assert np.abs(alone.planes(30).y.astype(float) - before).max() > 1


def test_a_dissolve_has_no_jump_at_either_end(tmp_path):
    old, new = painted(tmp_path / "p.png", 230, 230, 230), painted(tmp_path / "q.png", 20, 20, 20)
    shot = Shot(
        plan(new, frames=30, before=(old, Framing(camera=Camera(move="hold"), frames=9, overlap=16)), passage=16)
    )
    light = [214.0, *(float(shot.planes(k).y.mean()) for k in range(30))]
    steps = -np.diff(light)
    assert (steps >= -0.01).all() and steps.max() < 20
    assert light[17] == light[30]


def test_the_film_fades_in_from_black_and_out_to_black(tmp_path):
    shot = Shot(plan(painted(tmp_path / "p.png", 255, 255, 255), frames=40, fade_in=10, fade_out=10))
    light = [int(shot.planes(k).y.max()) for k in range(40)]
    assert light[0] == light[39] == 16 and light[10:30] == [235] * 20
    assert light[:11] == sorted(light[:11])


def test_a_moviepy_clip_takes_the_camera_as_an_effect(tmp_path):
    still = ImageClip(str(scenery(tmp_path / "p.png")), duration=8)
    moving = still.with_effects([KenBurns(Camera(move="pan-left"), SIZE)])
    assert moving.duration == 8 and tuple(moving.size) == SIZE
    first, last = moving.get_frame(0), moving.get_frame(8)
    assert first.shape == (180, 320, 3) and np.abs(first.astype(int) - last).mean() > 3


def test_a_slow_pan_does_not_breathe(tmp_path):
    """Sharpness stays as it is while the picture passes through all fractions of a pixel."""
    chance = np.random.default_rng(5).integers(0, 2, (420, 748)) * 200
    Image.fromarray(chance.astype(np.uint8)).resize(OVERSCAN, Image.Resampling.LANCZOS).save(tmp_path / "p.png")
    shot = Shot(plan(tmp_path / "p.png", frames=96, move="pan-right"))
    sharpness = [float(np.abs(np.diff(shot.planes(k).y.astype(float))).mean()) for k in range(30, 66)]
    assert max(sharpness) / min(sharpness) < 1.12


# --- trouble ---------------------------------------------------------------------------------------------------------


def test_an_interrupted_shot_leaves_nothing(tmp_path):
    def stop(part: float) -> None:
        if part > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shoot(plan(scenery(tmp_path / "p.png"), frames=200), tmp_path / "c.mp4", stop)
    assert not (tmp_path / "c.mp4").exists()


def test_a_folder_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(StoryforgeError) as caught:
        shoot(plan(scenery(tmp_path / "p.png")), tmp_path / "none" / "c.mp4")
    assert "No such file" in caught.value.cause and caught.value.remedy


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_called_a_full_disk(tmp_path):
    full = tmp_path / "c.mp4"
    full.symlink_to("/dev/full")
    with pytest.raises(CannotWrite, match="No space left"):
        shoot(plan(scenery(tmp_path / "p.png")), full)


# --- pictures --------------------------------------------------------------------------------------------------------


def saved(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def test_what_is_transparent_shows_paper(tmp_path):
    clear = Image.new("RGBA", (40, 30), (255, 0, 0, 0))
    assert (load(saved(tmp_path / "p.png", clear)) == PAPER).all()
    palette = Image.new("P", (40, 30))
    assert (load(saved(tmp_path / "p.gif", palette, transparency=0)) == PAPER).all()


def test_a_photograph_taken_upright_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert load(saved(tmp_path / "p.jpg", Image.new("RGB", (40, 30)), exif=exif)).shape == (40, 30, 3)


@pytest.mark.parametrize("mode", ["CMYK", "L", "LA", "1", "P", "RGBA", "YCbCr"])
def test_every_colour_mode_is_a_picture(tmp_path, mode):
    ending = ".jpg" if mode in ("CMYK", "YCbCr") else ".png"
    pixels = load(saved(tmp_path / f"p{ending}", Image.new("RGB", (40, 30), (255, 255, 255)).convert(mode)))
    assert pixels.shape == (30, 40, 3) and pixels.min() > 250


def test_sixteen_bit_greys_keep_their_shades(tmp_path):
    ramp = np.linspace(0, 65535, 40 * 30).reshape(30, 40).astype(np.uint16)
    pixels = load(saved(tmp_path / "p.png", Image.fromarray(ramp)))
    assert abs(int(pixels[15, 0, 0]) - 128) < 3 and pixels.max() == 255


def test_of_an_animation_the_first_picture_is_taken(tmp_path):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "p.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert (load(tmp_path / "p.webp") == (255, 0, 0)).all()


def test_a_gigantic_picture_is_reduced_and_not_refused(tmp_path):
    huge = Image.new("L", (11_000, 9_200), 255)
    assert load(saved(tmp_path / "p.png", huge, compress_level=1)).shape == (4600, 5500, 3)


def test_a_picture_beyond_all_bounds_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(StoryforgeError, match=r"too large.*smaller than"):
        load(saved(tmp_path / "p.png", Image.new("1", (20_000, 10_000))))


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_named_with_a_remedy(tmp_path, content):
    (tmp_path / "p.png").write_bytes(content)
    with pytest.raises(StoryforgeError, match=r"p\.png.*not a picture.*PNG"):
        load(tmp_path / "p.png")


def test_a_picture_that_breaks_off_is_not_used(tmp_path):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 90, 3)).astype(np.uint8)).save(file, "PNG")
    (tmp_path / "p.png").write_bytes(file.getvalue()[:9000])
    with pytest.raises(StoryforgeError, match="not a picture"):
        load(tmp_path / "p.png")


@pytest.mark.parametrize("size", [(320, 180), (1, 1), (3000, 100), (100, 3000), (33, 77)])
def test_pictures_of_every_size_and_shape_fill_the_frame(tmp_path, size):
    white = painted(tmp_path / "p.png", 255, 255, 255, size=size)
    for move in ("push-in", "pan-left", "tilt-up", "drift"):
        assert (Shot(plan(white, move=move, frames=5)).planes(4).y == 235).all()
