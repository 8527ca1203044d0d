"""The task that tells a passage in other words, so that a stop loses one passage and an edit asks for few anew."""

from __future__ import annotations

from pathlib import Path

from pydantic import SerializeAsAny

from storyforge.backend import Planner, Progress, Reworded, Rewording
from storyforge.naming import lost_names, times_named
from storyforge.passages import paragraphs
from storyforge.story import Story, shown_name
from storyforge.tasks import Locate, Task


class Reword(Task):
    """A passage in other words. `names`: those of the cast that stand in it, and have to stay."""

    stage = "reword"
    version = 2
    lane = "work"
    suffix = ".json"

    text: str
    wanted: Rewording
    language: str
    names: tuple[str, ...]
    planner: SerializeAsAny[Planner]

    @classmethod
    def of(cls, text: str, wanted: Rewording, story: Story, planner: Planner) -> Reword:
        names = (name for name in names_of(story, wanted) if times_named(name, text))
        return cls(text=text, wanted=wanted, language=story.language, names=tuple(names), planner=planner)

    def run(self, locate: Locate, out: Path, progress: Progress) -> None:
        wanted = self.wanted.model_copy(update={"names": self.names})
        made = self.planner.reword(self.text, wanted, self.language, progress)
        out.write_text(self._kept(made).model_dump_json(), "utf-8")

    def _kept(self, made: Reworded) -> Reworded:
        """What was made, but for what no planner may do: lose a paragraph, a name, or the end of a line."""
        whole = [self.text], [made.text]
        old, new = (paragraphs(self.text), paragraphs(made.text)) if self.wanted.kind == "tidy" else whole
        if len(old) != len(new) or _ends(self.text) != _ends(made.text):
            old, new = whole[0], [""]
        notes = [*made.notes]
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            if why := self._lost(before, after):
                opening = " ".join(before[:60].split()[:6])
                notes.append(f"“{opening} …” stays as it was; in the new wording {why}")
                new[number] = before
        return made.model_copy(update={"text": "".join(new), "notes": tuple(notes)})

    def _lost(self, before: str, after: str) -> str:
        lost = [*lost_names(self.names, before, after, all_of_them=self.wanted.kind == "tidy")]
        if before.strip() and not after.strip():
            return "text is gone"
        if self.wanted.kind == "tidy" and len(before.splitlines()) != len(after.splitlines()):
            return "a line break is gone, or there is a new one"
        return f"{', '.join(lost)} is gone" if lost else ""

    @staticmethod
    def read(path: Path) -> Reworded:
        return Reworded.model_validate_json(path.read_bytes())


def names_of(story: Story, wanted: Rewording) -> tuple[str, ...]:
    """What must be called as it is called: told anew, “the little fox” may be “the fox”, but Eevee stays Eevee."""
    aliases = (alias for each in story.cast.values() for alias in each.aliases) if wanted.kind == "tidy" else ()
    return tuple(dict.fromkeys((*(shown_name(key, each) for key, each in story.cast.items()), *aliases)))


def _ends(text: str) -> tuple[str, str]:
    """The white space before and behind a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
