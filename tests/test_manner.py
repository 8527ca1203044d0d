"""How lines are said, and the tone of a whole film."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.manner import DELIVERIES, with_manners
from storyforge.narration.casting import kind_of
from storyforge.planning.rules import Rules
from storyforge.sentences import Manner, lines
from storyforge.store import Store
from storyforge.story import Character, Story
from storyforge.storyboard import Actor, Scene
from storyforge.tasks import Plan
from storyforge.telling import BEDTIME, PLAIN
from storyforge.timeline import Pauses
from tests.films import render, settings_for


def manners(text: str, language: str = "en", expression: str = "neutral") -> list[Manner]:
    """How each quote is said."""
    quotes = ("bo",) * 9
    scene = Scene(text=text, quotes=quotes, characters=(Actor(who="bo", expression=expression),))
    return [line.manner for line in with_manners(lines(text, language, quotes), scene, language) if line.speaker]


@pytest.mark.parametrize(
    ("language", "text", "manner"),
    [
        ("en", "“Come here,” whispered Bo.", "whisper"),
        ("en", "“Who is there?” he asked under his breath.", "whisper"),
        ("en", "“Sleep well,” Bo said softly.", "soft"),
        ("en", "“Watch out!” yelled Bo.", "shout"),
        ("en", "Bo shouted at the sea: “Give it back!”", "shout"),
        ("en", "“Hooray!” cried Bo.", "loud"),
        ("en", "“Good morning,” said Bo.", ""),
        ("en", "“Good morning,” said Bo. The wind roared.", ""),
        ("en", "“COME BACK HERE!” said Bo.", "shout"),
        ("de", "„Komm her“, flüsterte Bo.", "whisper"),
        ("de", "„Halt!“, rief Bo leise.", "soft"),
        ("fr", "« Viens », chuchota Bo.", "whisper"),
        ("es", "—¡Corre! —gritó Bo.", "shout"),
        ("it", "«Vieni» sussurrò Bo.", "whisper"),
        ("nl", "“Kom,” fluisterde Bo.", "whisper"),
        ("pl", "„Chodź” — szepnął Bo.", "whisper"),
        ("ru", "«Иди сюда», — прошептал Бо.", "whisper"),
        ("en", "“It is only rain,” said Bo, as thunder rolled far away.", ""),
        ("en", "“Good morning,” she said cheerfully.", ""),
        ("en", "“No,” said Bo. He did not shout.", ""),
        ("en", "“No,” said Bo, who did not shout.", ""),
        ("en", "“No,” he answered without a whisper.", ""),
        ("de", "„Ja“, sagte er lautlos.", ""),
        ("tlh", "“Qapla,” whispered Bo.", ""),
    ],
)
def test_a_quote_is_said_as_the_words_beside_it_tell(language: str, text: str, manner: Manner) -> None:
    assert manners(text, language) == [manner]


def test_the_words_of_one_quote_do_not_tell_of_another() -> None:
    assert manners("“No!” screamed Bo. “Please,” he said.\n\n“Yes,” he whispered.") == ["shout", "", "whisper"]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Mira whispered: “Come.” Bruno shouted: “No!”", ["whisper", "shout"]),
        ("en", "Mira said, “Come.” Bruno shouted, “No!”", ["", "shout"]),
        ("en", "Mira said, “Come,” and Bruno shouted, “No!”", ["", "shout"]),
        ("en", "“Come,” whispered Mira, and Bruno shouted, “No!”", ["whisper", "shout"]),
        ("en", "“Come,” whispered Mira, “it is late.” Bruno shouted, “No!”", ["whisper", "whisper", "shout"]),
        ("en", "When Bo came in, “Come,” she whispered.", ["whisper"]),
        ("de", "Mira flüsterte: „Komm.“ Bruno schrie: „Nein!“", ["whisper", "shout"]),
        ("fr", "Mira chuchota : « Viens. » Bruno hurla : « Non ! »", ["whisper", "shout"]),
        ("es", "Mira susurró: «Ven.» Bruno gritó: «¡No!»", ["whisper", "shout"]),
    ],
)
def test_words_that_lead_to_a_quote_tell_of_that_one(language: str, text: str, told: list[Manner]) -> None:
    assert manners(text, language) == told


def test_a_quote_nothing_is_told_of_is_said_as_its_speaker_feels() -> None:
    assert manners("“Good night.”", expression="sleepy") == ["soft"]
    assert manners("“Give it back!”", expression="angry") == ["loud"]
    assert manners("“Give it back.”", expression="angry") == [""]


def test_the_narrator_speaks_plainly() -> None:
    scene = Scene(text="Bo whispered to the moon. HE WAS ALONE AT LAST.")
    assert {line.manner for line in with_manners(lines(scene.text, "en", ()), scene, "en")} == {""}


@given(st.text(max_size=80))
def test_any_text_keeps_its_lines(text: str) -> None:
    scene = Scene(text=text, quotes=("bo",) * 9)
    plain = lines(text, "en", scene.quotes)
    spoken = with_manners(plain, scene, "en")
    assert [line.model_copy(update={"manner": ""}) for line in spoken] == list(plain)


def test_a_whisper_is_slower_and_softer_and_a_shout_the_other_way_round() -> None:
    order: tuple[Manner, ...] = ("whisper", "soft", "", "loud", "shout")
    assert sorted(order, key=lambda manner: DELIVERIES[manner].level) == list(order)
    assert sorted(order, key=lambda manner: DELIVERIES[manner].pace) == list(order)


def test_at_bedtime_nobody_raises_the_voice_and_all_takes_longer() -> None:
    assert (BEDTIME.manner("shout"), BEDTIME.manner("whisper"), PLAIN.manner("shout")) == ("", "whisper", "shout")
    usual = Pauses()
    longer = BEDTIME.pauses(usual)
    assert longer.paragraph > usual.paragraph and longer.sentence > usual.sentence and longer.least == usual.least
    assert PLAIN.pauses(usual) == usual


QUOTED = "title: A\nstory: “Come here,” whispered Bo. “GIVE IT BACK!” roared Mo.\n"


@pytest.mark.parametrize(
    ("story", "changes", "plain"),
    [("", {}, False), ("manners: true\n", {"bedtime": True}, False), ("", {"manners": False}, True),
     ("manners: false\nbedtime: true\n", {}, True)],
)  # fmt: skip
def test_without_manners_every_quote_is_as_fast_and_as_loud_as_any(
    story: str, changes: dict[str, bool], plain: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(QUOTED + story, "utf-8")
    settings = settings_for(tmp_path, **changes)
    render(path, settings)
    tasks = [record.task for _, record in Store(settings.store_folder).records()]
    levels = {piece["level"] for task in tasks if task["task"] == "Mix" for piece in task["pieces"]}
    paces = {task["voice"]["pace"] for task in tasks if task["task"] == "Speak"}
    assert (levels == {0.0}) is plain
    assert (len(paces) == 1) is plain


def test_how_quotes_are_said_plans_nothing_again() -> None:
    story = Story(title="A", story="B")
    assert Plan.of(story.model_copy(update={"manners": False}), Rules()).key == Plan.of(story, Rules()).key


def test_a_kind_old_wizard_is_no_child_and_a_german_child_is_one() -> None:
    assert kind_of("merlin", Character(looks="a kind old wizard", pronouns="he")) == "old-man"
    assert kind_of("kim", Character(looks="ein fröhliches Kind")) == "child"
