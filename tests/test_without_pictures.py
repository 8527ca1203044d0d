"""A story none of whose pictures could be made is told with title cards, and says so; the next run tries again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyforge.errors import ScenesFailed
from storyforge.film import BARE_FILM
from storyforge.runner import Event
from tests.films import SMALL, described, frame_times, made, render, settings_for

STORY = """\
title: The Lost Mitten
scenes:
  - {text: At dawn Mira looked for her mitten., title: At dawn, picture: one.png}
  - {text: And there it was on the bear., title: Found, picture: two.png}
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    for name in ("one.png", "two.png"):
        (tmp_path / name).write_bytes(f"{name} is no picture".encode())
    path = tmp_path / "mitten.yaml"
    path.write_text(STORY, "utf-8")
    return path


def failed(story: Path, events: list[Event] | None = None) -> ScenesFailed:
    with pytest.raises(ScenesFailed) as caught:
        render(story, settings_for(story.parent), events)
    return caught.value


def test_the_film_tells_it_with_title_cards_and_says_so_and_why(story: Path) -> None:
    events: list[Event] = []
    error = failed(story, events)
    film = story.parent / f"output/mitten/{BARE_FILM}.mp4"
    assert str(film) in error.cause and error.exit_code == 6
    assert [where for where, _ in error.failures] == ["scene 1", "scene 2"]
    assert "one.png" in str(error) and "two.png" in str(error)
    assert any("title cards" in event.text for event in events if event.kind == "note")
    assert frame_times(film) == list(range(len(frame_times(film)))) and len(frame_times(film)) > 4 * SMALL["fps"]  # type: ignore[operator]
    assert all(title in described(film) for title in ("At dawn", "Found", "The End"))
    assert film.with_suffix(".srt").read_text("utf-8").count("-->") >= 2


def test_no_card_is_taken_for_a_picture_of_the_story(story: Path) -> None:
    failed(story)
    assert not (story.parent / "output/mitten/film.mp4").exists()
    assert not list((story.parent / "output/mitten").glob("pictures/*"))


def test_the_next_run_makes_nothing_but_what_failed_and_with_pictures_the_film_takes_its_place(story: Path) -> None:
    failed(story)
    events: list[Event] = []
    failed(story, events)
    assert made(events) == {}
    for name in ("one.png", "two.png"):
        noise = np.random.default_rng(1).integers(0, 255, (90, 160, 3)).astype(np.uint8)
        Image.fromarray(noise).save(story.with_name(name))
    film = render(story, settings_for(story.parent))
    assert film.path.name == "film.mp4" and film.path.exists()
    assert not list(film.path.parent.glob(f"{BARE_FILM}*"))


def test_a_film_that_is_there_stays_when_no_picture_of_its_new_scenes_can_be_made(story: Path) -> None:
    for name in ("one.png", "two.png"):
        Image.new("RGB", (160, 90), "navy").save(story.with_name(name))
    before = render(story, settings_for(story.parent)).path.read_bytes()
    for name in ("one.png", "two.png"):
        story.with_name(name).write_bytes(b"no picture any more")
    failed(story)
    assert (story.parent / "output/mitten/film.mp4").read_bytes() == before


def test_one_picture_that_can_be_made_is_waited_for(story: Path) -> None:
    """A film with one hole is soon whole: no other is made of it."""
    Image.new("RGB", (160, 90), "navy").save(story.with_name("one.png"))
    error = failed(story)
    assert [where for where, _ in error.failures] == ["scene 2"]
    assert not (story.parent / f"output/mitten/{BARE_FILM}.mp4").exists()
