"""The folder of a data set: pictures, captions, dataset.toml, README.txt. What the user changes there stays changed."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

import yaml
from PIL import Image

from storyforge.errors import BadSettings
from storyforge.files import cannot_write, write_whole
from storyforge.portraits.naming import file_name
from storyforge.rendering.picture import load
from storyforge.story import Character, shown_name
from storyforge.training.captions import trigger_of
from storyforge.training.examples import Example
from storyforge.training.musubi import MODELS, SAVED, Memory, Model, commands, dataset_toml, shell_line, steps
from storyforge.value import Value, digest

FEW, ENOUGH = 5, 10
OURS = "export.json"  # digests of what we wrote, by which we know it again
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".avif")  # those that musubi-tuner looks for


class Export(Value):
    """A data set that stands ready: how many pictures there are to learn from, and what to tell the user."""

    folder: Path
    count: int
    notes: tuple[str, ...]


def export(
    folder: Path, key: str, character: Character, found: Sequence[Example], model: str, memory: Memory
) -> Export:
    """Writes the data set for one of MODELS and a card of `memory` GB. The same again gives the same bytes.

    BadSettings if there is nothing to learn from; StoryforgeError for a picture that cannot be read; CannotWrite.
    """
    folder, name = folder.absolute(), shown_name(key, character)
    _stop_if_unspeakable(folder)
    files = {f"pictures/{each.name}.png": _png(each.source) for each in found}
    files |= {f"pictures/{each.name}.txt": f"{each.caption}\n".encode() for each in found}
    theirs, notes = _theirs(folder / "pictures", files)
    count = len(found) + len(theirs)
    if not count:
        raise BadSettings(
            f"There is no picture of {name} to learn from",
            f"storyforge portraits draws some; approve one (storyforge pick {key} 1), or take all: --takes",
        )
    files["dataset.toml"] = dataset_toml(
        folder / "pictures", folder / "cache", count, MODELS[model].fits[memory]
    ).encode()
    files["README.txt"] = _readme(folder, key, character, model, memory, count).encode()
    return Export(folder=folder, count=count, notes=(*_told(name, count), *notes, *_write(folder, files)))


def _told(name: str, count: int) -> list[str]:
    pictures = "1 picture" if count == 1 else f"{count} pictures"
    if count < FEW:
        return [f"{pictures} of {name} will do for a try, but the LoRA will learn the pose and the ground as well"]
    if count < ENOUGH:
        return [f"{pictures} of {name} are few: from {ENOUGH} on, in different poses and places, it gets better"]
    return []


def _stop_if_unspeakable(folder: Path) -> None:
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        cause = "The name of the folder is not text, which dataset.toml has to be"
        raise BadSettings(cause, "choose another: --to my-folder") from error


def _png(path: Path) -> bytes:
    """Upright and opaque: what is transparent would come out black, and a camera's turned picture would lie."""
    file = io.BytesIO()
    Image.fromarray(load(path)).save(file, "PNG")
    return file.getvalue()


def _theirs(folder: Path, ours: Mapping[str, bytes]) -> tuple[list[Path], list[str]]:
    """Pictures that the user has put there, those with captions, and a note on those without."""
    known = _known(folder.parent)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [path for path in paths if path.suffix.lower() in PICTURES and f"pictures/{path.name}" not in ours]
    found = [path for path in found if digest(path.read_bytes()) not in known.get(f"pictures/{path.name}", [])]
    bare = [path.name for path in found if not path.with_suffix(".txt").is_file()]
    notes = (
        [f"{', '.join(bare)}: without a caption (a .txt of the same name) musubi-tuner leaves it out"] if bare else []
    )
    return [path for path in found if path.name not in bare], notes


def _known(folder: Path) -> dict[str, list[str]]:
    with suppress(OSError, ValueError, TypeError, AttributeError):
        read = json.loads((folder / OURS).read_bytes())
        return {str(name): [str(each) for each in digests] for name, digests in read.items()}
    return {}


def _write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Writes what is new, removes what is no longer wanted, and leaves alone whatever is not as we wrote it."""
    known, notes = _known(folder), list[str]()
    fresh = {name: [digest(data)] for name, data in files.items()}
    # Before and after: a run that is killed in between still knows its own.
    write_whole(folder / OURS, _json({name: [*known.get(name, []), *fresh.get(name, [])] for name in {*known, *fresh}}))
    for name, data in files.items():
        place = folder / name
        with cannot_write(place):
            there = place.read_bytes() if place.is_file() else None
        if there is not None and digest(there) not in (digest(data), *known.get(name, [])):
            notes.append(f"{name} has been changed by you and stays as it is")
            del fresh[name]
        elif there != data:
            write_whole(place, data)
    for name in sorted(known.keys() - files.keys()):
        if _inside(name):
            _remove(folder / name, known[name])
    write_whole(folder / OURS, _json(fresh))
    return notes


def _remove(place: Path, digests: Sequence[str]) -> None:
    with cannot_write(place):
        if place.is_file() and digest(place.read_bytes()) in digests:
            place.unlink()


def _inside(name: str) -> bool:
    """Whether this is a name such as we write: the list lies in the folder and may come from anywhere."""
    path = PurePosixPath(name)
    return "\\" not in name and path.parts[:-1] == ("pictures",) and ".." not in path.parts


def _json(data: Mapping[str, Sequence[str]]) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _readme(folder: Path, key: str, character: Character, model: str, memory: Memory, count: int) -> str:
    chosen, lora = MODELS[model], f"{file_name(key)}-{model}"
    finished = f"{lora}-comfyui.safetensors" if chosen.converted else f"{lora}.safetensors"
    said = commands(chosen, chosen.fits[memory], folder / "dataset.toml", folder / "lora", lora, count)
    lines = "\n\n".join(shell_line(words, windows=os.name == "nt") for words in said)
    learnt = {"file": finished, "strength": 0.8, "trigger": trigger_of(key, character)}
    entry = yaml.safe_dump({key: {"lora": learnt}}, allow_unicode=True, sort_keys=False)
    return f"""\
A LoRA of {shown_name(key, character)} for {chosen.title}, on a card with {memory} GB
{count} pictures, {steps(count)} steps

Look at the pictures and captions first. A caption names what is *not* to be learnt (pose, place, light, style); what
it does not name is learnt as part of the trigger word. So the looks are left out. Add pictures of your own with a
.txt of the same name: many poses, many places, one character. Then export again.


1  Once: install musubi-tuner as its README says (github.com/kohya-ss/musubi-tuner; this is for 0.3.4), and put into
   the folder models/ in its folder (should a file be called otherwise by now, give it this name):

{_indented(chosen.sources)}

2  In musubi-tuner's folder, with its environment active, one after the other:

{lines}

   If the card runs out of memory: close what else uses it, then add --blocks_to_swap 4, and more until it fits.
   What fits {memory} GB is reckoned, not measured.

3  A version is saved every {SAVED} steps. The best is often not the last: try the earliest in which the character is
   right, because later ones learn the pictures by heart.{_converting(chosen)}

4  Copy {finished} into ComfyUI's models/loras, and write into the cast:

{_indented(entry.splitlines())}

   It works in pictures by {chosen.title} and the quick models made of it; there, try strengths from 0.6 to 0.9.
   In any other model it does nothing.
"""


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"     {line}" for line in lines)


def _converting(model: Model) -> str:
    if not model.converted:
        return ""
    return " For another version than the last, convert that\n   file: ComfyUI leaves out what is not converted."
