"""A cast by a language model: who is in the story, and what they look like. What it says is told must be in the text.

The looks are put together by code from phrases, so each of them is either told (the model shows where) or invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import accumulate
from typing import Any

from storyforge.backend import Proposal
from storyforge.errors import BackendFailed
from storyforge.planning.chat.casting_answer import (
    MOST_PHRASES,
    Met,
    People,
    UnusableError,
    folded,
    pattern,
    people_in,
    stands_in,
)
from storyforge.planning.chat.passage import Passage
from storyforge.planning.chat.plain_schema import plain_schema
from storyforge.planning.cutting import units
from storyforge.planning.inventing import inventions, looks_of
from storyforge.planning.palette import palette
from storyforge.planning.proposing import key_of
from storyforge.sentences import code
from storyforge.story import Character, Story, shown_name

Ask = Callable[[str, str, dict[str, Any]], str]
"""(system text, user text, JSON Schema of the answer) -> the model's answer. Raises BackendFailed."""

_TRIES = 3
_LEAST_ROOM = 1500  # characters: with less of a story, nobody can tell who is who
_NUMBERED = 1.15  # how much longer a text is with its sentences numbered


def proposals(story: Story, ask: Ask, characters_at_once: int) -> tuple[Proposal, ...]:
    """Whom the story tells of and the cast lacks, those named most often first. BackendFailed if nothing was usable.

    A story of more than `characters_at_once` is read in several stretches; who is found in two of them is one.
    """
    met: list[Met] = []
    failed = ""
    heard = False
    for stretch in _stretches(story, characters_at_once):
        try:
            met = _joined(met, _asked(story, stretch, ask, met))
            heard = True
        except UnusableError as error:
            failed = str(error)
    if not heard:
        raise BackendFailed(
            f"The model proposed no cast that can be used: {failed}", "try another model, or --planner rules"
        )
    return tuple(_proposals(story, [person for person in met if not _in_cast(story, person)]))


def _stretches(story: Story, characters_at_once: int) -> Iterator[str]:
    """The text in stretches of whole sentences that can be shown at once."""
    room = max(_LEAST_ROOM, round(characters_at_once / _NUMBERED))
    cut = units(story.text, story.language, story.pace)
    start = 0
    for begin, end in zip(accumulate((len(each) for each in cut), initial=0), accumulate(map(len, cut)), strict=False):
        if end - start > room and begin > start:
            yield story.text[start:begin]
            start = begin
    yield story.text[start:]


def _asked(story: Story, stretch: str, ask: Ask, met: Sequence[Met]) -> list[Met]:
    """Who is in this stretch; asked again, with what was wrong, where nothing can be used."""
    system = files(__package__).joinpath("casting.txt").read_text("utf-8")
    wrong = ""
    for _ in range(_TRIES):
        answer = ask(system, _question(story, stretch, met, wrong), plain_schema(People))
        try:
            return people_in(answer, stretch, story.language)
        except UnusableError as error:
            wrong = str(error)
    raise UnusableError(wrong)


def _question(story: Story, stretch: str, met: Sequence[Met], wrong: str) -> str:
    cast = [shown_name(key, character) for key, character in story.cast.items()]
    parts = [f"Title: {' '.join(story.title.split())}\nLanguage of the story: {story.language}"]
    parts += [f"Left out, as they are known already: {', '.join(cast)}"] if cast else []
    parts += [f"Found so far, use the same names: {', '.join(each.names[0] for each in met)}"] if met else []
    passage = Passage.of(stretch, story.language, story.pace)
    parts.append(f"The story, a line a sentence:\n{passage.shown(1, len(passage.sentences))}")
    parts += [f"Your last answer could not be used: {wrong}. Answer again."] if wrong else []
    return "\n\n".join(parts)


def _joined(met: Sequence[Met], answered: Sequence[Met]) -> list[Met]:
    """Those met before with what is new of them, and who is new. Nobody met before is two of an answer."""
    here: list[Met] = []
    for person in answered:
        at = next((number for number, other in enumerate(here) if _told_twice(other, person)), None)
        if at is None:
            here.append(person)
        else:
            here[at] = _both(here[at], person)
    found, left = [*met], [*range(len(met))]
    for person in here:
        at = next((number for number in left if _are_one(met[number], person)), None)
        if at is None:
            found.append(person)
        else:
            found[at] = _both(met[at], person)
            left.remove(at)
    return found


def _both(known: Met, person: Met) -> Met:
    return Met(
        names=tuple({folded(name): name for name in reversed((*known.names, *person.names))}.values())[::-1],
        pronouns=known.pronouns,
        what=known.what or person.what,
        told=tuple(dict.fromkeys((*known.told, *person.told)))[:MOST_PHRASES],
        invented=known.invented or person.invented,
    )


def _are_one(one: Met, other: Met) -> bool:
    """Whether one goes by the other's name, and is no other for all that. Ann and Ben, “the twins”, are two."""
    names, others = [[folded(name) for name in person.names] for person in (one, other)]
    pronouns, kinds = {one.pronouns, other.pronouns}, {_class(one.what), _class(other.what)} - {""}
    return (names[0] in others or others[0] in names) and not ({"she", "he"} <= pronouns or len(kinds) > 1)


