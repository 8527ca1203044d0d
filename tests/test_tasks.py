"""A task's key holds what decides its bytes, and its version counts how the way it works has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import ffmpeg
import pytest
from PIL import Image

from storyforge.errors import StoryforgeError
from storyforge.picture_tasks import Adopt, Card
from storyforge.rendering import (
    camera,
    cards,
    clip,
    cut_paper,
    encoding,
    focus,
    join,
    lettering,
    levels,
    page,
    picture,
    planes,
    shoot,
    soundtrack,
    still,
    transitions,
    view,
)
from storyforge.rendering.clip import Framing, ShotPlan
from storyforge.store import Artifact, file_digest
from storyforge.storyboard import Camera
from storyforge.tasks import Join, Mix, Shoot, Task
from storyforge.value import canonical_json, digest
from tests.conftest import ROOT

OUT, SOUND = Path("/out.mp4"), Path("/sound")


def nowhere(artifact: Artifact) -> Path:
    raise AssertionError("this task takes nothing in")


# ---- the settings that live in code


def constants(*modules: ModuleType) -> Iterator[tuple[str, str]]:
    """Every constant of these modules that is data as it was written; what is computed of it follows from it."""
    for module in modules:
        for name, value in sorted(vars(module).items()):
            if name.isupper() and isinstance(value, (int, float, str, tuple, dict)) and "<" not in repr(value):
                yield name, repr(value)


def arguments(graph: Any) -> list[str]:
    """What ffmpeg is told, without where its files are."""
    return [argument for argument in ffmpeg.get_args(graph) if not argument.startswith("file:")]


def shoot_settings() -> list[object]:
    plan = ShotPlan(
        picture=OUT,
        framing=Framing(camera=Camera(move="hold"), frames=24, overlap=0),
        before=None,
        passage=0,
        size=(320, 180),
        fps=24,
        fade_in=0,
        fade_out=0,
    )
    return [
        *constants(shoot, encoding, clip, still, camera, view, focus, page, picture, planes, transitions),
        arguments(shoot.encoding(plan, OUT)),
    ]


def mix_settings() -> list[object]:
    chain = soundtrack.chain(soundtrack.Tracks(SOUND, SOUND), 48_000, soundtrack.Master(gain=0))
    return [*constants(soundtrack, levels), arguments(soundtrack.encoding(chain, OUT))]


def join_settings() -> list[object]:
    return [*constants(join), arguments(join.joining(Path("/folder"), SOUND, True, "en", OUT))]


def card_settings() -> list[object]:
    return list(constants(cards, cut_paper, lettering, picture))


SETTINGS: list[tuple[type[Task], Callable[[], list[object]], int, str]] = [
    (Card, card_settings, 1, "c77f31454386b0a5"),
    (Shoot, shoot_settings, 2, "ff8cb944c78c0fc0"),
    (Mix, mix_settings, 2, "bea78a305f9df0e8"),
    (Join, join_settings, 1, "d06e7776918e1dee"),
]
"""Of each task: its version, and the digest of the settings that decide its bytes."""


@pytest.mark.parametrize(("task", "settings", "version", "known"), SETTINGS, ids=[row[0].__name__ for row in SETTINGS])
def test_a_task_whose_settings_change_gets_another_version(
    task: type[Task], settings: Callable[[], list[object]], version: int, known: str
) -> None:
    now = digest(canonical_json(settings()))[:16]
    what_to_do = f"the settings of {task.__name__} changed: raise its version, and this line of SETTINGS"
    assert (task.version, now) == (version, known), what_to_do


# ---- cards


def card(heading: str, *small: str) -> Card:
    return Card.of("title", heading, small, None, (448, 252))


def test_a_cards_key_holds_what_it_is_lettered_in() -> None:
    latin, russian, nothing = card("Fox", "by Mia"), card("Ночь", "by Mia"), card("\ue123", "by \ue123")
    assert all(len(font) == 32 for font in (*latin.fonts, *russian.fonts))
    assert latin.fonts[0] != russian.fonts[0] and latin.fonts[1] == russian.fonts[1]
    assert nothing.fonts == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere fonts are not looked for in the home folder's .fonts")
def test_a_font_that_is_installed_later_makes_another_card(tmp_path: Path) -> None:
    """In processes of their own, as fonts are looked for once in each."""
    asking = "from tests.test_tasks import card; print(card('\\ue123').key)"

    def key() -> str:
        home = {**os.environ, "HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-c", asking], env=home, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    before = key()
    write_font(tmp_path / ".fonts" / "mine.ttf", "\ue123")
    assert key() != before


def write_font(path: Path, characters: str) -> None:
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for corner in ((0, 0), (0, 700), (700, 700)):
        (pen.lineTo if pen.points else pen.moveTo)(corner)
    pen.closePath()
    glyph = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "letter"])
    font.setupCharacterMap({ord(character): "letter" for character in characters})
    font.setupGlyf({".notdef": glyph, "letter": glyph})
    font.setupHorizontalMetrics({".notdef": (800, 0), "letter": (800, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Mine", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    path.parent.mkdir(parents=True)
    font.save(path)


# ---- the user's own pictures


def take(path: Path) -> Adopt:
    return Adopt(content=file_digest(path), path=str(path))


def drawing(path: Path) -> Path:
    Image.new("RGB", (32, 18), "teal").save(path)
    return path


@pytest.mark.parametrize("name", ["mine.png", "mine.jpg", "mine.webp", "MINE.JPEG"])
def test_the_users_own_picture_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    task, out = take(drawing(tmp_path / name)), tmp_path / "out"
    task.run(nowhere, out, lambda part: None)
    assert out.read_bytes() == (tmp_path / name).read_bytes()
    assert task.suffix == Path(name.lower()).suffix
    assert json.loads(canonical_json(task.recipe()))["suffix"] == task.suffix


def test_a_picture_that_changes_while_it_is_taken_is_not_taken(tmp_path: Path) -> None:
    task = take(drawing(tmp_path / "mine.png"))
    Image.new("RGB", (32, 18), "orange").save(tmp_path / "mine.png")
    with pytest.raises(StoryforgeError, match=r"changed while it was read – run again"):
        task.run(nowhere, tmp_path / "out", lambda part: None)
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_as_a_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("words")
    for task in (
        take(tmp_path / "words.png"),
        Adopt(content="", path=str(tmp_path)),
        Adopt(content="", path="gone.png"),
    ):
        with pytest.raises(StoryforgeError, match=task.path):
            task.run(nowhere, tmp_path / "out", lambda part: None)
