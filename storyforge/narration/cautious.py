"""espeak-ng breaks down, and the process with it, over some mixtures of scripts (ℹ and a Thai vowel sign in Bulgarian).

No story needs them, but pasted text may hold them. So a text that mixes scripts is said in a process of its own.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import unicodedata

from storyforge.errors import BackendFailed
from storyforge.narration import libespeak
from storyforge.narration.libespeak import Utterance

# These stand beside any one other script: names in a Chinese or Russian story, accents, Japanese's three scripts.
_AT_HOME = frozenset(
    "LATIN COMBINING MODIFIER CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA HANGUL IDEOGRAPHIC FEMININE MASCULINE".split()
)
_PROGRAM = (
    "import pickle, sys; from storyforge.narration import libespeak;"
    "text, identifier, settings = pickle.load(sys.stdin.buffer);"
    "pickle.dump(libespeak.say(text, identifier, **settings), sys.stdout.buffer)"
)


def say_cautiously(text: str, identifier: str, *, speed: int, pitch: int, pitch_range: int) -> Utterance:
    """As `libespeak.say`, but a text that espeak-ng breaks down over is a BackendFailed."""
    settings = {"speed": speed, "pitch": pitch, "pitch_range": pitch_range}
    if not mixes_scripts(text):
        return libespeak.say(text, identifier, **settings)
    given = pickle.dumps((text, identifier, settings))
    apart = subprocess.run([sys.executable, "-c", _PROGRAM], input=given, capture_output=True, check=False)
    if apart.returncode:
        shown = text if len(text) < 40 else f"{text[:40]}…"
        raise BackendFailed(f"espeak-ng broke down over {shown!r}", "take out the letters that are of no language here")
    said: Utterance = pickle.loads(apart.stdout)
    return said


def mixes_scripts(text: str) -> bool:
    """Whether letters or marks of two scripts that do not belong together stand in the text."""
    # A letter's script is the first word of its name (Unicode 4.8); Python knows no better.
    scripts = {
        unicodedata.name(character, "UNKNOWN").partition(" ")[0]
        for character in text
        if not character.isascii() and unicodedata.category(character)[0] in "LM"
    }
    return len(scripts - _AT_HOME) > 1
