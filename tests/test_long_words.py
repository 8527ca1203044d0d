"""Of what no mouth can say, a little is said, and all is shown."""

from __future__ import annotations

import base64
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.backend import Voice
from storyforge.commands.check import check
from storyforge.narration.espeak import Espeak
from storyforge.narration.long_words import LONGEST, long_words, shortened
from storyforge.narration.spoken import as_spoken
from tests.films import settings_for
from tests.test_narrator_contract import held

KEY = base64.b64encode(bytes(range(256)) * 30).decode()
LONG = {
    "a key": KEY,
    "a cry": "A" + "a" * 9000 + "rgh",
    "a denial": "N" + "o" * 9999,
    "a letter that is never drawn out": "w" * 10_000,
    "laughter": "ha" * 5000,
    "laughter, part by part": "ha-" * 3000 + "ha",
    "a link": "https://www.wood.org/" + "tales/" * 1500 + "?x=1",
    "a host": "https://" + "a." * 5000 + "org",
    "a number": "1234567890" * 1000,
    "underscores": "snake_case_" * 900,
    "marks on letters": "क\u094d" * 5000,
}


@pytest.mark.parametrize("language", ["en", "de", "ru"])
@pytest.mark.parametrize("word", LONG.values(), ids=LONG)
def test_a_word_without_end_is_said_in_seconds_and_shown_whole(word: str, language: str) -> None:
    text = f"Then “{word}” came, and went."
    speech = Espeak().speak(text, Voice(name="+f4"), language, {})
    held(speech, text)
    assert [shown.text for shown in speech.words][-3:] == text.split()[-3:] and word in text
    without = Espeak().speak("Then came, and went.", Voice(name="+f4"), language, {})
    assert speech.seconds - without.seconds < 15
    came = next(shown for shown in speech.words if shown.text == "came,")
    assert speech.seconds - came.start == pytest.approx(without.seconds - without.words[1].start, abs=0.3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (KEY, "AAECAwQFBgcICQoLDA0O, j5+vv8/f7/"),
        (f"See https://www.wood.org/{'fox/' * 40}den.html.", "See wood dot org."),
        (f"“N{'o' * 300}!”", "No!"),
        (f"Br{'i' * 40}ng", "Bri" + "i" * 7 + "ng"),
        ("9" * 200 + " mice", "999999, 9999 mice"),
        ("x" * 5 + "ya" * 200, "xyayayayayayayay, yayayayaya"),
        ("狐" * 20 + "狸" * 100, "狐" * 8 + "狸" * 8),
    ],
)
def test_its_beginning_and_its_end_are_said(text: str, said: str) -> None:
    assert " ".join(as_spoken(text, "en", {}).text.split()) == said


@pytest.mark.parametrize(
    "word",
    [
        "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "Llanfair-pwllgwyngyll-gogery-chwyrn-drobwll-llan-tysilio-gogo-goch",
        "从前有一只小狐狸" * 20,
        "กาลครั้งหนึ่งนานมาแล้ว" * 9,
        "One,two,three,four;five!" * 9,
        "and—then—he—ran—" * 9,
    ],
)
def test_what_people_say_is_said_whole(word: str) -> None:
    assert not long_words(word)
    letters = [character for character in as_spoken(word, "xx", {}).text if character.isalnum()]
    assert letters == [character for character in word if character.isalnum()]


def test_whoever_tells_how_it_is_said_is_heeded() -> None:
    word = "Methionyl" * 11
    assert as_spoken(f"{word}, said Pip.", "en", {word: "the protein"}).text == "the protein, said Pip."


@given(st.text(st.sampled_from("ab1._/-é\u0301\u0302ा狐"), min_size=80, max_size=300))
def test_no_mark_is_parted_from_its_letter_and_nothing_grows(word: str) -> None:
    said = shortened(word)
    assert len(said) <= max(LONGEST, len(word)) and (len(said) <= LONGEST or said == word)
    if ", " in said:
        beginning, _, ending = said.partition(", ")
        assert re.sub(r"([^\W\d_])\1{8,}", r"\1" * 8, word).startswith(beginning)
        assert not ending or unicodedata.category(ending[0])[0] != "M"


def test_check_names_it_with_its_line(write: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"title: Fox\nnarrator: espeak\nstory: |\n  A fox ran.\n\n  She shouted {KEY} and {'x' * 95}!\n"
    path = write("fox.yaml", text + f"lexicon: {{{'x' * 95}: eks}}\n")
    check([path], settings_for(tmp_path))
    [good, note] = capsys.readouterr().out.splitlines()
    assert "no mistakes" in good
    assert note.startswith(f"{path}:6: “{KEY[:20]}…” has 10240 characters")
