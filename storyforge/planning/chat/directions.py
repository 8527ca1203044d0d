"""What a scene of an answer says of people, stage and camera, in the storyboard's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storyforge.planning.chat.vocabulary import one_sentence, plain, stage_word
from storyforge.planning.chat.who import Roll, entries

_SETTING = ("place", "time", "weather", "mood")
_LENGTHS = {"where": 80, "sound": 80, "alt": 160}  # characters
_MOST_WHO = 12
_EMPTY_HANDS = {"", "nothing", "none", "no", "null", "empty", "empty hands"}
_QUOTE_NUMBER = re.compile(r"(?i)\W*(?:q|quote)?\W*([0-9]{1,6})\W*")


@dataclass
class Directions:
    """Reads scene by scene, and remembers in `notes` what had to be mended, and how often."""

    roll: Roll
    notes: Counter[str] = field(default_factory=Counter)

    def fields(self, scene: Mapping[str, Any]) -> dict[str, Any]:
        """All fields of a sound scene but its sentences and who says what."""
        acting = self._acting(scene)
        shot = plain(scene.get("shot"), 60)
        fields: dict[str, Any] = {
            "who": tuple(acting),
            "does": tuple(does for does, _ in acting.values()),
            "feels": tuple(feels for _, feels in acting.values()),
            "holds": self._holds(scene, acting),
            "seen": one_sentence(scene.get("seen"), 200),
            "framing": self._word("framing", plain(scene.get("framing"), 60) or shot),
            "camera": self._word("camera", plain(scene.get("camera"), 60) or shot),
        }
        fields |= {name: self._word(name, plain(scene.get(name), 60)) for name in _SETTING}
        fields |= {name: plain(scene.get(name), longest) for name, longest in _LENGTHS.items()}
        if not fields["place"] and not fields["where"]:
            fields["where"] = plain(scene.get("place"), _LENGTHS["where"])
        return fields

    def says(self, scene: Mapping[str, Any], own: Sequence[int], going_on: int = 0) -> dict[int, str]:
        """Number of a quote -> who says it, '' the narrator. `own`: the quotes that begin in the scene.

        Whoever is unknown is left out. Speakers without numbers, or with numbers that start anew in the scene, are
        taken in turn, if there are as many as quotes; if not, it is not clear who is meant by any of them.
        `going_on`: the quote that was begun before the scene and may be named in it too.
        """
        said = [_numbered(*each) for each in entries(scene.get("says"))]
        numbers = [number for number, _ in said]
        anew = numbers == [*range(1, len(own) + 1)]
        if len(said) == len(own) and (anew or not any(numbers)):
            said = [(number, name) for number, (_, name) in zip(own, said, strict=True)]
        elif 0 in numbers or (own and any(number < own[0] and number != going_on for number in numbers)):
            self.notes["It was not clear who says which quote in a scene; the story's own words decide"] += 1
            said = said if 0 in numbers else []
        told: dict[int, str] = {}
        for number, name in said:
            if number and (key := self._key(name, "the story's own words decide who speaks")) is not None:
                told.setdefault(number, key)
        return told

    def _acting(self, scene: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """Who is seen -> pose and expression, '' where that is not said."""
        does, feels = ([word for word, _ in entries(scene.get(name), _MOST_WHO)] for name in ("does", "feels"))
        acting: dict[str, tuple[str, str]] = {}
        for number, (name, words) in enumerate(entries(scene.get("who"), _MOST_WHO)):
            key, rest = self._named(name, words)
            if key and key in acting:
                self.notes[f"{key} was named twice in one scene"] += 1
            elif key:
                pose, expression = (*does[number : number + 1], rest)[0], (*feels[number : number + 1], rest)[0]
                acting[key] = self._word("pose", pose), self._word("expression", expression)
        return acting

    def _named(self, name: str, words: str) -> tuple[str, str]:
        """The key, '' if there is none, and what is said of pose and expression, colon or no colon."""
        parts = name.split()
        for end in range(len(parts), 0, -1):
            if (key := self.roll.surely(" ".join(parts[:end]))) is not None:
                return key, " ".join([*parts[end:], words]).strip()
        return self._key(name, "left out of the picture") or "", words

    def _key(self, name: str, otherwise: str) -> str | None:
        key = self.roll.find(name)
        if key is None:
            self.notes[f"“{plain(name, 40)}” is in no list of people; {otherwise}"] += 1
        elif key and self.roll.surely(name) is None:
            self.notes[f"“{plain(name, 40)}” is taken for {key}"] += 1
        return key

    def _holds(self, scene: Mapping[str, Any], acting: Collection[str]) -> dict[str, str]:
        holds = {}
        for name, words in entries(scene.get("holds"), _MOST_WHO):
            key = self.roll.find(name)
            thing = plain(words, 60)
            empty = thing.lower() in _EMPTY_HANDS
            if key and (key in acting or (empty and words)):  # what is put down is gone, whether that is seen or not
                holds[key] = "" if empty else thing
        return holds

    def _word(self, field: str, said: str) -> str:
        word = stage_word(field, said)
        if word and word.replace("-", " ") not in said.lower().replace("-", " "):  # running is run, and no news
            self.notes[f"{field} “{plain(said, 40)}” is taken as {word}"] += 1
        elif said and not word and field in _SETTING:
            self.notes[f"there is no {field} “{plain(said, 40)}”; the one before goes on"] += 1
        return word


def _numbered(name: str, rest: str) -> tuple[int, str]:
    """(number of the quote, who says it), the number 0 if none was said."""
    for number, who in ((name, rest), (rest, name)):
        if digits := _QUOTE_NUMBER.fullmatch(number):
            return int(digits[1]), who
    return 0, name or rest
