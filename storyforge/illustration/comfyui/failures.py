"""How a picture can fail. Whoever holds several servers decides by the kind; the user reads cause and remedy.

BackendFailed
├── NoAnswer       the server is not there, went away, froze, or something else answers in its place
├── Refused        it will not run this graph: a node, a file or a value is wrong. Asking again helps nothing
├── OutOfMemory    the graph needs more memory than there is
├── CalledOff      somebody else deleted or interrupted the job
├── Stuck          the server answers, but its queue does not move
├── Spoiled        a picture came, but not whole, of a wrong size, or all of one colour
└── Broke          a node failed while it ran
"""

from __future__ import annotations

from storyforge.errors import BackendFailed
from storyforge.web.failures import NoAnswer as NoAnswer
from storyforge.web.failures import NobodyThere as NobodyThere


class Refused(BackendFailed):
    pass


class OutOfMemory(BackendFailed):
    pass


class CalledOff(BackendFailed):
    pass


class Stuck(BackendFailed):
    pass


class Spoiled(BackendFailed):
    pass


class Broke(BackendFailed):
    pass
