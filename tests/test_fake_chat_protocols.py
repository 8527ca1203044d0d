"""What is Ollama's own in the tests' chat server, and what is OpenAI's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.chat_talk import Talk, system, user
from tests.fakes import FakeChat, Model

SCHEMA = {"type": "object", "properties": {"scenes": {"type": "array"}}}


def get(chat: FakeChat, path: str) -> Any:
    return requests.get(chat.url + path, timeout=10).json()


def show(chat: FakeChat, name: str) -> requests.Response:
    return requests.post(f"{chat.url}/api/show", json={"model": name}, timeout=10)


def test_ollama_tells_its_models(chat: FakeChat) -> None:
    cloud = Model("big:671b-cloud", size=384, remote="https://ollama.com:443", capabilities=("completion", "thinking"))
    chat.models = [Model("toy:8b"), cloud]
    toy, big = get(chat, "/api/tags")["models"]
    assert (toy["name"], toy["model"], toy["size"]) == ("toy:8b", "toy:8b", 5_000_000_000)
    assert (toy["details"]["parameter_size"], "remote_host" in toy) == ("8.2B", False)
    assert (big["remote_host"], big["remote_model"]) == ("https://ollama.com:443", "big:671b-cloud")
    assert get(chat, "/api/version").keys() == {"version"}
    shown = show(chat, "big:671b-cloud").json()
    assert shown["capabilities"] == ["completion", "thinking"]
    assert shown["model_info"]["toy.context_length"] == 40960
    assert (show(chat, "none").status_code, show(chat, "none").json()) == (404, {"error": "model 'none' not found"})
    assert chat.hits[:2] == ["GET /api/tags", "GET /api/version"]


def test_ollama_leaves_the_tag_latest_out(chat: FakeChat) -> None:
    chat.models = [Model("toy:latest")]
    assert Talk(chat.url, "ollama").ask(model="toy").text == "{}"
    assert Talk(chat.url, "ollama").post(model="toy:8b").status_code == 404


def test_ollama_tells_which_models_are_loaded(chat: FakeChat) -> None:
    talk = Talk(chat.url, "ollama")
    assert get(chat, "/api/ps") == {"models": []}
    assert json.loads(talk.post(messages=[]).text)["done_reason"] == "load"
    assert [model["name"] for model in get(chat, "/api/ps")["models"]] == ["toy:8b"]
    assert json.loads(talk.post(messages=[], keep_alive=0).text)["done_reason"] == "unload"
    assert get(chat, "/api/ps") == {"models": []}
    assert chat.asked == []


def test_ollama_asks_only_thinking_models_to_think(chat: FakeChat) -> None:
    talk = Talk(chat.url, "ollama")
    reply = talk.post(think=True)
    assert (reply.status_code, reply.json()) == (400, {"error": '"toy:8b" does not support thinking'})
    assert talk.ask(think=False).text == "{}"
    chat.models = [
        Model("toy:8b", capabilities=("completion", "thinking")),
        Model("vectors", capabilities=("embedding",)),
    ]
    assert talk.ask(think=True).text == "{}"
    assert talk.post(model="vectors").json() == {"error": '"vectors" does not support chat'}


def test_ollama_takes_a_schema_or_the_word_json_as_format(chat: FakeChat) -> None:
    talk = Talk(chat.url, "ollama")
    talk.ask(format=SCHEMA)
    talk.ask(format="json")
    assert [asked.schema for asked in chat.asked] == [SCHEMA, None]
    assert talk.post(format="yaml").status_code == 400


def test_ollama_drops_the_oldest_messages_without_a_word(chat: FakeChat) -> None:
    talk, chat.context = Talk(chat.url, "ollama"), 20
    long = [system("s" * 20), user("a" * 40), user("b" * 40), user("c" * 20)]
    assert talk.ask(messages=long).tokens == (20, 1)
    assert talk.ask(messages=long, options={"num_ctx": 30}).tokens == (30, 1)
    assert talk.ask(messages=[system("s" * 50), user("c" * 60)]).tokens == (20, 1)
    small, enough, cut = chat.asked
    assert ([asked["content"][0] for asked in small.messages], small.dropped) == (["s", "b", "c"], True)
    assert (enough.messages, enough.dropped) == (long, False)
    assert ([len(asked["content"]) for asked in cut.messages], cut.dropped) == ([20, 60], True)
    assert small.body["messages"] == long


def test_ollama_counts_its_time_in_nanoseconds(chat: FakeChat) -> None:
    last = json.loads(Talk(chat.url, "ollama").ask().lines[-1])
    assert {name for name in last if name.endswith("_duration")} == {
        *("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
    }
    assert last["total_duration"] == 72_000_000


def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in lines if line != "data: [DONE]"]


def test_openai_tells_its_models(chat: FakeChat) -> None:
    told = get(chat, "/v1/models")
    assert (told["object"], [model["id"] for model in told["data"]]) == ("list", ["toy:8b"])


def test_openai_streams_the_role_then_the_words_then_the_reason_then_the_usage(chat: FakeChat) -> None:
    heard = Talk(chat.url, "openai").ask()
    role, *words, end, usage = events(heard.lines)
    assert role["choices"][0]["delta"] == {"role": "assistant"}
    assert [word["choices"][0]["delta"] for word in words] == [{"content": "{}"}]
    assert (end["choices"][0]["delta"], end["choices"][0]["finish_reason"]) == ({}, "stop")
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 3)
    assert heard.lines[-1] == "data: [DONE]"


def test_openai_tells_the_usage_of_a_stream_only_if_asked(chat: FakeChat) -> None:
    heard = Talk(chat.url, "openai").ask(stream_options=None)
    assert heard.tokens is None
    assert not any("usage" in event for event in events(heard.lines))


FORMS: dict[str, dict[str, Any]] = {
    "json_schema": {"response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA}}},
    "schema": {"response_format": {"type": "json_object", "schema": SCHEMA}},
    "json_object": {"response_format": {"type": "json_object"}},
    "top": {"json_schema": SCHEMA},
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_openai_finds_the_schema_in_each_of_its_places(chat: FakeChat, form: str) -> None:
    Talk(chat.url, "openai").ask(**FORMS[form])
    assert chat.asked[0].schema == (None if form == "json_object" else SCHEMA)


@pytest.mark.parametrize("fastapi", [False, True])
def test_openai_refuses_forms_that_it_does_not_heed(chat: FakeChat, fastapi: bool) -> None:
    talk, chat.heeds, chat.fastapi = Talk(chat.url, "openai"), ["json_object"], fastapi
    replies = {form: talk.post(**FORMS[form]) for form in FORMS}
    refused = 422 if fastapi else 400
    assert {form: reply.status_code for form, reply in replies.items()} == {
        **dict.fromkeys(FORMS, refused),
        "json_object": 200,
    }
    told = replies["json_schema"].json()
    if fastapi:
        assert told["detail"][0]["loc"] == ["body", "response_format", "type"]
    else:
        assert told["error"]["param"] == "response_format.type"
    assert len(chat.asked) == 1
    assert talk.post(response_format={"type": "text"}).status_code == 200


def test_openai_refuses_more_than_its_context_and_ends_where_that_is_full(chat: FakeChat) -> None:
    talk, chat.context = Talk(chat.url, "openai"), 10
    reply = talk.post("x" * 41)
    assert reply.status_code == 400
    assert reply.json()["error"] == {
        "code": 400,
        "type": "exceed_context_size_error",
        "message": "the request exceeds the available context size, try increasing it",
        "n_prompt_tokens": 11,
        "n_ctx": 10,
    }
    chat.answer = lambda asked: "y" * 100
    heard = talk.ask("x" * 32)
    assert (heard.text, heard.finish, heard.tokens) == ("y" * 8, "length", (8, 2))


def test_openai_takes_a_message_in_parts(chat: FakeChat) -> None:
    Talk(chat.url, "openai").ask(messages=[user([{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}])])  # type: ignore[arg-type]
    assert chat.asked[0].prompt == "Hello"
