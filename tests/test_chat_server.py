"""Talking to a language-model server: streamed, stopped, waited for; and all that can stand in an answer's way."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.errors import BackendFailed, BadSettings
from storyforge.planning.chat.events import DONE, Unreadable, events
from storyforge.planning.chat.failures import Busy, NoAnswer, NobodyThere, NoSuchModel, Refused, TooLong
from storyforge.planning.chat.hearing import Hearing, Piece, repeats
from storyforge.planning.chat.ollama import OLLAMA, Ollama
from storyforge.planning.chat.ollama_host import ollama_url
from storyforge.planning.chat.refusal import Refusal
from storyforge.planning.chat.server import ChatServer, Message, Question, Reply, server_at, when_ready
from storyforge.planning.chat.telling import NotYet
from storyforge.planning.chat.thoughts import without_thoughts
from storyforge.planning.chat.wishes import Wishes
from storyforge.web.address import Address
from storyforge.web.answer import Answer
from storyforge.web.retry_after import retry_after
from tests.comfyui_jobs import answering
from tests.fakes import ChatFail, FakeChat, Model

SAID = "Once upon a time there was a fox – “Luna”, said the owl – who lived at the edge of a wood. " * 3
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
PROTOCOLS = ["ollama", "openai"]


class Stop(Exception):
    """What a user's Ctrl-C is in these tests."""


def a_question(text: str = "Tell me of the fox.", **more: Any) -> Question:
    messages = (Message(role="system", content="You are brief."), Message(role="user", content=text))
    usual = {"model": "toy:8b", "answer": None, "most": 400, "context": 4096, "temperature": 0.3, "seed": 7}
    return Question(**{"messages": messages, "think": False, **usual, **more})


def unheard(text: str) -> None:
    """Nobody listens."""


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def at(chat: FakeChat, protocol: str) -> Iterator[Callable[..., ChatServer]]:
    """at(silence=…): a client of the tests' server, in this protocol."""
    chat.answer = lambda asked: SAID
    clients: list[ChatServer] = []

    def client(**more: Any) -> ChatServer:
        clients.append(server_at(chat.url + ("/v1" if protocol == "openai" else ""), **more))
        return clients[-1]

    yield client
    for each in clients:
        each.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "reader"]


@pytest.fixture
def server(at: Callable[..., ChatServer]) -> ChatServer:
    return at()


# ---- an answer


def test_an_answer_comes_whole_with_what_it_cost(server: ChatServer) -> None:
    texts: list[str] = []
    reply = server.ask(a_question(), texts.append)
    assert (reply.text, reply.end) == (SAID, "stop")
    assert reply.tokens_in == len("You are brief.Tell me of the fox.") // 4 + 1
    assert reply.tokens_out == -(-len(SAID) // 4) and reply.seconds > 0
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts)) and texts[-1] == SAID


def test_what_is_asked_arrives(server: ChatServer, chat: FakeChat, protocol: str) -> None:
    server.ask(a_question(answer=SCHEMA), unheard)
    [asked] = chat.asked
    assert (asked.protocol, asked.model, asked.schema) == (protocol, "toy:8b", SCHEMA)
    assert (asked.system, asked.prompt) == ("You are brief.", "Tell me of the fox.")
    options = asked.body["options"] if protocol == "ollama" else asked.body
    assert (options["seed"], options["temperature"]) == (7, 0.3) and asked.body["stream"] is True
    if protocol == "ollama":
        assert (options["num_ctx"], options["num_predict"], asked.body["think"]) == (4096, 400, False)
    else:
        assert options["max_tokens"] == 400 and options["chat_template_kwargs"] == {"enable_thinking": False}


def test_an_answer_that_the_limit_cut_off_says_so(server: ChatServer) -> None:
    reply = server.ask(a_question(most=10), unheard)
    assert (reply.text, reply.end, reply.tokens_out) == (SAID[:40], "length", 10)


