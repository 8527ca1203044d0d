from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyforge.quotes import quote_spans
from storyforge.sentences import LONGEST, clauses, lines, sentences

LANGUAGES = ("en", "de", "fr", "es", "it", "ru", "zh", "ja", "hi", "pt-BR", "xx")

# Each sentence as one string; joined by a space (nothing in zh and ja) they are the text.
CASES = [
    ("en", ['"Run!" said Eevee.', '"Now!"']),
    ("en", ["“Where are you?” asked Mia.", "“I can’t see you!”"]),
    ("en", ["'Run!' said Eevee.", "'Now!'"]),
    ("en", ["Mr. Fox met Dr. Owl at 5 p.m.", "They had tea."]),
    ("en", ['"Go away!" he cried.', "She laughed.", '"Never!" she said, "not ever."']),
    ("en", ["It cost $3.50.", "That's a lot!"]),
    ("en", ['She whispered, "Is it safe?" and hid.', "Nobody came."]),
    ("en", ["“Climb on!” the old turtle called.", "He held very still."]),
    ("en", ["J. R. R. Tolkien wrote it in the U.S. in 1937.", "It sold well."]),
    ("de", ["„Lauf!“, rief Evoli.", "„Jetzt!“", "Am 3. Mai kam Dr. Bär z. B. zu Besuch."]),
    ("de", ["»Wer da?«, fragte der Igel.", "Niemand war da."]),
    ("fr", ["« Cours ! » dit Évoli.", "« Maintenant ! »", "M. Ours rit."]),
    ("es", ["—¡Corre! —dijo Eevee—.", "¡Ahora!", "¿Dónde estás?"]),
    ("it", ["«Corri!» gridò Eevee.", "«Subito!»"]),
    ("ru", ["— Беги! — сказала Иви.", "— Сейчас же!"]),
    ("zh", ["“快跑！”伊布说。", "“现在就跑！”", "他们跑了。"]),
    ("ja", ["「逃げて！」とイーブイは言った。", "「今すぐ！」", "みんな走った。"]),
    ("hi", ["वह भागी।", '"रुको!" उसने कहा।']),
]


@pytest.mark.parametrize(("language", "expected"), CASES)
def test_a_quote_keeps_its_tag(language: str, expected: list[str]) -> None:
    text = ("" if language in ("zh", "ja") else " ").join(expected)
    assert [each.strip() for each in sentences(text, language)] == expected


def test_text_wrapped_by_hand_is_not_cut_at_line_ends() -> None:
    text = "The little boat that nobody had ever wanted rocked\nsoftly on the green water of the pond.\nIt slept."
    assert len(sentences(text, "en")) == 2


def test_verses_and_headings_end_with_their_line() -> None:
    assert len(sentences("Chapter One\nThe fox woke up.", "en")) == 2
    assert len(sentences("Hush, little star\nClose your eyes\nThe night is warm.", "en")) == 3


