"""Every error that a user can see: what is wrong, what to do about it, and the exit code it ends with.

    StoryforgeError                 1   something expected went wrong
    ├── BadStory                    2   a story, cast or storyboard file has mistakes (all of them listed)
    ├── UnknownName                 2   a back-end, voice or other name that is not there
    ├── BadSettings                 2   settings that contradict each other or cannot be met
    ├── BackendFailed               3   a planner, illustrator or narrator could not do its work
    ├── EncodingFailed              4   ffmpeg ended with an error
    ├── CannotWrite                 5   a folder that cannot be written, or a full disk
    ├── ScenesFailed                6   the film is not finished: some scenes failed, the others are kept
    └── Interrupted               130   Ctrl-C; what is finished is kept

Code 70 is a bug in storyforge itself (a log file is left to paste).
"""

from __future__ import annotations


class StoryforgeError(Exception):
    """`cause` says what is wrong in one sentence, `remedy` what the user can do about it."""

    exit_code = 1

    def __init__(self, cause: str, remedy: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause} – {self.remedy}" if self.remedy else self.cause


class BadStory(StoryforgeError):
    """A file the user wrote has mistakes; `mistakes` holds every one as `file:line: field – what – remedy`."""

    exit_code = 2

    def __init__(self, cause: str, mistakes: tuple[str, ...] = (), remedy: str = "") -> None:
        super().__init__(cause, remedy)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join((super().__str__(), *self.mistakes))


class UnknownName(StoryforgeError):
    """Something was asked for by a name that is not there; the remedy lists the names that are."""

    exit_code = 2


class BadSettings(StoryforgeError):
    exit_code = 2


class BackendFailed(StoryforgeError):
    exit_code = 3


class EncodingFailed(StoryforgeError):
    exit_code = 4


class CannotWrite(StoryforgeError):
    exit_code = 5


class ScenesFailed(StoryforgeError):
    """Some scenes could not be made; `failures` holds each scene's own error."""

    exit_code = 6

    def __init__(self, cause: str, failures: tuple[tuple[str, StoryforgeError], ...], remedy: str = "") -> None:
        super().__init__(cause, remedy)
        self.failures = failures

    def __str__(self) -> str:
        return "\n".join((super().__str__(), *(f"  {where}: {error}" for where, error in self.failures)))


class Interrupted(StoryforgeError):
    exit_code = 130
