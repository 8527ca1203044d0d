"""Times as people write and read them: 1h, 90m, 1h30m, never."""

from __future__ import annotations

import math
import re

from storyforge.errors import BadSettings

_UNITS = {"d": 86_400, "h": 3600, "m": 60, "min": 60, "s": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)\s*")
_LONGEST = 10 * 365 * 86_400  # seconds: ten years; what is longer was meant as `never`


def parse_duration(text: str | float) -> float:
    """Seconds: of "1h", "90m", "1h 30m", "30s", "2d", a number of seconds, or "never" (math.inf). BadSettings."""
    if not isinstance(text, str):
        return _checked(text, float(text))
    words = text.strip().lower()
    if words == "never":
        return math.inf
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return _checked(text, float(words))
    parts = _PART.findall(words)
    if not parts or _PART.sub("", words):
        raise _not_a_time(text)
    return _checked(text, sum(float(number) * _UNITS[unit] for number, unit in parts))


def _checked(text: str | float, seconds: float) -> float:
    if isinstance(text, bool) or not 0 <= seconds <= _LONGEST:
        raise _not_a_time(text)
    return seconds


def _not_a_time(text: object) -> BadSettings:
    return BadSettings(
        f"{text!r} is no time to keep a server for", "write such as 1h, 90m, 30s, 0 (no longer) or never"
    )


def in_words(seconds: float) -> str:
    """How long that is, to the two largest units: "1 h 5 min", "48 min", "30 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    length = 1 if first == 2 and minutes >= 10 else 2  # nobody cares for the seconds of 48 minutes
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + length] if count) or "0 s"
