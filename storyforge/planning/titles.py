"""Short names for chapters, in the words of the story."""

from __future__ import annotations

import re

from storyforge.planning.wordlist import Lexicon
from storyforge.quotes import PARAGRAPH

_MOST_WORDS = 5
_MOST_SIGNS = 12
_CLAUSE = re.compile(r"[,;:.!?…。、，！？—–]|[”“\"«»」](?=[\s,.;]|$)|\n")
_MARKS = " \n\t\"'“”„‘’‚«»「」—–-…*#,;:.!?。、，！？"


def title_of(text: str, lexicon: Lexicon) -> str:
    """A heading if the scene has one, else its first words, without those that are not worth ending with."""
    first = PARAGRAPH.split(text.strip())[0].strip()
    if 0 < len(first) <= 40 and first[-1].isalnum() and len(first) < len(text.strip()):
        return first
    start = _without_opening(text.strip(_MARKS), lexicon)
    words = _first_clause(start).split()[:_MOST_WORDS]
    while len(words) > 1 and words[-1].lower() in lexicon.trailing:
        words.pop()
    title = " ".join(words)
    title = title[:_MOST_SIGNS] if len(words) == 1 and len(title) > 30 else title
    return title[:1].upper() + title[1:]


def _first_clause(text: str) -> str:
    """Up to the first stop; up to the second if the first clause is a lonely “At dawn,”."""
    stops = [stop.start() for stop in _CLAUSE.finditer(text)]
    if len(stops) > 1 and text[stops[0]] == "," and len(text[: stops[0]].split()) < 3:
        return text[: stops[1]].strip(_MARKS)
    return text[: stops[0]].strip(_MARKS) if stops else text


def _without_opening(text: str, lexicon: Lexicon) -> str:
    for opening in lexicon.openings:
        if text.lower().startswith(opening) and text[len(opening) : len(opening) + 1] in ("", " ", ","):
            return text[len(opening) :].lstrip(" ,") or text
    return text
