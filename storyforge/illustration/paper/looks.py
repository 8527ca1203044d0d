"""From a character's `looks` to its character sheet, by the words of looks.yaml. English and German.

The text is cut into phrases ("with long ears", "a red scarf"). In a phrase, a colour or a shape belongs to the next
part that is named after it, else to the one before it, else to the whole character. What is not understood is left
out. A character of no known kind becomes a creature of its own, which follows from its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from storyforge.errors import BadStory
from storyforge.illustration.paper.character_sheet import CharacterSheet, darker, kinds
from storyforge.illustration.paper.color import named, oklch
from storyforge.story import Character, shown_name

Entries = dict[str, Any]
_WORD = re.compile(r"#[0-9a-f]{6}\b|[^\W\d_]+")
_BREAK = re.compile(
    r"([,.;:!?()\n]+|\b(?:with|and|or|who|that|which|whose|wearing|wears|carrying|holding|has|in|without|no"
    r"|mit|und|oder|trägt|hat|ohne|kein\w*)\b)"
)
_BEFORE_A_COLOUR = "a an the ein eine einem einen einer dark light deep pale bright hell dunkel".split()
_ENDINGS = ("", "e", "en", "em", "er", "es", "s")


def sheet_for(who: str, character: Character) -> CharacterSheet:
    """The sheet of the cast's `who`. BadStory if its `puppet` entries are none, or have values that cannot be."""
    name = shown_name(who, character)
    by_hand = dict(character.puppet)
    told = _read(character.looks)
    kind = by_hand.get("kind") or told.kind or _kind_in_name(name)
    if kind not in kinds():
        raise _mistake(who, f"kind: there is no {kind!r}", f"there are: {', '.join(kinds())}")
    ground = dict(kinds()[kind])
    if kind == "critter":
        ground |= _own_creature(name, told)
    entries = {**_dyed(ground, told), **_themes(ground, told), **_settled(ground, told), **by_hand, "name": name}
    entries["scale"] = by_hand.get("scale", min(2.0, max(0.3, ground.get("scale", 1.0) * told.size)))
    try:
        return CharacterSheet.model_validate(entries)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _mistake(who, "; ".join(wrong), f"puppet can set: {', '.join(CharacterSheet.model_fields)}") from error


def _mistake(who: str, wrong: str, remedy: str) -> BadStory:
    return BadStory(f"The puppet of {who} cannot be cut", (f"cast.{who}.puppet – {wrong} – {remedy}",))


# ── reading ──


@dataclass
class _Told:
    """What the looks say. `parts`: entries by part; `words`: theme words that are about the whole, or anything at all."""

    kind: str = ""
    size: float = 1.0
    colours: list[str] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)  # (entry or entries to choose from, colour)
    shapes: Entries = field(default_factory=dict)
    about_whole: set[str] = field(default_factory=set)
    about_parts: set[str] = field(default_factory=set)


class _Mention(NamedTuple):
    """A word of a phrase that is known as a part, a kind or a colour."""

    at: int
    sort: str
    value: str


def _read(looks: str) -> _Told:
    told, weak = _Told(), ""
    for phrase in _phrases(looks.lower()):
        mentions = list(_mentions(phrase))
        if any(m.sort == "part" for m in mentions):  # the sun on a forehead is not who this is
            mentions = [m for m in mentions if m.sort == "part" or m.value not in _lexicon()["weak_kinds"]]
        for mention in (m for m in mentions if m.sort == "kind"):
            if mention.value in _lexicon()["weak_kinds"]:
                weak = weak or mention.value
            else:
                told.kind = told.kind or mention.value
        _read_parts(told, phrase, mentions)
        _read_whole(told, phrase, mentions)
    told.kind = told.kind or weak
    return told


def _phrases(text: str) -> Iterator[list[str]]:
    """The words of each phrase. Colours alone before an 'and' belong to what follows: 'a red and white scarf'."""
    waiting: list[str] = []
    before = ""
    for i, piece in enumerate(_BREAK.split(text)):
        if i % 2:
            if piece not in ("and", "und"):
                if waiting:
                    yield waiting
                waiting = []
            before = piece
            continue
        words = waiting + _WORD.findall(piece)
        waiting = []
        if before in ("without", "no", "ohne") or before.startswith("kein") or not words:
            continue
        if all(_one_colour(word) or word in _BEFORE_A_COLOUR for word in words):
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
    for sort, table in (("part", _index("parts")), ("kind", _index("kinds"))):
        found = _inflected(word, table)
        if found:
            return sort, found
    if "-" in word:
        return None
    long = [known for known in _index("kinds") if len(known) > 3 and word.endswith(known)]  # Silberfuchs
    return ("kind", _index("kinds")[max(long, key=len)]) if long else None


