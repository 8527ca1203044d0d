"""What a refusal comes down to, as an error with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from storyforge.errors import BackendFailed
from storyforge.planning.chat.busy import Later
from storyforge.planning.chat.failures import NoAnswer, Refused, TooLong
from storyforge.planning.chat.refusal import Refusal
from storyforge.web.answer import Answer
from storyforge.web.program import Program
from storyforge.web.retry_after import retry_after
from storyforge.web.trouble import stands_between

BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class NotYet(NoAnswer):
    """It is there and has no time, most often as it is loading its model: `later` it can be asked again.

    `at`: the server, as a sentence begins.
    """

    def __init__(self, cause: str, remedy: str, later: Later, at: str) -> None:
        super().__init__(cause, remedy)
        self.later, self.at = later, at


class Stumbled(NoAnswer):
    """The connection broke, or the server failed, before a word was said: asked again it may well answer.

    `mute`: the stream ended as if all was well, and was empty. llama-cpp-python tells so of a prompt that is too long.
    """

    def __init__(self, cause: str, remedy: str = "", mute: bool = False) -> None:
        super().__init__(cause, remedy)
        self.mute = mute


def in_between(refusal: Refusal, headers: Mapping[str, str], program: Program, place: str) -> BackendFailed | None:
    """Of an answer that is a proxy's, a login's, or the door of an account; None if it is the program's own."""
    if refusal.signin:
        return NoAnswer(f"{program.at(place)} must be signed in for this model", "run: ollama signin")
    if refusal.no_quota:
        return Refused(f"The account at {place} is used up: {refusal.said}", "look at it, or use another server")
    if refusal.in_json and refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    return stands_between(refusal.status, headers, program, place)


def not_told(answer: Answer, path: str) -> BackendFailed | None:
    """Why a short question (what is it, what models has it) got no answer, if that is told by its status."""
    if answer.good:
        return None
    refusal, at = Refusal.read(answer), answer.program.at(answer.name)
    asks_to_wait = refusal.in_json or "Retry-After" in answer.headers
    if refusal.status in BUSY and asks_to_wait and not refusal.no_quota:
        doing = "is still loading its model" if refusal.loading else f"has no time: {refusal.status}, {refusal.said}"
        later = Later(retry_after(answer.headers.get("Retry-After")), refusal)
        return NotYet(f"{at} {doing}", "wait a little, and try again", later, at)
    if between := in_between(refusal, answer.headers, answer.program, answer.name):
        return between
    if refusal.in_json and refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failure(refusal, answer.program, answer.name, path, "")
    return None


def failure(refusal: Refusal, program: Program, place: str, path: str, model: str) -> BackendFailed:
    """Of a refusal that is not about the model's name. `place`: the server's; `path`: what was asked for there."""
    at = program.at(place)
    if refusal.too_long:
        limit = f" ({refusal.context} tokens)" if refusal.context else ""
        return TooLong(
            f"The prompt is longer than {model or 'the model'} at {place} can read at once{limit}",
            "start the server with a larger context, or choose another model",
            refusal.context,
        )
    if refusal.no_memory:
        return Refused(f"{at} has too little memory: {refusal.said}", "choose a smaller model, or a smaller context")
    if refusal.status == HTTPStatus.NOT_FOUND:
        return NoAnswer(
            f"{at} does not know /{path}: 404, {refusal.said}",
            "check the address; that of a server which speaks OpenAI's protocol most often ends in /v1",
        )
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Stumbled(f"{at} failed: {refusal.said}", "look at the server's window or log for the reason")
    return Refused(f"{at} refuses the question: {refusal.status}, {refusal.said}", "look at its log, or update it")
