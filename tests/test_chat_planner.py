"""Planning by a language model: what is asked, what becomes of wrong answers, and of long stories."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storyforge.backend import Progress, Rewording, section_of
from storyforge.errors import BackendFailed, BadSettings
from storyforge.planning.chat.carrying import State, carried
from storyforge.planning.chat.planner import Chat
from storyforge.planning.chat.question import Reply
from storyforge.planning.chat.scenes import by_rules, ruled
from storyforge.planning.chat.sizing import window
from storyforge.runner import LocalRunner
from storyforge.store import Store
from storyforge.story import Character, Story, WrittenScene
from storyforge.storyboard import Part, Storyboard
from storyforge.tasks import Plan, PlanPart, planned_parts
from tests.chat_director import direct
from tests.fakes import Asked, ChatFail, FakeChat, Model

CAST = {"mia": Character(looks="a small red fox with a blue hat", pronouns="she"), "bo": Character(looks="a badger")}
TALE = "Mia ran into the forest. “Wait!” cried Bo. She did not wait.\n\nAt night they sat by the fire. They slept."


def story(text: str = TALE, **fields: Any) -> Story:
    return Story(title="Test", story=text, **{"cast": CAST, "pace": 5, **fields})


def scene(first: int, last: int, **fields: Any) -> dict[str, Any]:
    given = {"first": first, "last": last, "who": ["mia: run happy"], "seen": "Mia runs", "shot": "wide hold"}
    return {**given, "alt": "A fox runs", **fields}


def answer(*scenes: dict[str, Any], people: tuple[dict[str, str], ...] = ()) -> str:
    return json.dumps({"people": people, "scenes": scenes})


def plan(chat: FakeChat, told: Story | None = None, **settings: Any) -> Storyboard:
    return Chat(url=chat.url, model="toy:8b", **settings).plan(told or story())


def always(*answers: str) -> Callable[[Asked], str]:
    """These answers in turn, the last one for ever."""
    left = list(answers)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


WHOLE = (scene(1, 3, place="forest"), scene(4, 5, time="night"))


# ---- one answer


def test_a_scene_has_what_the_model_decided_and_the_words_of_the_story(chat: FakeChat) -> None:
    decided = scene(1, 3, where="the edge of the old forest", says=["1: bo"], holds=["mia: a lantern"], sound="owls")
    chat.answer = always(answer({**decided, "place": "forest", "mood": "tense"}, scene(4, 5, time="night")))
    first, second = plan(chat).scenes
    assert first.text == TALE[: TALE.index("At night")] and second.text == TALE[TALE.index("At night") :]
    assert (first.place, first.where, first.mood, first.sound) == ("forest", decided["where"], "tense", "owls")
    assert (first.framing, first.camera, first.quotes, first.action) == ("wide", "hold", ("bo",), "Mia runs")
    assert (first.alt, first.characters[0].pose, first.characters[0].holds) == ("A fox runs", "run", "a lantern")


def test_what_a_scene_does_not_say_goes_on_from_the_one_before(chat: FakeChat) -> None:
    first = scene(1, 3, where="an old forest", place="forest", weather="fog", sound="owls", holds=["mia: a lantern"])
    chat.answer = always(answer(first, scene(4, 5, time="night")))
    second = plan(chat).scenes[1]
    assert (second.place, second.where, second.weather, second.sound) == ("forest", "an old forest", "fog", "owls")
    assert second.time == "night" and second.characters[0].holds == "a lantern"


def test_in_another_place_neither_its_words_nor_its_weather_go_on(chat: FakeChat) -> None:
    first = scene(1, 3, where="an old forest", place="forest", weather="fog")
    chat.answer = always(answer(first, scene(4, 5, place="home")))
    second = plan(chat).scenes[1]
    assert (second.place, second.where, second.weather) == ("home", "", "clear")


def test_a_thing_that_is_taken_is_held_by_one_only() -> None:
    assert carried({"mia": "the red mitten", "bo": "a cup"}, {"bo": "a red mitten"}) == {"bo": "a red mitten"}
    assert carried({"mia": "a cup"}, {"mia": ""}) == {}


def test_somebody_new_gets_looks_once_and_keeps_them(chat: FakeChat) -> None:
    owl = {"key": "owl", "name": "the old owl", "looks": "a grey owl with round glasses"}
    chat.answer = always(answer(scene(1, 3, who=["owl: fly calm"]), scene(4, 5, who=["owl: sit calm"]), people=(owl,)))
    board = plan(chat)
    assert board.extras == {"owl": Character(name="the old owl", looks="a grey owl with round glasses")}
    assert [each.characters[0].who for each in board.scenes] == ["owl", "owl"]


def test_the_camera_does_not_move_alike_three_times_running(chat: FakeChat) -> None:
    chat.answer = always(answer(*(scene(n, n, shot="wide drift") for n in range(1, 6))))
    moves = [each.camera for each in plan(chat).scenes]
    assert moves[:2] == ["drift", "drift"] and all(len({*moves[n : n + 3]}) > 1 for n in range(3))


def test_a_pan_goes_with_who_runs_whatever_the_model_says(chat: FakeChat) -> None:
    chat.answer = always(
        answer(scene(1, 3, shot="wide pan-left"), scene(4, 5, who=["mia: sit calm"], shot="wide pan-left"))
    )
    assert [each.camera for each in plan(chat).scenes] == ["pan-right", "pan-left"]


def test_a_scene_that_the_rules_plan_does_not_move_as_the_two_before_it() -> None:
    (scene,) = by_rules(story(), {}, scenes=(WrittenScene(text="Mia sat by the fire."),)).scenes
    before = State(moves=(scene.camera, scene.camera))
    assert ruled(scene, story(), before).camera != scene.camera
    assert ruled(scene, story(), State(moves=(scene.camera, "hold"))).camera == scene.camera
    by_hand = WrittenScene(text="Mia sat by the fire.", camera=scene.camera)
    assert ruled(scene, story(), before, by_hand).camera == scene.camera


def test_the_model_is_told_the_cast_and_the_numbered_sentences_and_no_secrets(
    chat: FakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_KEY", "s3cret")
    chat.answer = direct
    board = plan(chat, key_from="CHAT_KEY")
    [asked] = chat.asked
    assert "- mia = Mia, she: a small red fox" in asked.prompt and "[2] {1}“Wait!” cried Bo." in asked.prompt
    assert asked.headers["authorization"] == "Bearer s3cret"
    assert "s3cret" not in json.dumps(asked.body) + board.model_dump_json()
    assert asked.schema is not None and asked.body["options"]["seed"] == 1


def test_a_key_that_is_not_set_is_told_before_anything_is_asked(chat: FakeChat) -> None:
    with pytest.raises(BadSettings, match="NO_SUCH_KEY"):
        plan(chat, key_from="NO_SUCH_KEY")
    assert chat.hits == []


# ---- wrong answers


def test_only_what_is_missing_is_asked_for_again_with_what_was_wrong(chat: FakeChat) -> None:
    chat.answer = always(answer(WHOLE[0]), answer(WHOLE[1]))
    board = plan(chat, story(TALE + " Snow fell. It was still."))
    again = chat.asked[1].prompt
    assert "Plan sentences 4 to 7." in again and "[3] She did not wait." in again.partition("The story:")[0]
    assert re.search(r"In an earlier answer something was wrong: .*4 to 7", again)
    assert board.planning.costs.requests >= 2


def test_after_three_tries_the_rules_plan_the_rest_and_it_is_told(chat: FakeChat) -> None:
    chat.answer = always(answer(WHOLE[0]), "I cannot do that.")
    told: list[str] = []
    tale = story(TALE + " Snow fell. It was still.")
    board = Chat(url=chat.url, model="toy:8b").plan(
        tale, lambda fraction=None, *, note="", preview=b"": told.append(note)
    )
    assert board.text == tale.text and board.scenes[0].action == "Mia runs"
    [note] = [note for note in board.planning.notes if "rules" in note]
    assert "“At night they sat" in note and "3 tries" in note and "toy:8b" in note and note in told
    assert len(chat.asked) == 1 + 3


def test_a_cut_off_answer_costs_only_what_was_cut_off(chat: FakeChat) -> None:
    chat.answer = always(answer(*WHOLE), answer(WHOLE[1]))
    chat.failures = [ChatFail.cut(len(answer(*WHOLE)) - 20)]
    assert [each.time for each in plan(chat).scenes][1] == "night"
    assert len(chat.asked) == 2 and "Plan sentences 4 to 5." in chat.asked[1].prompt
    assert "too long" in chat.asked[1].prompt


@pytest.mark.parametrize(
    "fail",
    [
        ChatFail.prose("Sure! Here it is: ", " Hope that helps {:-)"),
        ChatFail.fenced(),
        ChatFail.thinking("The fox, {hm}, [1]…"),
        ChatFail.reasoning("Let me see"),
        ChatFail.keepalive(),
        ChatFail.cut_connection(60),
        ChatFail.empty(),
        ChatFail.not_json_stream(),
    ],
    ids=lambda fail: fail.kind,
)
@pytest.mark.parametrize("protocol", ["ollama", "openai"])
def test_a_plan_comes_whatever_stands_around_or_breaks_off_an_answer(
    chat: FakeChat, fail: ChatFail, protocol: str
) -> None:
    chat.answer, chat.failures = direct, [fail]
    url = chat.url if protocol == "ollama" else f"{chat.url}/v1"
    board = Chat(url=url, model="toy:8b", patience=5).plan(story())
    assert board.text == TALE and not any("rules" in note for note in board.planning.notes)


def test_an_endless_answer_is_ended_and_asked_for_again(chat: FakeChat) -> None:
    chat.answer, chat.failures = direct, [ChatFail.endless(" \n")]
    assert plan(chat).text == TALE
    assert chat.wait_gone(1) and len(chat.asked) == 2


def test_a_server_that_says_nothing_is_given_up_and_named(chat: FakeChat) -> None:
    chat.failures = [ChatFail.silent(30)]
    with pytest.raises(BackendFailed, match="silent"):
        plan(chat, patience=0.5)


def test_a_prompt_that_is_too_long_for_the_server_is_parted(chat: FakeChat) -> None:
    sentences = " ".join(f"Mia walked on, step {n}." for n in range(30))
    with FakeChat(direct, context=2600) as small:
        board = Chat(url=f"{small.url}/v1", model="toy:8b").plan(story(sentences))
        assert board.text == sentences and len(small.asked) > 1


def test_whoever_looks_on_can_stop_it_in_the_middle_of_an_answer(chat: FakeChat) -> None:
    class Enough(Exception):
        pass

    def stop(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        if fraction:
            raise Enough

    chat.answer, chat.failures = direct, [ChatFail.slow(0.01)]
    with pytest.raises(Enough):
        Chat(url=chat.url, model="toy:8b").plan(story(), stop)
    assert chat.wait_gone(1)


# ---- which model


def test_without_a_model_the_one_that_was_pulled_last_and_can_chat_is_taken() -> None:
    models = (
        Model("old:7b", modified="2025-01-01T00:00:00Z"),
        Model("new:8b", modified="2026-01-01T00:00:00Z"),
        Model("embed", modified="2026-02-01T00:00:00Z", capabilities=("embedding",)),
        Model("huge:cloud", modified="2026-03-01T00:00:00Z", remote="https://ollama.com:443"),
    )
    with FakeChat(direct, models=models) as chat:
        planner = Chat(url=chat.url).settled()
        assert planner.model == "new:8b" and planner.title == "chat with new:8b"
        assert planner.plan(story()).planning.model == "new:8b"
        assert "new:8b, by Ollama at 127.0.0.1" in planner.described()


def test_a_model_that_is_not_there_is_told_with_those_that_are(chat: FakeChat) -> None:
    wrong = Chat(url=chat.url, model="qwen9:1b")
    assert "toy:8b" in wrong.check() and "ollama pull qwen9:1b" in wrong.check()
    with pytest.raises(BackendFailed, match="ollama pull qwen9:1b"):
        wrong.plan(story())
    assert chat.asked == []


def test_a_story_does_not_leave_the_machine_through_a_cloud_model_that_is_named_like_any_other() -> None:
    with FakeChat(direct, models=(Model("big:cloud", remote="https://ollama.com:443"),)) as chat:
        with pytest.raises(BadSettings, match="leave this machine"):
            Chat(url=chat.url, model="big:cloud").plan(story())
        assert chat.asked == []
        assert "no model that can chat" in Chat(url=chat.url).check()
        assert "leave this machine" in Chat(url=chat.url, model="big:cloud").check()


CLOUD = (
    Model("gpt-oss:120b-cloud", remote="https://ollama.com:443"),
    Model("glm:cloud"),
    Model("mine", remote="https://ollama.com:443"),
)


@pytest.mark.parametrize("model", ["", "gpt-oss:120b-cloud", "glm:cloud", "mine", "not-pulled:cloud"])
def test_nor_does_it_through_one_that_ollama_offers_in_openais_protocol(model: str) -> None:
    with FakeChat(direct, models=CLOUD) as chat:
        planner = Chat(url=f"{chat.url}/v1", model=model)
        assert planner.check()
        with pytest.raises((BadSettings, BackendFailed), match=r"leave this machine|no model"):
            planner.plan(story())
        with pytest.raises((BadSettings, BackendFailed), match=r"leave this machine|no model"):
            planner.reword("Mia ran.", Rewording(kind="tidy"), "en")
        assert chat.asked == []


def test_a_model_with_a_clouds_name_is_asked_by_nobody_who_named_this_machine() -> None:
    models = (Model("glm:cloud"), Model("kimi-cloud"))
    with FakeChat(direct, models=models, speaks=("openai",)) as chat:
        for model in ("glm:cloud", "kimi-cloud", "gpt-oss:120b-cloud"):
            with pytest.raises(BadSettings, match="leave this machine"):
                Chat(url=f"{chat.url}/v1", model=model).plan(story())
        assert chat.asked == []


def test_a_cast_that_fills_the_context_is_told_with_the_setting_that_helps() -> None:
    crowd = {f"fox{n}": Character(looks="a small red fox with a very long scarf and boots") for n in range(200)}
    with pytest.raises(BadSettings, match="context: 4096"):
        window(story(cast=crowd), 0, 2048)


# ---- a server that is still loading


@pytest.mark.parametrize("path", ["", "/v1"])
@pytest.mark.parametrize("model", ["", "toy:8b"])
def test_a_server_that_is_still_loading_is_told_by_doctor_and_waited_for_by_a_plan(path: str, model: str) -> None:
    with FakeChat(direct) as chat:
        planner = Chat(url=chat.url + path, model=model)
        chat.shut_until = time.monotonic() + 60
        assert "is still loading its model" in planner.check() and "proxy" not in planner.suits(story())
        assert len(chat.hits) == 2  # neither has waited and asked again
        chat.shut_until = time.monotonic() + 0.7
        assert planner.settled().model == "toy:8b"
        chat.shut_until = time.monotonic() + 0.7
        assert planner.plan(story()).text == TALE


def test_the_wait_for_a_server_that_is_loading_can_be_stopped_and_has_an_end() -> None:
    class Enough(Exception):
        pass

    def stop(fraction: float | None = None, *, note: str = "", preview: bytes = b"") -> None:
        raise Enough

    with FakeChat(direct) as chat:
        chat.shut_until = time.monotonic() + 60
        with pytest.raises(Enough):
            Chat(url=chat.url, model="toy:8b").plan(story(), stop)
        with pytest.raises(BackendFailed, match="loading the model for too long"):
            Chat(url=chat.url, model="toy:8b", patience=0.6).plan(story())


# ---- long stories


def long_story(sentences: int = 120) -> Story:
    places = ("forest", "castle", "beach", "village")
    told = (
        f"On day {n} Mia came to the {places[n // 7 % 4]} and looked around for a while. " for n in range(sentences)
    )
    return story("".join(told).strip(), pace=10)


def test_a_long_story_is_planned_in_parts_whose_scenes_meet(chat: FakeChat) -> None:
    chat.answer = direct
    board = plan(chat, long_story())
    assert board.text == long_story().text
    assert len(chat.asked) > 2 and board.planning.costs.requests == len(chat.asked)
    later = chat.asked[1].prompt
    assert "Places so far" in later and "The last scene:" in later and "Just before, already planned" in later


@pytest.mark.parametrize("model", ["", "toy:8b"])
@pytest.mark.parametrize("path", ["", "/v1"])
def test_what_models_there_are_is_not_asked_for_every_part(path: str, model: str) -> None:
    with FakeChat(direct) as chat:
        Chat(url=chat.url + path, model=model).plan(long_story())
        lists = [hit for hit in chat.hits if hit in ("GET /api/tags", "GET /v1/models", "POST /api/show")]
        assert len(chat.asked) > 2 and len(lists) <= 2 * (2 if not model else 1)


def test_the_last_scene_of_a_part_is_planned_again_with_what_follows(chat: FakeChat) -> None:
    chat.answer = direct
    planner, told = Chat(url=chat.url, model="toy:8b"), long_story()
    section = section_of(told, 0, planner.window(told, 0))
    part = planner.part(section, None)
    assert 0 < part.end < len(section.story.text) and section.story.text[: part.end].endswith(". ")
    assert part.costs.requests == 1 and part.costs.tokens_out > 100


def keys(told: Story, planner: Chat, store: Store) -> list[str]:
    return [part.key for part in planned_parts(Plan.of(told, planner), store.find, store.path)]


async def planned(told: Story, planner: Chat, runner: LocalRunner) -> list[Part]:
    store = runner.store
    return [
        PlanPart.read(store.path(await runner.run(part)))
        for part in planned_parts(Plan.of(told, planner), store.find, store.path)
    ]


def test_a_stop_loses_one_part_and_an_edit_plans_only_what_follows_it(chat: FakeChat, tmp_path: Path) -> None:
    chat.answer = direct
    planner, store, told = Chat(url=chat.url, model="toy:8b"), Store(tmp_path), long_story()
    chat.failures = [None, None, *[ChatFail.status(500, None, "{}")] * 3]
    with LocalRunner(store) as runner, pytest.raises(BackendFailed):
        asyncio.run(planned(told, planner, runner))
    chat.failures, done = [], len(chat.asked)
    with LocalRunner(store) as runner:
        parts = asyncio.run(planned(told, planner, runner))
    assert len(chat.asked) - done == len(parts) - 2
    asked = len(chat.asked)
    edited = told.model_copy(update={"story": told.story.replace("On day 119 Mia", "On the last day Mia")})
    assert keys(edited, planner, store)[:-1] == keys(told, planner, store)[:-1]
    with LocalRunner(store) as runner:
        asyncio.run(planned(edited, planner, runner))
    assert len(chat.asked) == asked + 1


def test_a_hundred_thousand_words_are_planned_without_a_gap() -> None:
    """With a model that answers at once: what is measured is that nothing is lost, not how long a real one takes."""
    told = long_story(7200)
    assert len(told.text.split()) > 100_000
    planner = InHouse(model="toy:8b")
    board = planner.plan(told)
    assert board.text == told.text
    assert board.planning.costs.requests > 100
    assert max(planner.prompts) < 4 * 8192


class InHouse(Chat):
    """Without a server between."""

    prompts: list[int] = []

    def _ready(self, progress: Progress) -> InHouse:
        return self

    def _ask(self, messages: Any, answer: Any, most: int, hear: Any) -> Reply:
        sent = [{"role": each.role, "content": each.content} for each in messages]
        self.prompts.append(sum(len(each["content"]) for each in sent))
        text = direct(Asked("ollama", self.model, sent, answer, {}, {}))
        hear(text)
        return Reply(text=text, end="stop", tokens_in=1, tokens_out=1, seconds=0.0)


def test_a_scene_that_says_neither_who_is_seen_nor_what_happens_is_asked_for_again(chat: FakeChat) -> None:
    mute = {"first": 1, "last": 5, "who": [""], "seen": "", "shot": "close hold", "alt": ""}
    chat.answer = always(answer(mute), answer(*WHOLE))
    assert [each.action for each in plan(chat).scenes] == ["Mia runs", "Mia runs"]
    assert "neither who is seen" in chat.asked[1].prompt
    chat.answer = always(answer(mute))
    board = plan(chat)
    assert any("planned by rules" in note for note in board.planning.notes) and any(
        each.characters for each in board.scenes
    )
