"""Where quotes begin and end in a story, in the styles of many languages: “ ” " ‘ ’ ' « » » « „ “ 「 」 and dashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Start and end of a slice, in characters."""

PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
"""A blank line, with all white space up to the next paragraph."""

_MARKS = re.compile(r"[“”„‟\"«»「」『』＂]|[‘’‚']")
_CLOSERS = {
    "“": "”", "„": "“”\"", "‟": "”", "”": "”", '"': '"', "＂": "＂", "«": "»", "»": "«", "「": "」", "『": "』",
    "‘": "’'", "’": "’", "‚": "‘’", "'": "'",
}  # fmt: skip
_ALWAYS_OPEN = "„‟「『‚"
_SINGLE = "‘’‚'"
_ELISIONS = re.compile(r"(?i)(?:tis|twas|twere|til|till|em|cause|bout|round|n|s|\d\d?s)\b")
_SPEECH_END = re.compile(r"[.!?…,;—–。！？、，।~～-]\W?\Z")
_DASH_LINE = re.compile(r"(?m)^[^\S\n]*[—―–](?=\s?\S)")
_DASH = re.compile(r"[—―–]")
_LEADS = (",", ":", "：")
_AROUND = "\"'“”„‟‘’‚«»「」『』＂ \u00a0\u202f"
_NEW_CLAUSE = re.compile(r"[;.!?…]\s|[；。！？]")


def quote_spans(text: str) -> tuple[Span, ...]:
    """The quotes that somebody says, in order, with their marks; they never cross a blank line.

    A “so-called” word in the middle of a sentence is no quote, an apostrophe no mark. A quote that is not closed ends
    with its paragraph; one that is closed without having been opened (its scene was cut out of a longer text) starts
    with the paragraph.
    """
    found: list[Span] = []
    start = 0
    for blank in PARAGRAPH.finditer(text):
        found.extend(_in_paragraph(text, start, blank.start()))
        start = blank.end()
    return (*found, *_in_paragraph(text, start, len(text)))


def led(before: str) -> bool:
    """Whether the words before a quote lead to it: Mira cried, “Hooray!”"""
    return before.rstrip().endswith(_LEADS)


def is_lead(between: str, said: str, was_led: bool) -> bool:
    """Whether the words between two quotes tell of the second alone: Hugo said, “I am here.” Mira cried, “Hooray!”

    `said` is, or ends with, the first quote; `was_led` tells whether it has a lead-in of its own.
    """
    words, said = between.strip(), said.rstrip().rstrip(_AROUND)
    if not led(words) or _NEW_CLAUSE.search(words) or not words[:1].isalpha() or words[:1].islower():
        return False
    if said.endswith((",", "，", "、")):
        return False
    return was_led or words.endswith((":", "：")) or said.endswith((".", "。"))


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    heads = [dash.start() for dash in _DASH_LINE.finditer(text, start, end)]
    before_dashes = heads[0] if heads else end
    for span in _marked(text, start, before_dashes):
        if _is_speech(text, span, start):
            yield span
    for head, line_end in zip(heads, [*heads[1:], end], strict=False):
        yield from _dash_quotes(text, head, line_end)


def _marked(text: str, start: int, end: int) -> Iterator[Span]:
    """Everything between marks, the outermost ones only."""
    position = start
    lonely = True  # no quote yet: a closing mark may belong to one that was opened before this text
    hopeless: set[str] = set()  # single marks that nothing further on closes
    while mark := _MARKS.search(text, position, end):
        position = mark.end()
        if _opens(text, mark.start(), start, end) and mark[0] not in hopeless:
            close = _close(text, mark.start(), end)
            if close is None and mark[0] in _SINGLE:
                hopeless.add(mark[0])
                continue
            position = close or end
            yield mark.start(), position
            lonely = False
        elif lonely and _closes_from_before(text, mark, end):
            yield start, position
            lonely = False


def _opens(text: str, at: int, start: int, end: int) -> bool:
    mark = text[at]
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    if mark in _ALWAYS_OPEN:
        return True
    if mark in _SINGLE:
        free = before.isspace() or before in "(—–"
        return free and (after.isalnum() or after in "¡¿…") and not _ELISIONS.match(text, at + 1)
    if mark in "“«":
        # „Lauf!“ closes with the mark that opens elsewhere; 他说：“ opens it without a space.
        return not before.isalnum() and (before not in "!?.,…" or not after.isspace())
    return not before.isalnum() and before not in "!?.,…" and not after.isspace()


def _close(text: str, opened: int, end: int) -> int | None:
    """Just behind the mark that closes what was opened; None if there is none in the paragraph."""
    closers = _CLOSERS[text[opened]]
    for mark in _MARKS.finditer(text, opened + 1, end):
        if mark[0] in closers and (mark[0] not in _SINGLE or _closes_single(text, mark.start(), end)):
            return mark.end()
    return None


def _closes_single(text: str, at: int, end: int) -> bool:
    """Told from an apostrophe by the punctuation before it and the gap after it."""
    return text[at - 1] in ".,!?…—–-~" and (at + 1 >= end or not text[at + 1].isalnum())


def _closes_from_before(text: str, mark: re.Match[str], end: int) -> bool:
    if mark[0] in _SINGLE or mark[0] in "„「『«“" or not text[mark.start() - 1 : mark.start()].strip():
        return False
    return mark.end() >= end or not text[mark.end()].isalnum()


def _is_speech(text: str, span: Span, paragraph: int) -> bool:
    """Told from a “so-called” word by its length, its punctuation and its surroundings."""
    inner = text[span[0] + 1 : span[1] - 1].strip()
    if _SPEECH_END.search(inner) or len(inner.split()) > 4 or len(inner) > 40:
        return True
    before = text[paragraph : span[0]].rstrip()[-1:]
    after = text[span[1] : span[1] + 2].lstrip()
    return not before or before in ",:：，.!?…。！？」”" or after.startswith((",", "，", "と", "って"))


def _dash_quotes(text: str, start: int, end: int) -> Iterator[Span]:
    """A line that begins with a dash: —¡Corre! —dijo Eevee—. ¡Ahora!  Each dash turns from speech to tag and back."""
    dashes = _DASH.finditer(text, start, end)
    said: int | None = next(dashes).start()
    for dash in dashes:
        if said is None:
            said = dash.start()
        elif _starts_tag(text, dash, end):
            yield said, dash.start()
            said = None
    if said is not None:
        yield said, end


def _starts_tag(text: str, dash: re.Match[str], end: int) -> bool:
    before = text[max(dash.start() - 2, 0) : dash.start()].rstrip()[-1:]
    after = text[dash.end() : min(end, dash.end() + 3)].lstrip()[:1]
    return before in set("!?.,…»") and after.islower()
