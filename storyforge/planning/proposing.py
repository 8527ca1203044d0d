"""Who should be in the cast, by the words of the story alone: names and roles, with looks told and invented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from storyforge.backend import Proposal
from storyforge.planning.evidence import cries
from storyforge.planning.introducing import Introduced, introduced
from storyforge.planning.inventing import Wardrobe, inventions
from storyforge.planning.names import Names
from storyforge.planning.palette import Palette, palette
from storyforge.planning.people import People
from storyforge.planning.reading import Reading, Word, read
from storyforge.planning.sketches import Sketch, joined
from storyforge.planning.sketching import sketch
from storyforge.planning.unlisted import unlisted
from storyforge.planning.walk_ons import Pronouns, walk_on_at
from storyforge.planning.wordlist import Lexicon, lexicon
from storyforge.sentences import sentences
from storyforge.story import Character, Story, shown_name
from storyforge.storyboard import Storyboard

_LONGEST_KEY = 40
_MOST_ALIASES = 3
_PEOPLE = ("young", "lads", "grown", "men", "old")  # groups of inventing.yaml


def proposals(story: Story, plan: Callable[[Story], Storyboard]) -> tuple[Proposal, ...]:
    """Everybody with a name or a role in the text who is not in the cast, the most important first.

    `plan` tells who is seen and heard how often.
    """
    words, tones = lexicon(story.language), palette(story.language)
    met = _met(story, words, tones)
    for key, other in _same(met).items():
        met.sketches[other] = joined(met.sketches[other], met.sketches.pop(key))
        del met.found[key]
    order = _importance(plan(story.model_copy(update={"cast": {**story.cast, **met.found}})))
    return tuple(_proposals(story, met, sorted(met.found, key=lambda key: -order[key]), tones))


@dataclass(frozen=True)
class _Met:
    """Everybody who is not in the cast."""

    found: dict[str, Character]
    sketches: dict[str, Sketch]
    named: Collection[str]  # those who have a name
    pets: Collection[str]


def _met(story: Story, words: Lexicon, tones: Palette) -> _Met:
    slices = sentences(story.text, story.language)
    readings = read(story.text, slices, words, Names(story.cast))
    named, nouns = _named(story, readings, words, tones)
    things = _speaking_things(readings, words, tones)
    strangers = {key: each for key, each in {**things, **named}.items() if key not in story.cast}
    if strangers:
        readings = read(story.text, slices, words, Names({**story.cast, **strangers}))
    people = People(story.cast, strangers, words)
    sketches = sketch(story.text, readings, people, story.language)
    for key in nouns.keys() & strangers.keys():
        mine = sketches.setdefault(key, Sketch())
        mine.noun = mine.noun or nouns[key].noun
        if nouns[key].role in people.extras.keys() - strangers.keys():
            sketches.setdefault(nouns[key].role, Sketch()).same_as = key
    nameless = things.keys() & strangers.keys() - named.keys()
    for key in nameless:
        sketches.setdefault(key, Sketch()).noun = tones.nouns.get(key, key)
    found = {**strangers, **people.extras}
    pets = {key for key, each in nouns.items() if each.pet}
    return _Met(found, {key: sketches.get(key) or Sketch() for key in found}, strangers.keys() - nameless, pets)


def _named(
    story: Story, readings: Sequence[Reading], words: Lexicon, tones: Palette
) -> tuple[dict[str, Character], dict[str, Introduced]]:
    """Whoever has a name; and what is told of those who are introduced by it."""
    known = {name.lower() for key, each in story.cast.items() for name in (key, shown_name(key, each), *each.aliases)}
    by_name = introduced(readings, words, tones)
    given = {key: each for key, each in by_name.items() if each.name.lower() not in known}
    found = {**_titled(readings, words, tones), **unlisted(story.text, readings, words, story.cast)}
    surnames = {each.name.lower().split()[-1] for each in by_name.values() if " " in each.name}
    cried = cries(readings, words, found.keys() | given.keys() | known)
    found = {key: each for key, each in found.items() if key not in surnames | cried}
    for key, each in given.items():
        pronouns = found[key].pronouns if key in found else ""
        found[key] = each.character.model_copy(update={"pronouns": pronouns or each.character.pronouns})
    return found, given


def _same(met: _Met) -> dict[str, str]:
    """Roles that have a name: “a dragon … His name was Bob.”, and “the old owl”, who must be Hugo."""
    same: dict[str, str] = {}
    found, sketches = met.found, met.sketches
    animals = {kind for kind, group in inventions().groups.items() if group not in (*_PEOPLE, "strange")}
    for key, mine in sketches.items():
        if mine.same_as in found and mine.same_as != key and sketches[mine.same_as].noun in ("", mine.noun):
            same[key] = mine.same_as
        elif mine.noun in animals and not mine.introduced and key not in met.named:
            before = list(sketches)[: list(sketches).index(key)]
            likely = [who for who in before if _may_be(found[who], sketches[who], mine) and who not in mine.beside]
            if len(likely) == 1 and mine.pronouns:
                same[key] = likely[0]
    return {key: who for key, who in same.items() if who not in same}


def _may_be(who: Character, sketched: Sketch, role: Sketch) -> bool:
    """Whether somebody with a name and of no known kind may be called by this role, too."""
    pronouns = _pronouns(who, sketched)
    return not sketched.noun and pronouns in ("", _most(role.pronouns))


def _importance(board: Storyboard) -> Counter[str]:
    """In how many scenes somebody is seen, and how many quotes they say."""
    seen = Counter(actor.who for scene in board.scenes for actor in scene.characters)
    return seen + Counter(who for scene in board.scenes for who in scene.quotes)


def _proposals(story: Story, met: _Met, order: Sequence[str], tones: Palette) -> Iterator[Proposal]:
    told = [key for key in met.named if key in met.found and met.sketches[key].noun]
    kinds = Counter(key in met.pets or inventions().groups.get(met.sketches[key].noun) in _PEOPLE for key in told)
    wardrobe = Wardrobe(
        (character.looks for character in story.cast.values()), tones.colours, animals=kinds[False] > kinds[True]
    )
    taken = set(story.cast)
    for key in order:
        character, mine = met.found[key], met.sketches[key]
        pronouns = _pronouns(character, mine)
        dressed = wardrobe.dress(key, mine, pronouns)
        safe = key_of(key, taken)
        taken.add(safe)
        aliases = _aliases(key, character, mine, met.found) if key in met.named else ()
        plain = character.name.islower() or story.text.isupper()
        shown = character.name.title() if plain else character.name
        name = shown if shown_name(safe, Character()) != shown else ""
        yield Proposal(
            key=safe,
            character=Character(name=name, aliases=aliases, pronouns=pronouns, looks=dressed.looks),
            told=tuple(mine.told),
            invented=dressed.invented,
        )


def key_of(name: str, taken: Collection[str]) -> str:
    """A key for the cast: the name in small letters, without what a key may not have, and not taken yet."""
    plain = "_".join(re.findall(r"[\w'’-]+", name.lower()))[:_LONGEST_KEY].strip("_") or "somebody"
    numbered = (f"{plain}_{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (plain, *numbered) if key not in taken)


def _pronouns(character: Character, mine: Sketch) -> Pronouns:
    """As the sentences with nobody else in them say; else as the planner thinks."""
    if character.pronouns == "they" or mine.several:
        return "they"
    if character.pronouns and " " in character.name:
        return character.pronouns  # Mr Fox is a he
    by_kind = lexicon("en").kind(mine.noun)
    found = _most(mine.pronouns) or character.pronouns or (by_kind[0].pronouns if by_kind else "")
    return cast(Pronouns, found)


def _most(pronouns: Counter[str]) -> str:
    """The one that is heard most; '' if two are alike."""
    (first, count), (_, second), *_ = [*pronouns.most_common(2), ("", 0), ("", 0)]
    return first if count > second else ""


def _aliases(key: str, character: Character, mine: Sketch, found: Mapping[str, Character]) -> tuple[str, ...]:
    """“max” of Max, “the little fox” of Eevee, “Mrs Plum” of Plum. A role needs none: its noun finds it."""
    small = (character.name,) if character.name.islower() else ()
    lowered = {each.name.lower() for other, each in found.items() if other != key}
    often = (alias for alias, _ in mine.aliases.most_common() if alias.lower() not in lowered)
    return tuple(dict.fromkeys((*small, *character.aliases, *often)))[:_MOST_ALIASES]


def _speaking_things(readings: Sequence[Reading], words: Lexicon, tones: Palette) -> dict[str, Character]:
    """“…,” sighed the Moon: whoever speaks is somebody, even if no list knows of speaking moons and teapots."""
    found: dict[str, Character] = {}
    for reading in readings:
        for at, word in enumerate(reading.words[:-2]):
            speaks = word.text in words.speech_verbs and not word.quoted and at and reading.words[at - 1].quoted
            if speaks and (noun := _noun_behind(reading.words, at + 1, words, tones)):
                article = reading.words[at + 1].text
                found.setdefault(noun.text, Character(name=noun.raw, pronouns=tones.pronouns.get(article, "")))
    return found


def _titled(readings: Sequence[Reading], words: Lexicon, tones: Palette) -> dict[str, Character]:
    """“His name was Bob.” – “Mrs Plum”"""
    found: dict[str, Character] = {}
    for reading in readings:
        for at in range(1, len(reading.words)):
            word, before = reading.words[at], reading.words[at - 1]
            leading = " ".join(each.text for each in reading.words[max(0, at - 2) : at])
            titled = before.text in tones.titles and before.raw[0].isupper() and not word.gap.strip(" .")
            unknown = word.raw[0].isupper() and not words.kind(word.text) and word.text not in words.titles
            if unknown and not word.quoted and (titled or leading in tones.naming):
                found.setdefault(word.text, Character(name=word.raw.removesuffix("'s").removesuffix("’s")))
    return found


def _noun_behind(words: Sequence[Word], article: int, lexicon: Lexicon, tones: Palette) -> Word | None:
    """The noun of “the slow old Moon”, if it is one that no list has."""
    grammar = lexicon.grammar
    if words[article].text not in grammar.get("article", ()) or walk_on_at(words, article, lexicon):
        return None
    last = article
    for at in range(article + 1, min(article + 4, len(words))):
        small = any(words[at].text in grammar[name] for name in ("into", "linking", "coordinating", "subordinate"))
        if words[at].gap.strip(" \n") or words[at].quoted or small or words[at].text in lexicon.trailing:
            break
        last = at
    noun = words[last]
    unknown = noun.text not in tones.nobody and not lexicon.kind(noun.text) and not tones.adjective(noun.text)
    return noun if last > article and unknown else None