@pytest.mark.parametrize("fail", [ChatFail.thinking(), ChatFail.reasoning("I wonder. " * 20)])
def test_thoughts_are_left_out(fail: ChatFail, server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [fail]
    texts: list[str] = []
    reply = server.ask(a_question(), texts.append)
    assert reply.text == SAID and reply.tokens_out > len(SAID) / 4
    assert not [text for text in texts if "wonder" in text or "see." in text]


@pytest.mark.parametrize("fail", [ChatFail.keepalive(), ChatFail.not_json_stream()])
def test_what_is_not_meant_for_us_is_passed_over(fail: ChatFail, server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [fail]
    assert server.ask(a_question(), unheard).text == SAID


def test_many_threads_ask_one_server(server: ChatServer, chat: FakeChat) -> None:
    chat.answer = lambda asked: asked.prompt * 5
    replies: dict[int, Reply] = {}

    def ask(number: int) -> None:
        replies[number] = server.ask(a_question(f"number {number};"), unheard)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {number: reply.text for number, reply in replies.items()} == {n: f"number {n};" * 5 for n in range(8)}


# ---- while one waits


def test_whoever_waits_is_asked_twice_a_second_whether_to_go_on(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.silent(0.8)]
    calls = [time.monotonic()]
    server.ask(a_question(), lambda _: calls.append(time.monotonic()))
    assert max(later - earlier for earlier, later in pairwise(calls)) < 0.5


@pytest.mark.parametrize("fail", [ChatFail.silent(20), ChatFail.silent_midway(9, 20), ChatFail.endless("ab c")])
def test_a_stop_closes_the_connection_so_that_the_server_stops_too(
    fail: ChatFail, server: ChatServer, chat: FakeChat
) -> None:
    chat.failures = [fail]
    begin = time.monotonic()

    def stop(text: str) -> None:
        if chat.asked and (text or fail.kind == "silent"):
            raise Stop

    with pytest.raises(Stop):
        server.ask(a_question(most=100_000), stop)
    assert chat.wait_gone() == 1 and time.monotonic() - begin < 5


def test_a_server_that_sends_faster_than_one_listens_notices_a_stop(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.endless("ab c")]

    def stop(text: str) -> None:
        if text:
            time.sleep(0.5)  # by then all that lies between the two is full
            raise Stop

    with pytest.raises(Stop):
        server.ask(a_question(most=100_000), stop)
    assert chat.wait_gone() == 1


@pytest.mark.parametrize("fail", [ChatFail.silent(20), ChatFail.silent_midway(9, 20)])
def test_a_silence_is_ended_and_said(fail: ChatFail, at: Callable[..., ChatServer], chat: FakeChat) -> None:
    chat.failures = [fail]
    with pytest.raises(NoAnswer, match=r"silent for 0\.4 seconds") as failed:
        at(silence=0.4).ask(a_question(), unheard)
    assert "patience" in failed.value.remedy and len(chat.asked) == 1


def test_a_long_answer_that_trickles_in_is_not_given_up(at: Callable[..., ChatServer], chat: FakeChat) -> None:
    chat.failures = [ChatFail.slow(0.1)]
    assert at(silence=0.3).ask(a_question(most=6), unheard).text == SAID[:24]


# ---- what breaks


def test_an_answer_whose_connection_was_cut_is_given_as_far_as_it_came(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.cut_connection(100)]
    reply = server.ask(a_question(), unheard)
    assert (reply.text, reply.end, len(chat.asked)) == (SAID[:100], "lost", 1)
    assert "broke" in reply.why and reply.tokens_out == 25


def test_a_connection_cut_before_the_first_word_is_tried_once_more(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.cut_connection(0)]
    assert server.ask(a_question(), unheard).text == SAID
    chat.failures = [ChatFail.cut_connection(0), ChatFail.cut_connection(0)]
    with pytest.raises(NoAnswer) as failed:
        server.ask(a_question(), unheard)
    assert failed.value.remedy and not chat.failures


def test_an_error_in_the_midst_of_a_stream_is_told(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.error_midway("llama runner process has terminated")]
    reply = server.ask(a_question(), unheard)
    assert (reply.text, reply.end, reply.why) == (SAID[:4], "lost", "llama runner process has terminated")


@pytest.mark.parametrize("piece", ["and so on ", "\n", " ", '{"first": 12, "last": 12, "who": ["fox"]}'[:40]])
def test_an_endless_answer_is_ended(piece: str, server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.endless(piece)]
    reply = server.ask(a_question(most=5000), unheard)
    assert reply.end == "endless" and 400 <= len(reply.text) < 5000 and chat.wait_gone() == 1


def test_an_answer_far_longer_than_its_limit_is_ended_though_it_does_not_repeat_itself(
    server: ChatServer, chat: FakeChat
) -> None:
    chat.failures = [ChatFail.endless("".join(f"{number}, " for number in range(60)))]
    reply = server.ask(a_question(most=20), unheard)
    assert reply.end == "endless" and len(reply.text) >= 240


def test_a_server_that_dies_while_it_answers_is_told(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.silent(20)]

    def kill(text: str) -> None:
        if chat.asked:
            chat.kill()

    with pytest.raises(NobodyThere) as failed:
        server.ask(a_question(), kill)
    assert server.name in failed.value.cause and failed.value.remedy


# ---- who sends us away


@pytest.mark.parametrize(
    ("code", "wait"), [(429, "0"), (503, "0.6"), (429, "soon"), (503, "Fri, 20 Nov 2020 19:00:00 GMT")]
)
def test_a_busy_server_is_asked_again_when_it_wants_to_be(
    code: int, wait: str, server: ChatServer, chat: FakeChat
) -> None:
    chat.failures = [ChatFail.status(code, retry_after=wait)]
    begin = time.monotonic()
    assert server.ask(a_question(), unheard).text == SAID and len(chat.asked) == 2
    assert wait != "0.6" or time.monotonic() - begin >= 0.6


def test_a_model_that_is_being_loaded_is_waited_for(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.loading(0.5)]
    calls: list[str] = []
    assert server.ask(a_question(), calls.append).text == SAID


@pytest.mark.parametrize("path", ["", "/v1"])
def test_a_server_that_is_still_loading_is_told_and_waited_for(path: str, chat: FakeChat) -> None:
    chat.shut_until = time.monotonic() + 0.8
    with pytest.raises(NotYet, match=r"The server at 127\.0\.0\.1:\d+ is still loading its model – wait"):
        server_at(chat.url + path).models()
    calls: list[str] = []
    found = when_ready(lambda: server_at(chat.url + path).models(), 5.0, calls.append)
    assert [model.name for model in found] == ["toy:8b"] and calls
    chat.shut_until = time.monotonic() + 60
    with pytest.raises(Busy, match="loading the model for too long"):
        when_ready(lambda: server_at(chat.url + path).models(), 0.6, unheard)


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (429, b'{"error": "too many"}', {"Retry-After": "7"}, "has no time: 429, too many"),
        (503, b"<html>", {"Retry-After": "7"}, "has no time: 503, a web page"),
        (503, b"<html>", {}, "proxy answers"),
        (500, b'{"error": "out of luck"}', {}, "failed: out of luck"),
        (429, b'{"error": {"message": "no", "code": "insufficient_quota"}}', {}, "used up"),
    ],
)
def test_what_a_server_says_for_itself_is_no_proxys_word(
    status: int, body: bytes, headers: dict[str, str], said: str
) -> None:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    with answering(status, body, kind, headers) as (url, _), pytest.raises(BackendFailed, match=said) as failed:
        server_at(f"{url}/v1").models()
    assert failed.value.remedy and isinstance(failed.value, NotYet) == ("no time" in said)
    assert not isinstance(failed.value, NotYet) or failed.value.later.seconds == 7


