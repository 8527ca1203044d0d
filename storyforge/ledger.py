"""The ledger beside a film: what it is made from, so that `clean` takes nothing that it needs and `why` can tell."""

from __future__ import annotations

from pathlib import Path

from storyforge.errors import BadSettings
from storyforge.value import Value

LEDGER = "ledger.json"


class SceneEntry(Value):
    """What one scene is made from: the key of its picture, and those of its lines in their order."""

    text: str
    picture: str = ""
    speech: tuple[str, ...] = ()


class Ledger(Value):
    """What the film is made from. It is written before the first task runs, so it may name what is not made yet.

    `story`: the story file, seen from the film's folder. `others`: keys of what belongs to no scene, and of clips.
    `before`: keys of the last film that was finished, until this one is. `published`: digests that each file beside
    the ledger may have if nobody but us wrote it. `drawn_by`: name of the illustrator. `planned`: key of the
    storyboard's plan. `lasting`: keys
    of what stays whatever becomes of the film: portraits of its cast. `choices`: keys of pictures that are not in the
    film, but that `pick` and `undo` can go back to.
    """

    story: str = ""
    scenes: tuple[SceneEntry, ...] = ()
    others: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    published: dict[str, tuple[str, ...]] = {}
    drawn_by: str = ""
    planned: str = ""
    lasting: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def keys(self) -> set[str]:
        """Keys of every task that this film hangs on, and of what it keeps at hand."""
        scenes = {key for entry in self.scenes for key in (entry.picture, *entry.speech)}
        return scenes.union(self.others, self.before, self.lasting, self.choices) - {""}


def read_ledger(path: Path) -> Ledger:
    """For whoever removes what no ledger names. BadSettings if this one cannot be read."""
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        cause = f"{path} cannot be read, so nobody knows what its film needs"
        raise BadSettings(cause, "render that story again, or delete the film's folder") from error
