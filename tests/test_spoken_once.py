"""What has been spoken is not spoken again, whichever story it stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from storyforge.backend import Voice
from storyforge.narration.espeak import Espeak
from storyforge.narration.http_speech import HttpSpeech
from storyforge.narration.piper import Piper
from storyforge.runner import Event
from storyforge.story import Character, Story
from storyforge.tasks import Speak
from tests.films import render, settings_for
from tests.toy_voice import make_voice

Film = Callable[[str], Counter[str]]

CAST = """\
pace: 30
cast:
  mira: {looks: a small girl with black pigtails and a yellow raincoat, pronouns: she, pronounce: MEE-ra}
  bruno: {looks: a big brown bear with a green scarf, pronouns: he}
"""
FIRST = f"title: The Mitten\n{CAST}story: |\n  Mira walked far. “Here I am!” said Bruno. She laughed. She laughed.\n"
SECOND = f"title: The Cap\n{CAST}story: |\n  It rained. “Here I am!” said Bruno. Mira walked far. She laughed.\n"
CARDS = 2  # the title card says the title, the end card The End


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """film(text) -> how many of its lines were spoken, and how many kept; all films share a store."""

    def made(text: str) -> Counter[str]:
        path = tmp_path / f"{text.split()[2].lower()}.yaml"
        path.write_text(text, "utf-8")
        events: list[Event] = []
        render(path, settings_for(tmp_path), events)
        return Counter(event.kind for event in events if event.stage == "speak" and event.kind in ("made", "kept"))

    return made


def test_another_story_speaks_only_what_no_story_has_said_yet(film: Film) -> None:
    first = film(FIRST)
    assert first["made"] == 4 + CARDS and first["kept"] == 1  # she laughed twice
    second = film(SECOND)
    assert second["made"] == 2 and second["kept"] == 5  # its title and the rain are new
    assert film(FIRST) == Counter(kept=5 + CARDS)


def test_another_voice_or_pronunciation_speaks_its_own_lines_again_and_no_others(film: Film) -> None:
    film(SECOND)
    assert film(SECOND.replace("scarf,", "scarf, voice: {pitch: -3},"))["made"] == 1
    assert film(SECOND.replace("MEE-ra", "MY-ra"))["made"] == 1
    assert film(SECOND.replace("yellow", "red"))["made"] == 0


@pytest.mark.parametrize("narrator", [Espeak(), Piper(), HttpSpeech(model="kokoro")], ids=lambda each: each.name)
def test_the_key_of_a_line_holds_all_that_is_heard_and_nothing_else(narrator: Espeak | Piper | HttpSpeech) -> None:
    def key(text: str = "Wait!", language: str = "en", said: str = "", pace: float = 1.0, speaker: int = 0) -> str:
        voice = Voice(name="one", pace=pace, speaker=speaker)
        lexicon = {"Wait": said} if said else {}
        return Speak(text=text, voice=voice, language=language, lexicon=lexicon, narrator=narrator).key

    assert key() == key()
    keys = [key(), key(text="Wait."), key(language="de"), key(said="/weɪt/"), key(pace=0.9), key(speaker=1)]
    assert len(set(keys)) == len(keys)


def test_a_voice_speaks_nothing_again_because_it_is_called_by_its_path_or_lies_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_voice(Path("voices"), speakers=2)
    (Path("voices/mine.onnx")).write_bytes(Path("voices/en_US-toy-low.onnx").read_bytes())
    (Path("voices/mine.onnx.json")).write_bytes(Path("voices/en_US-toy-low.onnx.json").read_bytes())

    def keys(voice: str, speaker: int = 0) -> tuple[str, str]:
        people = {"pip": Character(voice={"piper": voice, "speaker": speaker})}
        narrator = Piper(voice=voice, speaker=speaker)
        cast = narrator.cast_voices(Story(title="A", story="B", cast=people), ("pip",), {})
        spoken = [
            Speak(text="Wait!", voice=cast[who], language="en", lexicon={}, narrator=narrator) for who in ("", "pip")
        ]
        return spoken[0].key, spoken[1].key

    by_name = keys("en_US-toy-low")
    assert by_name[0] == by_name[1] and len({*by_name, *keys("en_US-toy-low", speaker=1)}) == 2
    assert keys("voices/en_US-toy-low.onnx") == keys(str(tmp_path / "voices/mine.onnx")) == keys("mine") == by_name
    make_voice(Path("voices"), speakers=2, hop_length=300)
    assert keys("en_US-toy-low") != by_name