def test_a_server_that_stays_busy_is_given_up(at: Callable[..., ChatServer], chat: FakeChat) -> None:
    chat.failures = [ChatFail.status(429, retry_after="0.5") for _ in range(4)]
    with pytest.raises(Busy, match="429") as failed:
        at(patience=0.9).ask(a_question(), unheard)
    assert "later" in failed.value.remedy and len(chat.asked) == 2


def test_a_wait_can_be_stopped(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.status(503, retry_after="100")]
    begin = time.monotonic()

    def stop(_: str) -> None:
        if time.monotonic() - begin > 0.5:
            raise Stop

    with pytest.raises(Stop):
        server.ask(a_question(), stop)


def test_an_account_that_is_used_up_is_not_waited_for(chat: FakeChat) -> None:
    body = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
    chat.failures = [ChatFail.status(429, body=json.dumps(body))]
    with pytest.raises(Refused, match="used up"):
        server_at(f"{chat.url}/v1").ask(a_question(), unheard)


def test_times_to_wait_are_read_in_both_forms() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < (retry_after(later) or 0) <= 90
    assert (retry_after("7"), retry_after(" 0.5 "), retry_after("-3")) == (7, 0.5, 0)
    odd = (None, "", "soon", "nan", "Fri, 99 Nov", f"Fri, 20 Nov 2020 {10**20}:00:00 GMT")
    assert [retry_after(each) for each in odd] == [None] * 6
    assert retry_after(format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)) == 0


# ---- what is refused


def test_a_model_that_is_not_there_is_told_with_those_that_are(server: ChatServer, chat: FakeChat) -> None:
    chat.models = (Model("toy:8b"), Model("bigger:30b"), Model("nomic-embed-text", capabilities=("embedding",)))
    with pytest.raises(NoSuchModel) as failed:
        server.ask(a_question(model="qwen3:9b"), unheard)
    assert "qwen3:9b" in failed.value.cause and "toy:8b, bigger:30b" in failed.value.cause
    assert "embed" not in str(failed.value)
    if server.program == "Ollama":
        assert failed.value.remedy == "ollama pull qwen3:9b"


def test_a_model_that_cannot_chat_is_told(chat: FakeChat) -> None:
    chat.models = (Model("toy:8b"), Model("nomic-embed-text", capabilities=("embedding",)))
    with pytest.raises(NoSuchModel, match=r"nomic-embed-text cannot chat; it has toy:8b"):
        server_at(chat.url).ask(a_question(model="nomic-embed-text"), unheard)


def test_a_prompt_that_is_too_long_is_told_with_the_context(server: ChatServer, chat: FakeChat) -> None:
    chat.context = 2000
    with pytest.raises(TooLong) as failed:
        server.ask(a_question("moon " * 12_000, context=2000), unheard)
    if server.program == "Ollama":
        assert failed.value.context is None and "read at once" in failed.value.cause  # it does not tell
    else:
        assert failed.value.context == 2000


