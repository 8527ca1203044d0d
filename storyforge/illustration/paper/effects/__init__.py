"""Effects by name. Each is a function from a cue to sheets of light or of small loose pieces."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.illustration.paper.effects import air, battle, fire, heavens, magic, weather
from storyforge.illustration.paper.effects.cue import Cue, Effect

EFFECTS: Mapping[str, Effect] = {
    "sparkles": magic.sparkles,
    "fireflies": air.fireflies,
    "fire": fire.fire,
    "explosion": battle.explosion,
    "rays": battle.rays,
    "beam": battle.beam,
    "clash": battle.clash,
    "shield": magic.shield,
    "shockwave": battle.shockwave,
    "lightning": weather.lightning,
    "portal": magic.portal,
    "aurora": heavens.aurora,
    "rainbow": heavens.rainbow,
    "comet": heavens.comet,
    "fireworks": heavens.fireworks,
    "confetti": air.confetti,
    "petals": air.petals,
    "leaves": air.leaves,
    "embers": fire.embers,
    "bubbles": air.bubbles,
    "hearts": magic.hearts,
    "music": magic.music,
}

__all__ = ["EFFECTS", "Cue", "Effect"]
