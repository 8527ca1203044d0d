"""The storyboard's words for what a language model says in its own: “galloping” is run, “zoom in” push-in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

import yaml

from storyforge.planning.wordlist import lexicon
from storyforge.sentences import sentences
from storyforge.storyboard import FRAMINGS, MOVES, STAGE_WORDS, meant

KNOWN = {**STAGE_WORDS, "framing": FRAMINGS, "camera": MOVES}

_LONGEST_PHRASE = 3  # words
_MOST_WORDS = 12  # of what may stand where one word is asked for
_WORD = re.compile(r"[^\W\d_]+")
_MARKUP = re.compile(r"<[^<>]{0,80}>|[*`#_~|\\{}]+|!?\[|\](?:\([^()]{0,200}\))?")
_EDGES = " \t\"'“”„«»‘’:;,-–—"


def stage_word(field: str, said: str) -> str:
    """The word of the storyboard's that is meant; '' if none is. `field`: place, pose, camera …"""
    words = _WORD.findall(said[:200].lower())[:_MOST_WORDS]
    for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            if found := _phrases(field).get(" ".join(words[at : at + length])):
                return found
    return _read(field, words) or next(filter(None, (_slip(field, word) for word in words)), "")


def plain(said: object, longest: int) -> str:
    """A text on one line, without markup and control characters, cut behind a word; '' for what is no text."""
    if not isinstance(said, str):
        return ""
    text = _MARKUP.sub(" ", said[: 4 * longest])
    text = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in text)
    text = " ".join(text.split()).strip(_EDGES)
    if len(text) > longest:
        text = text[: longest + 1].rpartition(" ")[0] or text[:longest]
    return text.strip(_EDGES)


def one_sentence(said: object, longest: int) -> str:
    """The first sentence of a text, without its full stop."""
    text = plain(said, 2 * longest)
    first = next(iter(sentences(text, "en")), "") if text else ""
    return plain(first, longest).rstrip(". …")


@cache
def _phrases(field: str) -> dict[str, str]:
    """What is said -> what it means, in small letters; the storyboard's own words win."""
    listed: dict[str, dict[str, str]] = yaml.safe_load(
        files(__package__).joinpath("vocabulary.yaml").read_text("utf-8")
    )
    found: dict[str, str] = {}
    for word, others in listed.get(field, {}).items():
        for other in others.split(", "):
            found.setdefault(other, word)
    return found | {word.replace("-", " "): word for word in KNOWN[field]}


def _read(field: str, words: list[str]) -> str:
    """As the rules read it, whatever its ending."""
    english = lexicon("en")
    senses = [sense for at in range(len(words)) for _, sense in english.senses_at(words, at)]
    read = (sense.value for sense in senses if sense.section == field)
    stems = (word[: -len(old)] + new for word in words for old, new in english.endings if word.endswith(old))
    return next(read, "") or next((_phrases(field)[stem] for stem in stems if stem in _phrases(field)), "")


def _slip(field: str, word: str) -> str:
    return meant(field, word) if field in STAGE_WORDS and len(word) > 3 else ""
