"""The cut-paper theatre: the built-in illustrator, which draws a scene by code alone.

A place (places/) puts sheets of paper on a stage (stage.py), puppets (puppets/) take their marks (blocking.py), effects
(effects/) are cued (cueing.py); resvg draws each sheet (raster.py), which gets its grain, shadow and light (finish.py,
grade.py). theatre.py holds it together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from storyforge.backend import Illustrator, Progress, unseen
from storyforge.illustration.paper.raster import REMEDY, engine
from storyforge.plate import with_plate
from storyforge.story import Character, Style
from storyforge.storyboard import Brief, Role


class Paper(Illustrator):
    """Needs no model and no server. Heeds place, time, weather, season, mood, props, effects, and who is seen how."""

    name: ClassVar[str] = "paper"
    version: ClassVar[int] = 2

    def check(self) -> str:
        return "" if engine() else f"nothing here can draw SVG: {REMEDY}"

    def narrowed(self, brief: Brief) -> Brief:
        """Without the words for image models, and of each character only what shapes its puppet."""
        roles = tuple(role.model_copy(update={"character": _puppet_only(role), "holds": ""}) for role in brief.roles)
        unseen_here = {"action": "", "prompt": None, "style": Style(), "where": "", "framing": ""}
        return brief.model_copy(update={**unseen_here, "roles": roles})

    def draw(self, brief: Brief, portraits: Mapping[str, bytes] = {}, progress: Progress = unseen) -> bytes:
        import cv2

        from storyforge.illustration.paper.theatre import in_layers

        picture, plate, files = in_layers(brief)
        pixels = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        # Grain has no repeats for PNG to find: Huffman alone is quicker, and makes smaller files.
        quick = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY]
        return with_plate(bytes(cv2.imencode(".png", pixels, quick)[1]), plate, files)


def _puppet_only(role: Role) -> Character:
    given = role.character
    return Character(name=given.name, looks=given.looks, puppet=given.puppet)
