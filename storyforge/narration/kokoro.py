"""What is Kokoro's own, whichever server runs it: the names of its voices, and the phonemes that it is given."""

from __future__ import annotations

import re
import unicodedata

from storyforge.narration.pronunciation import bare_ipa

# The first that is there and speaks the language narrates; af_heart is Kokoro-FastAPI's own choice.
NARRATORS = ("af_heart", "bf_emma", "af_bella", "ff_siwis", "hf_alpha", "if_sara", "jf_alpha", "ef_dora", "zf_xiaobei")

_VOICE = re.compile(r"([abefhijpz])([fm])_\w+")
_LANGUAGES = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
_ODD = re.compile(r"_(v0|santa)")  # of an earlier model, and one that laughs: never chosen unasked

# IPA as Misaki writes it, Kokoro's own phonemizer (misaki/espeak.py, EN_PHONES.md).
_BOTH = {
    "t͡ʃ": "ʧ", "d͡ʒ": "ʤ", "tʃ": "ʧ", "dʒ": "ʤ", "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "e": "A",
    "ɚ": "əɹ", "ɝ": "ɜɹ", "r": "ɹ", "x": "k", "ç": "k", "ɐ": "ə", "ɬ": "l", "ʔ": "t", "ɨ": "ɪ",
}  # fmt: skip
_AMERICAN = {"oʊ": "O", "əʊ": "O", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɒ": "ɑ", "ː": "", "a": "æ", "o": "ɔ"}
_BRITISH = {"əʊ": "Q", "oʊ": "Q", "æ": "a", "o": "ɔ", "ɾ": "t", "ᵻ": "ɪ"}
_SHARED = "AIWYbdfhijklmnpstuvwzðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧˈˌθᵊ"
_KNOWN = {"a": frozenset(_SHARED + "Oæɾᵻ"), "b": frozenset(_SHARED + "Qaɒː")}
_PASSED_OVER = re.compile(r"[.‿͜͡ \u0303\u0329]")


def language_of(voice: str) -> str:
    """en-US of af_bella; '' if it is no name of Kokoro's."""
    found = _VOICE.fullmatch(voice)
    return _LANGUAGES[found[1]] if found else ""


def kind_of(voice: str) -> str:
    """woman or man; '' if it is no name of Kokoro's."""
    found = _VOICE.fullmatch(voice)
    return {"f": "woman", "m": "man"}[found[2]] if found else ""


def is_odd(voice: str) -> bool:
    return bool(_VOICE.fullmatch(voice) and _ODD.search(voice))


def with_phonemes(name: str, ipa: str, voice: str) -> str:
    """`[Eevee](/ˈivi/)`, which Kokoro reads as these sounds; '' if one of them is none of its own. English only."""
    accent = "b" if voice.startswith("b") else "a"
    said = unicodedata.normalize("NFC", bare_ipa(ipa))
    for old, new in (_BOTH | (_BRITISH if accent == "b" else _AMERICAN)).items():
        said = said.replace(old, new)
    said = _PASSED_OVER.sub("", said)
    return f"[{name}](/{said}/)" if said and _KNOWN[accent].issuperset(said) else ""