def test_a_prompt_that_an_older_ollama_cuts_without_a_word_is_told(chat: FakeChat) -> None:
    chat.version = "0.12.3"
    with pytest.raises(TooLong, match="read only 2000 tokens") as failed:
        server_at(chat.url).ask(a_question("moon " * 12_000, context=2000), unheard)
    assert failed.value.context == 2000 and "update Ollama" in failed.value.remedy


def test_an_answer_that_fills_the_context_ends_there_and_says_so(server: ChatServer, chat: FakeChat) -> None:
    chat.answer, chat.context = lambda asked: SAID, 30
    reply = server.ask(a_question(context=30), unheard)
    assert (reply.text, reply.end) == (SAID[: 4 * (30 - 9)], "length")


@pytest.mark.parametrize(
    ("status", "said", "context"),
    [
        (400, "request (6024 tokens) exceeds the available context size (2048 tokens), try increasing it", 2048),
        (400, "This model's maximum context length is 4096 tokens. However, you requested 6037 tokens", 4096),
        (400, "You passed 9000 input tokens, but the model's context length is only 8192 tokens", 8192),
        (400, "prompt is too long: 208310 tokens > 200000 maximum", 200000),
        (400, "the input length exceeds the context length", None),
        (500, "the prompt is longer than the context length currently available to the model", None),
    ],
)
def test_every_servers_word_for_a_prompt_that_is_too_long_is_known(status: int, said: str, context: int | None) -> None:
    for body in ({"error": said}, {"error": {"message": said}}):
        refusal = Refusal.read(Answer(status, json.dumps(body).encode(), "here"))
        assert refusal.too_long and refusal.context == context and not refusal.no_model


def test_a_model_that_may_not_be_told_to_think_is_asked_without(chat: FakeChat) -> None:
    chat.failures = [ChatFail.refuses_think()]
    chat.answer = lambda asked: SAID
    server = server_at(chat.url)
    assert server.ask(a_question(), unheard).text == server.ask(a_question(), unheard).text == SAID
    assert ["think" in asked.body for asked in chat.asked] == [True, False, False]


@pytest.mark.parametrize("fastapi", [False, True])
@pytest.mark.parametrize(
    ("heeds", "form"),
    [
        (("json_schema", "json_object"), "strict"),
        (("json_object", "schema"), "object with schema"),
        (("json_object",), "object"),
        ((), "words"),
    ],
)
def test_the_schema_is_asked_for_in_the_best_way_that_the_server_takes_and_that_is_remembered(
    heeds: tuple[str, ...], form: str, fastapi: bool
) -> None:
    with FakeChat(lambda asked: '{"a": 1}', heeds=heeds, fastapi=fastapi) as chat:
        server = server_at(f"{chat.url}/v1")
        for _ in range(2):
            chat.hits.clear()
            assert server.ask(a_question(answer=SCHEMA), unheard).text == '{"a": 1}'
        assert chat.hits == ["POST /v1/chat/completions"]
        kind = {"strict": "json_schema", "words": None}.get(form, "json_object")
        assert (chat.asked[-1].body.get("response_format") or {}).get("type") == kind
        assert (json.dumps(SCHEMA, separators=(",", ":")) in chat.asked[-1].system) == (form != "strict")
        assert (chat.asked[-1].schema == SCHEMA) == (form in ("strict", "object with schema"))


REFUSALS = {
    "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
    "stream_options": "Unrecognized request argument supplied: stream_options",
    "chat_template_kwargs": "Unrecognized request argument supplied: chat_template_kwargs",
    "temperature": "Unsupported value: 'temperature' does not support 0.3 with this model. Only 1 is supported.",
    "seed": "Extra inputs are not permitted: seed",
}


