"""How well a film keeps a server that draws busy, and how soon it is ready after the last picture.

    python -m tests.benchmarks.pipeline

Forty scenes, half a second a picture, everything else of a film beside it: voices, clips (small ones, so that this
machine keeps up with the server as a real one does with a real model), sound. Asked: the server stands idle for less
than 2 % between the first picture and the last; the film is ready within the last scene's own clip time after that.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from storyforge.film import make_film
from storyforge.output import output_for
from storyforge.runner import Event, LocalRunner, lanes
from storyforge.settings import Settings, crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from tests.fakes import FakeComfyUI

SCENES = 40
SECONDS = 0.5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="storyforge-bench-") as name:
        alone = film(Path(name), 1)
        together = film(Path(name), 2)
    print(f"film of {SCENES} scenes with two servers: pictures {alone / together:.3f} times as fast as with one")


def film(folder: Path, servers: int) -> float:
    """Seconds from the first picture to the last; the other figures are printed."""
    path = folder / f"forty-{servers}.yaml"
    scenes = "\n".join(f"  - {{text: This is scene {n} of the story., action: scene {n}}}" for n in range(SCENES))
    path.write_text(f"title: Forty\nscenes:\n{scenes}\n", "utf-8")
    clips: dict[int | None, float] = {}

    def watch(event: Event) -> None:
        if event.kind == "made" and event.stage == "shoot":
            clips[event.scene] = event.seconds

    with ExitStack() as stack:
        fakes = [stack.enter_context(FakeComfyUI(seconds=SECONDS)) for _ in range(servers)]
        choice = {"comfyui": {"urls": [fake.url for fake in fakes]}}
        given = {
            "illustrator": choice,
            "narrator": "espeak",
            "height": 270,
            "fps": 24,
            "output": str(folder / str(servers)),
        }
        settings = Settings.model_validate(given, strict=False)
        file = load_story(path)
        crew, output = crew_for(file, settings, {}), output_for(settings, file.name)
        with LocalRunner(Store(settings.store_folder), watch, lanes(None, crew.illustrator.places)) as runner:
            asyncio.run(make_film(file, settings, crew, runner, output))
        ready = time.monotonic()
        last = max(fake.spans[-1][1] for fake in fakes)
        first = min(fake.spans[0][0] for fake in fakes)
        idle = ", ".join(f"{idle / whole:.2%}" for idle, whole in (fake.idle_between() for fake in fakes))
    print(
        f"film of {SCENES} scenes, {servers} server{'s' * (servers > 1)}: pictures in {last - first:.2f} s, "
        f"idle {idle} (asked: 2 %); ready {ready - last:.2f} s after the last picture "
        f"(asked: its clip's own {clips[SCENES]:.2f} s)",
        flush=True,
    )
    return last - first


if __name__ == "__main__":
    main()
