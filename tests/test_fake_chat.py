"""The tests' chat server does what Ollama and the imitators of OpenAI do, as far as a client can see."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from tests.chat_talk import PATHS, Talk, system, user
from tests.fakes import Asked, FakeChat

SAYING = "Ünïcödé: “der Bär” → 熊 🐻. " * 20
UNLIKE = "an answer function that fails"


@pytest.fixture(params=sorted(PATHS))
def talk(request: pytest.FixtureRequest, chat: FakeChat) -> Talk:
    return Talk(chat.url, request.param)


def test_the_answer_is_the_same_streamed_and_in_one(chat: FakeChat, talk: Talk) -> None:
    chat.answer = lambda asked: SAYING
    streamed, whole = talk.ask(), talk.ask(stream=False)
    assert streamed.text == whole.text == SAYING
    assert streamed.finish == whole.finish == "stop"
    assert streamed.tokens == whole.tokens == (2, -(-len(SAYING) // 4))
    assert streamed.ended
    assert len(streamed.lines) > len(SAYING) / 7 > 1
    assert len(whole.lines) == 1


def test_chunks_end_within_lines_and_within_characters(chat: FakeChat, talk: Talk) -> None:
    chat.answer = lambda asked: SAYING
    chunks = list(talk.post().iter_content(None))
    assert any(not chunk.endswith(b"\n") for chunk in chunks)
    assert any(0x80 <= chunk[0] < 0xC0 for chunk in chunks)
    assert len(chunks) > 3


def test_what_was_asked_is_kept(chat: FakeChat, talk: Talk) -> None:
    talk.ask(
        "Once more", messages=[system("Be brief."), user("One"), {"role": "assistant", "content": ""}, user("Two")]
    )
    [asked] = chat.asked
    assert (asked.protocol, asked.model, asked.system) == (talk.protocol, "toy:8b", "Be brief.")
    assert (asked.prompt, asked.turns, asked.schema, asked.dropped) == ("Two", 2, None, False)
    assert asked.headers["content-type"] == "application/json"
    assert asked.body["stream"] is True
    assert chat.hits == [f"POST {PATHS[talk.protocol]}"]


def test_the_answer_is_a_function_of_what_was_asked_and_can_be_exchanged(chat: FakeChat, talk: Talk) -> None:
    assert talk.ask().text == "{}"
    chat.answer = lambda asked: asked.prompt.upper()
    assert talk.ask("quiet, please").text == "QUIET, PLEASE"


def test_pieces_that_a_test_gives_are_sent_one_by_one(chat: FakeChat, talk: Talk) -> None:
    heard = threading.Event()

    def slowly(asked: Asked) -> Iterator[str]:
        yield "first "
        assert heard.wait(10)
        yield "second"

    chat.answer = slowly
    with talk.post() as response:
        lines = response.iter_lines()
        assert any(b"first" in line for line in lines)
        heard.set()
        assert any(b"second" in line for line in lines)


def test_the_token_limit_cuts_the_answer(chat: FakeChat, talk: Talk) -> None:
    chat.answer = lambda asked: "0123456789" * 10
    for stream in (True, False):
        heard = talk.ask(stream=stream, **talk.limit(6))
        assert (heard.text, heard.finish) == (("0123456789" * 3)[:24], "length")
        assert heard.tokens == (2, 6)
    assert talk.ask(**talk.limit(25)).finish == "stop"


def test_a_model_that_is_not_there_is_not_found(chat: FakeChat, talk: Talk) -> None:
    reply = talk.post(model="none")
    assert reply.status_code == 404
    assert "none" in str(reply.json()["error"])
    assert chat.asked == []


def test_without_its_key_nothing_is_told(chat: FakeChat, talk: Talk) -> None:
    chat.key = "sesame"
    assert [talk.post(key=key).status_code for key in ("", "wrong", "sesame")] == [401, 401, 200]
    assert "wrong" in str(talk.post(key="wrong").json()["error"])
    assert requests.get(f"{chat.url}/api/tags", timeout=10).status_code == 401
    assert [asked.headers["authorization"] for asked in chat.asked] == ["Bearer sesame"]


@pytest.mark.parametrize("spoken", sorted(PATHS))
def test_only_the_protocols_that_it_speaks_are_found(chat: FakeChat, spoken: str) -> None:
    chat.speaks = [spoken]
    status = {protocol: Talk(chat.url, protocol).post().status_code for protocol in PATHS}
    assert status == {protocol: 200 if protocol == spoken else 404 for protocol in PATHS}


def test_a_server_that_is_killed_is_not_there_until_it_starts_again(chat: FakeChat, talk: Talk) -> None:
    chat.kill()
    with pytest.raises(requests.ConnectionError):
        talk.post()
    chat.restart()
    assert talk.ask().text == "{}"


def test_what_the_answer_function_raises_is_raised_again_at_the_end() -> None:
    def broken(asked: Asked) -> str:
        raise ValueError(UNLIKE)

    with pytest.raises(ValueError, match=UNLIKE), FakeChat(broken) as chat:
        assert Talk(chat.url, "ollama").post().status_code == 500
