"""The places of the paper theatre: every one builds in every light, looks the same again, and differs by its seed."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import cycle
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.illustration.paper.light import light_for
from storyforge.illustration.paper.places import PLACES, build, nearest
from storyforge.illustration.paper.stage import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, Stage
from storyforge.storyboard import MOODS, TIMES, WEATHERS
from storyforge.storyboard import PLACES as PLACE_WORDS

SEASONS = ("", "spring", "autumn", "winter")


def staged(place: str, time: str = "day", weather: str = "clear", seed: int = 7, **options: object) -> Stage:
    stage = Stage(light_for(place, time, weather), seed, weather=weather, **options)  # type: ignore[arg-type]
    build(place, stage)
    return stage


def fingerprint(stage: Stage) -> str:
    return blake2b(repr((stage.sheets, stage.front)).encode()).hexdigest()


def every_pair() -> list[tuple[str, str, str, str]]:
    """(place, time, weather, season) so that each place meets each time and each weather once at least."""
    seasons, rounds = cycle(SEASONS), []
    for i, place in enumerate(PLACE_WORDS):
        for k, weather in enumerate(WEATHERS):
            rounds.append((place, TIMES[(i + k) % len(TIMES)], weather, next(seasons)))
    return rounds


def test_the_theatre_has_every_place_of_the_storyboard() -> None:
    assert list(PLACES) == PLACE_WORDS


@pytest.mark.parametrize("place", PLACE_WORDS)
def test_a_place_builds_at_every_time_in_every_weather_and_season(place: str) -> None:
    for _, time, weather, season in (case for case in every_pair() if case[0] == place):
        stage = staged(place, time, weather, season=season, actors_x=(0.29, 0.70), props=("portal", "boat", "bed"))
        assert len(stage.sheets) >= 5
        for sheet in (*stage.sheets, *stage.front):
            assert "nan" not in sheet.svg and "inf" not in sheet.svg
            ElementTree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{sheet.svg}</svg>')


@pytest.mark.parametrize("place", PLACE_WORDS)
def test_sheets_come_from_far_to_near_and_feet_stand_inside_the_frame(place: str) -> None:
    stage = staged(place, "night")
    for sheets in (stage.sheets, stage.front):
        depths = [sheet.depth for sheet in sheets]
        assert depths == sorted(depths)
        assert all(0 <= depth <= 1 for depth in depths)
    heights = [stage.ground(x) for x in range(LEFT, RIGHT, 40)]
    assert all(HEIGHT * 0.75 < y < HEIGHT * 0.97 for y in heights)
    assert max(heights) - min(heights) < 120


@pytest.mark.parametrize("place", PLACE_WORDS)
def test_the_farthest_sheet_covers_the_whole_canvas(place: str) -> None:
    backmost = staged(place, "dusk", "rain").sheets[0]
    assert f"M{LEFT} {TOP}H{RIGHT}" in backmost.svg
    assert f"V{BOTTOM}" in backmost.svg


def test_the_same_seed_gives_the_same_bytes_on_another_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        there = list(threads.map(lambda place: fingerprint(staged(place, "dusk")), PLACE_WORDS))
    assert there == [fingerprint(staged(place, "dusk")) for place in PLACE_WORDS]


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "from tests.test_places import *\n"
        "print(','.join(fingerprint(staged(place, 'night', 'snow')) for place in PLACE_WORDS))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert there.split(",") == [fingerprint(staged(place, "night", "snow")) for place in PLACE_WORDS]


@pytest.mark.parametrize("place", PLACE_WORDS)
def test_another_seed_moves_things(place: str) -> None:
    looks = {fingerprint(staged(place, seed=seed)) for seed in range(2)}
    assert len(looks) == 2


def test_the_big_thing_stands_on_the_third_that_is_freest() -> None:
    def thirds(*actors: float) -> set[float]:
        light = light_for("meadow", "day")
        return {round(Stage(light, seed, actors_x=actors).focus / 1920, 1) for seed in range(9)}

    assert thirds(0.3) == {0.7}
    assert thirds(0.75) == {0.3}
    assert thirds(0.29, 0.70) == {0.5}
    assert thirds() <= {0.3, 0.5, 0.7}
    assert len(thirds()) > 1


def test_night_is_told_by_the_light_but_never_black() -> None:
    for place in PLACE_WORDS:
        light = light_for(place, "night")
        assert light.haze.L > 0.34
        assert 0.13 <= light.ink.L < 0.3


def test_snow_stays_bright_by_night() -> None:
    assert staged("snow", "night").color("snow").L > 0.70


def test_winter_snows_on_grass_and_roofs() -> None:
    light = light_for("village", "day")
    summer, winter = Stage(light, 1), Stage(light, 1, season="winter")
    assert winter.color("grass").L > summer.color("grass").L + 0.15
    assert winter.color("roof").L > summer.color("roof").L + 0.15
    assert Stage(light, 1, weather="blizzard").color("grass") == winter.color("grass")


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("forest", "forest"),
        ("Wald", "forest"),
        ("the old oak forest", "forest"),
        ("HÖHLE", "cave"),
        ("crystal cave", "cave"),
        ("Schloss", "castle"),
        ("river", "beach"),
        ("birthday party", "festival"),
        ("under_the_sea underwater", "ocean"),
        ("qwertz", "meadow"),
        ("", "meadow"),
    ],
)
def test_other_words_lead_to_the_nearest_place(word: str, place: str) -> None:
    assert nearest(word) == place


@settings(max_examples=30, deadline=None)
@given(
    word=st.one_of(st.text(max_size=20), st.sampled_from(PLACE_WORDS)),
    time=st.one_of(st.text(max_size=8), st.sampled_from(TIMES)),
    weather=st.one_of(st.text(max_size=8), st.sampled_from(WEATHERS)),
    mood=st.one_of(st.text(max_size=8), st.sampled_from(MOODS)),
    season=st.one_of(st.text(max_size=8), st.sampled_from(SEASONS)),
    seed=st.integers(0, 2**63 - 1),
    actors=st.lists(st.floats(0, 1), max_size=5),
)
def test_no_words_and_no_seed_make_a_place_fail(
    word: str, time: str, weather: str, mood: str, season: str, seed: int, actors: list[float]
) -> None:
    light = light_for(word, time, weather, mood)
    stage = Stage(light, seed, weather=weather, season=season, actors_x=actors, props=(word, mood))
    build(word, stage)
    assert 0 <= stage.focus <= 1920
    assert stage.sheets


@pytest.mark.parametrize("place", ["meadow", "beach", "castle", "village", "mountain", "desert"])
def test_a_place_is_recognised_at_another_time_of_day(place: str) -> None:
    fleeting = {"stars", "hung stars", "orb", "grasses", "branches", "fireworks"}
    by_day, by_night = (staged(place, time) for time in ("day", "night"))
    assert {s.name for s in by_day.sheets} - fleeting == {s.name for s in by_night.sheets} - fleeting
    assert [by_day.ground(x) for x in range(0, 1920, 100)] == [by_night.ground(x) for x in range(0, 1920, 100)]