def _told_twice(one: Met, other: Met) -> bool:
    """The same within one answer: there, a tall Tom and a small Tom are two, or the model had not told of both."""
    if folded(one.names[0]) != folded(other.names[0]):
        return _are_one(one, other)
    what, others = _words(one.what), _words(other.what)
    return _are_one(one, other) and (what <= others or others <= what)


def _class(what: str) -> str:
    """child, grown-up, or which animals: nobody is of two; '' if unknown."""
    groups = inventions().groups
    found = [groups[word] for word in re.findall(r"\w+", what.split(" with ")[0].lower()) if word in groups]
    ages = {"young": "child", "lads": "child", "grown": "grown", "men": "grown"}
    return ages.get(found[-1], found[-1]) if found else ""


def _in_cast(story: Story, person: Met) -> bool:
    """By the name of either: an alias may be another's, too."""
    names = [folded(name) for name in person.names]
    for key, each in story.cast.items():
        called = {folded(key), folded(shown_name(key, each))}
        if called & {*names} or names[0] in map(folded, each.aliases):
            return True
    return False


def _proposals(story: Story, people: Sequence[Met]) -> Iterator[Proposal]:
    text = folded(story.text)
    often = {person: sum(len(pattern(name).findall(text)) for name in person.names) for person in people}
    taken = set(story.cast)
    own = {person: _own_names(story, people, person) for person in people}
    called = _called(own)
    for person in sorted(people, key=lambda person: -often[person]):
        key = key_of(called[person], taken)
        taken.add(key)
        name = "" if shown_name(key, Character()) == called[person] else called[person]
        aliases = tuple(alias for alias in own[person] if alias != called[person])
        looks, invented = _looks(person, text, code(story.language) == "en")
        yield Proposal(
            key=key,
            character=Character(name=name, aliases=aliases, pronouns=person.pronouns, looks=looks),
            told=tuple(words for words, _ in person.told),
            invented=invented,
        )


def _own_names(story: Story, people: Sequence[Met], person: Met) -> tuple[str, ...]:
    """Those that nobody else goes by."""
    others = {folded(name) for other in people if other is not person for name in other.names}
    others |= {folded(alias) for each in story.cast.values() for alias in each.aliases}
    return tuple(name for name in person.names if folded(name) not in others)


def _called(own: Mapping[Met, Sequence[str]]) -> dict[Met, str]:
    """Of two Toms, the one that is also “the cat” is that."""
    called: dict[Met, str] = {}
    for person in sorted(own, key=lambda each: len(own[each])):
        taken = person.names[0] in called.values()
        called[person] = own[person][0] if taken and own[person] else person.names[0]
    return called


def _looks(person: Met, text: str, english: bool) -> tuple[str, tuple[str, ...]]:
    """The looks, and which phrases of them the story does not tell."""
    what = re.sub(r"^(?:an?|the) ", "", person.what, flags=re.IGNORECASE)
    told = [looks for _, looks in person.told if _bare(looks) not in what.lower()]
    invented = [each for each in person.invented if each not in told and _bare(each) not in what.lower()]
    vouched = any(_bare(looks) == what.lower() for _, looks in person.told) or (english and stands_in(what, text))
    head = what or {"she": "girl", "he": "boy"}.get(person.pronouns, "creature")
    many = bool(person.pronouns == "they" or re.match(r"\d|[A-Z]", head))
    described = _described(head, [each for each in (*told, *invented) if _is_adjective(each)], counted=many)
    article = "" if many else "an " if described[0] in "aeiou" else "a "
    looks = looks_of(f"{article}{described}", [each for each in (*told, *invented) if not _is_adjective(each)])
    added = [] if vouched else [head]
    for words, meaning in person.told:
        if english and not _words(meaning) <= _words(words) and meaning in told:
            added.append(meaning)  # “her scarf” does not tell that it is red
    return looks, (*added, *invented)


def _is_adjective(phrase: str) -> bool:
    """“grey”, “big and brown”: these stand before the noun, not behind “with”."""
    words = re.findall(r"[\w-]+", phrase.lower())
    return all(palette("en").adjective(word) or word in ("and", "very") for word in words) and bool(words)


def _described(head: str, adjectives: Sequence[str], *, counted: bool) -> str:
    """“three grey mice”, “small red fox”, “big knight in armour”."""
    words = head.split()
    linked = next((at for at, word in enumerate(words) if word in _LINKS), len(words))
    at = max(linked - 1, 1 if counted and len(words) > 1 else 0)
    return " ".join((*words[:at], *adjectives, *words[at:]))


_LINKS = ("with", "in", "of", "on", "from", "who", "that", "named", "called")


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:an?|the|his|her|its|their) ", "", phrase.lower())


def _words(phrase: str) -> set[str]:
    return {*re.findall(r"[^\W\d_]{3,}", phrase.lower())} - {"the", "with", "and", "his", "her", "its", "their"}
