"""Shhh, Psst and Hmm: noises that have no vowel. espeak-ng, and Piper with it, would spell most of them."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

from storyforge.narration.noises import noises
from storyforge.narration.tables import short, table


def cries(text: str, language: str) -> dict[str, str]:
    """Each cry that is a noise, as it stands in the text, with its sound in IPA: {'Shhh': '/ʃʃʃʃ/'}."""
    found: dict[str, str] = {}
    for pattern, ipa in _patterns(short(language)):
        for match in pattern.finditer(text):
            found.setdefault(match[0], f"/{ipa}/")
    for noise, ipa in noises(text, language):
        found.setdefault(noise, f"/{ipa}/")
    return found


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    own, everywhere = table("cries", language), table("cries", "all")
    if own is None:
        return ()
    return tuple((re.compile(rf"(?<![\w'-])(?:{cry})(?![\w'])"), ipa) for cry, ipa in chain(own, everywhere))
