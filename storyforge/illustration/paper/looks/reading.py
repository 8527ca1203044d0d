"""What a description tells of a character.

The text is cut into phrases ("with long ears", "a red scarf"). In a phrase, a colour or a shape belongs to the next
part that is named after it, else to the one before it, else to the whole character. What is not understood is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from storyforge.illustration.paper.looks.lexicon import colours, forms, index, inflected, lexicon, one_colour, sizes

_WORD = re.compile(r"#[0-9a-f]{6}\b|[^\W\d_]+")
_BREAK = re.compile(
    r"([,.;:!?()\n]+|\b(?:with|and|or|who|that|which|whose|wearing|wears|carrying|holding|has|in|without|no"
    r"|mit|und|oder|trägt|ohne|kein\w*)\b)"
)
_GERMAN = re.compile(r"\b(?:ein|eine|einen|der|das|er|sie|mit|und)\b")
_BEFORE_A_COLOUR = "a an the ein eine einem einen einer dark light deep pale bright hell dunkel".split()


@dataclass
class Told:
    """What the looks say. `about_whole`: words that are about no single part, `about_parts`: the others."""

    kind: str = ""
    size: float = 1.0
    colours: list[str] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)  # (entry or entries to choose from, colour)
    shapes: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # entries for a kind that has none of its own
    about_whole: set[str] = field(default_factory=set)
    about_parts: set[str] = field(default_factory=set)


class _Mention(NamedTuple):
    """A word of a phrase that names a part or a kind."""

    at: int
    sort: str
    value: str


def read(looks: str) -> Told:
    told, weak = Told(), ""
    text = looks.lower()
    if _GERMAN.search(text):
        text = re.sub(r"\bhat\b", ",", text)  # the verb, not what is worn
    for phrase in _phrases(text):
        mentions = _without_adjectives(list(_mentions(phrase)))
        if any(m.sort == "part" for m in mentions):  # the sun on a forehead is not who this is
            mentions = [m for m in mentions if m.sort == "part" or m.value not in lexicon()["weak_kinds"]]
        for mention in (m for m in mentions if m.sort == "kind"):
            if mention.value in lexicon()["weak_kinds"]:
                weak = weak or mention.value
            else:
                told.kind = told.kind or mention.value
        _read_parts(told, phrase, mentions)
        _read_whole(told, phrase, mentions)
    told.kind = told.kind or weak
    return told


def _without_adjectives(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Without the kinds that only describe the part after them: cat ears, a wizard hat."""
    parts = {m.at for m in mentions if m.sort == "part"}
    return [m for m in mentions if m.sort == "part" or m.at + 1 not in parts]


def kind_in(name: str) -> str:
    """'Mister Fox' is a fox; who knows what a Floofle is ('')."""
    return next((m.value for m in _mentions(_WORD.findall(name.lower())) if m.sort == "kind"), "")


def _phrases(text: str) -> Iterator[list[str]]:
    """The words of each phrase. Colours alone before an 'and' belong to what follows: 'a red and white scarf'."""
    pieces = _BREAK.split(text)
    waiting: list[str] = []
    for before, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        words = _WORD.findall(piece)
        if before not in ("and", "und") and waiting:
            yield waiting
        elif waiting:
            words = [*waiting, "and", *words]
        waiting = []
        if before in ("without", "no", "ohne") or before.startswith("kein"):
            continue
        if all(one_colour(word) or word in _BEFORE_A_COLOUR for word in words):
            waiting = words
        else:
            yield words
    if waiting:
        yield waiting


def _mentions(words: Sequence[str]) -> Iterator[_Mention]:
    i = 0
    while i < len(words):
        for length in (3, 2, 1):
            found = _look_up("-".join(words[i : i + length])) if i + length <= len(words) else None
            if found:
                yield _Mention(i, *found)
                i += length - 1
                break
        i += 1


def _look_up(word: str) -> tuple[str, str] | None:
    for sort, table in (("part", index("parts")), ("kind", index("kinds"))):
        found = inflected(word, table)
        if found:
            return sort, found
    if "-" in word:
        return None
    long = [known for known in index("kinds") if len(known) > 3 and word.endswith(known)]  # Silberfuchs
    return ("kind", index("kinds")[max(long, key=len)]) if long else None


def _read_parts(told: Told, words: Sequence[str], mentions: Sequence[_Mention]) -> None:
    for mention in mentions:
        if mention.sort != "part":
            continue
        part = lexicon()["parts"][mention.value]
        own = [w for i, w in enumerate(words) if _owner(i, mentions) is mention]
        told.about_parts.update(own, [words[mention.at]])
        told.given |= part.get("give", {})
        told.shapes.update({k: v for k, v in part.get("set", {}).items() if k not in told.shapes})
        shape = _shape(part, [*own, words[mention.at]])
        if shape:
            told.shapes[part["shape"]] = shape
        colour = next((colour for i, colour in colours(words) if _owner(i, mentions) is mention), "")
        if colour and "colour" in part:
            told.parts.append((part["colour"], colour))
        if "glows" in part and any(inflected(w, index("themes")) == "glowing" for w in own):
            told.shapes |= {k: colour if colour and k == "glow" else v for k, v in part["glows"].items()}


def _read_whole(told: Told, words: Sequence[str], mentions: Sequence[_Mention]) -> None:
    whole = [i for i in range(len(words)) if _is_about_whole(_owner(i, mentions))]
    own = [words[i] for i in whole]
    told.about_whole.update("-".join(own[i : i + length]) for length in (1, 2, 3) for i in range(len(own) - length + 1))
    for word in own:
        told.size = next((sizes()[form] for form in forms(word) if form in sizes()), told.size)
    told.colours += [colour for i, colour in colours(words) if i in whole and not _is_part(_owner(i, mentions))]


def _is_about_whole(owner: _Mention | None) -> bool:
    return not _is_part(owner) or (owner is not None and owner.value == "body")


def _is_part(owner: _Mention | None) -> bool:
    return owner is not None and owner.sort == "part"


def _owner(i: int, mentions: Sequence[_Mention]) -> _Mention | None:
    """Whose word the i-th is: the next part or kind from there on, else the last one before."""
    after = [m for m in mentions if m.at >= i]
    return after[0] if after else (mentions[-1] if mentions else None)


def _shape(part: Mapping[str, Any], words: Sequence[str]) -> str:
    for shape, names in part.get("shapes", {}).items():
        if any(inflected(w, {n: n for n in names.split()}) for w in words):
            return str(shape)
    return ""
