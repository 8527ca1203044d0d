"""`storyforge workflows`: what ships, what one may do with it, and what is still missing to draw with it here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storyforge.errors import StoryforgeError

if TYPE_CHECKING:
    from storyforge.illustration.comfyui.entry import Entry, File
    from storyforge.illustration.comfyui.inputs import Lack
    from storyforge.illustration.comfyui.stats import Stats

Found = Mapping[str, Sequence["Lack"]]
"""Workflow -> what the server lacks for it."""

_TERMS = {"yes": "", "no": "non-commercial", "limited": "with limits", "unknown": "read it first"}
_COMMERCIAL = {
    "yes": "commercial use is allowed",
    "no": "no commercial use",
    "limited": "commercial use is limited, read how",
    "unknown": "read whether commercial use is allowed",
}
_READS = {
    "llm": "a language model: whole sentences, as long as you like",
    "t5": "T5: whole sentences",
    "clip": "CLIP: short phrases, the important ones first",
}


def workflows(urls: Sequence[str], headers: Mapping[str, str], name: str = "") -> None:
    """Prints the table, or all about one. UnknownName. `urls`: of ComfyUI servers, of which none need be there."""
    from storyforge.illustration.comfyui.catalogue import entry, names

    console = Console(highlight=False, markup=False)
    chosen = [entry(name)] if name else [entry(each) for each in names()]
    address, found = _asked(urls, headers, chosen, console)
    if name:
        for line in _about(chosen[0], found.get(name) if found is not None else None, address):
            console.print(line, soft_wrap=True)
        return
    console.print(_table(chosen, found))
    console.print(Text("storyforge workflows z-image-turbo-aio tells all about one, with its downloads.", style="dim"))


def _asked(
    urls: Sequence[str], headers: Mapping[str, str], chosen: Sequence[Entry], console: Console
) -> tuple[str, Found | None]:
    """The first server that answers, and what it lacks for each workflow; None if none answers, which is told."""
    from storyforge.illustration.comfyui.catalogue import path
    from storyforge.illustration.comfyui.graph_file import read_graph
    from storyforge.illustration.comfyui.preflight import lacks
    from storyforge.illustration.comfyui.server import Server

    graphs = {each.name: read_graph(path(each.name)) for each in chosen}
    for url in urls:
        try:
            server = Server(url, headers)
            missing = [*lacks(server, graphs), *_later(chosen, server.stats())]
        except StoryforgeError as error:
            console.print(Text(f"{error}", style="yellow"), soft_wrap=True)
            continue
        return server.name, {each.name: [lack for lack in missing if each.name in lack.where] for each in chosen}
    return "", None


def _later(chosen: Sequence[Entry], stats: Stats) -> Iterator[Lack]:
    """Workflows of models that came after this ComfyUI. Many have no node that it lacks, and fail all the same."""
    from storyforge.illustration.comfyui.inputs import Lack
    from storyforge.illustration.comfyui.stats import numbers

    for each in chosen:
        if stats.numbers and stats.numbers < numbers(each.since):
            cause = f"the model may be too new for ComfyUI {stats.version}"
            yield Lack((each.name,), cause, f"update ComfyUI to {each.since} or newer", f"ComfyUI {each.since}")


# ---- all of them


def _table(chosen: Sequence[Entry], found: Found | None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("workflow", ratio=1)
    table.add_column("GB", justify="right", no_wrap=True)
    table.add_column("licence", width=14)
    if found is not None:
        table.add_column("here", width=14)
    table.expand = True
    for each in chosen:
        if not base_of(each, chosen):
            table.add_row(*_row(each, chosen, found))
    return table


def _row(each: Entry, chosen: Sequence[Entry], found: Found | None) -> Iterator[Text]:
    variants = [other.name.removeprefix(each.name) for other in chosen if base_of(other, chosen) == each.name]
    also = f"\nalso {' '.join(variants)}" if variants else ""
    yield Text.assemble((each.name, "bold"), f"\n{each.title}", (also, "dim"))
    yield Text(f"{each.gb:.1f}" if all(file.gb for file in each.files) else "?")
    yield _licence(each)
    if found is not None:
        yield _state(found[each.name])


def base_of(each: Entry, chosen: Sequence[Entry]) -> str:
    """The workflow whose line it is told in: `flux2-klein-4b` for `flux2-klein-4b-2ref`. '' if it has its own."""
    if each.kind == "text":
        return ""
    bases = [other.name for other in chosen if other.family == each.family and each.name.startswith(f"{other.name}-")]
    return min(bases, key=len, default="")


def _licence(each: Entry) -> Text:
    """`FLUX.1 [dev]`, and below it what follows from that."""
    name = each.licence.partition(",")[0].removeprefix("CreativeML ").partition(" Non-Commercial")[0]
    name = "" if name.startswith("read ") else name
    return Text("\n".join(filter(None, (name, _TERMS[each.commercial]))))


def _state(lacking: Sequence[Lack]) -> Text:
    if not lacking:
        return Text("✓ ready", style="green")
    to_get = sum(lack.file.gb or 0 for lack in lacking if lack.file)
    other = dict.fromkeys(lack.brief or lack.cause for lack in lacking if not lack.file)
    files = [f"{to_get:.1f} GB to get"] if to_get else ["files to get"] if any(lack.file for lack in lacking) else []
    return Text(", ".join([*other, *files]), style="yellow")


# ---- one of them


def _about(each: Entry, lacking: Sequence[Lack] | None, address: str) -> Iterator[Text]:
    from storyforge.illustration.comfyui.catalogue import path

    yield Text.assemble((each.name, "bold"), f"  {each.title}")
    for what, text in _facts(each):
        yield Text.assemble((f"  {what:<13}", "dim"), text)
    yield Text.assemble(("  file         ", "dim"), str(path(each.name)))
    if lacking is not None:
        yield Text.assemble((f"  on {address}: ", "dim"), _state(lacking))
        for lack in lacking:
            if not lack.file:
                yield Text(f"    {lack}", style="yellow")
    missing = {lack.file.name for lack in lacking or () if lack.file}
    yield Text("\nIn ComfyUI's folder:" if each.files else "")
    for file in each.files:
        yield from _download(file, lacking is not None and file.name not in missing and not _uncertain(lacking))


def _uncertain(lacking: Sequence[Lack]) -> bool:
    """Whether nodes are missing, so that nobody can tell which files they would find."""
    return any(lack.file is None for lack in lacking)


def _download(file: File, there: bool) -> Iterator[Text]:
    size = f"{file.gb:.1f} GB{', an estimate' if file.estimate else ''}" if file.gb else "size not known"
    if there:
        yield Text(f"  ✓ models/{file.folder}/{file.name}  {size}", style="green")
        return
    if file.gated:
        yield Text(f"  # first consent on {file.url.partition('/resolve/')[0]}", style="yellow")
    yield Text(f"  # {size}", style="dim")
    yield Text(f"  {file.download}")


def _facts(each: Entry) -> Iterator[tuple[str, str]]:
    yield "licence", f"{each.licence}; {_COMMERCIAL[each.commercial]}"
    yield "memory", f"a card of {each.memory:g} GB{' (an estimate)' if each.estimate else ''}"
    if each.kind != "upscale":
        most = f", up to {each.megapixels_max:g}" if each.megapixels_max else ""
        yield "size", f"{each.megapixels:g} megapixels{most}, in steps of {each.grid} pixels"
    if each.sizes:
        yield "", "trained on " + ", ".join(f"{width}×{height}" for width, height in each.sizes) + ", also turned"
    if settings := ", ".join(_settings(each)):
        yield "settings", settings
    if each.kind != "upscale":
        yield "negatives", "count" if each.negative else "have no effect"
    if each.encoder:
        yield "prompt", f"read by {_READS[each.encoder]}"
    if each.lora:
        yield "LoRAs", "change the model" + (" and the text encoder" if each.lora == "model+clip" else "")
    yield "ComfyUI", f"{each.since} or newer" if each.since else "0.3.64 or newer; older ones were not tried"
    if each.packs:
        yield "custom nodes", ", ".join(each.packs)
    yield from _beside(each)
    if each.note:
        yield "note", each.note


def _settings(each: Entry) -> Iterator[str]:
    if each.steps is not None:
        least, most = each.steps_range or (each.steps, each.steps)
        yield f"{each.steps} steps" + (f" ({least}–{most})" if least < most else "")
    if each.cfg is not None:
        low, high = each.cfg_range or (each.cfg, each.cfg)
        yield f"CFG {each.cfg:g}" + (f" ({low:g}–{high:g})" if low < high else " exactly")
    yield from filter(None, (each.sampler, each.scheduler))


def _beside(each: Entry) -> Iterator[tuple[str, str]]:
    for number, other in each.references.items():
        if number and other != each.name:
            yield f"{number} portrait{'s' * (number > 1)}", other
    for what, other in (("redraw", each.redraw), ("repair", each.repair), *each.control.items()):
        if other and other != each.name:
            yield what, other
