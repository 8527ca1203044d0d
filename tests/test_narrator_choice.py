"""The narrator may be written like a voice of the cast: then it is whoever has that voice."""

from __future__ import annotations

from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from storyforge.backend import Narrator
from storyforge.errors import BadSettings, UnknownName
from storyforge.narration.espeak import Espeak
from storyforge.narration.http_speech import HttpSpeech
from storyforge.narration.piper import Piper
from storyforge.narration.recorded import Recorded
from storyforge.settings import crew_for, load_settings
from storyforge.story_file import json_schema, load_story


def narrator(folder: Path, story: str, ours: str = "", flag: str | None = None) -> Narrator:
    """As the story and the settings file choose it."""
    path = folder / "fox.yaml"
    path.write_text(f"title: Fox\nstory: A fox.\n{story and f'narrator: {story}'}\n")
    ours_at = folder / "storyforge.yaml"
    ours_at.write_text(f"narrator: {ours}\n" if ours else "fps: 30\n")
    flags = {"planner": "rules", "illustrator": "paper", "narrator": flag}
    return crew_for(load_story(path), load_settings({}, ours_at), flags, settle=False).narrator


@pytest.mark.parametrize("where", ["story", "ours"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{voice: en_GB-alba-medium, pace: 0.95}", Piper(voice="en_GB-alba-medium", pace=0.95)),
        (
            "{voice: en_US-libritts_r-medium, speaker: 12, pitch: -2}",
            Piper(voice="en_US-libritts_r-medium", speaker=12, pitch=-2),
        ),
        ("{piper: en_GB-alba-medium, pace: 0.95}", Piper(voice="en_GB-alba-medium", pace=0.95)),
        ("{voice: +f4, pitch: 2}", Espeak(voice="+f4", pitch=2)),
        ("{espeak: +f4, pace: 0.9}", Espeak(voice="+f4", pace=0.9)),
        ("{espeak: {voice: +f4}, pace: 0.9}", Espeak(voice="+f4", pace=0.9)),
        ("{voice: af_sky, pace: 0.9}", HttpSpeech(voice="af_sky", pace=0.9)),
        ("{voice: little girl}", Espeak(voice="little girl")),
        ("{pace: 0.9}", Espeak(pace=0.9)),
    ],
)
def test_a_voice_with_its_settings_is_the_narrator_that_has_it(
    tmp_path: Path, where: str, written: str, meant: Narrator
) -> None:
    assert narrator(tmp_path, *((written,) if where == "story" else ("", written))) == meant
    jsonschema.validate({"title": "Fox", "story": "x", "narrator": {"voice": "+f4", "pace": 0.9}}, json_schema())


def test_a_folder_of_recordings_may_be_named_alone_or_with_who_speaks_the_rest(tmp_path: Path) -> None:
    alone = narrator(tmp_path, "{recorded: me/}")
    assert isinstance(alone, Recorded) and alone.folder == str(tmp_path.resolve() / "me")
    among = narrator(tmp_path, "{recorded: me/, espeak: +f4, pitch: 2}")
    assert isinstance(among, Recorded) and among.fallback == Espeak(voice="+f4", pitch=2)
    other = narrator(tmp_path, "{recorded: {folder: me/, fallback: {voice: +f4, pace: 0.9}}}")
    assert isinstance(other, Recorded) and other.fallback == Espeak(voice="+f4", pace=0.9)


def test_what_the_story_sets_goes_over_what_the_settings_file_does(tmp_path: Path) -> None:
    assert narrator(tmp_path, "{pace: 0.8}", "{voice: +f4, pitch: 1, pace: 0.9}") == Espeak(
        voice="+f4", pitch=1, pace=0.8
    )
    assert narrator(tmp_path, "{voice: +m3}", "{espeak: {pace: 0.8}}") == Espeak(voice="+m3", pace=0.8)
    assert narrator(tmp_path, "{voice: +f4}", flag="piper") == Piper()


def test_a_kind_is_a_voice_of_that_kind_at_the_pitch_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "fox.yaml"

    def sounds(written: str) -> tuple[str, float]:
        found = narrator(tmp_path, written)
        voice = found.cast_voices(load_story(path).story, (), {})[""]
        assert found.check() == ""
        return voice.name, voice.pitch

    plain, deeper = sounds("{voice: old woman}"), sounds("{voice: old woman, pitch: -2}")
    assert plain[0] not in (sounds("auto")[0], "") and deeper == (plain[0], plain[1] - 2)
    assert sounds("{voice: grandpa}")[0] == "+grandpa"


@pytest.mark.parametrize(
    ("written", "error", "told"),
    [
        ("{voise: +f4}", UnknownName, "no narrator called 'voise'"),
        ("{auto: {colour: red}}", BadSettings, "no setting 'colour' – it has: voice, pace, pitch, speaker"),
        ("{voice: +f4, speaker: 3}", BadSettings, "`speaker` is no field"),
        ("{voice: +f44}", UnknownName, r"near it are: \+f4"),
        ("{espeak: +f4, piper: en_GB-alba-medium}", BadSettings, "names 2 back-ends"),
    ],
)
def test_what_is_no_voice_is_refused_with_what_would_be(
    tmp_path: Path, written: str, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        narrator(tmp_path, written)
