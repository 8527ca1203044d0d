"""A film drawn by a real ComfyUI that is killed twice, and storyforge once: nothing may be lost, or drawn twice.

    python -m tests.acceptance --url http://127.0.0.1:8301 \\
        --comfyui "python ComfyUI/main.py --cpu --port 8301 --base-directory {folder}"

storyforge starts the server, and starts it again. `{folder}` becomes a new one, with toy models, where the server also
keeps what it draws: that is counted, not what storyforge tells. It takes some minutes on a processor, and is no part of
`make test`, as it needs a ComfyUI.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from tests.acceptance.under_test import Program, Server, Told
from tests.toy_models import make_models

SCENES = [("fox",), ("girl",), ("fox", "girl"), ()] * 3
"""Who is in each of the twelve. Both have a LoRA."""

CAST = {
    "fox": {"looks": "a sleek silver fox with a clock face on its forehead", "lora": {"file": "fox.safetensors"}},
    "girl": {"looks": "a small girl with black pigtails", "lora": {"file": "girl.safetensors", "strength": 0.8}},
}
BLOWS = ("server", "storyforge", "server")
PICTURES, LINES = (1, 2), (0, 15)  # from one blow to the next, at least and at most; a picture is about ten lines long


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--comfyui", required=True, help="command that starts it; {folder} is where its models are")
    parser.add_argument("--url", required=True, help="where it then answers")
    parser.add_argument("--seed", type=int, default=20260421, help="of the moments")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storyforge-acceptance-") as name:
        folder, told = Path(name), Told()
        server = Server(options.comfyui, options.url, folder / "comfyui")
        prepare(folder, {"urls": [options.url], "start": server.start, "megapixels": 0.06})
        sys.exit(mistakes(server, folder, random.Random(options.seed), told))


def prepare(folder: Path, comfyui: dict[str, Any]) -> None:
    make_models(folder / "comfyui" / "models")
    (folder / "comfyui" / "custom_nodes").mkdir()
    scenes = [
        {"text": f"This is what came to pass on day {day}.", "characters": who, "action": f"Day {day} by the sea"}
        for day, who in enumerate(SCENES, 1)
    ]
    _write(folder / "story.yaml", {"title": "Twelve Days", "pace": 4, "cast": CAST, "scenes": scenes})
    small = {"height": 144, "fps": 12, "preset": "ultrafast"}
    _write(folder / "storyforge.yaml", {**small, "narrator": "espeak", "illustrator": {"comfyui": comfyui}})


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data), "utf-8")  # JSON is YAML


def mistakes(server: Server, folder: Path, moments: random.Random, told: Told) -> int:
    """How much is not as it must be in the end."""
    program = Program(folder, told)
    try:
        for blow in BLOWS:
            if not program.hears_of(moments.randint(*PICTURES), then=moments.randint(*LINES)):
                raise SystemExit("storyforge ended before it was to be killed")
            (server if blow == "server" else program).kill()
            told(f"{blow} KILLED; on the server's disk are {sum(server.drawn.values())} pictures")
            if blow == "storyforge":  # which starts the server again, but itself only the user can
                program.start()
        return program.wait() or _judged(server, folder, told)
    finally:
        program.kill()
        program.stop_keeper()
        server.kill()


def _judged(server: Server, folder: Path, told: Told) -> int:
    drawn, executed, asked = server.drawn, server.executed, _asked(folder)
    again = [scene for scene, (job, _) in enumerate(asked, 1) if drawn[job] > 1]
    program = Program(folder, told)
    checks = {
        f"the server has {len(drawn)} pictures, for {len(SCENES)} scenes": len(drawn) == len(asked) == len(SCENES),
        f"drawn more than once: {again or 'none'}": set(drawn.values()) == {1},
        # One that was killed between a picture and its line in the log says one less.
        f"jobs that the server says it has carried out: {executed}": executed <= len(SCENES),
        "each picture was asked for with the LoRAs of who is seen": [who for _, who in asked] == list(map(set, SCENES)),
        "another run ends well, and draws nothing": program.wait() == program.pictures == 0,
        "nor does the server think so": server.executed == executed,
    }
    for what, held in checks.items():
        told(f"{'right' if held else 'WRONG'}: {what}")
    return list(checks.values()).count(False)


def _asked(folder: Path) -> list[tuple[str, set[str]]]:
    """By scene: the job's id and its LoRAs, as the server has written them into the pictures."""
    found = []
    for path in sorted((folder / "output" / "story" / "pictures").glob("*.png")):
        with Image.open(path) as image:
            given = [node["inputs"] for node in json.loads(image.info["prompt"]).values()]
        prefix = next(inputs["filename_prefix"] for inputs in given if "filename_prefix" in inputs)
        loras = {inputs["lora_name"].partition(".")[0] for inputs in given if "lora_name" in inputs}
        found.append((prefix.rpartition("/")[2], loras))
    return found


if __name__ == "__main__":
    main()
