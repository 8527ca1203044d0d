"""Subtitles: what is told, in pieces that can be read while they are heard. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from storyforge.speech import Word

LINE_WIDTH = 42
"""Columns; an East Asian character takes two. With two lines, this is what broadcasters hold to be readable."""

SHORTEST = 0.9
"""Seconds that a cue stays, where the next one leaves room."""

CLOSED_GAP = 0.35
"""Shorter gaps between cues are closed: a blink of nothing disturbs more than it tells."""

CUE_COST = 2000
"""Against the square of empty columns: few full cues, but none that is tiny."""

# What a break after this character is worth, in columns of imbalance.
_BREAKS = {**dict.fromkeys(".!?…。！？", 24), **dict.fromkeys(";:—–；：", 16), **dict.fromkeys(",،、，", 10)}
_CLOSERS = "\"'”’»)]」』"


class Line(NamedTuple):
    """One spoken line of the film: its text, its words with times from its own start, and when it is heard."""

    text: str
    words: tuple[Word, ...]
    start: float
    end: float


class Cue(NamedTuple):
    """`text` of at most two lines is shown from `start` to `end`, in seconds of the film."""

    start: float
    end: float
    text: str


class Token(NamedTuple):
    """`text[begin:end]` is not broken; `spaced` if white space parts it from what is before it."""

    begin: int
    end: int
    columns: int
    spaced: bool


def cues(lines: Iterable[tuple[str, tuple[Word, ...], float, float]]) -> tuple[Cue, ...]:
    """Cues in order, none overlapping. Each line's text is kept but for its white space, which is breakable."""
    spoken = sorted((Line(*line) for line in lines), key=lambda line: line.start)
    return _settled([cue for line in spoken for cue in _line_cues(line)])


def to_srt(shown: Sequence[Cue]) -> str:
    """The text of an .srt file."""
    return "".join(
        f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{_safe(cue.text)}\n\n"
        for number, cue in enumerate(shown, 1)
    )


def width(text: str) -> int:
    """Columns that the text takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _line_cues(line: Line) -> list[Cue]:
    """The line's pieces, each from its first word's time to the next piece's."""
    if not (spans := _pieces(line.text)):
        return []
    starts = [line.start, *(_heard_at(line, begin) for begin, _ in spans[1:])]
    ends = [*starts[1:], line.end]
    return [
        Cue(start, max(start, end), _two_lines(" ".join(line.text[begin:stop].split())))
        for (begin, stop), start, end in zip(spans, starts, ends, strict=True)
    ]


def _heard_at(line: Line, position: int) -> float:
    """When the text from `position` on is heard: at its first word, else in proportion."""
    for word in line.words:
        if word.char_end > position:
            return min(max(line.start + word.start, line.start), line.end)
    return line.start + (line.end - line.start) * position / max(1, len(line.text))


def _pieces(text: str) -> list[tuple[int, int]]:
    """Spans of the text that fit into two lines, as even as can be, parted at punctuation where there is some."""
    tokens = _tokens(text)
    # The cheapest way to cut tokens[:end], found from left to right: (cost, start of its last piece).
    best = [(0.0, 0), *[(float("inf"), 0)] * len(tokens)]
    for start in range(len(tokens)):
        for end, columns in _fitting(tokens, start):
            cost = best[start][0] + (2 * LINE_WIDTH - columns) ** 2 / 4 + CUE_COST
            if end < len(tokens):
                cost -= 40 * _break_worth(text[: tokens[end - 1].end])
            best[end] = min(best[end], (cost, start))
    cuts, end = [], len(tokens)
    while end > 0:
        start = best[end][1]
        cuts.append((tokens[start].begin, tokens[end - 1].end))
        end = start
    return cuts[::-1]


def _fitting(tokens: list[Token], start: int) -> Iterator[tuple[int, int]]:
    """Each end, and the columns it takes, for which the tokens from `start` fit into two lines."""
    full, used = 0, 0
    for end, token in enumerate(tokens[start:], start + 1):
        grown = used + token.columns + (token.spaced if used else 0)
        if grown > LINE_WIDTH:
            if full:
                return
            full, grown = used, token.columns
        used = grown
        yield end, full + used


def _break_worth(piece: str) -> int:
    end = piece.rstrip().rstrip(_CLOSERS)
    return _BREAKS.get(end[-1:], 0)


def _tokens(text: str) -> list[Token]:
    """What is not broken: words; single characters of scripts without spaces; parts of overlong words."""
    tokens = []
    for found in re.finditer(r"\S+", text):
        spans = _split(text, found.start(), found.end())
        tokens += [Token(begin, end, width(text[begin:end]), spaced=begin == found.start()) for begin, end in spans]
    return tokens


def _split(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    spans, start = [], begin
    for position in range(begin + 1, end):
        character = text[position]
        # Closing marks stay with what they close.
        wide = _columns(text[position - 1]) == 2 and unicodedata.category(character)[0] not in "PM"
        if wide or width(text[start : position + 1]) > LINE_WIDTH:
            spans.append((start, position))
            start = position
    return [*spans, (start, end)]


def _two_lines(text: str) -> str:
    """Broken once where both lines are short and the first ends well; unbroken if it fits."""
    if width(text) <= LINE_WIDTH:
        return text
    return min((_broken(text, token.begin) for token in _tokens(text)[1:]), key=_ugliness, default=text)


def _broken(text: str, position: int) -> str:
    return f"{text[:position].rstrip()}\n{text[position:]}"


def _ugliness(broken: str) -> float:
    first, second = broken.split("\n")
    over = max(0, width(first) - LINE_WIDTH) + max(0, width(second) - LINE_WIDTH)
    return 1000 * over + abs(width(first) - width(second)) - _break_worth(first)


def _settled(shown: list[Cue]) -> tuple[Cue, ...]:
    """No overlaps, short ones stay where there is room, and small gaps are closed."""
    settled = []
    for number, cue in enumerate(shown):
        following = shown[number + 1].start if number + 1 < len(shown) else float("inf")
        end = max(cue.end, cue.start + SHORTEST)
        end = following if following - end < CLOSED_GAP else end
        if end > cue.start:
            settled.append(Cue(cue.start, end, cue.text))
    return tuple(settled)


def _clock(seconds: float) -> str:
    thousandths = max(0, round(seconds * 1000))
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02},{rest % 1000:03}"


def _safe(text: str) -> str:
    """SRT has no escapes. A word joiner, which is not seen, keeps markup of players from being one."""
    printable = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return re.sub(r"<(?=[A-Za-z/])|\{(?=[\\A-Za-z])|\\(?=[Nnh{}])|--(?=>)", lambda m: m.group() + "\u2060", printable)
