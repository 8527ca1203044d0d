"""Keeps servers: starts one when it is needed and not there, and stops it when it has not been used for a while.

    wanted = Wanted(start="python main.py --port 8188", url="http://127.0.0.1:8188", probe="/system_stats")
    with using(wanted):
        ensure(wanted, print)
        …

A server is a command line, an address and a time; what it serves is no business of this package. It knows only the
servers that it started, and never stops another.
"""

from storyforge.keeper.durations import in_words, parse_duration
from storyforge.keeper.start import ensure, using
from storyforge.keeper.status import Kept, kept, stop
from storyforge.keeper.wanted import Busy, Wanted

__all__ = ["Busy", "Kept", "Wanted", "ensure", "in_words", "kept", "parse_duration", "stop", "using"]