def _read_parts(told: _Told, words: Sequence[str], mentions: Sequence[_Mention]) -> None:
    for mention in mentions:
        if mention.sort != "part":
            continue
        part = _lexicon()["parts"][mention.value]
        own = [w for i, w in enumerate(words) if _owner(i, mentions) is mention]
        told.about_parts.update(own, [words[mention.at]])
        told.shapes.update({k: v for k, v in part.get("set", {}).items() if k not in told.shapes})
        shape = _shape(part, [*own, words[mention.at]])
        if shape:
            told.shapes[part["shape"]] = shape
        colour = next((colour for i, colour in _colours(words) if _owner(i, mentions) is mention), "")
        if colour and "colour" in part:
            told.parts.append((part["colour"], colour))
        if "glows" in part and any(_inflected(w, _index("themes")) == "glowing" for w in own):
            told.shapes |= {k: colour if colour and k == "glow" else v for k, v in part["glows"].items()}


def _read_whole(told: _Told, words: Sequence[str], mentions: Sequence[_Mention]) -> None:
    for i, word in enumerate(words):
        owner = _owner(i, mentions)
        if owner and owner.sort == "part" and owner.value != "body":
            continue
        told.about_whole.add(word)
        told.size = _sizes().get(word, _sizes().get(word.rstrip("ersn"), told.size))
    for i, colour in _colours(words):
        owner = _owner(i, mentions)
        if owner is None or owner.sort == "kind":
            told.colours.append(colour)


def _owner(i: int, mentions: Sequence[_Mention]) -> _Mention | None:
    """Whose word the i-th is: the next part or kind from there on, else the last one before."""
    after = [m for m in mentions if m.at >= i]
    return after[0] if after else (mentions[-1] if mentions else None)


def _shape(part: Mapping[str, Any], words: Sequence[str]) -> str:
    for shape, names in part.get("shapes", {}).items():
        if any(_inflected(w, {n: n for n in names.split()}) for w in words):
            return str(shape)
    return ""


