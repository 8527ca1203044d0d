"""`storyforge workflow check`: what was found in a workflow file, where, and what that means. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storyforge.errors import BadSettings, StoryforgeError
from storyforge.illustration.comfyui.failures import NoAnswer
from storyforge.illustration.comfyui.graph_file import write_graph
from storyforge.illustration.comfyui.links import shown
from storyforge.illustration.comfyui.loras import is_lora_node, lora_files
from storyforge.illustration.comfyui.preflight import missing
from storyforge.illustration.comfyui.server import Server
from storyforge.illustration.comfyui.slots import PICTURES, kind_of, with_tags
from storyforge.illustration.comfyui.workflow import Reading, Workflow, read

VALUE_WIDTH = 200  # signs of a value that are looked at; the table cuts them to the terminal


def check(path: Path, write: Path | None = None, server: Server | None = None, *, must_answer: bool = False) -> None:
    """Prints what is found; writes a copy with marks in its titles; asks the server what it lacks for it.

    BadSettings if the file is no workflow, something has to be settled first, or the server lacks something; NoAnswer
    if the server `must_answer`, because the user named it: else that is only told.
    """
    console = Console(highlight=False, markup=False)
    reading = read(path)
    workflow = reading.workflow
    how = "its links were followed where titles mark nothing" if workflow.detected else "marked in its titles"
    console.print(f"{path}: {len(workflow.graph)} nodes; {how}", soft_wrap=True)
    console.print(table(workflow))
    for line in _told(reading):
        console.print(line)
    if write:
        write_graph(write, with_tags(workflow.graph, workflow.marks))
        console.print(f"{write} is a copy with the marks in its titles", soft_wrap=True)
    elif workflow.detected and not reading.questions:
        console.print(f"To write this into a copy: storyforge workflow check {path} --write copy.json", soft_wrap=True)
    wrong = _asked(console, server, workflow, must_answer) if server else None
    if reading.questions:
        raise BadSettings(f"{path} cannot draw yet: it is not clear what is meant", _settle(path, write))
    if wrong:
        raise wrong


def _settle(path: Path, write: Path | None) -> str:
    return f"mark what is asked above in the titles, in ComfyUI or in {write or path}"


def table(workflow: Workflow) -> Table:
    """A row for each input that is filled, then where LoRAs go and whose picture is taken."""
    shown_table = Table(header_style="bold", expand=True, box=SIMPLE_HEAD, pad_edge=False)
    for name in ("slot", "node", "input"):
        shown_table.add_column(name, overflow="fold")
    shown_table.add_column("in the file", ratio=1, min_width=16, no_wrap=True, overflow="ellipsis")
    for cells in rows(workflow):
        shown_table.add_row(*map(Text, cells))  # not as markup: a prompt may say [sigh]
    return shown_table


def rows(workflow: Workflow) -> Iterator[tuple[str, str, str, str]]:
    graph = workflow.graph
    for slot, targets in workflow.slots.items():
        for target in targets:
            value = graph[target.node]["inputs"][target.input]
            yield slot, shown(graph, target.node), target.input, _value(value)
    if workflow.loras:
        replaced = is_lora_node(graph, workflow.loras)
        yield "loras", shown(graph, workflow.loras), "", "replaced" if replaced else "chained after it"
    yield "output", shown(graph, workflow.output), "", ""
    if workflow.depth:
        yield "depth", shown(graph, workflow.depth), "", f"white is {'far' if workflow.white_is_far else 'near'}"


def _value(value: Any) -> str:
    return " ".join(str(value)[:VALUE_WIDTH].split()) or "(empty)"


def _told(reading: Reading) -> Iterator[Text]:
    workflow = reading.workflow
    for question in reading.questions:
        yield Text.assemble(("? ", "bold yellow"), question)
    for node, files in lora_files(workflow.graph).items():
        if node != workflow.loras:
            yield Text(f"· {shown(workflow.graph, node)} always applies {files}")
    for note in (*workflow.notes, *_missing(workflow)):
        yield Text(f"· {note}")


def _missing(workflow: Workflow) -> Iterator[str]:
    """What else is not there, and what that means; what it means for prompts, seeds and sizes is in the notes."""
    if "prompt" not in workflow.slots:
        return
    if "negative" not in workflow.slots:
        yield "no negative slot: what a picture must not show cannot be told"
    if workflow.references:
        yield f"references looked at: {workflow.references}; a scene with fewer portraits needs another workflow"
    elif not any(kind_of(slot) in PICTURES for slot in workflow.slots):
        yield "no reference slots: portraits of the characters are not looked at"


def _asked(console: Console, server: Server, workflow: Workflow, must_answer: bool) -> StoryforgeError | None:
    """Tells whether the server could run it; gives the error to end with, after all else is told."""
    try:
        lacking = missing(server, {workflow.name: workflow.graph})
    except NoAnswer as error:
        if must_answer:
            return error
        console.print(f"· whether a server can run it was not asked: {error.cause}", soft_wrap=True)
        return None
    for line in lacking:
        console.print(Text.assemble(("✗ ", "red"), line), soft_wrap=True)  # with downloads to copy
    if lacking:
        return BadSettings(f"ComfyUI at {server.name} cannot run it yet", "see to what is marked ✗, then ask again")
    console.print(Text.assemble(("✓ ", "green"), f"ComfyUI at {server.name} has all nodes and files for it"))
    return None
