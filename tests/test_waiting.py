"""Whoever waits for what cannot be broken off can leave."""

from __future__ import annotations

import threading

import pytest

from storyforge.web.waiting import waited


def test_what_is_waited_for_is_given_or_raised() -> None:
    assert waited(lambda: 3, lambda: None) == 3
    with pytest.raises(ZeroDivisionError):
        waited(lambda: 1 // 0, lambda: None)


def test_whoever_has_enough_leaves_the_work_to_itself() -> None:
    going_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        going_on.wait(20)
        ended.set()

    def enough() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        waited(work, enough)
    assert not ended.is_set()
    going_on.set()
    assert ended.wait(20)
