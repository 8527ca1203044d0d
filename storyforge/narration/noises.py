"""Hmph, Pft and Krrk: words without a vowel, which engines would spell. Their letters are sounds, and one is held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from storyforge.narration.tables import Rule, short, table, written_rules

_HELD = 4  # times
_NASALS, _HISSES, _ROLLS = "mnŋ", "sʃzʒfvθxɕʂʑʐç", "rɹʁl"
_LOUD = re.compile(r"(\w)\1\1")
_ROMAN = re.compile(r"[ivxlcdm]+")


def noises(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Each word without a vowel, with its sound in IPA, but what has words of its own in spoken.yaml."""
    own = short(language)
    if table("noises", own):
        for match in _candidates(own).finditer(text):
            if _is_noise(match[0], own) and not _has_words(match[0], own) and (ipa := _sound(match[0], own)):
                yield match[0], ipa


def noises_in_letters(language: str) -> Iterator[Rule]:
    """For voices that take no IPA: the rule that puts a vowel into such words, Hmph is `humph`."""
    own = short(language)
    if table("noises", own):
        yield _candidates(own), lambda match: _syllables(match[0], own) if _is_noise(match[0], own) else match[0]


@cache
def _candidates(own: str) -> re.Pattern[str]:
    letters = "".join(dict.fromkeys("".join(_sounds(own))))
    word = f"[{letters}{letters.upper()}]{{2,}}+"
    return re.compile(rf"(?<![\w'’@/&-])(?<!\w\.){word}(?:-{word})*+(?![\w'’@/&-]|\.\w)")


def _is_noise(word: str, own: str) -> bool:
    return all(_is_single(part, own) for part in word.split("-"))


def _is_single(word: str, own: str) -> bool:
    """Mr, kg and TV are not; letters in capitals are spelled, unless one is drawn out."""
    about: dict[str, Any] = table("noises", own)
    small = word.lower()
    if small in _abbreviations(own):
        return False
    if _LOUD.search(small) or small in about.get("loud", "").split() + table("noises", "all")["loud"].split():
        return True
    return word[1:] == small[1:] and not _ROMAN.fullmatch(small)


@cache
def _abbreviations(own: str) -> frozenset[str]:
    amounts = table("amounts", own) or {}
    measures = {word.lower() for part in ("units", "coins", "millions") for word in amounts.get(part, ())}
    measures |= {word.rstrip(".") for word in measures}
    return frozenset({*measures, *table("noises", "all")["spelled"].split(), *table("noises", own)["spelled"].split()})


@lru_cache(maxsize=1024)
def _has_words(word: str, own: str) -> bool:
    for pattern, how in written_rules(own):
        match = pattern.match(f"{word} ")
        if (
            match
            and match[0] == word
            and isinstance(how, str)
            and _candidates(own).fullmatch(match.expand(how)) is None
        ):
            return True
    return False


def _sounds(own: str) -> dict[str, str]:
    sounds: dict[str, str] = table("noises", own)["sounds"]
    return sounds if own == "ru" else {**table("noises", "all")["sounds"], **sounds}


def _parts(word: str, own: str) -> list[str]:
    """Sounds as they are written: h, m, ph."""
    longest = sorted(_sounds(own), key=len, reverse=True)
    return re.findall("|".join(longest), word.lower())


def _sound(word: str, own: str) -> str:
    return " ".join(_held([_sounds(own)[part] for part in _parts(each, own)]) for each in word.split("-"))


def _held(sounds: list[str]) -> str:
    """The sound that is written twice is held; or else the last that can hum, hiss or roll."""
    runs: list[list[str]] = []
    for sound in sounds:
        if runs and (runs[-1][0] == sound or (sound == "h" and runs[-1][0][-1] in _HISSES)):
            runs[-1].append(sound)
        else:
            runs.append([sound])
    chosen = max(
        range(len(runs)), key=lambda at: (len(runs[at]) > 1 and _weight(runs[at][0]) > 0, _weight(runs[at][0]), at)
    )
    said = [run[0] for run in runs]
    if not _weight(said[chosen]):
        return f"{said[0]}ə{''.join(said[1:])}"
    rolls = said[chosen][-1] in _ROLLS and chosen > 0
    said[chosen] = ("ə" if rolls else "") + said[chosen] + said[chosen][-1] * (_HELD - 1)
    return "".join(said)


def _weight(sound: str) -> int:
    return next((3 - at for at, kind in enumerate((_NASALS, _HISSES, _ROLLS)) if sound[-1] in kind), 0)


def _syllables(word: str, own: str) -> str:
    vowel = table("noises", own)["vowel"]
    split = [_parts(each, own) for each in word.split("-")]
    return " ".join(f"{first}{vowel}{''.join(rest) or 'h' * (own != 'ru')}" for first, *rest in split)
