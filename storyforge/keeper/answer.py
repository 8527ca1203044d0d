"""Whether something answers at an address, and whether it is at work."""

from __future__ import annotations

from enum import Enum
from typing import Any

import requests

from storyforge.keeper.wanted import Wanted

_SECONDS = 1.0  # to be connected, and then to be answered: while one waits, a stop by the user is not seen
_BEHIND_PROXY = {502, 503, 504}  # what a proxy says of a server that is not up
_LOCKED = {401, 403}  # it is there; the password is the client's business


class Answer(Enum):
    READY = "answers"
    SILENT = "nothing answers"
    SLOW = "something takes calls but does not answer"
    FOREIGN = "something else answers"


def probe(wanted: Wanted) -> Answer:
    """Never raises, and takes about two seconds at most."""
    try:
        status = _get(wanted.at(wanted.probe)).status_code
    except requests.ReadTimeout:
        return Answer.SLOW
    except requests.exceptions.SSLError:
        return Answer.READY  # it is there; whether to trust its certificate is the client's business
    except requests.RequestException:
        return Answer.SILENT
    if status < 300 or status in _LOCKED:
        return Answer.READY
    return Answer.SILENT if status in _BEHIND_PROXY else Answer.FOREIGN


def at_work(wanted: Wanted) -> bool | None:
    """Whether the server has work, whoever gave it; None if it does not tell."""
    if wanted.busy is None:
        return False
    try:
        told: Any = _get(wanted.at(wanted.busy.path)).json()
        return any(told.get(field) for field in wanted.busy.fields)
    except (requests.RequestException, ValueError, AttributeError):
        return None


def _get(url: str) -> requests.Response:
    """Past any proxy of the environment: a server that is started from here is near."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=_SECONDS)
