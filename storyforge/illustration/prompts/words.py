"""The storyboard's words as one says them to an image model, and the words by which a sentence says them already."""

from __future__ import annotations

SHOTS = {"wide": "wide shot", "close": "close-up"}
"""Framings that are said. Half-way is how models draw anyhow; said aloud, it cuts off the feet of who runs."""

POSED = {
    "stand": "",
    "look": "looking around",
    "walk": "walking",
    "run": "running",
    "leap": "leaping",
    "fly": "flying",
    "sneak": "sneaking",
    "fight": "fighting",
    "sit": "sitting",
    "wave": "waving",
    "cheer": "cheering",
    "cast": "casting a spell",
    "sleep": "sleeping",
    "lie": "lying down",
}
"""The storyboard's poses; a word that is not here is said as it is."""

AFLOAT = {"fly": "swimming", "walk": "swimming", "run": "swimming fast", "leap": "diving"}
"""Poses in the ocean."""

FELT = {"joy": "joyful", "awe": "awestruck", "mischief": "mischievous", "hurt": "pained"}
"""Expressions whose word is no adjective."""

LIT = {
    "dawn": "at dawn",
    "day": "by day",
    "golden": "in golden evening light",
    "sunset": "at sunset",
    "dusk": "at dusk",
    "night": "at night",
}

WEATHERS = {
    "rain": "in the rain",
    "storm": "in a thunderstorm",
    "snow": "in falling snow",
    "blizzard": "in a blizzard",
    "fog": "in thick fog",
    "wind": "in a strong wind",
}

PLACES = {"home": "a room at home", "space": "outer space"}

EFFECTS = {
    "rays": "rays of light",
    "beam": "a beam of light",
    "clash": "a burst of light where they clash",
    "shield": "a glowing shield",
    "shockwave": "a shockwave",
    "explosion": "an explosion",
    "portal": "a glowing portal",
    "comet": "a comet",
    "rainbow": "a rainbow",
    "leaves": "drifting leaves",
    "petals": "drifting petals",
    "bubbles": "floating bubbles",
    "hearts": "floating hearts",
    "music": "floating music notes",
}

INDOORS = ("home", "cave")
WITHOUT_SKY = ("space",)

UNSAID = {"neutral", "clear", "calm"}
"""Words of the storyboard for what needs no word: said aloud, they draw a model's eye to it."""

ALSO = {
    "meadow": "field grass",
    "forest": "woods trees woodland",
    "ocean": "sea underwater undersea",
    "beach": "shore seaside water's",
    "castle": "palace",
    "home": "room house kitchen bedroom parlour burrow indoors",
    "sky": "clouds",
    "space": "stars galaxy",
    "snow": "snowy snowfall snowflakes blizzard",
    "storm": "stormy thunderstorm lightning",
    "blizzard": "snowstorm",
    "fog": "foggy mist misty",
    "wind": "windy gale",
    "rain": "rainy",
    "dawn": "sunrise daybreak",
    "day": "noon midday daylight",
    "golden": "afternoon evening",
    "sunset": "sundown",
    "dusk": "twilight",
    "night": "midnight moonlight moonlit",
    "winter": "snow snowy",
    "run": "ran race swim",
    "walk": "wander swim",
    "leap": "leapt jump dive",
    "fly": "flew soar hover swim float",
    "sneak": "tiptoe creep crept",
    "fight": "fought battle",
    "sit": "sat",
    "cheer": "dance",
    "cast": "magic spell conjure",
    "sleep": "slept asleep",
    "lie": "lay lying",
    "look": "gaze stare watch",
    "joy": "joyful happy laugh",
    "happy": "joyful smile laugh",
    "sad": "cry weep",
    "scared": "afraid frightened tremble",
    "awe": "awestruck amazed",
    "mischief": "mischievous",
    "hurt": "pained",
    "beam": "ray",
    "clash": "fight",
}
"""A word -> others that say it as well."""
