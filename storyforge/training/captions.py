"""The words beside a training picture: first the trigger, then all that is *not* to be learnt.

What a caption names is explained by words that the model knows, so it stays free to change; what it leaves out is
learnt as part of the trigger (civitai.com/articles/14148, lora-atelier.vercel.app/learn/captions-and-triggers). So the
looks are left out, and pose, expression, place, light and even the story's style are named.
"""

from __future__ import annotations

import hashlib
import unicodedata

from storyforge.illustration.prompts import LIT, POSED
from storyforge.story import Character, Story, shown_name
from storyforge.storyboard import Scene

_RARE = "bcdfghjkmpqrtvwxz"  # without vowels: no word of any language comes out


def trigger_of(key: str, character: Character) -> str:
    """The word that is to wake the LoRA: the one in the cast, else one made of the key that means nothing yet."""
    if character.lora is not None and character.lora.trigger:
        return character.lora.trigger
    letters = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode().lower()
    sounds = "".join(char for char in letters if char in _RARE + "lns")[:5]
    drawn = hashlib.blake2b(key.encode(), digest_size=6).digest()
    return sounds + "".join(_RARE[byte % len(_RARE)] for byte in drawn[: max(3, 6 - len(sounds))])


def portrait_caption(trigger: str, story: Story) -> str:
    """Of a portrait as storyforge has it drawn."""
    return _joined(trigger, "full figure, front view, standing, neutral expression, plain light background", story)


def own_caption(trigger: str, story: Story) -> str:
    """Of a picture that nobody has told us about."""
    return _joined(trigger, "", story)


def scene_caption(trigger: str, key: str, scene: Scene, story: Story) -> str:
    """Of a scene's picture, as the storyboard tells it."""
    actor = next(each for each in scene.characters if each.who == key)
    others = [_described(each.who, story) for each in scene.characters if each.who != key]
    said = (
        POSED.get(actor.pose, actor.pose) or "standing",
        f"{actor.expression} expression" if actor.expression else "",
        *actor.effects,
        scene.place,
        LIT.get(scene.time, scene.time),
        scene.weather if scene.weather != "clear" else "",
        scene.season,
        *scene.props,
        *scene.effects,
        *(f"with {other}" for other in others),
    )
    return _joined(trigger, ", ".join(filter(None, said)), story)


def _described(key: str, story: Story) -> str:
    """Somebody else in the picture, as words that the model knows: what is not named would be learnt."""
    character = story.cast.get(key, Character())
    return character.looks or shown_name(key, character)


def _joined(*parts: str | Story) -> str:
    """One line, the style last."""
    said = (part.style.prompt if isinstance(part, Story) else part for part in parts)
    return ", ".join(text for part in said if (text := " ".join(part.split()).strip(" ,")))
