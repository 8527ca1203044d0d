"""What a client sees of each failure that the tests' chat server has on order."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError as CutShort

from tests.chat_talk import PATHS, Talk
from tests.fakes import ChatFail, FakeChat

SAID = '{"scenes": ["Bär", "熊"], "mood": "quiet"}'


@pytest.fixture(params=sorted(PATHS))
def talk(request: pytest.FixtureRequest, chat: FakeChat) -> Talk:
    chat.answer = lambda asked: SAID
    return Talk(chat.url, request.param)


def error(reply: requests.Response) -> Any:
    return reply.json()["error"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("fail", "text"),
    [
        (ChatFail.says("nonsense"), "nonsense"),
        (ChatFail.empty(), ""),
        (ChatFail.prose("Sure: ", " Bye!"), f"Sure: {SAID} Bye!"),
        (ChatFail.fenced(), f"```json\n{SAID}\n```"),
        (ChatFail.thinking("Hm…"), f"<think>\nHm…\n</think>\n\n{SAID}"),
        (ChatFail.reasoning("Hm…"), SAID),
        (ChatFail.cut(7), SAID[:7]),
        (ChatFail.slow(0.001), SAID),
        (ChatFail.keepalive(), SAID),
        (ChatFail.silent(0.05), SAID),
        (ChatFail.silent_midway(5, 0.05), SAID),
    ],
    ids=lambda given: given.kind if isinstance(given, ChatFail) else "",
)
def test_the_failure_changes_what_is_said_and_only_once(
    chat: FakeChat, talk: Talk, fail: ChatFail, text: str, stream: bool
) -> None:
    chat.failures = [fail]
    failed, next_time = talk.ask(stream=stream), talk.ask(stream=stream)
    assert (failed.text, failed.ended) == (text, True)
    assert failed.finish == ("length" if fail.kind == "cut" else "stop")
    assert failed.thoughts == (fail.text if fail.kind == "reasoning" else "")
    assert failed.tokens == (2, -(-len(text + failed.thoughts) // 4))
    assert (next_time.text, next_time.thoughts, next_time.finish) == (SAID, "", "stop")
    assert len(chat.asked) == 2


def test_a_chat_without_a_failure_can_come_before_one_with(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [None, ChatFail.says("no")]
    assert [talk.ask().text for _ in range(3)] == [SAID, "no", SAID]


def test_a_request_that_is_refused_anyway_takes_no_failure(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.says("no")]
    assert talk.post(model="none").status_code == 404
    assert talk.ask().text == "no"


def test_thoughts_count_towards_the_limit(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.reasoning("0123456789ab")]
    heard = talk.ask(**talk.limit(4))
    assert (heard.text, heard.finish, heard.tokens) == (SAID[:4], "length", (2, 4))


@pytest.mark.parametrize("stream", [True, False])
def test_an_endless_answer_goes_on_until_the_client_leaves(chat: FakeChat, talk: Talk, stream: bool) -> None:
    chat.failures = [ChatFail.endless("more ")]
    with talk.post(stream=stream, **talk.limit(5)) as response:
        chunks = response.iter_content(None)
        read = b"".join(next(chunks) for _ in range(50))
    assert read.count(b"more ") > 100
    assert chat.wait_gone() == 1
    assert talk.ask().text == SAID


def test_silence_is_not_even_a_status(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.silent(60)]
    with pytest.raises(requests.ReadTimeout):
        talk.post(timeout=0.2)
    assert chat.wait_gone() == 1
    assert len(chat.asked) == 1


def said(body: bytes) -> str:
    """The words in what has come of a stream."""
    told = [json.loads(line.removeprefix("data: ")) for line in body.decode().splitlines() if line]
    parts = [each["message"] if "message" in each else each["choices"][0]["delta"] for each in told]
    return "".join(part.get("content", "") for part in parts)


def test_silence_midway_comes_after_so_many_characters(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.silent_midway(9, 60)]
    read = b""
    with talk.post(timeout=1) as response, pytest.raises(requests.ConnectionError, match="timed out"):
        for chunk in response.iter_content(None):
            read += chunk
    assert said(read) == SAID[:9]
    assert chat.wait_gone() == 1


def test_a_cut_connection_is_told_from_an_end(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.cut_connection(9)]
    read = b""
    with talk.post() as response, pytest.raises(CutShort):
        for chunk in response.iter_content(None):
            read += chunk
    assert said(read) == SAID[:9]
    assert talk.ask().text == SAID
    assert chat.gone == 0


def test_a_connection_can_be_cut_in_the_middle_of_one_object_too(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.cut_connection(9)]
    with talk.post(stream=False) as response, pytest.raises(CutShort, match="9 bytes read"):
        response.json()


def test_an_error_midway_comes_with_status_200(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.error_midway("the GPU is on fire")]
    heard = talk.ask()
    assert (heard.text, heard.finish) == (SAID[:4], None)
    [told] = [json.loads(line.removeprefix("data: ")) for line in heard.lines if "error" in line]
    if talk.protocol == "ollama":
        assert (told, heard.ended) == ({"error": "the GPU is on fire"}, False)
    else:
        assert told["error"]["message"] == "the GPU is on fire"
        assert heard.lines[-1] == "data: [DONE]"


def test_an_error_midway_without_a_stream_is_a_status(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.error_midway("the GPU is on fire")]
    reply = talk.post(stream=False)
    assert (reply.status_code, "the GPU is on fire" in str(error(reply))) == (500, True)


def test_a_stream_can_have_lines_that_are_no_json(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.not_json_stream()]
    heard = talk.ask()
    assert "upstream: buffer overrun" in heard.lines
    assert (heard.text, heard.ended) == (SAID, True)
    chat.failures = [ChatFail.not_json_stream()]
    with pytest.raises(requests.JSONDecodeError):
        talk.post(stream=False).json()


def test_pings_come_between_the_pieces(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.keepalive()]
    body = talk.post().text
    assert "\n\n\n" in body
    assert (": ping" in body) == (talk.protocol == "openai")


def test_a_proxy_answers_with_a_page(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.html(), ChatFail.html(504)]
    bad, late = talk.post(), talk.post()
    assert (bad.status_code, bad.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert "502 Bad Gateway" in bad.text
    assert "504 Gateway Timeout" in late.text


def test_a_status_comes_with_its_header_and_body(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.status(429, "7"), ChatFail.status(503, None, "busy"), ChatFail.status(500, body="")]
    many, busy, blank = talk.post(), talk.post(), talk.post()
    assert (many.status_code, many.headers["Retry-After"]) == (429, "7")
    assert "Too Many Requests" in str(error(many))
    assert (busy.status_code, "Retry-After" in busy.headers, busy.text) == (503, False, "busy")
    assert (blank.status_code, blank.text) == (500, "")


def test_a_server_that_loads_its_model_refuses_until_it_has(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.loading(60), ChatFail.says("ready")]
    first, second = talk.post(), talk.post()
    assert [first.status_code, second.status_code] == [503, 503]
    if talk.protocol == "openai":
        assert error(first) == {"message": "Loading model", "type": "unavailable_error", "code": 503}
    chat.ready_at = time.monotonic()
    assert talk.ask().text == "ready"
    assert len(chat.asked) == 3


def test_a_model_that_refuses_to_think_answers_without(chat: FakeChat, talk: Talk) -> None:
    chat.failures = [ChatFail.refuses_think()]
    reply = talk.post()
    assert (reply.status_code, '"toy:8b" does not support thinking' in str(error(reply))) == (400, True)
    assert talk.ask().text == SAID
