"""A session with one server, as requests knows them: nothing of this machine's settings gets between."""

from __future__ import annotations

import requests

from storyforge.web.address import Address


def session_with(address: Address) -> requests.Session:
    session = requests.Session()
    session.trust_env = not address.loopback  # a proxy cannot reach this machine's own addresses
    session.auth = _untouched  # else an entry of .netrc would take the place of the user's own header
    return session


def _untouched(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
