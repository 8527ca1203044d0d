"""Where quotes begin and end in a story, in the styles of many languages: “ ” " ‘ ’ ' « » » « „ “ 「 」 and dashes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from storyforge.speech_words import speech_words, verbs_of

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
    """A line that begins with a dash: speech up to its tag, and from where that ends up to the next one.

    —¡Corre! —dijo Eevee—. ¡Ahora! is said between dashes. French has none behind the first: — Non, dit Bruno.
    """
    dashes = [dash.start() for dash in _DASH.finditer(text, start, end)]
    tags = {dash.start() for dash in _DASH.finditer(text, start + 1, end) if _starts_tag(text, dash, start, end)}
    inserted = {tag.end() for tag in _inserted().finditer(text, start, end)}
    said: int | None = start
    for tag in sorted(tags | inserted):
        if said is None or tag <= said:
            continue
        yield from _sayable(text, said, tag)
        if tag in tags:
            behind = bisect_right(dashes, tag)
            said = dashes[behind] if behind < len(dashes) else None
        else:
            said = _resumed(text, tag, end)
    if said is not None:
        yield from _sayable(text, said, end)


def _sayable(text: str, start: int, end: int) -> Iterator[Span]:
    if any(map(str.isalnum, text[start:end])):
        yield start, end


def _starts_tag(text: str, dash: re.Match[str], start: int, end: int) -> bool:
    """—¡Corre! —dijo Eevee and —Ven —dijo Eevee; —Ven. —Eevee salió is one by its spaces."""
    before = text[max(dash.start() - 2, 0) : dash.start()].rstrip()[-1:]
    after = text[dash.end() : min(end, dash.end() + 3)].lstrip()[:1]
    if after.islower():
        return before in set("!?.,…»") or _verb_near().match(text, dash.end(), end) is not None
    tight = after.isalpha() and text[dash.end()] == after and text[start + 1 : start + 2].strip() != ""
    return tight and before in set("!?.…") and text[dash.start() - 1].isspace()


@cache
def _verb_near() -> re.Pattern[str]:
    verbs = "|".join(map(re.escape, sorted(verbs_of(*speech_words()))))
    return re.compile(rf"\s*(?:[^\s,;:.!?…—–―]+\s+){{0,2}}(?:{verbs})(?!\w)")


@cache
def _inserted() -> re.Pattern[str]:
    """Up to where a French tag begins: — Non, dit Bruno; — Non ! s’écria-t-il."""
    verbs = "|".join(sorted({re.escape(re.sub("^s['’]", "", verb)) for verb in verbs_of("fr")}))
    who = (
        r"(?:-t)?-(?:ils?|elles?|on|je)\b|(?:\s+(?:\w+ment|alors|aussi|enfin|encore|soudain))*\s+(?:[A-ZÀ-Ý]|[Ll]['’]|"
    )
    who += r"(?:le|la|les|un|une|mon|ma|mes|son|sa|ses|notre|leur)\s)"
    return re.compile(rf"[,!?…]\s+(?=(?:(?:lui|leur|me|nous|vous|te)\s|[msl]['’])?(?:{verbs})(?:{who}))")


def _resumed(text: str, tag: int, end: int) -> int | None:
    """Where speech goes on behind a French tag, told from what the narrator adds by “je”, “tu”, “!” and the like."""
    for clause in _CLAUSE.finditer(text, tag, end):
        sentence = _SENTENCE.match(text, clause.end(), end)
        if sentence and _ADDRESSED.search(sentence[0]):
            return clause.end()
        if clause[0][0] in ".!?…":
            return None
    return None


_CLAUSE = re.compile(r"[,:.!?…]+\s+(?=\S)")
_SENTENCE = re.compile(r"[^.!?…]{0,300}[.!?…]*")
_ADDRESSED = re.compile(
    r"(?i)[!?]|\b(?:je|tu|nous|vous|moi|toi|me|te|mon|ton|mes|tes|ma|ta|notre|votre|nos|vos|oui|non|voilà|ça)\b"
    r"|\b[jtm]['’]|^(?:mais |et |car )?(?:c['’]est|ce n['’]est|il (?:est|fait|faut|y a))\b"
)
