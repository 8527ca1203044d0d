"""In a film of the sample story, the narrator and everybody who speaks are heard, each with a voice of their own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from storyforge.film import FilmMaker
from storyforge.output import output_for
from storyforge.planning.rules import Rules
from storyforge.runner import LocalRunner
from storyforge.settings import crew_for
from storyforge.store import Store
from storyforge.story_file import load_story
from tests.conftest import ROOT
from tests.films import settings_for


def test_the_narrator_and_four_others_have_voices_of_their_own(tmp_path: Path) -> None:
    file = load_story(ROOT / "stories" / "eevee-saga.yaml")
    settings = settings_for(tmp_path, planner="rules", illustrator="paper", narrator="espeak")
    with LocalRunner(Store(settings.store_folder)) as runner:
        film = FilmMaker(
            file,
            Rules().plan(file.story),
            settings,
            crew_for(file, settings, {}),
            runner,
            output_for(settings, file.name),
        )
        said = defaultdict(list)
        for number, shot in enumerate(film.shots):
            for line, task in zip(shot.lines, film.speak_tasks(number), strict=True):
                said[line.speaker].append(task)
    assert "" in said and len(said) >= 5
    tellers = {who: tasks[0].voice for who, tasks in said.items()}
    assert len({(voice.name, voice.pitch) for voice in tellers.values()}) == len(tellers)
    # The name is not all: the same words sound otherwise in each of the voices.
    sounds = [film.narrator.speak("Here I am.", voice, "en", {}).samples for voice in tellers.values()]
    assert all(
        len(one) != len(other) or not np.allclose(one, other, atol=0.01)
        for number, one in enumerate(sounds)
        for other in sounds[:number]
    )
