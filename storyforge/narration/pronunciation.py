"""How a name is said: in IPA (kɹˈoʊniˌɑːn), spelled as it sounds (KRO-nee-on), or as in another language ((fr))."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from storyforge.errors import UnknownName
from storyforge.narration import libespeak
from storyforge.narration.espeak_voices import language_named
from storyforge.narration.libespeak import Language
from storyforge.narration.other_scripts import read_as

# Letters and marks that no ordinary spelling has; æ, ç, ð, ø and œ are letters of languages too.
_ONLY_IPA = frozenset("ˈˌːɐɑɒɓʙβɔɕɖɗəɘɚɛɜɝɞɟʄɡɠɢʛɦɧħɥʜɨɪʝɭɬɫɮʟɱɯɰŋɳɲɴɵɸθɶʘɹɺɾɻʀʁɽʂʃʈʧʉʊʋⱱʌɣɤʍχʎʏʑʐʒʔʡʕʢ")
_ENCLOSED = re.compile(r"^\s*([/\[])(.+)[/\]]\s*$")
_IN_BRACKETS = re.compile(r"^\s*\(\s*([^()]+?)\s*\)\s*$")  # a language: (fr), (pt-BR)
_HISSING = ("s", "z", "ʃ", "ʒ")  # and so tʃ and dʒ
_VOICELESS = ("p", "t", "k", "f", "θ")
_LENGTH, _STRESS = "ː", {"ˈ": "'", "ˌ": ","}
# Syllable dots, tie bars, and small marks that change no phoneme.
_PASSED_OVER = frozenset(".‿͜͡ˑ̯̩̥̬̪̺̻̠̟̞̝ʰʲʷ ")


def is_ipa(pronunciation: str) -> bool:
    """Whether it is IPA (by its letters, or because it stands in /…/ or […]) and not a respelling."""
    return bool(_ENCLOSED.match(pronunciation)) or not _ONLY_IPA.isdisjoint(pronunciation)


def bare_ipa(pronunciation: str) -> str:
    """IPA without its enclosing slashes or brackets, in composed form, with the one true ɡ."""
    enclosed = _ENCLOSED.match(pronunciation)
    bare = enclosed[2] if enclosed else pronunciation.strip()
    return unicodedata.normalize("NFC", bare).replace("g", "ɡ").replace("'", "ˈ").replace(":", _LENGTH)


def told_sounds(lexicon: Mapping[str, str], language: str) -> dict[str, str]:
    """The lexicon with `bonjour: (fr)` in IPA, by the sounds of the story's language; without what cannot be read.

    UnknownName for a language that espeak-ng does not speak.
    """
    told = {}
    for word, pronunciation in lexicon.items():
        if not (other := _IN_BRACKETS.match(pronunciation)):
            told[word] = pronunciation
        elif _spoken_in(other[1], word) == language_named(language):
            told[word] = word
        elif ipa := read_as(word, other[1], language):
            told[word] = ipa
    return told


def stop_if_not_spoken(lexicon: Mapping[str, str]) -> None:
    """UnknownName for a word that is to be said in a language that espeak-ng does not speak."""
    for word, pronunciation in lexicon.items():
        if other := _IN_BRACKETS.match(pronunciation):
            _spoken_in(other[1], word)


def _spoken_in(other: str, word: str) -> Language:
    try:
        return language_named(other)
    except UnknownName as error:
        raise UnknownName(f"{word!r} is to be said as in {other!r}, which is no language here", error.remedy) from error


def spoken_names(lexicon: Mapping[str, str], language: str) -> dict[str, str]:
    """The lexicon in sounds and, in English, the possessives of names in IPA: no voice joins an 's to phonemes."""
    told = told_sounds(lexicon, language)
    names = dict(told)
    if language.lower()[:2] == "en":
        for name, pronunciation in told.items():
            if is_ipa(pronunciation):
                names.setdefault(f"{name}'s", _possessive(bare_ipa(pronunciation)))
    return names


def _possessive(ipa: str) -> str:
    ending = "ɪz" if ipa.endswith(_HISSING) else "s" if ipa.endswith(_VOICELESS) else "z"
    return f"/{ipa}{ending}/"


def respelled(pronunciation: str) -> str:
    """A respelling as a voice reads it best: KRO would be spelled letter by letter, kro is a syllable."""
    return pronunciation.strip().lower()


def pronounceable(ipa: str, language: str = "en") -> bool:
    """Whether espeak knows every sound of this IPA in this language; else it reads the name as it is written."""
    return bool(mnemonics(ipa, language))


def unpronounceable(lexicon: Mapping[str, str], language: str) -> tuple[str, ...]:
    """Words of a lexicon whose IPA has a sound that espeak does not know in this language."""
    told = told_sounds(lexicon, language)
    return tuple(
        word for word in lexicon if word not in told or (is_ipa(told[word]) and not mnemonics(told[word], language))
    )


def mnemonics(ipa: str, language: str) -> str:
    """IPA in espeak-ng's own phonemes, words apart: "kr'oUnI,A:n"; '' if a sound is not known in this language."""
    known = _known(language_named(language).identifier)
    longest_first = sorted(known, key=lambda symbol: (-len(symbol), symbol))
    said, rest = "", unicodedata.normalize("NFC", bare_ipa(ipa))
    while rest:
        symbol = next((symbol for symbol in longest_first if rest.startswith(symbol)), rest[0])
        if symbol not in known and symbol not in _PASSED_OVER and symbol != _LENGTH:
            return ""
        said += known.get(symbol, "")
        rest = rest[len(symbol) :]
    return said if any(map(str.isalnum, said)) else ""


@cache
def _known(identifier: str) -> dict[str, str]:
    """IPA symbol → the mnemonic that this language says nearest to it."""
    table = _table()
    offered = sorted({mnemonic for choices in table.values() for mnemonic in choices})
    heard = _heard(offered, identifier)
    known = {**_STRESS}
    for symbol, choices in table.items():
        sayable = [mnemonic for mnemonic in choices if heard[mnemonic]]
        exact = [mnemonic for mnemonic in sayable if heard[mnemonic] == symbol]
        if sayable:
            known[symbol] = (exact or sayable)[0]
    return known


def _heard(offered: list[str], identifier: str) -> dict[str, str]:
    """What espeak-ng makes of each mnemonic, in IPA; '' where the language has no such phoneme."""
    # Each a clause of its own: in Dutch, a p before a b is not heard.
    text = ", ".join(f"[[{mnemonic}]]" for mnemonic in offered)
    heard = dict.fromkeys(offered, "")
    starts, position = {}, 0
    for mnemonic in offered:
        starts[position + 2] = mnemonic
        position += len(mnemonic) + 6
    current = ""
    for event in libespeak.say(text, identifier).events:
        if event.kind == libespeak.WORD:
            current = starts.get(event.position, "")
        elif current:
            heard[current] += event.phoneme.strip("ˈˌ")
    return heard


@cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = yaml.safe_load(files(__package__).joinpath("phonemes.yaml").read_text("utf-8"))
    return {unicodedata.normalize("NFC", str(symbol)): choices for symbol, choices in table.items()}