def _colours(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where a colour is named, and which: 'silver', 'dark red', '#rrggbb', or a blend of two ('brown orange')."""
    shades = _lexicon()["shades"]
    i = 0
    while i < len(words):
        start, shade = i, shades.get(words[i], "")
        i += bool(shade)
        colour = _one_colour(words[i]) if i < len(words) else ""
        following = _one_colour(words[i + 1]) if colour and i + 1 < len(words) else ""
        if colour:
            yield start, _shaded(shade, _blend(colour, following) if following else colour)
        i += (2 if following else 1) if colour or not shade else 0


def _shaded(shade: str, colour: str) -> str:
    return colour if not shade or colour.startswith("#") else f"{shade} {colour}"


def _one_colour(word: str) -> str:
    if word.startswith("#"):
        return word
    found = _inflected(word, _lexicon()["colours"])
    if found:
        return found
    for shade, english in _lexicon()["shades"].items():  # dunkelblau
        rest = word.removeprefix(shade)
        if rest != word and rest and (colour := _one_colour(rest)):
            return _shaded(english, colour)
    return next((w for w in _forms(word) if w not in ("dark", "light") and named(w) is not None), "")


def _blend(first: str, second: str) -> str:
    """The second word is the noun: a brown orange is mostly orange."""
    a, b = named(first), named(second)
    return a.mix(b, 0.7).hex if a and b else second


# ── settling ──


def _settled(ground: Mapping[str, Any], told: _Told) -> Entries:
    """What was told as entries: of several that a part may colour, the first that this kind has."""
    entries: Entries = {}
    whole = ("top" if "top" in ground else "base", "bottom" if "top" in ground else "belly")
    for names, colour in told.parts:
        options = names.split()
        entries.setdefault(next((o for o in options if o in ground), options[-1]), colour)
    for entry, colour in zip(whole, told.colours, strict=False):
        entries.setdefault(entry, colour)
    return {**told.shapes, **entries}


def _dyed(ground: Mapping[str, Any], told: _Told) -> Entries:
    """The kind's own entries; its markings follow if its fur was told to be of another colour."""
    base = _settled(ground, told).get("base")
    colour = named(base)
    if colour is None:
        return dict(ground)
    follows = darker(colour).hex
    marks = {entry: follows for entry in ("dark", "socks", "ear_tip") if ground.get(entry)}
    return {**ground, **marks, **({"inner": ""} if "inner" in ground else {})}


def _themes(ground: Mapping[str, Any], told: _Told) -> Entries:
    """Entries of all the themes whose words are there. Only an animal on four legs changes its ears and its tail."""
    entries: Entries = {}
    animal = ground.get("rig", "fourlegged") == "fourlegged"
    for theme in _lexicon()["themes"]:
        about = told.about_whole | told.about_parts if theme.get("anywhere") else told.about_whole
        if not any(_inflected(word, dict.fromkeys(theme["words"].split(), "yes")) for word in about):
            continue
        given = theme["set"] if animal else {k: v for k, v in theme["set"].items() if k in _FOR_ALL}
        if ground.get("ears") == "none":
            given = {k: v for k, v in given.items() if k != "ears"}
        entries = {**given, **entries}
        if "wash" in theme and told.colours:
            told.colours[0] = _washed(told.colours[0], theme["wash"])
    return entries


_FOR_ALL = ("glow", "pattern", "pattern_colour", "second_cloud", "eye_glow", "motif", "motif_colour")


def _washed(colour: str, wash: str) -> str:
    a, b = named(colour), named(wash)
    return a.mix(b, 0.6).hex if a and b else colour


def _kind_in_name(name: str) -> str:
    """'Mister Fox' is a fox; who knows what a Floofle is."""
    words = _WORD.findall(name.lower())
    return next((m.value for m in _mentions(words) if m.sort == "kind"), "critter")


def _own_creature(name: str, told: _Told) -> Entries:
    """Ears, tail, colours and marks that follow from the name alone; from the fur's colour, where that was told."""
    chance = blake2b(name.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()
    base = named(told.colours[0]) if told.colours else None
    hue = base.hue if base and base.chroma > 0.03 else (chance[0] * 256 + chance[1]) % 360
    look: Entries = {
        **{entry: _tone(hue, *tone) for entry, tone in _TONES.items()},
        "ears": _pick(chance[2], "pointed long cat bear leaf feather floppy tufted"),
        "tail": _pick(chance[3], "bushy thin puff ribbon squirrel spade"),
        "collar": _pick(chance[5], "fluff fluff none"),
    }
    if not (told.shapes or told.parts or told.colours):  # nothing is known of it: it may have marks
        look["head"] = _pick(chance[4], "fox fox round round bear dog")
        look["motif"] = _pick(chance[6], "none star heart gem drop leaf bolt")
        look["pattern"] = _pick(chance[7], "none none spots stripes")
    return look


_TONES = {  # entry: lightness, chroma, turn of the hue
    "base": (0.66, 0.13, 0),
    "belly": (0.94, 0.03, 30),
    "dark": (0.40, 0.09, 0),
    "accent": (0.80, 0.14, 150),
    "inner": (0.74, 0.12, 150),
    "eye": (0.50, 0.14, 180),
}


def _tone(hue: float, lightness: float, chroma: float, turn: float) -> str:
    return oklch(lightness, chroma, hue + turn).hex


def _pick(chance: int, words: str) -> str:
    options = words.split()
    return options[chance % len(options)]


# ── the lexicon ──


@cache
def _lexicon() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((files(__package__) / "looks.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _index(table: str) -> dict[str, str]:
    """Which part, kind or theme a word names."""
    if table == "kinds":
        other = {word: kind for kind, words in _lexicon()["kinds"].items() for word in words.split()}
        return {**other, **{kind: kind for kind in kinds()}}
    if table == "themes":
        return {word: t["words"].split()[0] for t in _lexicon()["themes"] for word in t["words"].split()}
    return {word: name for name, part in _lexicon()["parts"].items() for word in part["words"].split()}


@cache
def _sizes() -> dict[str, float]:
    return {word: float(size) for size, words in _lexicon()["sizes"].items() for word in words.split()}


def _inflected(word: str, table: Mapping[str, str]) -> str:
    return next((table[form] for form in _forms(word) if form in table), "")


def _forms(word: str) -> list[str]:
    """The word, and what is left of it without an ending: 'silbernes', 'silbern'."""
    return [word.removesuffix(e) for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3]