anything = st.text(st.characters(codec="utf-8"), max_size=120)
story_like = st.lists(
    st.sampled_from(
        "“Run!”| said Mia|. |! |\n\n|'Tis |the dogs' |\"|« | »|„|“|—| — |Eevee|\n|「走れ」|と|…|🦊| |; |, ".split("|")
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(anything | story_like, st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_the_joined_sentences_are_the_text(text: str, language: str) -> None:
    found = sentences(text, language)
    assert "".join(found) == text
    assert all(each.strip() for each in found) or len(found) == 1


@given(anything | story_like, st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_every_character_but_white_space_is_in_exactly_one_line(text: str, language: str) -> None:
    position = 0
    for line in lines(text, language, ("mia", "bo", "mia")):
        assert text[line.start : line.start + len(line.text)] == line.text == line.text.strip() != ""
        assert not text[position : line.start].strip()
        position = line.start + len(line.text)
    assert not text[position:].strip()


def test_half_an_emoji_does_not_stop_the_cut() -> None:
    assert "".join(sentences("Hello \ud83d there. Bye.", "en")) == "Hello \ud83d there. Bye."


@pytest.mark.parametrize(
    ("language", "text", "quotes"),
    [
        ("en", "“Run!” said Eevee. “Now, or I’ll cry!”", ["“Run!”", "“Now, or I’ll cry!”"]),
        ("en", '"Run," said Eevee. "I can\'t!"', ['"Run,"', '"I can\'t!"']),
        ("en", "‘I can’t see,’ said Mia’s dog. ‘It’s the dogs’ ball!’", ["‘I can’t see,’", "‘It’s the dogs’ ball!’"]),
        ("en", "'Don't!' said Bo. 'Tis the boys' hut, isn't it?", ["'Don't!'"]),
        ("en", "She told him, “Grandpa said ‘Never!’ to me,” and sighed.", ["“Grandpa said ‘Never!’ to me,”"]),
        ("en", "The “magic” door was shut, and rock 'n' roll played.", []),
        ("en", "“I came,” he said, “for you.\n\n“And I stay.”", ["“I came,”", "“for you.", "“And I stay.”"]),
        ("en", "and run away!” cried Mia. “Yes!”", ["and run away!”", "“Yes!”"]),
        ("de", "„Komm“, sagte Bär, „es ist spät.“ Er gähnte.", ["„Komm“", "„es ist spät.“"]),
        ("de", "»Komm!«, sagte Bär.", ["»Komm!«"]),
        ("de", "‚Wer da?‘, fragte sie.", ["‚Wer da?‘"]),
        ("fr", "« Viens ! » dit l’ours. Il dit : « L’eau est bonne. »", ["« Viens ! »", "« L’eau est bonne. »"]),
        ("es", "—¡Corre! —dijo Eevee—. ¡Ahora!", ["—¡Corre! ", "—. ¡Ahora!"]),
        ("ru", "— Беги! — сказала Иви. — Сейчас же!", ["— Беги! ", "— Сейчас же!"]),
        ("es", "—Ven —susurró Mira—. Es tarde.", ["—Ven ", "—. Es tarde."]),
        ("es", "—Ven. —Mira cerró la puerta—. Es tarde.", ["—Ven. ", "—. Es tarde."]),
        ("es", "—Mi hermano —el mayor— viene —dijo Mira—.", ["—Mi hermano —el mayor— viene "]),
        ("pl", "— Chodź — szepnęła Mira. — Jest późno.", ["— Chodź ", "— Jest późno."]),
        ("pt", "— Vem — sussurrou Mira —, é tarde.", ["— Vem ", "—, é tarde."]),
        ("fr", "— Non, dit Bruno.\n— Si ! cria la petite souris.", ["— Non, ", "— Si ! "]),
        ("fr", "— Viens, mon petit Bruno, lui dit doucement Mira.", ["— Viens, mon petit Bruno, "]),
        ("fr", "— Non, dit l’ours. Je reste ici.", ["— Non, ", "Je reste ici."]),
        ("fr", "— Non, dit l’ours, les yeux fermés. Il partit.", ["— Non, "]),
        ("fr", "— Viens, s’écria-t-elle, il est tard.", ["— Viens, ", "il est tard."]),
        ("fr", "— Va, demande-lui, crie plus fort.", ["— Va, demande-lui, crie plus fort."]),
        ("zh", "他说：“快跑！”她笑了。", ["“快跑！”"]),
        ("ja", "「逃げて」とイーブイは言った。", ["「逃げて」"]),
    ],
)  # fmt: skip
def test_quotes_of_every_style_are_found(language: str, text: str, quotes: list[str]) -> None:
    assert [text[start:end] for start, end in quote_spans(text)] == quotes


def test_a_line_has_one_speaker_and_knows_its_pause() -> None:
    text = "“Run! It comes!” said Eevee. “Now!”\n\nThey ran. "
    found = [(line.text, line.speaker, line.after) for line in lines(text, "en", ("eevee", "eevee"))]
    assert found == [
        ("“Run!", "eevee", "sentence"),
        ("It comes!”", "eevee", "piece"),
        ("said Eevee.", "", "sentence"),
        ("“Now!”", "eevee", "paragraph"),
        ("They ran.", "", "sentence"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("de", "„Komm“, flüsterte Bruno.", ["„Komm“,", "flüsterte Bruno."]),
        ("de", "»Komm!«, sagte Bär, »es ist spät.«", ["»Komm!«,", "sagte Bär,", "»es ist spät.«"]),
        ("de", "‚Wer da?‘, fragte sie.", ["‚Wer da?‘,", "fragte sie."]),
        ("en", "“Come along, little one”, said Bruno.", ["“Come along, little one”,", "said Bruno."]),
        ("en", "‘Come here!’, said Bruno.", ["‘Come here!’,", "said Bruno."]),
        ("en", "“Come along,” said Bruno.", ["“Come along,”", "said Bruno."]),
        ("en", '"Come here!", said Bruno.', ['"Come here!",', "said Bruno."]),
        ("fr", "« Viens ! », dit l’ours.", ["« Viens ! »,", "dit l’ours."]),
        ("es", "«¡Corre!», dijo Eevee.", ["«¡Corre!»,", "dijo Eevee."]),
        ("es", "—¡Corre! —dijo Eevee—. ¡Ahora!", ["—¡Corre!", "—dijo Eevee—.", "¡Ahora!"]),
        ("ru", "— Беги! — сказала Иви. — Сейчас же!", ["— Беги!", "— сказала Иви.", "— Сейчас же!"]),
        ("zh", "“快跑”，她说。", ["“快跑”，", "她说。"]),
    ],
)  # fmt: skip
def test_no_line_begins_with_the_comma_behind_a_quote(language: str, text: str, shown: list[str]) -> None:
    found = lines(text, language, ("mia", "mia"))
    assert [line.text for line in found] == shown
    assert all(text[line.start : line.start + len(line.text)] == line.text for line in found)
    assert [line.speaker for line in found] == ["" if number % 2 else "mia" for number in range(len(shown))]


def test_a_quote_without_a_speaker_is_the_narrators() -> None:
    assert {line.speaker for line in lines("“Yes!” “No!”", "en", ())} == {""}


def test_what_cannot_be_said_goes_with_its_neighbour() -> None:
    found = lines("He ran! 🦊\n\n* * *\n\nThe end.", "en", ())
    assert [line.text for line in found] == ["He ran! 🦊\n\n* * *", "The end."]
    assert [line.text for line in lines(" 🦊 🎉 ", "en", ())] == ["🦊 🎉"]
    assert lines(" \n ", "en", ()) == ()


def test_long_sentences_are_cut_at_clauses() -> None:
    text = "The boat sailed on, past the rocks and the seals and the old grey tower; " * 12 + "then it slept."
    found = lines(text, "en", ())
    assert max(len(line.text) for line in found) <= LONGEST
    assert all(line.after == "piece" for line in found[:-1]) and all(line.text[-1] in ";." for line in found)
    assert "".join(clauses(text, 100)) == text


def test_an_endless_line_of_dashes_is_read_in_a_moment() -> None:
    started = time.process_time()
    assert len(quote_spans("— Oui " + "— Non, dit Bruno, je viens, " * 5000)) == 5001
    assert len(quote_spans("—Ven " + "—dijo Mira —ven " * 5000)) == 5001
    assert time.process_time() - started < 4


def test_a_novel_is_cut_in_a_moment() -> None:
    text = "“Where is the boat, Mr. Otter?” asked Mia. It can't be far; 'tis only a pond. " * 4000
    started = time.process_time()
    assert len(lines(text, "en", ())) == 12000
    assert time.process_time() - started < 8
