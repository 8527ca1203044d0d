"""What each actor does and feels: verbs and feelings go to whoever the sentence gives them to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from storyforge.planning.people import MOST, Mention
from storyforge.planning.reading import Hit, Reading
from storyforge.planning.setting import Setting
from storyforge.planning.speakers import Told
from storyforge.planning.wordlist import Lexicon
from storyforge.storyboard import Actor

# Of several things that somebody does or feels in a scene, the one that makes the stronger picture is shown.
_STRONGER_POSES = "fight leap fly cast cheer sleep run sneak lie walk sit wave look stand".split()
_STRONGER_FEELINGS = (
    "hurt scared joy sad angry fierce loving awe determined surprised sleepy worried mischief proud curious happy calm"
).split()
_PERSONAL = ("shield", "beam", "sparkles")  # effects that surround one actor
_MOST_EFFECTS = 3
_MOOD_FEELING = {
    "joyful": "happy", "tense": "worried", "mysterious": "curious", "sad": "sad", "cosy": "calm", "epic": "determined",
    "calm": "calm",
}  # fmt: skip
_POSE_FEELING = {"sleep": "sleepy", "cheer": "joy", "sneak": "mischief"}
_FIGHTING = ("angry", "fierce", "determined", "scared")
_GOING_ON = ("fly", "sit", "sleep")  # poses kept in the next scene if nothing else is told
_LASTING = ("portal", "aurora", "rainbow", "fireworks", "fireflies", "embers", "fire")  # effects that are
_FLOATING = ("ocean", "sky", "space")  # where nobody stands


@dataclass
class _Part:
    """What has been found for one actor so far."""

    weight: float = 0.0
    poses: list[str] = field(default_factory=list)
    feelings: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)


def stage(
    told: Told, speakers: Sequence[str], setting: Setting, lexicon: Lexicon, before: Sequence[Actor]
) -> tuple[Actor, ...]:
    """The actors, the most important first. Without a word of anybody, those of the scene before stay."""
    parts: dict[str, _Part] = {}
    for reading, mentions in told:
        _count(parts, mentions)
        _act(parts, reading, mentions, lexicon)
    for who in filter(None, speakers):
        parts.setdefault(who, _Part()).weight += 2
    if not parts:
        parts = {actor.who: _Part() for actor in before}
    order = sorted(parts, key=lambda who: -parts[who].weight)[:MOST]
    going_on = {actor.who: actor.pose for actor in before if actor.pose in _GOING_ON}
    going_on |= {who: "lie" for who in speakers if going_on.get(who) == "sleep"}  # nobody talks asleep
    anyone_feels = any(parts[who].feelings for who in order)
    return tuple(_actor(who, parts[who], going_on.get(who, ""), setting, anyone_feels) for who in order)


def _count(parts: dict[str, _Part], mentions: Sequence[Mention]) -> None:
    for number, mention in enumerate(mentions):
        for who in mention.who:
            parts.setdefault(who, _Part()).weight += 0.5 if mention.spoken_to else 2 if number == 0 else 1


def _act(parts: dict[str, _Part], reading: Reading, mentions: Sequence[Mention], lexicon: Lexicon) -> None:
    groups = list(_groups(reading, [each for each in mentions if not each.spoken_to], lexicon))
    subject = groups[0] if groups else None
    for hit in reading.hits:
        if hit.section not in ("pose", "expression", "effect") or _is_tag(reading, hit, lexicon):
            continue
        owner = _owner(reading, hit, groups, subject, lexicon)
        if owner is None:
            continue
        if hit.section == "pose":
            subject = owner
        together = hit.value in ("fight", "loving")  # it takes two
        for who in dict.fromkeys(who for each in (groups if together else [owner]) for who in each.who):
            _give(parts[who], hit)


def _is_tag(reading: Reading, hit: Hit, lexicon: Lexicon) -> bool:
    """“Deal!” cried Nuri, and was not sad at all."""
    return hit.value == "sad" and reading.has_quote and reading.words[hit.first].text in lexicon.speech_verbs


def _give(part: _Part, hit: Hit) -> None:
    if hit.section == "pose":
        part.poses.append(hit.value)
    elif hit.section == "expression":
        part.feelings.append(hit.value)
    elif hit.value in _PERSONAL:
        part.effects.append(hit.value)


def _groups(reading: Reading, mentions: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """Mentions, those joined by “and” as one: Eevee and the owl, they do things together."""
    group: Mention | None = None
    for mention in mentions:
        if group and _joined(reading, group, mention, lexicon):
            group = Mention(group.first, mention.last, tuple(dict.fromkeys((*group.who, *mention.who))))
            continue
        if group:
            yield group
        group = mention
    if group:
        yield group


def _joined(reading: Reading, group: Mention, mention: Mention, lexicon: Lexicon) -> bool:
    """Mia, Bo / Mia and Bo / Mia and the donkey Bo"""
    between = [word.text for word in reading.words[group.last + 1 : mention.first]]
    if not between:
        return reading.words[mention.first].gap.strip() == ","
    articles = lexicon.grammar.get("article", frozenset())
    titled = all(word in articles or lexicon.kind(word) for word in between[1:])
    return between[0] in lexicon.grammar.get("coordinating", ()) and titled


def _owner(
    reading: Reading, hit: Hit, groups: Sequence[Mention], subject: Mention | None, lexicon: Lexicon
) -> Mention | None:
    """Who does or feels it: the “sleeping” one, the one in front of the verb, or the subject before an “and”."""
    grammar = lexicon.grammar
    words = reading.words
    if inside := next((group for group in groups if group.first <= hit.first <= group.last), None):
        return inside
    articles = grammar.get("article", frozenset())
    if hit.first and words[hit.first - 1].text in articles and hit.section != "effect":
        return None  # a noun: “the fight”, “her dream”
    left = [group for group in groups if group.last < hit.first]
    if not left:
        right = [group for group in groups if 0 < group.first - hit.last <= 2]
        into = grammar.get("into", frozenset())
        free = right and not any(word.text in into for word in words[hit.last + 1 : right[0].first])
        return right[0] if free else None
    between = [word.text for word in words[left[-1].last + 1 : hit.first]]
    joined = any(word in grammar.get("coordinating", ()) or word in grammar.get("turn", ()) for word in between)
    if not joined and not any(word in articles for word in between) and not reading.breaks(left[-1].last, hit.first):
        return left[-1]
    if any(word in grammar.get("subordinate", ()) for word in between):
        return None  # “where fireflies blinked”: somebody else does it
    listed = lexicon.verbs_in_lists and "," in words[hit.first].gap
    follows = listed or words[hit.first - 1].text in grammar.get("linking", ())
    return subject if follows or hit.section != "pose" else None


def _actor(who: str, part: _Part, going_on: str, setting: Setting, anyone_feels: bool) -> Actor:
    pose = _strongest(part.poses, _STRONGER_POSES) or going_on
    if not pose:
        pose = "fly" if setting.place in _FLOATING else "stand"
    feeling = _strongest(part.feelings, _STRONGER_FEELINGS)
    if pose == "fight" and feeling not in _FIGHTING:
        feeling = "fierce"
    if pose == "sleep":
        feeling = "sleepy"
    by_mood = "worried" if setting.mood == "sad" and anyone_feels else _MOOD_FEELING.get(setting.mood, "calm")
    feeling = feeling or _POSE_FEELING.get(pose) or by_mood
    return Actor(who=who, pose=pose, expression=feeling, effects=tuple(dict.fromkeys(part.effects)))


def _strongest(found: Sequence[str], order: Sequence[str]) -> str:
    return min(found, key=order.index, default="")


def scene_effects(told: Told, actors: Sequence[Actor], before: Sequence[str]) -> tuple[str, ...]:
    """Effects of the whole scene; a portal or an aurora stays (`before`) as long as the place does."""
    worn = {effect for actor in actors for effect in actor.effects}
    found = [hit.value for reading, _ in told for hit in reading.hits if hit.section == "effect"]
    found += [effect for effect in before if effect in _LASTING]
    effects = [effect for effect in dict.fromkeys(found) if effect not in worn]
    if sum(actor.pose == "fight" for actor in actors) >= 2:
        effects.insert(0, "clash")
    return tuple(effects[:_MOST_EFFECTS])
