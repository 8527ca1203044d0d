"""A few seconds of the sample stories as raw planes, as the encoder gets them: what settings are chosen on."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from storyforge.film import FilmMaker, storyboard_of
from storyforge.output import output_for
from storyforge.rendering.clip import Framing, Shot, ShotPlan
from storyforge.runner import LocalRunner
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from storyforge.storyboard import Camera, Move
from tests.conftest import ROOT

SIZE = (1920, 1080)
FPS = 30
FRAMES = 72

Source = tuple[str, int]
"""A sample story's name, and the number of a scene."""


@dataclass(frozen=True)
class Sample:
    name: str
    picture: Source
    move: Move
    before: Source | None = None
    """The picture that dissolves into this one in the first half."""
    grain: bool = False


SAMPLES = (
    Sample("pan", ("eevee-saga", 4), "pan-right"),
    Sample("push-in", ("der-drache-der-niesen-musste", 3), "push-in"),
    Sample("dissolve", ("eevee-saga", 9), "drift", before=("the-moons-lost-mitten", 2)),
    Sample("grain", ("the-moons-lost-mitten", 5), "pan-left", grain=True),
)


def film_samples(folder: Path) -> list[Path]:
    """Draws the pictures on paper and writes each sample as `folder/<name>.yuv`: 224 MB each."""
    paths = []
    for sample in SAMPLES:
        path = folder / f"{sample.name}.yuv"
        if not path.exists():
            _film(sample, folder, path)
        paths.append(path)
    return paths


def _film(sample: Sample, folder: Path, out: Path) -> None:
    picture = _drawn(folder, *sample.picture)
    if sample.grain:
        picture = _on_rough_paper(picture)
    whole = Framing(camera=Camera(move=sample.move), frames=FRAMES)
    before = Framing(camera=Camera(move="drift"), frames=FRAMES, overlap=FRAMES // 2)
    plan = ShotPlan(
        picture=picture,
        framing=whole,
        before=(_drawn(folder, *sample.before), before) if sample.before else None,
        passage=FRAMES // 2 if sample.before else 0,
        size=SIZE,
        fps=FPS,
    )
    with closing(Shot(plan)) as shot, out.open("wb") as raw:
        for number in range(FRAMES):
            raw.write(shot.planes(number).buffer.data)


def _drawn(folder: Path, story: str, scene: int) -> Path:
    file = load_story(ROOT / f"stories/{story}.yaml")
    settings = Settings(output=str(folder / "output"), planner="rules", illustrator="paper", narrator="espeak")
    crew, output = crew_for(file, settings, {}), output_for(settings, story)

    async def draw(runner: LocalRunner) -> Path:
        board = await storyboard_of(file, crew, runner, output)
        path, _ = await FilmMaker(file, board, settings, crew, runner, output).scene(scene)
        return path

    with LocalRunner(Store(settings.store_folder)) as runner:
        return asyncio.run(draw(runner))


def _on_rough_paper(picture: Path) -> Path:
    """With the clouds of a watercolour wash and the grain of its paper: what paper pictures lack, and models draw."""
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB"), np.float32)
    chance = np.random.default_rng(6)
    height, width = pixels.shape[:2]
    wash = cv2.resize(chance.normal(0, 1, (height // 24, width // 24)).astype(np.float32), (width, height))
    grain = cv2.GaussianBlur(chance.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 0.8)
    rough = picture.with_name(f"rough-{picture.name}")
    shade = (wash * 9 + grain / grain.std() * 5)[..., np.newaxis]
    Image.fromarray(np.clip(pixels + shade, 0, 255).astype(np.uint8)).save(rough)
    return rough
