"""How a question to a language model can fail. Whoever plans decides by the kind; the user reads cause and remedy.

BackendFailed
├── NoAnswer          the server went away, froze, or something else answers in its place
│   └── NobodyThere   no server is there
├── NoSuchModel       the server does not have the model, or the model cannot chat
├── TooLong           the prompt is longer than what the model can read at once
├── Refused           the server will not answer this; asking again helps nothing
└── Busy              the server sends everybody away, for longer than we wait
"""

from __future__ import annotations

from storyforge.errors import BackendFailed
from storyforge.web.failures import NoAnswer as NoAnswer
from storyforge.web.failures import NobodyThere as NobodyThere


class NoSuchModel(BackendFailed):
    pass


class TooLong(BackendFailed):
    def __init__(self, cause: str, remedy: str = "", context: int | None = None) -> None:
        super().__init__(cause, remedy)
        self.context = context
        """Tokens that the model reads at once, prompt and answer together; None if the server does not tell."""


class Refused(BackendFailed):
    pass


class Busy(BackendFailed):
    pass
