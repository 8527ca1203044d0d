"""What a brief becomes: the workflow that fits, with its slots filled, and the LoRAs of who is seen."""

from __future__ import annotations

from collections.abc import Mapping

from storyforge.backend import CONTROL
from storyforge.errors import BadSettings
from storyforge.illustration.comfyui.advice import numbers_of
from storyforge.illustration.comfyui.catalogue import Entry, size_for
from storyforge.illustration.comfyui.chosen import Chosen
from storyforge.illustration.comfyui.encoders import encoder_of
from storyforge.illustration.comfyui.request import Request
from storyforge.illustration.comfyui.workflow import Workflow
from storyforge.illustration.prompts import Encoder, compose
from storyforge.story import Lora
from storyforge.storyboard import Brief

Values = dict[str, str | int | float]

SHAPES = ((16, 9), (9, 16), (1, 1), (4, 3), (3, 4))
ROUNDED = 0.03  # how far rounding can bring the picture of a small film off its shape


def to_draw(
    chosen: Chosen, brief: Brief, portraits: Mapping[str, str], megapixels: float | None, others: Values
) -> Request:
    """A picture drawn from nothing. `portraits`: key of a role -> digest; those that the workflow has no slot for are
    left out, the least important first. `others`: values for further slots, set by the user.
    """
    workflow = chosen.with_portraits(len(portraits.keys() - {CONTROL}))
    seen = [role.who for role in brief.roles if role.who in portraits][: workflow.references]
    values = _words(chosen, brief, workflow, {who: number for number, who in enumerate(seen, 1)}, others)
    if {"width", "height"} <= workflow.slots.keys():
        pixels = megapixels or chosen.megapixels(workflow)
        values["width"], values["height"] = size_for(chosen.entry(workflow), _shape(brief), pixels)
    pictures = [(f"ref{number}", portraits[who]) for number, who in enumerate(seen, 1)]
    if "control" in workflow.slots:
        pictures.append(("control", _guide(workflow, portraits)))
    return Request(workflow, {**values, **others}, _loras(brief), tuple(pictures))


def _guide(workflow: Workflow, portraits: Mapping[str, str]) -> str:
    if CONTROL not in portraits:
        raise BadSettings(
            f"The workflow {workflow.name} draws by a picture that guides it, and a scene has none",
            "write `control: pose.png` into each scene of storyboard.yaml, or choose another workflow",
        )
    return portraits[CONTROL]


def to_retouch(chosen: Chosen, brief: Brief, strength: float, pictures: Mapping[str, str]) -> Request:
    """A picture drawn over, inside a mask if there is one. `pictures`: `image`, and perhaps `mask` -> digest."""
    workflow = chosen.beside("repair" if "mask" in pictures else "redraw")
    values = _words(chosen, brief, workflow, {}, {})
    if "denoise" in workflow.slots:
        values["denoise"] = strength
    return Request(workflow, values, _loras(brief), tuple(pictures.items()))


def to_enlarge(workflow: Workflow, picture: str, size: tuple[int, int]) -> Request:
    """A picture (its digest) with more pixels: `size` = (width, height)."""
    values = {"width": size[0], "height": size[1]}
    return Request(workflow, {k: v for k, v in values.items() if k in workflow.slots}, (), (("image", picture),))


def _words(chosen: Chosen, brief: Brief, workflow: Workflow, shown_in: Mapping[str, int], others: Values) -> Values:
    entry = chosen.entry(workflow)
    values: Values = {"prompt": compose(brief, shown_in, _encoder(entry, workflow))}
    if "seed" in workflow.slots:
        values["seed"] = brief.seed
    if "negative" in workflow.slots:
        wanted = brief.style.negative if _heeds_negative(entry, workflow, others) else ""
        values["negative"] = ", ".join(filter(None, (wanted, str(workflow.defaults.get("negative", "")))))
    return values


def _encoder(entry: Entry | None, workflow: Workflow) -> Encoder:
    """What reads the prompt: as the catalogue has it, else as the graph shows."""
    if entry and entry.encoder:
        return entry.encoder
    targets = workflow.slots.get("prompt", ())
    return encoder_of(workflow.graph, targets[0].node) if targets else "t5"


def _heeds_negative(entry: Entry | None, workflow: Workflow, others: Values) -> bool:
    """Whether negative words do anything: else they are no part of the request, and changing them draws nothing."""
    if entry:
        return entry.negative
    return ([others["cfg"]] if "cfg" in others else numbers_of(workflow.graph, "cfg")) != [1.0]


def _shape(brief: Brief) -> tuple[int, int]:
    """The picture's shape without what rounding to pixels has made of it: films of any height share their pictures."""
    given = brief.width / brief.height
    near = min(SHAPES, key=lambda shape: abs(shape[0] / shape[1] - given))
    return near if abs(near[0] / near[1] / given - 1) < ROUNDED else (brief.width, brief.height)


def _loras(brief: Brief) -> tuple[Lora, ...]:
    """The style's LoRAs, then those of who is seen, by file: in one order, so that equal sets are equal graphs."""
    seen = {role.character.lora.file: role.character.lora for role in brief.roles if role.character.lora}
    return tuple({**{lora.file: lora for lora in brief.style.loras}, **dict(sorted(seen.items()))}.values())
