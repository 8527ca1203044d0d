"""Which language a text is surely in, so that nobody hears a German tale in an English voice without being told."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files

import yaml

from storyforge.sentences import code

_ENOUGH, _DISTINCT = 5, 4  # frequent words that are heard, and different ones among them
_SHARE = 0.12  # of all words: in tales of all these languages a fifth to a third are of the list
_TIMES = 3  # as many as of the language that the story names
_READ = 20_000  # characters
_SCRIPTS = {
    "CYRILLIC": "ru uk be bg mk sr ba cv kk ky mn tt tg uz os ab ce",
    "GREEK": "el grc",
    "HEBREW": "he iw yi",
    "ARABIC": "ar fa ur sd ug ps ku ckb",
    "CJK": "zh cmn yue hak ja ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "DEVANAGARI": "hi mr ne sa kok",
    "THAI": "th",
    "ARMENIAN": "hy hyw",
    "GEORGIAN": "ka",
}
_NEVER_LATIN = frozenset("ru uk bg el he ar fa hi zh ja ko th ka hy".split())
_SAME = {"no": "nb", "nn": "nb"}
_NEAR = ({"da", "nb", "sv"},)  # too like each other to be told apart by few words


def language_note(text: str, language: str) -> str:
    """What to tell if the text is surely in another language than `language`; else ''."""
    found = other_language(text, language)
    return f"the text looks like `{found}`, but is read as `{language}` – write `language: {found}`" if found else ""


def other_language(text: str, language: str) -> str:
    """The code of the language that the text is surely in, if that is not `language`; else ''.

    By its script (then the one that most are written in it), or by the most frequent words of Latin-lettered languages.
    """
    told = _SAME.get(code(language), code(language))
    text = text[:_READ]
    script = _script(text)
    if script != "LATIN":
        homes = _SCRIPTS.get(script, told).split()
        return "" if told in homes else homes[0]
    words = re.findall(r"[^\W\d_]+", text.lower())
    heard = {other: [word for word in words if word in frequent] for other, frequent in _frequent().items()}
    found = max(heard, key=lambda other: len(heard[other]))
    many, own = heard[found], len(heard.get(told, ()))
    sure = len(many) >= max(_ENOUGH, _SHARE * len(words), _TIMES * own) and len(set(many)) >= _DISTINCT
    known = told in heard or told in _NEVER_LATIN
    near = any({found, told} <= group for group in _NEAR)
    return found if found != told and known and sure and not near else ""


def _script(text: str) -> str:
    """That of most letters, by the first word of their names (Unicode 4.8); LATIN for a text without letters."""
    letters = Counter(unicodedata.name(char, "").partition(" ")[0] for char in text[:2000] if char.isalpha())
    if letters["HIRAGANA"] + letters["KATAKANA"] > letters.total() / 10:
        return "HIRAGANA"
    [(script, count)] = letters.most_common(1) or [("LATIN", 1)]
    return script if count > 0.6 * letters.total() else "LATIN" if letters["LATIN"] else ""


@cache
def _frequent() -> dict[str, frozenset[str]]:
    table: dict[str, str] = yaml.safe_load(files(__package__).joinpath("languages.yaml").read_text("utf-8"))
    return {str(language): frozenset(words.split()) for language, words in table.items()}
