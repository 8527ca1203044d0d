"""A config whose phonemes a model does not know is told before anybody waits for a film."""

from __future__ import annotations

from pathlib import Path

import pytest
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from storyforge.errors import BackendFailed
from storyforge.narration.piper import Piper
from storyforge.narration.piper_files import find
from storyforge.narration.piper_sounds import sounds_known
from tests.toy_voice import make_voice, tables

KNOWN = len(tables()["lengths"])


@pytest.fixture(autouse=True)
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "voices"


@pytest.mark.parametrize("speakers", [1, 3])
def test_a_model_tells_how_many_phonemes_it_knows(voices: Path, speakers: int) -> None:
    assert sounds_known(make_voice(voices, speakers=speakers)) == KNOWN


def test_a_config_with_phonemes_that_the_model_lacks_is_refused(voices: Path) -> None:
    make_voice(voices, phoneme_id_map={**DEFAULT_PHONEME_ID_MAP, "a": [KNOWN]})
    with pytest.raises(BackendFailed, match=r"json names phonemes that .*onnx does not know: .* – get it again"):
        _ = find("en_US-toy-low").config
    assert "do not belong together" in Piper(voice="en_US-toy-low").check()
    make_voice(voices, phoneme_id_map={**DEFAULT_PHONEME_ID_MAP, "a": [KNOWN - 1]})
    assert find("en_US-toy-low").config


def test_no_phoneme_has_a_number_below_zero(voices: Path) -> None:
    make_voice(voices, phoneme_id_map={**DEFAULT_PHONEME_ID_MAP, "a": [-1]})
    with pytest.raises(BackendFailed, match="phoneme_id_map"):
        _ = find("en_US-toy-low").config


def test_a_model_that_does_not_tell_is_let_be(tmp_path: Path) -> None:
    for content in (b"", b"\0\1\2", b"no model"):
        (tmp_path / "a.onnx").write_bytes(content)
        assert sounds_known(tmp_path / "a.onnx") is None