@contextmanager
def picky(*unknown: str, status: int = 400) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that refuses these fields, one at a time. (its address, the bodies it has seen)"""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(body)
            wrong = next((name for name in unknown if name in body), None)
            told: dict[str, Any] = {"error": {"message": REFUSALS.get(wrong or "", ""), "param": wrong}}
            if wrong is None:
                message = {"role": "assistant", "content": SAID}
                told = {"choices": [{"message": message, "finish_reason": "stop"}]}
            data = json.dumps(told, indent=2).encode()
            self.send_response(200 if wrong is None else status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_what_a_server_does_not_know_is_left_out_and_one_that_does_not_stream_is_understood(status: int) -> None:
    with picky(*REFUSALS, status=status) as (url, seen):
        server = server_at(url)
        for _ in range(2):
            reply = server.ask(a_question(), unheard)
            assert (reply.text, reply.end, reply.tokens_out) == (SAID, "stop", -(-len(SAID) // 4))
    assert len(seen) == len(REFUSALS) + 2
    assert seen[-1].keys() == {"messages", "model", "max_completion_tokens", "stream"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_left_out_grows_less_whatever_is_said(where: str, said: str) -> None:
    wishes, question = Wishes(), a_question(answer=SCHEMA)
    for _ in range(20):
        fewer = wishes.less(wishes.body(question), f"{where} response_format max_tokens seed", said)
        if fewer is None:
            return
        assert fewer != wishes
        wishes = fewer
    raise AssertionError("there is no end to it")


def test_a_refusal_that_is_about_nothing_we_could_leave_out_is_told(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.status(400, body='{"error": "the moon is in the wrong house"}')]
    with pytest.raises(Refused, match="the moon is in the wrong house") as failed:
        server.ask(a_question(), unheard)
    assert failed.value.remedy and len(chat.asked) == 1


def test_too_little_memory_is_told_with_a_remedy_that_fits(server: ChatServer, chat: FakeChat) -> None:
    said = "model requires more system memory (18.5 GiB) than is available (7.1 GiB)"
    chat.failures = [ChatFail.status(500, body=json.dumps({"error": said}))]
    with pytest.raises(Refused, match=r"18\.5 GiB") as failed:
        server.ask(a_question(), unheard)
    assert "smaller model" in failed.value.remedy


def test_a_server_that_fails_is_asked_once_more(server: ChatServer, chat: FakeChat) -> None:
    chat.failures = [ChatFail.status(500)]
    assert server.ask(a_question(), unheard).text == SAID
    chat.failures = [ChatFail.status(500, body='{"error": "runner died"}')] * 2
    with pytest.raises(NoAnswer, match="runner died"):
        server.ask(a_question(), unheard)


# ---- what stands between


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, "sends a web page"), (401, "wants a login"), (403, "lets nobody"), (404, "404"), (502, "proxy answers")],
)
def test_web_pages_of_proxies_and_logins_are_told_as_what_they_are(status: int, said: str, protocol: str) -> None:
    with answering(status, b"<html><h1>nginx</h1></html>") as (url, _):
        server = in_protocol(protocol, url)
        for ask in (lambda: server.ask(a_question(), unheard), server.models):
            with pytest.raises(NoAnswer, match=said) as failed:
                ask()
            assert failed.value.remedy and "nginx" not in str(failed.value)


def test_a_server_that_sends_one_elsewhere_is_not_followed_with_the_users_key(protocol: str) -> None:
    with answering(302, headers={"Location": "https://login.example/auth?token=secret"}) as (url, asked):
        with pytest.raises(NoAnswer, match=r"https://login\.example/auth") as failed:
            in_protocol(protocol, url, "s3cret").ask(a_question(), unheard)
        assert "secret" not in str(failed.value) and "s3cret" not in str(failed.value) and len(asked) == 1


def in_protocol(protocol: str, url: str, key: str = "", **more: Any) -> ChatServer:
    """Of a server that could not be asked what it speaks."""
    if protocol == "openai":
        return server_at(f"{url}/v1", key, **more)
    return Ollama(Address.of(OLLAMA, url, {"Authorization": f"Bearer {key}"} if key else {}), key=key, **more)


def test_a_key_is_sent_and_shown_nowhere(protocol: str) -> None:
    with FakeChat(lambda asked: SAID, key="sk-s3cret") as chat:
        path = "/v1" if protocol == "openai" else ""
        server = server_at(chat.url + path, "sk-s3cret")
        assert server.ask(a_question(), unheard).text == SAID and server.models()
        with pytest.raises(NoAnswer, match="login") as failed:
            in_protocol(protocol, chat.url, "sk-wr0ng").ask(a_question(), unheard)
        chat.failures = [ChatFail.status(400, body='{"error": "bad key sk-s3cret given"}')]
        with pytest.raises(Refused, match=r"bad key \*\*\* given") as refused:
            server.ask(a_question(), unheard)
        chat.failures = [
            ChatFail.error_midway("no more for sk-s3cret"),
            ChatFail.status(418, body="x" * 95 + "sk-s3cret"),
        ]
        cut = server.ask(a_question(), unheard)
        with pytest.raises(Refused) as page:
            server.ask(a_question(), unheard)
        assert chat.asked[0].headers["authorization"] == "Bearer sk-s3cret"
    shown = f"{failed.value} {refused.value} {page.value} {cut!r} {server!r} {vars(server)['_address']!r} {server.name}"
    assert "sk-" not in shown and "wr0ng" not in shown


def test_a_key_that_is_no_header_is_told_without_it() -> None:
    with pytest.raises(BadSettings) as failed:
        server_at("http://127.0.0.1:9/v1", "s3cret\nX-Evil: 1").models()
    assert "s3cret" not in str(failed.value)


def test_proxies_and_netrc_of_this_machine_are_not_asked_for_its_own_addresses(
    monkeypatch: pytest.MonkeyPatch, write: Any, server: ChatServer, chat: FakeChat
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "elsewhere.example")
    monkeypatch.setenv("NETRC", str(write("netrc", "machine 127.0.0.1 login me password s3cret\n")))
    assert server.ask(a_question(), unheard).text == SAID
    assert "authorization" not in chat.asked[0].headers


def test_a_stream_without_length_or_chunks_is_read_as_it_comes() -> None:
    said: list[dict[str, Any]] = [
        {"choices": [{"delta": {"content": piece}, "finish_reason": None}]} for piece in ("Once ", "upon ", "a")
    ]
    said.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
                for number, event in enumerate(said):
                    client.sendall(b"data: " + json.dumps(event).encode() + b"\n\n")
                    while number < 3 and heard[-1:] != ["Once upon a"[: 5 * number + 5]]:
                        time.sleep(0.005)  # it goes on when this piece was heard
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        reply = server_at(f"http://127.0.0.1:{listening.getsockname()[1]}/v1").ask(a_question(), heard.append)
        thread.join()
    assert (reply.text, reply.end) == ("Once upon a", "stop")


@contextmanager
def saying(*parts: bytes) -> Iterator[str]:
    """A server that sends these bytes whatever it is asked, and then waits until one has gone. (its address)"""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(65536)
                for part in parts:
                    self.request.sendall(part)
                if parts[0].startswith(b"HTTP/1.0"):
                    self.request.shutdown(socket.SHUT_WR)
                while self.request.recv(65536):
                    pass

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


OLD_STREAM = b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n"


def event(text: str = "", **more: Any) -> bytes:
    told = {"choices": [{"delta": {"content": text}, "finish_reason": None}], **more}
    return b"data: " + json.dumps(told).encode() + b"\n\n"


def test_a_stream_without_length_or_chunks_is_not_read_byte_by_byte() -> None:
    words = [f"word {number} " for number in range(2000)]
    heard: list[str] = []
    with saying(OLD_STREAM, *map(event, words), b"data: [DONE]\n\n") as url:
        reply = server_at(url).ask(a_question(most=5000), heard.append)
    assert reply.text == "".join(words) and len(heard) < 3 * len(words)


@pytest.mark.parametrize("head", [CHUNKED + b"7fffffff\r\n", CHUNKED + b"200000\r\n", OLD_STREAM])
def test_a_chunk_of_any_size_is_heard_as_it_comes_and_never_collected(head: bytes) -> None:
    with saying(head, event("Once"), event(" upon")) as url:
        heard: list[str] = []

        def stop(text: str) -> None:
            heard.append(text)
            if text == "Once upon":
                raise Stop

        with pytest.raises(Stop):
            server_at(url, silence=5).ask(a_question(), stop)
    with saying(head, *[b"x" * 65536] * 17) as url, pytest.raises(NoAnswer, match="is not a language-model server"):
        server_at(url, silence=5).ask(a_question(), unheard)


def test_a_chunk_that_breaks_off_is_a_broken_connection() -> None:
    with saying(CHUNKED + b"20000\r\n", event("Once")) as url:
        server = server_at(url, silence=0.4)
        with pytest.raises(NoAnswer, match="silent"):
            server.ask(a_question(), unheard)
    with saying(CHUNKED + b"%x\r\n" % len(event("Once")), event("Once"), b"\r\nnonsense\r\n") as url:
        reply = server_at(url).ask(a_question(), unheard)
    assert (reply.text, reply.end) == ("Once", "lost") and "broke" in reply.why


def test_an_answer_that_was_pressed_together_unasked_is_understood() -> None:
    body = gzip.compress(event(SAID) + b"data: [DONE]\n\n")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/event-stream\r\n"
    with saying(head + b"Content-Length: %d\r\n\r\n" % len(body) + body) as url:
        assert server_at(url).ask(a_question(), unheard).text == SAID
    with saying(head + b"\r\nno gzip at all") as url, pytest.raises(NoAnswer):
        server_at(url).ask(a_question(), unheard)


def test_a_moments_silence_costs_no_look_at_what_was_said() -> None:
    heard: list[str] = []
    hearing = Hearing(a_question(), heard.append)
    hearing.take(Piece(text="<think>well</think>Once"))
    hearing.take(Piece())
    assert heard == ["Once", "Once"] and heard[0] is heard[1]


# ---- models, addresses


def test_models_are_told_with_what_is_known_of_them(chat: FakeChat) -> None:
    chat.models = (
        Model("toy:8b", size=5_000_000_000, context=40960),
        Model("nomic-embed-text", capabilities=("embedding",)),
        Model("gpt-oss:120b-cloud", remote="https://ollama.com:443"),
        Model("glm-4.6:cloud"),
    )
    toy, embeds, cloud, old = server_at(chat.url).models()
    assert old.remote == "ollama.com"
    assert (toy.name, toy.size, toy.context, toy.chats, toy.remote) == ("toy:8b", 5_000_000_000, 40960, True, "")
    assert toy.modified.startswith("2026") and not embeds.chats and cloud.remote == "https://ollama.com:443"
    assert [(model.name, model.chats) for model in server_at(f"{chat.url}/v1").models()] == [
        ("toy:8b", True),
        ("nomic-embed-text", False),
        ("gpt-oss:120b-cloud", True),
        ("glm-4.6:cloud", True),
    ]


@pytest.mark.parametrize("speaks", [("ollama", "openai"), ("openai",)])
def test_models_that_run_elsewhere_are_known_in_both_protocols(speaks: tuple[str, ...]) -> None:
    names = ("toy:8b", "big:cloud", "gpt-oss:120b-cloud", "GLM-Cloud:latest", "cloud:8b", "cloudy")
    with FakeChat(
        models=[*map(Model, names), Model("mine", remote="https://elsewhere.example:443")], speaks=speaks
    ) as chat:
        hosts = {model.name: model.remote for model in server_at(f"{chat.url}/v1").models()}
    assert list(hosts.values())[:-1] == ["", "ollama.com", "ollama.com", "ollama.com", "", ""]
    assert hosts["mine"] == ("https://elsewhere.example:443" if "ollama" in speaks else "")


def test_contexts_that_servers_tell_of_are_known() -> None:
    listed = [
        {"id": "llama.cpp", "meta": {"n_ctx": 2048, "n_ctx_train": 8192, "size": 509184}},
        {"id": "vllm", "max_model_len": 32768},
        {"id": "router", "context_length": 131072},
        {"id": "openai"},
        {"no": "name"},
        "odd",
    ]
    with answering(200, json.dumps({"data": listed}).encode(), "application/json") as (url, _):
        models = server_at(f"{url}/v1").models()
    assert [(m.name, m.context) for m in models] == [
        ("llama.cpp", 2048),
        ("vllm", 32768),
        ("router", 131072),
        ("openai", None),
    ]


@pytest.mark.parametrize(("speaks", "program"), [("ollama", "Ollama"), ("openai", "the server")])
def test_a_server_is_asked_which_protocol_it_speaks(speaks: str, program: str) -> None:
    with FakeChat(lambda asked: SAID, speaks=(speaks,)) as chat:
        server = server_at(chat.url.removeprefix("http://"))
        assert server.program == program and f"http://{server.name}" == chat.url
        assert server.ask(a_question(), unheard).text == SAID


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/chat/completions", "/v1/models"])
def test_an_address_may_be_written_as_manuals_have_it(path: str, chat: FakeChat) -> None:
    chat.answer = lambda asked: SAID
    assert server_at(chat.url + path).ask(a_question(), unheard).text == SAID


def test_another_program_at_the_address_is_told() -> None:
    other = b'{"error": "Unexpected endpoint or method. (GET /api/version)"}'
    with answering(200, other, "application/json") as (url, _), pytest.raises(NoAnswer, match="speaks neither"):
        server_at(url)


def test_a_server_that_is_not_there_is_told_within_seconds() -> None:
    begin = time.monotonic()
    for url in ("http://127.0.0.1:9", "http://127.0.0.1:9/v1"):
        with pytest.raises(NobodyThere) as failed:
            server_at(url).ask(a_question(), unheard)
        assert "127.0.0.1:9" in failed.value.cause and failed.value.remedy
    with pytest.raises(NoAnswer):
        server_at("http://no-such-host.invalid/v1").ask(a_question(), unheard)
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        (":8000", "http://127.0.0.1:8000"),
        ("gpu", "http://gpu:11434"),
        (' "gpu:8000" ', "http://gpu:8000"),
        ("http://gpu", "http://gpu:80"),
        ("https://gpu/ollama/", "https://gpu:443/ollama"),
        ("gpu/ollama", "http://gpu:11434/ollama"),
        ("gpu:nonsense", "http://gpu:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::]:8000", "http://[::1]:8000"),
        ("ollama.com", "https://ollama.com:443"),
    ],
)
def test_ollamas_own_variable_is_read_as_ollama_reads_it(
    written: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", written)
    assert ollama_url() == url and f"http://{server_at().name}" in (url, url.replace("https", "http"))


def test_a_server_that_listens_everywhere_is_asked_on_this_machine(chat: FakeChat) -> None:
    assert server_at(f"0.0.0.0:{chat.port}").name == f"127.0.0.1:{chat.port}"


# ---- small parts


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("\n" * 20_000 + "</thin", "\n" * 20_000 + "</thin"),
        ("<think>\nwell\n</think>\n\n{}", "{}"),
        ("<think>never ended", ""),
        ("  <THINKING>x</THINKING> y", "y"),
        ("[THINK]hm[/THINK]{}", "{}"),
        ("opened in the prompt\n</think>\n{}", "{}"),
        ('{"seen": "a sign says </think>"}', '{"seen": "a sign says </think>"}'),
        ("plain <think>text", "plain <think>text"),
    ],
)
def test_thoughts_in_the_answer_itself_are_taken_off_its_beginning(text: str, rest: str) -> None:
    assert without_thoughts(text) == rest


@given(st.text(max_size=80))
def test_an_answer_without_thoughts_is_left_as_it_is(text: str) -> None:
    if "<" not in text and "[" not in text:
        assert without_thoughts(text) == text


@given(st.text(min_size=1, max_size=40), st.text(max_size=300))
def test_a_piece_of_any_kind_said_again_and_again_is_noticed(piece: str, before: str) -> None:
    assert repeats(before + piece * 440)
    assert not repeats(before[:300])


def test_a_long_list_of_different_things_does_not_repeat_itself() -> None:
    assert not repeats("".join(f'{{"first": {n}, "last": {n + 1}}},' for n in range(100, 200)))


@given(
    st.lists(st.sampled_from([b'{"a": 1}', b'data: {"a": "\xc3\xb6"}', b": ping", b"", b"event: x", b"odd"])), st.data()
)
def test_lines_are_put_together_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    body, pieces = b"\n".join([*lines, b"data: [DONE]"]), []
    while body:
        count = data.draw(st.integers(1, 9))
        pieces.append(body[:count])
        body = body[count:]
    found = [event for event in events(pieces, "text/event-stream") if event is not None]
    assert found[-1] is DONE and len(found) == sum(b"{" in line for line in lines) + 1


def test_a_body_that_has_nothing_for_us_is_unreadable() -> None:
    for pieces in ([b"<html>", b"<body>\n"], [b"x" * 2**20, b"y"], [b'{"cut": ']):
        with pytest.raises(Unreadable):
            list(events(pieces, "text/html"))


@pytest.mark.parametrize("odd", [5, True, "text", {"0": 1}, [[3]], [], None])
def test_an_event_of_any_shape_says_nothing(odd: Any) -> None:
    with saying(OLD_STREAM, event("Once", usage=odd), event(choices=odd), b"data: [DONE]\n\n") as url:
        assert server_at(url).ask(a_question(), unheard).text == "Once"


@pytest.mark.parametrize("number", [-5, True, 2.5, "many"])
def test_a_number_that_nothing_can_have_is_not_believed(number: Any) -> None:
    counts = {"prompt_tokens": number, "completion_tokens": number}
    with saying(OLD_STREAM, event(SAID, usage=counts), b"data: [DONE]\n\n") as url:
        reply = server_at(url).ask(a_question(), unheard)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == (SAID, 9, -(-len(SAID) // 4))
    told = {"error": {"message": "prompt is too long", "type": "exceed_context_size_error", "n_ctx": number}}
    assert Refusal.read(Answer(400, json.dumps(told).encode(), "here")).context is None


def test_an_error_that_is_nested_without_end_is_told() -> None:
    for depth in (100, 900, 950, 990, 20_000):
        nested = b"[" * depth + b"]" * depth
        with saying(OLD_STREAM, b'data: {"error": {"message": ' + nested + b"}}\n\n") as url:
            with pytest.raises(NoAnswer) as failed:
                server_at(url).ask(a_question(), unheard)
            assert failed.value.remedy
    deep = b'{"version": ' + b"[" * 100_000
    with answering(200, deep, "application/json") as (url, _), pytest.raises(NoAnswer, match="speaks neither"):
        server_at(url)


def test_what_a_server_says_cannot_change_the_terminal(server: ChatServer, chat: FakeChat) -> None:
    said = "red \u001b[31m\u009b2J alert\u0007\n \u202etxet"
    chat.failures = [
        ChatFail.status(400, body=json.dumps({"error": said})),
        ChatFail.status(418, body=said),
        ChatFail.error_midway(said),
    ]
    for _ in range(2):
        with pytest.raises(Refused, match=r"red \[31m 2J alert txet") as failed:
            server.ask(a_question(), unheard)
        assert str(failed.value).replace("\n", "").isprintable()
    chat.answer = lambda asked: SAID
    assert server.ask(a_question(), unheard).why == "red [31m 2J alert txet"


@pytest.mark.parametrize("loc", [5, None, "body", [5, None], {"a": 1}])
def test_a_fault_at_any_place_is_told(loc: Any) -> None:
    told = json.dumps({"detail": [{"loc": loc, "msg": "it is odd"}]}).encode()
    with answering(422, told, "application/json") as (url, _), pytest.raises(Refused, match="it is odd"):
        server_at(f"{url}/v1").ask(a_question(), unheard)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"error": null}', b'{"error": [1]}', b'{"detail": "no"}', b'{"detail": [3]}']
)
def test_a_refusal_of_any_shape_is_told(body: bytes) -> None:
    with answering(418, body, "application/json") as (url, _), pytest.raises(BackendFailed) as failed:
        server_at(f"{url}/v1").ask(a_question(), unheard)
    assert "418" in failed.value.cause and failed.value.remedy
