"""What a workflow without marks is made of: from its output back to the sampler, then along each of its inputs.

Nothing is guessed. Nodes are known by the shape of their inputs (a sampler takes a latent and conditioning), so that
custom ones are found too. Where two things could be meant, both are shown and the user marks one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from storyforge.illustration.comfyui.job import Graph
from storyforge.illustration.comfyui.links import Link, Target, link, linked, literal, shown, upstream, walk
from storyforge.illustration.comfyui.slots import fits

TEXTS = ("text", "prompt", "user_prompt", "text_g", "text_l", "clip_l", "clip_g", "t5xxl", "llama", "bert", "mt5xl")
CONDITIONING = re.compile(r"conditioning(_to|_from|_?\d+)?|cond\d")
LATENTS = ("samples", "latent", "latent_image", "samples1", "sigmas")
SINGLES = ("steps", "cfg", "guidance", "denoise")
Sense = Literal["positive", "negative"]


@dataclass
class Found:
    """Where the slots are, what could be meant by more than one thing, and what the user should know."""

    slots: dict[str, list[Target]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def ask(self, slot: str, question: str, candidates: Iterable[str], mark: str = "") -> None:
        mark = mark or f"add storyforge:{slot} to the title of one"
        self.questions[slot] = f"{question}: {'; '.join(candidates)} – {mark}"


def detect(graph: Graph, output: str, known: Collection[str] = ()) -> Found:
    """Finds what it can for the picture of node `output`. Slots in `known` are not looked for."""
    found = Found()
    samplers = [node for node in upstream(graph, output) if _samples(graph, node)]
    _find_texts(graph, samplers, known, found)
    _find_seed(graph, samplers, found)
    _find_size(graph, samplers, known, found)
    _find_singles(graph, samplers, found)
    _find_loader(graph, samplers, known, found)
    _find_pictures(graph, samplers or [output], known, found)
    if "image" not in found.slots:
        found.slots.pop("denoise", None)  # a picture drawn from nothing needs all of the noise
    found.slots = {slot: targets for slot, targets in found.slots.items() if slot not in known}
    return found


def _samples(graph: Graph, node: str) -> bool:
    links = linked(graph, node)
    latent = any(name in links for name in ("latent_image", "latent", "samples"))
    return latent and ("guider" in links or {"model", "positive", "negative"} <= links.keys())


# ---- texts


class Text(NamedTuple):
    """A node that turns text into conditioning, and those of its inputs that hold the text."""

    node: str
    inputs: tuple[str, ...]


def _find_texts(graph: Graph, samplers: Sequence[str], known: Collection[str], found: Found) -> None:
    positive, lost = _texts(graph, samplers, "positive")
    negative, _ = _texts(graph, samplers, "negative")
    for slot, texts in (("prompt", positive), ("negative", [text for text in negative if text not in positive])):
        if slot not in known and texts:
            _settle_text(graph, slot, texts, found)
    if "prompt" not in known and not positive and lost:
        behind = [node for node in upstream(graph, *lost) if _own_texts(graph, node, 0)]
        if behind:
            through = ", ".join(shown(graph, node) for node in lost)
            found.ask("prompt", f"the prompt goes through {through}", _quoted(graph, behind))


def _texts(graph: Graph, samplers: Sequence[str], sense: Sense) -> tuple[list[Text], list[str]]:
    """Texts that reach the samplers in this sense, and nodes whose conditioning comes from elsewhere."""
    starts = [start for node in samplers for start in _conditioning(graph, _guider(graph, node), sense)]
    texts, lost = [], []
    for at in walk(starts, lambda to: _onward(graph, to, sense)):
        if own := _own_texts(graph, at.node, at.output):
            texts.append(Text(at.node, own))
        elif not _onward(graph, at, sense) and not _is_nothing(graph, at.node):
            lost.append(at.node)
    return texts, lost


def _guider(graph: Graph, sampler: str) -> str:
    """The node that says what the sampler is guided by: itself, or the guider it is linked to."""
    to = linked(graph, sampler).get("guider")
    return to.node if to else sampler


def _conditioning(graph: Graph, node: str, sense: Sense) -> list[Link]:
    links = linked(graph, node)
    if sense in links:
        return [links[sense]]
    return [to for name, to in links.items() if CONDITIONING.fullmatch(name)] if sense == "positive" else []


def _onward(graph: Graph, at: Link, sense: Sense) -> list[Link]:
    """Where the conditioning that this output gives comes from. A pair of both senses keeps them on outputs 0 and 1."""
    links = linked(graph, at.node)
    if _is_nothing(graph, at.node):
        return []
    if {"positive", "negative"} <= links.keys():
        return [links["negative" if at.output == 1 else "positive"]]
    return [to for name, to in links.items() if CONDITIONING.fullmatch(name) or name == sense]


def _is_nothing(graph: Graph, node: str) -> bool:
    return bool(graph[node]["class_type"] == "ConditioningZeroOut")


def _own_texts(graph: Graph, node: str, output: int) -> tuple[str, ...]:
    inputs = graph[node]["inputs"]
    if {"prompt", "negative_prompt"} <= inputs.keys():
        return ("negative_prompt",) if output == 1 else ("prompt",)
    own = tuple(name for name in TEXTS if isinstance(inputs.get(name), str) or link(inputs.get(name)))
    return own if "clip" in linked(graph, node) or not linked(graph, node) else ()


def _settle_text(graph: Graph, slot: str, texts: Sequence[Text], found: Found) -> None:
    if len(texts) > 1:
        found.ask(slot, f"{len(texts)} texts could be the {slot}", _quoted(graph, [text.node for text in texts]))
        return
    targets = [literal(graph, Target(texts[0].node, name)) for name in texts[0].inputs]
    holding = {target: _value(graph, target) for target in targets if target and fits(slot, _value(graph, target))}
    if len(holding) < len(set(targets)):
        links = linked(graph, texts[0].node)
        makers = upstream(graph, *(links[name].node for name in texts[0].inputs if name in links))
        question = f"the {slot} of {shown(graph, texts[0].node)} is put together by other nodes"
        found.ask(slot, question, (shown(graph, node) for node in makers))
        return
    filled = [target for target, value in holding.items() if value] or list(holding)
    if len({holding[target] for target in filled}) > 1:
        quoted = (f"{target.input} {_short(holding[target])}" for target in filled)
        mark = f"add storyforge:{slot}={filled[0].input}, or another of them, to its title"
        found.ask(slot, f"{shown(graph, texts[0].node)} has several texts", quoted, mark)
        return
    found.slots[slot] = filled


def _quoted(graph: Graph, nodes: Iterable[str]) -> Iterator[str]:
    for node in nodes:
        texts = [value for name in TEXTS if isinstance(value := graph[node]["inputs"].get(name), str)]
        yield f"{shown(graph, node)} {_short(texts[0])}" if texts else shown(graph, node)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words[:39]}…”" if len(words) > 40 else f"“{words}”"


def _value(graph: Graph, target: Target) -> Any:
    return graph[target.node]["inputs"][target.input]


# ---- numbers


def _find_seed(graph: Graph, samplers: Sequence[str], found: Found) -> None:
    """All samplers get the seed, each from where its own noise comes."""
    for node in samplers:
        for name in ("seed", "noise_seed", "noise"):
            if name in graph[node]["inputs"]:
                _add_number(graph, found, "seed", Target(node, name))


def _find_size(graph: Graph, samplers: Sequence[str], known: Collection[str], found: Found) -> None:
    starts = [linked(graph, node)[name] for node in samplers for name in LATENTS if name in linked(graph, node)]
    reached = dict.fromkeys(at.node for at in walk(starts, lambda at: _latent_onward(graph, at)))
    sized = [node for node in reached if {"width", "height"} <= graph[node]["inputs"].keys()]
    resized = [node for node in sized if _latent_onward(graph, Link(node, 0))]  # LatentUpscale: to a size of its own
    latents = [node for node in sized if node not in resized and "steps" not in graph[node]["inputs"]]
    if len(latents) > 1 and not {"width", "height"} <= set(known):
        found.ask("width", f"{len(latents)} nodes start with a size", (shown(graph, node) for node in latents))
        return
    for node in sized:
        if node not in resized:
            _add_number(graph, found, "width", Target(node, "width"))
            _add_number(graph, found, "height", Target(node, "height"))


def _latent_onward(graph: Graph, at: Link) -> list[Link]:
    return [to for name, to in linked(graph, at.node).items() if name in LATENTS]


def _find_singles(graph: Graph, samplers: Sequence[str], found: Found) -> None:
    """Steps and the like, where one node says them for the whole picture; two passes may well differ in them."""
    near = dict.fromkeys(node for sampler in samplers for node in (sampler, _guider(graph, sampler)))
    near |= dict.fromkeys(to.node for node in samplers if (to := linked(graph, node).get("sigmas")))
    near |= dict.fromkeys(
        at.node
        for sampler in samplers
        for at in walk(
            _conditioning(graph, _guider(graph, sampler), "positive"), lambda to: _onward(graph, to, "positive")
        )
    )
    for slot in SINGLES:
        nodes = [node for node in near if slot in graph[node]["inputs"]]
        if len(nodes) == 1:
            _add_number(graph, found, slot, Target(nodes[0], slot))


def _add_number(graph: Graph, found: Found, slot: str, target: Target) -> None:
    where = literal(graph, target)
    if where and fits(slot, _value(graph, where)):
        targets = found.slots.setdefault(slot, [])
        targets += [where] * (where not in targets)


# ---- the model


def _find_loader(graph: Graph, samplers: Sequence[str], known: Collection[str], found: Found) -> None:
    starts = [to for node in samplers if (to := linked(graph, _guider(graph, node)).get("model"))]
    chain = list(dict.fromkeys(at.node for at in walk(starts, lambda at: _model_onward(graph, at))))
    loaders = [node for node in chain if "model" not in linked(graph, node)]
    if len(loaders) == 1:
        found.slots["loras"] = [Target(loaders[0], "")]
    elif loaders and "loras" not in known:
        found.ask("loras", "LoRAs could go to several models", (shown(graph, node) for node in loaders))


def _model_onward(graph: Graph, at: Link) -> list[Link]:
    to = linked(graph, at.node).get("model")
    return [to] if to else []


# ---- pictures that it looks at


def _find_pictures(graph: Graph, starts: Sequence[str], known: Collection[str], found: Found) -> None:
    """Pictures behind the conditioning are references, behind the latent the one to be changed, behind a ControlNet
    its control. In the order in which the conditioning takes them."""
    uses: dict[str, set[str]] = {}
    for node, use in walk([(start, "image") for start in starts], lambda at: _looks_at(graph, *at)):
        uses.setdefault(node, set()).add(use)
    loaders = {node: behind for node, behind in uses.items() if _loads_picture(graph, node)}
    slots: dict[str, list[str]] = {"ref": [], "image": [], "mask": [], "control": []}
    draws = "prompt" in found.slots or "prompt" in known
    for node, behind in loaders.items():
        ranked = ("mask",) if "channel" in graph[node]["inputs"] else ("ref", "image", "control", "mask")
        meant = next((each for each in ranked if each in behind), "image")
        slots["image" if meant == "ref" and not draws else meant].append(node)
    for number, node in enumerate(slots.pop("ref"), 1):
        found.slots[f"ref{number}"] = [Target(node, "image")]
    for slot, nodes in slots.items():
        if slot == "mask" and any("channel" not in graph[node]["inputs"] for node in nodes):
            found.notes.append(f"{shown(graph, nodes[0])} takes its mask from the transparent part of a picture")
        elif len(nodes) == 1:
            found.slots[slot] = [Target(nodes[0], "image")]
        elif nodes and slot not in known:
            found.ask(slot, f"{len(nodes)} pictures could be the {slot}", (shown(graph, node) for node in nodes))


def _loads_picture(graph: Graph, node: str) -> bool:
    return "LoadImage" in str(graph[node]["class_type"]) and isinstance(graph[node]["inputs"].get("image"), str)


def _looks_at(graph: Graph, node: str, use: str) -> list[tuple[str, str]]:
    links = linked(graph, node)
    # A size that is read off a picture is no look at it.
    names = sorted(links.keys() - {"width", "height", "vae", "clip"}, key=_conditioning_first)
    return [(links[name].node, _use(links.keys(), name, use)) for name in names]


def _conditioning_first(name: str) -> tuple[bool, list[Any]]:
    parts = re.split(r"(\d+)", name)
    return not CONDITIONING.fullmatch(name) and name != "positive", [part.zfill(6) for part in parts]


def _use(names: Collection[str], name: str, use: str) -> str:
    """What a picture behind the input `name` is for, when the node itself is behind `use`."""
    if "mask" in name:
        return "mask"
    if name in ("positive", "negative", "guider", "model") or CONDITIONING.fullmatch(name):
        return "ref"
    if name in ("latent_image", "inpaint_image") or (name == "pixels" and "mask" in names):
        return "image"
    if name == "image" and not {"control_net", "model_patch"}.isdisjoint(names):
        return "control"
    return use
