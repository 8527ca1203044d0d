"""How much of a story fits into one question: no less than a model can do, no more than it can read."""

from __future__ import annotations

import json

import pytest

from storyforge.errors import BadSettings
from storyforge.planning.chat.answer import schema_for
from storyforge.planning.chat.sizing import INSTRUCTIONS, SCHEMA, answer_tokens, scenes_at_once, tokens_of, window
from storyforge.planning.chat.wording import instructions
from storyforge.story import Character, WrittenScene
from tests.chat_parts import Answers, answer, part, scene, story

WALK = "Mia walked with Bo along road number {} and looked at the wide blue sky above the hills. "
LONG = "".join(WALK.format(n) for n in range(400))
CROWD = {f"fox{n}": Character(looks="a small red fox with a very long scarf and boots") for n in range(200)}

# Tokens counted by the tokenizers of Qwen 2.5 and Llama 3, the more of the two.
COUNTED = {
    "en": (
        37,
        "One winter evening Mia the fox ran down to the frozen river, where the old badger was mending his lantern. "
        "“You are late,” he said, and they both laughed.",
    ),
    "de": (
        50,
        "An einem Winterabend lief die Füchsin Mia zum zugefrorenen Fluss hinunter, wo der alte Dachs seine Laterne "
        "flickte. „Du kommst spät“, sagte er, und beide lachten.",
    ),
    "tr": (
        49,
        "Bir kış akşamı tilki Mia, yaşlı porsuğun fenerini onardığı donmuş nehre doğru koştu. “Geç kaldın,” dedi "
        "porsuk ve ikisi de güldüler.",
    ),
    "pl": (
        65,
        "Pewnego zimowego wieczoru lisica Mia pobiegła nad zamarzniętą rzekę, gdzie stary borsuk naprawiał swoją "
        "latarnię. „Spóźniłaś się”, powiedział, i oboje się roześmiali.",
    ),
    "fi": (
        61,
        "Eräänä talvi-iltana kettu Mia juoksi jäätyneelle joelle, missä vanha mäyrä korjasi lyhtyään. ”Olet "
        "myöhässä”, se sanoi, ja molemmat nauroivat.",
    ),
    "vi": (
        48,
        "Một buổi tối mùa đông, cô cáo Mia chạy xuống dòng sông đóng băng, nơi bác lửng già đang sửa chiếc đèn lồng. "
        "“Cháu đến muộn,” bác nói, và cả hai cùng cười.",
    ),
    "ru": (
        61,
        "Однажды зимним вечером лисица Мия побежала к замёрзшей реке, где старый барсук чинил свой фонарь. «Ты "
        "опоздала», — сказал он, и оба рассмеялись.",
    ),
    "zh": (47, "一个冬天的傍晚，狐狸米娅跑到结冰的河边，老獾正在那里修他的灯笼。“你来晚了，”他说，两个人都笑了。"),
    "hi": (101, "सर्दियों की एक शाम लोमड़ी मिया जमी हुई नदी की ओर दौड़ी, जहाँ बूढ़ा बिज्जू अपनी लालटेन ठीक कर रहा था।"),
}


@pytest.mark.parametrize("language", COUNTED)
def test_no_language_has_more_tokens_than_are_reckoned_with(language: str) -> None:
    counted, text = COUNTED[language]
    assert counted <= tokens_of(text, language) <= 1.7 * counted


def test_the_instructions_and_the_schema_have_the_room_that_they_take() -> None:
    told = max(instructions(10, 20), instructions(10, 20, cut=True), key=len)
    assert tokens_of(told, "en") <= INSTRUCTIONS and len(told) <= 3200  # 805 to 895 tokens at 3147 characters
    assert tokens_of(json.dumps(schema_for(1, 60, ["mia", "bo"]), separators=(",", ":")), "en") <= SCHEMA


def test_an_english_story_has_twenty_scenes_a_part_in_the_usual_context() -> None:
    told = story(LONG, pace=10)
    end = window(told, 0, 8192)
    assert scenes_at_once(told, 0, 8192) >= 20
    assert 19 < end / 130 < 21  # 13 characters a second, 10 seconds a scene


def test_a_prompt_with_all_that_belongs_to_it_and_its_answer_fit_into_the_context() -> None:
    before = None
    people = [{"key": f"k{n}", "name": f"Person {n}", "looks": "an old man with a long grey beard"} for n in range(60)]
    for n in range(0, 60, 4):
        who = [f"k{m}: walk calm" for m in range(n, n + 4)]
        before = part(story("They came."), Answers(answer(scene(1, 1, who=who), people=people[n : n + 4])), before)
    told = story(LONG, pace=10)
    for context in (4096, 8192, 16384):
        ask = Answers("no")
        part(told, ask, before, start=len(WALK) * 20, end=window(told, len(WALK) * 20, context))
        asked = tokens_of(ask.systems[0] + ask.asked[0], "en") + SCHEMA
        assert asked + ask.most[0] <= context


def test_an_answer_may_be_longer_than_usual() -> None:
    assert answer_tokens(20) >= 1.5 * 20 * 100


def test_a_context_that_is_too_small_for_a_story_is_told_with_the_setting_that_helps() -> None:
    for cast, context in ((CROWD, 4096), ({}, 2048)):
        with pytest.raises(BadSettings, match=f"context: {2 * context}"):
            window(story(LONG, cast=cast), 0, context)


def test_a_story_cut_by_hand_into_thousands_of_scenes_is_parted_at_their_ends() -> None:
    told = story(scenes=tuple(WrittenScene(text=f"Mia went through gate {n}.") for n in range(4000)))
    start, parts = 0, 0
    while start < len(told.text):
        start, parts = window(told, start, 8192), parts + 1
        assert told.text[start:].startswith("Mia went through gate") or start == len(told.text)
    assert 150 <= parts <= 250
