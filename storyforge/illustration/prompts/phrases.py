"""For CLIP: phrases between commas, what matters most first and weighed, whole in the windows that CLIP reads."""

from __future__ import annotations

import re
from itertools import chain

from storyforge.illustration.prompts.seen import Seen, Somebody
from storyforge.illustration.prompts.weighed import Weighed
from storyforge.illustration.prompts.windows import WINDOW, Phrase, length, packed

SUBJECT = 1.2
TRIGGER = 1.1
"""Weights: what happens, and the words that wake LoRAs. From 1.3 on, pictures look burnt."""


def phrases(seen: Seen) -> Weighed:
    """`wide shot, (The fox meets the owl:1.2), (chronn:1.1) Chroneon, a sleek silver fox, …`

    What does not fit into one window is told in another order: the first holds a picture of its own – what happens, who
    matters most, where, in which style – since SDXL takes the look of the whole from the first window alone; the others
    in the picture follow, nobody in two halves.
    """
    happens = [Phrase(seen.shot)] * bool(seen.shot) + [Phrase(seen.action, SUBJECT)] * bool(seen.action)
    people = [_described(one) for one in seen.people]
    around = [Phrase(text) for each in seen.setting for text in _between_commas(each)]
    style = [*(Phrase(each, TRIGGER) for each in seen.triggers), *map(Phrase, _between_commas(seen.style))]
    whole = [*happens, *chain(*people), *around, *style]
    if length(whole) <= WINDOW:
        return packed([whole])
    look = 1 + len(seen.triggers)
    front = [*happens, *chain(*people[:1]), *style[:look], *around, *style[look:]]
    return packed([*([phrase] for phrase in front), *people[1:]])


def _described(one: Somebody) -> list[Phrase]:
    woken = [Phrase(one.trigger, TRIGGER, comma=False)] * bool(one.trigger)
    feels = f"{one.feels} expression" if one.feels else ""
    said = filter(None, (one.name, one.looks, *one.doing, feels))
    return [*woken, *(Phrase(text) for each in said for text in _between_commas(each))]


def _between_commas(text: str) -> list[str]:
    return [part for each in re.split(r",\s|，", text) if (part := each.strip())]
