"""Light: one script for each time of day and each medium (sea, cave, space), and what it does to colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from storyforge.illustration.paper.color import Color, oklch

WINTRY = ("snow", "blizzard")  # weathers that make any season a winter


@dataclass(frozen=True)
class Light:
    """A light script from light.yaml. Everything in a picture takes its colour from these few."""

    name: str
    sky: tuple[Color, ...]  # stops from the top of the frame to the horizon
    haze: Color  # what far things fade to
    ambient: Color  # the tint that everything takes …
    amount: float  # … and how much of it, 0…1
    scale: float  # how much of their lightness things keep
    key: Color  # the sun, the moon or the fire itself
    ink: Color  # the shadows: dark ambient, never black
    multiply: tuple[int, int, int]  # for puppets
    stars: float  # 0 none, 1 a clear night

    @property
    def dark(self) -> bool:
        """Dark enough for lamps in the windows."""
        return self.scale < 0.85

    @property
    def moonlit(self) -> bool:
        """The moon stands in the sky, not the sun."""
        return self.stars >= 0.5

    def lit(self, color: Color, distance: float = 0, near: float = 0) -> Color:
        """`color` in this light, `distance` 0 on the stage … 1 at the horizon; `near` 0…1 makes a dark silhouette.

        The hue goes fully towards the ambient light, the lightness less than half as much: snow stays bright at night.
        """
        tinted = color.mix(self.ambient, self.amount)
        kept = color.L * self.scale
        found = Color(kept + (self.ambient.L - kept) * self.amount * 0.45, tinted.a, tinted.b)
        if distance > 0:
            found = found.mix(self.haze, min(0.93, distance))
        return self._silhouette(found, near) if near > 0 else found

    def _silhouette(self, color: Color, near: float) -> Color:
        """Darker, but with its chroma kept: foliage mixed with black looks dead."""
        darker = Color(color.L * (1 - 0.5 * near), color.a * (1 - 0.12 * near), color.b * (1 - 0.12 * near))
        return darker.mix(Color(darker.L, self.ambient.a, self.ambient.b), 0.30 * near)


def light_for(place: str, time: str, weather: str = "clear", mood: str = "calm", season: str = "") -> Light:
    """The light of a scene: the first rule of light.yaml that fits, else the script called like the time, else day."""
    asked = {"place": place, "time": time, "weather": weather, "mood": mood, "season": season}
    for rule in _data()["rules"]:
        if all(asked[word] in rule[word] for word in asked if word in rule):
            return _light(rule["light"])
    return _light(time if time in _data()["lights"] else "day")


def local_color(name: str, season: str = "") -> Color:
    """The colour that light.yaml gives a material in white light, in '', 'spring', 'autumn' or 'winter'."""
    change = _data()["seasons"].get(season, {})
    color = oklch(*change.get("colors", {}).get(name, _data()["colors"][name]))
    snowed = change.get("snowed", {}).get(name, 0)
    return color.mix(oklch(*_data()["colors"]["snow"]), snowed) if snowed else color


@cache
def _light(name: str) -> Light:
    script = _data()["lights"][name]
    ambient = oklch(*script["ambient"])
    ink = oklch(*script["ink"]) if "ink" in script else Color(0.13, ambient.a * 0.7, ambient.b * 0.7)
    red, green, blue = script["multiply"]
    return Light(
        name=name,
        sky=tuple(oklch(*stop) for stop in script["sky"]),
        haze=oklch(*script["haze"]),
        ambient=ambient,
        amount=script["amount"],
        scale=script["scale"],
        key=oklch(*script["key"]),
        ink=ink,
        multiply=(red, green, blue),
        stars=script["stars"],
    )


@cache
def _data() -> Mapping[str, Any]:
    text = (files("storyforge.illustration.paper") / "light.yaml").read_text(encoding="utf-8")
    data: Mapping[str, Any] = yaml.safe_load(text)
    return data
