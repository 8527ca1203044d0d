"""my-story.tidy.txt: the story's text as a language model worded it, for the user to read and edit; obeyed then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storyforge.errors import BadStory
from storyforge.files import write_whole
from storyforge.passages import framed
from storyforge.value import digest
from storyforge.yaml_file import MAX_BYTES

HEAD = """\
# {what}
# The film tells the text below. Change what you like in it: storyforge obeys this file. What was changed is shown by
#     storyforge wording {story}
# Delete this file to have it done anew; take `{field}` out of the story to leave it be.
# from {source} to {result} (leave this line as it is; the text begins below it)
"""

_MARKS = re.compile(r"(?m)^# from ([0-9a-f]{32}) to ([0-9a-f]{32})\b[^\n]*\n?")
_LONGEST_HEAD = 4000  # characters


@dataclass(frozen=True)
class WordingFile:
    """A wording as found on disk. `source` stands for all that it was made from, `result` for what it was then."""

    path: Path
    body: str
    source: str
    result: str

    @property
    def edited(self) -> bool:
        return digest(self.body) != self.result

    def texts(self, before: Sequence[str], *, scenes: bool) -> tuple[str, ...]:
        """The texts, one each for those `before`, whose white space at the ends they have. BadStory if they are not."""
        found = self._scenes(len(before)) if scenes else [self.body]
        for number, (old, new) in enumerate(zip(before, found, strict=True), 1):
            if old.strip() and not new:
                where = f"scene {number} of {self.path}" if scenes else str(self.path)
                raise BadStory(f"There is no text in {where}", remedy="write one, or delete the file to have it anew")
        return tuple(framed(old, new) for old, new in zip(before, found, strict=True))

    def _scenes(self, count: int) -> list[str]:
        first = re.match(r"(=+) scene 1 =+\n", self.body + "\n")
        rule = re.escape(first[1]) if first else "==="
        parts = re.split(rf"(?m)^{rule} scene (\d+) {rule}$", self.body)
        numbers = [int(number) if len(number) < 9 else 0 for number in parts[1::2]]
        if parts[0].strip() or numbers != [*range(1, count + 1)]:
            raise BadStory(
                f"{self.path} has the scenes {', '.join(map(str, numbers)) or '(none)'}, the story 1 to {count}",
                remedy="write a line `=== scene 1 ===` above each, in order, or delete the file to have it anew",
            )
        return [text.strip() for text in parts[2::2]]


def read_wording(path: Path) -> WordingFile | None:
    """What `write_wording` wrote, with the user's edits; None if there is no such file. BadStory if it is damaged."""
    if not path.exists():
        return None
    text = _text(path)
    marks = _MARKS.search(text[:_LONGEST_HEAD])
    if marks is None:
        raise BadStory(
            f"{path} has lost its head: the line `# from … to …` is not there any more",
            remedy="put it back, or move the file away to have it done anew",
        )
    return WordingFile(path, text[marks.end() :].strip(), marks[1], marks[2])


def write_wording(
    path: Path, texts: Sequence[str], *, scenes: bool, source: str, what: str, field: str, story: str
) -> None:
    """`what`: what the file is, in a sentence. CannotWrite."""
    body = plain_lines(_with_rules(texts) if scenes else texts[0]).strip()
    told = {"what": what, "story": story, "field": field}
    head = HEAD.format(
        **{name: " ".join(each.split()) for name, each in told.items()}, source=source, result=digest(body)
    )
    write_whole(path, f"{head}\n{body}\n".encode())


def plain_lines(text: str) -> str:
    """With ends of lines as they are read from a file."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_rules(texts: Sequence[str]) -> str:
    """Scenes under rules of their own; of more signs where a text has a line that looks like one."""
    rule, stripped = "===", [plain_lines(text).strip() for text in texts]
    while re.search(rf"(?m)^{rule} scene \d+ {rule}$", "\n".join(stripped)):
        rule += "="
    return "\n\n".join(f"{rule} scene {number} {rule}\n{text}" for number, text in enumerate(stripped, 1))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadStory(f"{path} is larger than {MAX_BYTES // 2**20} MB", remedy="delete it to have it done anew")
        return plain_lines(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadStory(f"{path} is not UTF-8 text", remedy="save it as UTF-8, or move it away") from None
    except OSError as error:
        raise BadStory(f"{path} cannot be read: {error.strerror}", remedy="check its rights") from None
