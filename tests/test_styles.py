"""Styles by name: what a story may write, what the illustrator reads of it, and what `storyforge styles` shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.cli import main
from storyforge.commands.styles import workflows_called
from storyforge.errors import BadStory, UnknownName
from storyforge.settings import load_settings
from storyforge.story import Lora, NamedStyle, Style
from storyforge.story_file import load_story
from storyforge.styles import all_styles, named_style, resolved, shipped
from tests.conftest import ROOT

COMIC = shipped()["comic"]
NIGHT = NamedStyle(prompt="ink on black paper", palette=("silver", "deep blue"), negative="daylight", music="a celesta")


def style_of(write: Any, style: str, more: str = "", styles: Mapping[str, NamedStyle] = {}) -> Style:
    """The style of a story as the illustrator gets it."""
    return load_story(write("s.yaml", f"title: T\nstyle: {style}\nstory: Once.\n{more}"), styles=styles).story.style


def ending(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    return caught.value.code if isinstance(caught.value.code, int) else 0


# ---- what a story may write


def test_a_name_stands_for_the_styles_words_and_colours(write: Any) -> None:
    style = style_of(write, "comic")
    assert style.prompt == f"{COMIC.prompt}, a palette of strong primary colours and deep blacks"
    assert (style.name, style.negative) == ("comic", COMIC.negative)


def test_words_of_ones_own_follow_the_named_styles(write: Any) -> None:
    style = style_of(write, "storybook watercolour, warm light, foggy")
    named = shipped()["storybook watercolour"]
    assert style.prompt.startswith(named.prompt)
    assert style.prompt.endswith("dusty rose, warm light, foggy")


def test_a_style_in_fields_keeps_its_loras_and_joins_what_is_not_wanted(write: Any) -> None:
    style = style_of(write, "{name: Comic, prompt: night colours, negative: fog, loras: [{file: ink.safetensors}]}")
    assert style.name == "comic"
    assert style.prompt.endswith("deep blacks, night colours")
    assert style.negative == f"{COMIC.negative}, fog"
    assert style.loras == (Lora(file="ink.safetensors"),)


SPELLINGS = [
    "paper cut-out, dim light",
    "Paper Cut-Out,dim light",
    "paper cutout, dim  light",
    "papercutout ,dim light,",
    "'paper_cut‑out, dim light.'",
    "paper cut-out，dim light",
    "{name: PAPER CUT-OUT, prompt: dim light}",
    "{prompt: 'paper cut-out, dim light'}",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_it_is_spelled_it_is_the_same_style(write: Any, spelling: str) -> None:
    assert style_of(write, spelling) == style_of(write, SPELLINGS[0])


def test_american_spelling_is_welcome(write: Any) -> None:
    assert style_of(write, "Storybook Watercolor").name == "storybook watercolour"


@pytest.mark.parametrize(
    "words", ["watercolour", "a comic", "comics, loud", "comic. Night", "Bilderbuch, warmes Licht", " , ", "-", "''"]
)
def test_words_that_begin_with_no_name_stay_as_they_are(write: Any, words: str) -> None:
    style = style_of(write, f'"{words}"')
    assert style == Style(prompt=words)


def test_the_longest_name_is_meant(write: Any) -> None:
    own = {"night, silver": NIGHT, "night": NamedStyle(prompt="dark")}
    assert (
        style_of(write, "night, silver, wet", styles=own).prompt
        == "ink on black paper, a palette of silver and deep blue, wet"
    )
    assert style_of(write, "night, gold", styles=own).prompt == "dark, gold"


def test_a_name_that_is_not_there_is_a_mistake_with_its_line(write: Any) -> None:
    path = write("s.yaml", "title: T\nstyle:\n  prompt: dim\n  name: comik\nstory: Once.\nseed: 1\n")
    with pytest.raises(BadStory) as caught:
        load_story(path)
    [told] = caught.value.mistakes
    assert told.endswith("s.yaml:4: style.name – there is no style 'comik' – did you mean `comic`?")


def test_a_name_like_no_other_is_told_where_the_names_are(write: Any) -> None:
    with pytest.raises(BadStory, match="`storyforge styles` lists"):
        style_of(write, "{name: qqqqqq}")


# ---- styles of one's own


def test_the_storys_own_style_counts_before_the_settings_and_that_before_the_shipped(write: Any) -> None:
    own = "styles: {Comic: {prompt: my own comic}}\n"
    assert style_of(write, "comic").prompt.startswith(COMIC.prompt)
    assert style_of(write, "comic", styles={"comic": NIGHT}).prompt.startswith("ink on black paper")
    assert style_of(write, "comic", own, styles={"comic": NIGHT}) == Style(name="Comic", prompt="my own comic")


def test_a_style_in_the_settings_file_is_there_for_every_story(write: Any) -> None:
    settings = load_settings(
        {"height": 144}, write("storyforge.yaml", "styles: {bed time: {prompt: dim, palette: [blue]}}\n")
    )
    path = write("s.yaml", "title: T\nstyle: Bed Time, stars\nstory: Once.\n")
    assert load_story(path, styles=settings.styles).story.style.prompt == "dim, a palette of blue, stars"


def test_a_slip_in_a_style_of_ones_own_is_told_with_its_line(write: Any) -> None:
    path = write("s.yaml", "title: T\nstory: Once.\nstyles:\n  dream:\n    prompt: dim\n    palete: [blue]\n")
    with pytest.raises(BadStory, match=r"s\.yaml:6: styles\.dream\.palete – .* did you mean `palette`"):
        load_story(path)


def test_music_and_colours_are_found_by_the_name_that_a_story_has_resolved_to(write: Any) -> None:
    story = load_story(write("s.yaml", "title: T\nstyle: Night\nstory: Once.\n"), styles={"night": NIGHT}).story
    assert named_style(story.style.name, story.styles, {"night": NIGHT}) == NIGHT
    assert named_style("FELT", story.styles) == shipped()["felt"]
    assert named_style("", story.styles) is None


@given(st.sampled_from(sorted(shipped())), st.text(), st.sampled_from([str.upper, str.title, str.lower, str]))
def test_whatever_follows_a_name_the_styles_own_words_come_first(name: str, words: str, spell: Any) -> None:
    style = resolved(Style(prompt=f"{spell(name)},{words}"), shipped())
    assert style.name == name
    assert style.prompt.startswith(f"{shipped()[name].prompt}, a palette of ")
    assert style == resolved(Style(name=name, prompt=words), shipped())


@given(st.dictionaries(st.text(), st.just(NIGHT), max_size=3), st.text())
def test_any_name_and_any_words_make_a_style(own: dict[str, NamedStyle], words: str) -> None:
    styles = all_styles(own)
    assert resolved(Style(prompt=words), styles).prompt or not words
    for name in own:
        try:
            assert resolved(Style(name=name), styles).prompt if name else True
        except UnknownName as error:
            pytest.fail(str(error))


# ---- those that ship


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_style_tells_all_that_there_is_to_tell(name: str) -> None:
    style = shipped()[name]
    assert all((style.prompt, style.negative, style.palette, style.models, style.music, style.about))
    assert len(resolved(Style(name=name), shipped()).prompt.split()) <= 32, (
        "the scene must have room in CLIP's 77 tokens"
    )
    phrases = (style.prompt, style.negative, *style.palette, style.music, style.about)
    assert all(phrase == phrase.strip(" ,.") and "\n" not in phrase for phrase in phrases)
    assert not {"no", "not", "without"} & set(style.prompt.split()), "a model draws what it reads"


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_workflows_that_fit_a_shipped_style_are_shipped_too(name: str) -> None:
    assert [model for model in shipped()[name].models if not workflows_called(model)] == []


def test_the_styles_that_were_promised_are_there() -> None:
    wanted = {"storybook watercolour", "paper cut-out", "comic", "anime", "oil painting", "pixel art", "photo"}
    assert wanted | {"Moebius-like line"} <= set(shipped())


def test_the_sample_stories_keep_their_own_words() -> None:
    styles = {path.stem: load_story(path).story.style for path in (ROOT / "stories").glob("*.yaml")}
    assert styles["eevee-saga"].name == "storybook watercolour"
    assert styles["eevee-saga"].prompt.endswith("dusty rose, warm light, soft paper texture")
    assert styles["the-moons-lost-mitten"] == Style(prompt="soft gouache, moonlight blue and candle yellow, cosy")


# ---- the command


def test_the_command_lists_all_and_says_which_are_yours(write: Any, capsys: Any) -> None:
    settings = write("storyforge.yaml", "styles: {bed time: {prompt: dim, about: For sleepy people}}\n")
    story = write("s.yaml", "title: T\nstory: Once.\nstyles: {dream: {prompt: hazy}}\n")
    assert ending("styles", "--settings", str(settings), "--story", str(story)) == 0
    told = capsys.readouterr().out
    assert "yours: For sleepy people" in told
    assert "yours: hazy" in told
    assert told.index("dream") < told.index("bed time") < told.index("storybook watercolour")


def test_the_command_tells_all_about_one(write: Any, capsys: Any) -> None:
    settings = write("storyforge.yaml", "styles: {dream: {prompt: hazy, models: [z-image, my-own]}}\n")
    assert ending("styles", "Felt") == 0
    told = capsys.readouterr().out
    felt = shipped()["felt"]
    assert all(each in told for each in (felt.about, felt.prompt, felt.negative, felt.music, *felt.palette))
    assert "✓ z-image-turbo-aio, z-image-turbo, z-image-base" in told
    assert ending("styles", "dream", "--settings", str(settings)) == 0
    assert "my-own: none of the workflows that ship" in capsys.readouterr().out


def test_the_command_says_what_a_wrong_name_may_have_meant(capsys: Any) -> None:
    assert ending("styles", "comik") == 2
    assert "did you mean `comic`?" in capsys.readouterr().err
