"""How one scene becomes the next, and in how long: what a film editor would choose. Pure."""

from __future__ import annotations

import re

from storyforge.directing import QUICK, pace_of
from storyforge.quotes import PARAGRAPH
from storyforge.storyboard import Scene, Transition
from storyforge.value import Value

DISSOLVE = 0.8
"""Seconds of a dissolve, where nobody says how long."""

SECONDS: dict[Transition, float] = {"dip-to-black": 1.4, "dip-to-white": 1.8, "page-turn": 1.8, "iris": 1.8}
"""What the other ways need to be seen and not to hurry."""

LEAP, ACTION, BEDTIME, ENDING = 1.75, 0.4, 1.25, 1.75
"""Times as long as usual: elsewhere or later; where things happen fast; at bedtime; before the end card."""

LEFTWARDS = frozenset("ar arc ckb dv fa he iw ji ps sd ug ur yi".split())
"""Languages that are written from right to left: their books are turned the other way."""

# Beginnings of words for dreams, and how a memory begins: en, de, fr, es, it, pt, nl.
_DREAM = re.compile(r"\b(dream|traum|träum|rêv|soñ|sueñ|sogn|sonh|droom|gedroomd)", re.IGNORECASE)
_MEMORY = re.compile(
    r"\b(remembered|(long|years) ago|erinnerte sich|vor (langer zeit|vielen jahren)|se souvint|se souvenait|recordó"
    r"|si ricordò|lembrou-se|herinnerde zich)\b",
    re.IGNORECASE,
)


class Passage(Value):
    """How a shot begins. `times`: as long as its way usually takes. `written`: somebody asked for it."""

    way: Transition = "dissolve"
    times: float = 1.0
    written: bool = False

    def seconds(self, dissolve: float) -> float:
        """How long it takes at most, if a dissolve takes `dissolve` seconds; 0 makes cuts of all that nobody wrote."""
        if self.way == "cut" or (dissolve == 0 and not self.written):
            return 0.0
        return SECONDS.get(self.way, dissolve or DISSOLVE) * self.times


def passage_into(scene: Scene, before: Scene | None, *, softly: bool = False) -> Passage:
    """How the scene begins: as its user wrote, or as it fits. `before` is None for the first, after the title card.

    `softly`: a film for bedtime, in which nothing is bright or sudden.
    """
    slower = BEDTIME if softly else 1.0
    if scene.transition:
        return Passage(way=scene.transition, times=slower, written=True)
    if before is None:
        return Passage(way="page-turn", times=slower)  # the book is opened
    elsewhere = (scene.place, scene.where) != (before.place, before.where)
    later = scene.time != before.time
    if _opens_chapter(scene, before):
        return Passage(way="dip-to-black", times=slower)
    if (elsewhere or later) and not softly and _is_another_world(scene, before):
        return Passage(way="dip-to-white")
    if elsewhere and later:
        return Passage(way="page-turn", times=slower)
    if elsewhere or later:
        return Passage(times=LEAP * slower)
    quick = not softly and pace_of(scene) == pace_of(before) == QUICK
    return Passage(times=ACTION if quick else slower)


def into_end_card(*, softly: bool = False) -> Passage:
    """The end card lies over the last picture, out of focus: so that picture goes out of focus, slowly."""
    return Passage(times=ENDING * (BEDTIME if softly else 1.0))


def turns_rightwards(language: str) -> bool:
    """Whether pages of a book in this language are turned to the right."""
    return re.split("[-_]", language.lower())[0] in LEFTWARDS


def _opens_chapter(scene: Scene, before: Scene) -> bool:
    """Whether its text begins with a heading, or it alone of the two has a title that is not the story's own words.

    Planners title every scene, with its first words. Whoever titles every scene by hand names scenes, not chapters.
    """
    return _has_heading(scene.text) or (_has_own_title(scene) and not _has_own_title(before))


def _has_heading(text: str) -> bool:
    first, *rest = PARAGRAPH.split(text.strip())
    return 0 < len(first) < 60 and first[-1].isalnum() and bool(rest)


def _has_own_title(scene: Scene) -> bool:
    return _plain(scene.title) not in _plain(scene.text)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_another_world(scene: Scene, before: Scene) -> bool:
    """Through a portal, into a dream or a memory, or out of it."""
    first, last = PARAGRAPH.split(scene.text.strip())[0], PARAGRAPH.split(before.text.strip())[-1]
    portal = "portal" in (*before.effects, *before.props) and "portal" not in (*scene.effects, *scene.props)
    return portal or any(_DREAM.search(text) for text in (first, last)) or bool(_MEMORY.search(first))
