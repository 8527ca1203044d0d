"""The text cut into sentences, and the sentences into lines: what one voice says in one breath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, pairwise
from typing import Annotated, Literal

import sentencex
from pydantic import Field

from storyforge.full_stops import mended
from storyforge.quotes import PARAGRAPH, Span, is_lead, quote_spans
from storyforge.speech_words import speech_words, verbs_of
from storyforge.value import Value

LONGEST = 300
"""Characters of a line, where it can be cut: memory and errors of a voice grow with the length of what it says."""

After = Literal["piece", "sentence", "paragraph"]
Manner = Literal["", "whisper", "soft", "loud", "shout"]


class Line(Value):
    """A sentence, or a piece of one, by one speaker: `scene.text[start : start + len(text)] == text`."""

    text: Annotated[str, Field(description="What is shown and spoken; no white space at its ends")]
    start: Annotated[int, Field(description="Offset in the scene's text, in characters", ge=0)]
    speaker: Annotated[str, Field(description="Key of who says it; '' is the narrator")] = ""
    after: Annotated[After, Field(description="What ends with it, and so how long the pause is")] = "sentence"
    manner: Annotated[Manner, Field(description="How it is said")] = ""


def sentences(text: str, language: str) -> tuple[str, ...]:
    """Slices that, joined, are the text; white space stays at the end of its sentence.

    A quote keeps its tag: “Run!” said Eevee. is one sentence. Languages that are not known are cut at . ! ? and such.
    """
    cuts: list[int] = [0]
    tags = _tags(code(language))
    for block in _blocks(text):
        for start, end in _segments(text, block, code(language)):
            before = text[cuts[-1] : start]
            if before.strip() and (start == block[0] or not tags.follow(before, text[start:end])):
                cuts.append(start)
    return tuple(text[start:end] for start, end in pairwise([*cuts, len(text)]) if end > start)


def lines(text: str, language: str, quotes: tuple[str, ...]) -> tuple[Line, ...]:
    """The text as its speakers say it; `quotes[i]` is who says the i-th quote of `quote_spans(text)`.

    Every character but white space is in exactly one line. A quote of several sentences is several lines; what cannot
    be said (a lonely dash, an emoji) goes with its neighbour, and a comma behind a quote with the quote.
    """
    pieces = _closed(text, _sayable(text, _pieces(text, code(language), quotes)))
    pauses = [_after(text, piece, following) for piece, following in zip(pieces, [*pieces[1:], None], strict=False)]
    return tuple(
        Line(text=text[piece.start : piece.end], start=piece.start, speaker=piece.speaker, after=after)
        for piece, after in zip(pieces, pauses, strict=True)
    )


def clauses(text: str, longest: int) -> tuple[str, ...]:
    """Slices of at most `longest` characters where white space or punctuation allows it, cut at the weightiest."""
    cut: list[str] = []
    start = 0
    while len(text) - start > longest:
        end = next((found for mark in _CLAUSE_MARKS if (found := _last(mark, text, start, longest))), None)
        if end is None:
            later = _CLAUSE_MARKS[-1].search(text, start + longest)
            end = later.end() if later else len(text)
        cut.append(text[start:end])
        start = end
    return (*cut, text[start:]) if start < len(text) else tuple(cut)


def speech_verbs(language: str) -> frozenset[str]:
    """Lower-case words that tell who speaks, in this language; none if it is not known."""
    return verbs_of(code(language))


def code(language: str) -> str:
    """'pt' of 'pt-BR'."""
    return re.split(r"[-_]", language.lower())[0]


# A line's end is no sentence's end in text that was wrapped by hand, but it is in verse and after a heading: short, and
# a capital follows.
_VERSE = re.compile(r"(?m)^(?=[^\n]{1,45}$)[^\n]*[^\W\d_][^\n]*\n(?=[^\S\n]*[^\W\d_])")
_DASHED = re.compile(r"\n(?=[^\S\n]*[—―–])")
_CLOSING = re.compile(r"((?:[—–―](?=[\s,.;:!?…])|[’‘”“»«](?=[,;:，]))?[,.;:!?…)\]，、。；：！？…）]+|[—–―](?=\s))\s*")
_LED = re.compile(r"[,:：]\s*[\"“„«»「][^\"“”„«»「」]*[\"“”»«」]\s*\Z")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
_WINDOW = 3000  # characters: sentencex takes the square of a paragraph's length
_UNQUOTED = str.maketrans(dict.fromkeys('“”„"«»「」', " "))
_CLAUSE_MARKS = tuple(
    re.compile(pattern)
    for pattern in (r"[.!?…;:]['\"”’»)]*\s+|[。！？；]", r"[,—–][\"”’»]*\s+|[，、—]", r"\s+")
)  # fmt: skip


def _blocks(text: str) -> list[Span]:
    """Paragraphs, verses and lines of dialogue, each with the white space behind it."""
    cuts = {blank.end() for blank in PARAGRAPH.finditer(text)} | {dash.end() for dash in _DASHED.finditer(text)}
    cuts |= {
        verse.end() for verse in _VERSE.finditer(text) if text[verse.end() : verse.end() + 9].lstrip()[:1].isupper()
    }
    return [*pairwise([0, *sorted(cuts - {0, len(text)}), len(text)])]


def _segments(text: str, block: Span, language: str, *, within_quotes: bool = False) -> list[Span]:
    """sentencex's sentences with their full stops mended, white space behind them.

    It takes a line's end for a sentence's and a quote for one sentence, so it is shown spaces in their place.
    """
    flat = _HALF_CHARACTERS.sub("?", text[slice(*block)]).replace("\n", " ").replace("\r", " ")
    flat = flat.translate(_UNQUOTED) if within_quotes else flat
    position = 0
    spans: list[Span] = []
    while position < len(flat):
        window = flat[position : position + _WINDOW]
        found = [each for each in sentencex.segment(language, window) if each]
        if "".join(found) != window:
            found = [window]
        begins = mended(window, accumulate(map(len, found[:-1])), language)
        found = [window[start:end] for start, end in pairwise([0, *begins, len(window)])]
        if len(found) > 1 and position + len(window) < len(flat):
            found.pop()  # it may go on behind the window
        for each in found:
            spans.append((block[0] + position, block[0] + position + len(each)))
            position += len(each)
    return [span for span in spans if text[slice(*span)].strip()] or [block]


class _Tags:
    """Knows the words of one language by which a sentence belongs to the quote before it."""

    def __init__(self, language: str) -> None:
        words = speech_words().get(language, {})
        spaced = language not in ("zh", "ja")
        verbs = "|".join(map(re.escape, words.get("verbs", "").split()))
        self.after = tuple(words.get("after", "").split())
        edge = r"(?!\w)" if spaced else ""
        near = r"(?:[^\s\"“«„,.!?]+\s+){0,4}?" if spaced else r"[^“”「」。！？，]{1,8}?"
        self.pattern = re.compile(rf"(?i){near}(?:{verbs}){edge}") if verbs else None

    def follow(self, before: str, after: str) -> bool:
        """Whether `after` is the tag (said Eevee) of the quote that ends `before`."""
        was_led, before, after = _LED.search(before) is not None, before.rstrip()[-60:], after.strip()
        if not before or not after:
            return True
        if re.match(r"[—–-]\s*[^\W\d_A-Z]", after) and after[1:].lstrip()[:1].islower():
            return True
        if not re.search(r"[!?.,…，！？。—–-]\s?[\"'“”’»«」』＂]+$", before):
            return False
        head = re.split(r"[\"“«„「]", after)[0]
        if head != after and is_lead(head, before, was_led):
            return False  # Mira cried, “Hooray!”
        if after[0].islower() or after[0] in ",，" or (self.after and after.startswith(self.after)):
            return True
        return bool(head and len(head.split()) <= 8 and self.pattern and self.pattern.match(head))


@cache
def _tags(language: str) -> _Tags:
    return _Tags(language)


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    speaker: str
    begins: bool  # a sentence, rather than going on with one


def _pieces(text: str, language: str, quotes: tuple[str, ...]) -> list[_Piece]:
    """The text cut at sentences, at quotes, and where a piece would be too long; no white space at the ends."""
    spans = quote_spans(text)
    speaker_at = {start: quotes[number] if number < len(quotes) else "" for number, (start, _) in enumerate(spans)}
    quote_ends = {end for _, end in spans}
    starts = {0, *accumulate(len(each) for each in sentences(text, language))}
    pieces: list[_Piece] = []
    speaker = ""
    for start, end in pairwise(sorted(starts | set(speaker_at) | quote_ends)):
        speaker = speaker_at.get(start, "" if start in quote_ends else speaker)
        pieces += _breaths(text, _Piece(start, end, speaker, start in starts), language)
    return pieces


def _breaths(text: str, piece: _Piece, language: str) -> Iterator[_Piece]:
    """The sentences inside a piece (a quote may hold many), each no longer than LONGEST where it can be cut."""
    if not text[piece.start : piece.end].strip():
        return
    for number, (start, end) in enumerate(_segments(text, (piece.start, piece.end), language, within_quotes=True)):
        position = start
        for each in clauses(text[start:end], LONGEST):
            if said := each.strip():
                first = position + each.index(said)
                begins = position == start and (piece.begins or number > 0)
                yield _Piece(first, first + len(said), piece.speaker, begins)
            position += len(each)


def _sayable(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """Pieces that hold something to say; the others (a dash, an emoji, a lonely quotation mark) join a neighbour."""
    joined: list[_Piece] = []
    waiting: _Piece | None = None
    for piece, following in zip(pieces, [*pieces[1:], None], strict=False):
        says = any(map(str.isalnum, text[piece.start : piece.end]))
        if not says and following and (not joined or (piece.begins and not following.begins)):
            waiting = waiting or piece
        elif not says and joined and not waiting:
            joined[-1] = replace(joined[-1], end=piece.end)
        else:
            joined.append(replace(piece, start=waiting.start, begins=waiting.begins) if waiting else piece)
            waiting = None
    return joined


def _closed(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """No piece begins with what belongs to the end of the one before it: „Komm“, sagte er; —dijo ella—. ¡Ahora!"""
    closed: list[_Piece] = []
    for piece in pieces:
        if closed and closed[-1].end == piece.start and (found := _CLOSING.match(text, piece.start, piece.end)):
            closed[-1] = replace(closed[-1], end=found.end(1))
            piece = replace(piece, start=found.end())
        closed.append(piece)
    return closed


def _after(text: str, piece: _Piece, following: _Piece | None) -> After:
    rest = text[piece.end : following.start if following else len(text)]
    # Text that was cut out of a paragraph ends with a space; the story's own end has none.
    if PARAGRAPH.search(rest) or (following is None and rest in ("", "\n")):
        return "paragraph"
    return "sentence" if following is None or following.begins else "piece"


def _last(mark: re.Pattern[str], text: str, start: int, longest: int) -> int | None:
    """Where the last such mark ends within `longest` characters, not too near the start."""
    ends = [found.end() for found in mark.finditer(text, start + longest // 4, start + longest)]
    return ends[-1] if ends else None
