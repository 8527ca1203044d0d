"""`storyforge cast export`: a data set to train a LoRA of one character on."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from storyforge.errors import BadSettings
from storyforge.output import Output
from storyforge.portraits import chosen, file_name
from storyforge.settings import Settings
from storyforge.story_file import load_story
from storyforge.training import MEMORIES, MODELS, examples, export


def cast_export(
    who: str,
    path: Path,
    settings: Settings,
    *,
    to: Path | None = None,
    model: str = "z-image",
    memory: int = 16,
    takes: bool = False,
    scenes: str | None = None,
) -> None:
    """Writes the data set of `who` (key or name), to `to` or beside the film. `scenes`: '3,5', 'none', or all alone."""
    if model not in MODELS:
        raise BadSettings(f"--model cannot be {model!r}", f"there are: {', '.join(MODELS)}")
    card = next((each for each in MEMORIES if each == memory), None)
    if card is None:
        raise BadSettings(f"--memory cannot be {memory}", f"choose {', '.join(map(str, MEMORIES))} (GB of the card)")
    file = load_story(path, outside=settings.outside, styles=settings.styles)
    [key] = chosen(file.story, [who])
    output = Output(settings.output_folder / file.name)
    found, notes = examples(file, output, key, takes=takes, scenes=scene_numbers(scenes), outside=settings.outside)
    folder = to or output.folder / "training" / file_name(key)
    made = export(folder, key, file.story.cast[key], found, model, card)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for note in (*notes, *made.notes):
        console.print(note, style="yellow")
    pictures = "1 picture" if made.count == 1 else f"{made.count} pictures"
    console.print(f"{made.folder} is ready ({pictures}); README.txt there says how to train")


def scene_numbers(text: str | None) -> list[int] | None:
    """'3,5' -> [3, 5]; 'none' -> []; None -> None, which is all that show the character alone."""
    if text is None:
        return None
    words = [] if text.strip().lower() == "none" else [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) > 0 for word in words):
        raise BadSettings(f"--scenes cannot be {text!r}", "write numbers such as 3,5 – or none")
    return list(dict.fromkeys(map(int, words)))
