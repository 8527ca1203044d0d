"""How far one job is, put together from the events that are about it."""

from __future__ import annotations

from typing import Any

from storyforge.illustration.comfyui.events import Event
from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.lora_log import LoraLog

ENDS = ("execution_success", "execution_error", "execution_interrupted")
_SENDS_PICTURES = "SaveImageWebsocket"  # writes no file: its picture comes as a frame that looks like a preview

# What part of the time a node takes, roughly, by a word in its class: sampling is nearly all of it.
_WEIGHTS = (("Sampler", 20.0), ("Upscale", 8.0), ("Loader", 3.0), ("Decode", 2.0), ("Encode", 2.0))


class Following:
    def __init__(self, job: Job, prompt_id: str) -> None:
        self.ends = 0
        """How often its end has been told: once before the history has it, once when it surely does."""
        self.heard_of = False
        """Whether anything at all has been told about it: then the rest will be told too."""
        self.preview = b""
        self.picture = b""
        """The wanted picture itself, where the graph sends it instead of saving it."""
        self.loras = LoraLog(job.loras)
        self._graph, self._output, self._id = job.graph, job.output, prompt_id
        self._weights = {node: _weight(job.graph, node) for node in job.graph}
        self._done: dict[str, float] = {}
        self._node = ""
        self._fraction = 0.0

    @property
    def fraction(self) -> float:
        """0…1; never less than before."""
        total = sum(self._weights.values())
        done = sum(weight * self._done.get(node, 0.0) for node, weight in self._weights.items())
        self._fraction = max(self._fraction, min(done / total, 1.0) if total else 0.0)
        return self._fraction

    def heard(self, event: Event) -> bool:
        """Takes in an event; whether it was about this job. Others' jobs are told to everybody now and then."""
        self.preview = b""
        if event.kind == "logs":
            self.loras.heard(self._node, event.data.get("entries"))
        elif event.kind == "picture":
            return self._saw(event)
        elif event.data.get("prompt_id") == self._id:
            self.heard_of = True
            self._heard(event.kind, event.data)
            return True
        return False

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "execution_cached":
                for node in data.get("nodes") or ():
                    self._weights.pop(str(node), None)  # costs no time
            case "executing":
                self._goes_to(str(data.get("node") or ""))
                self.ends += not data.get("node")
            case "progress":
                self._is_at(str(data.get("node") or ""), data)
            case "progress_state":
                for node, state in (data.get("nodes") or {}).items():
                    self._is_at(node if node in self._graph else str(state.get("display_node_id")), state)
            case _ if kind in ENDS:
                self._goes_to("")
                self.ends += 1

    def _goes_to(self, node: str) -> None:
        if self._node:
            self._done[self._node] = 1.0
        self._node = node
        self.loras.executes(node)

    def _is_at(self, node: str, state: dict[str, Any]) -> None:
        value, most = state.get("value"), state.get("max")
        if isinstance(value, int | float) and isinstance(most, int | float) and most > 0:
            self._done[node] = max(self._done.get(node, 0.0), min(value / most, 1.0))

    def _saw(self, event: Event) -> bool:
        """A frame without ids is ours while one of our nodes runs: a server runs one job at a time."""
        if (event.data and event.data.get("prompt_id") != self._id) or not self._node:
            return False
        node = str(event.data.get("node_id") or self._node)
        if self._graph.get(node, {}).get("class_type") != _SENDS_PICTURES:
            self.preview = event.picture
        elif node == self._output or self._output not in self._graph:
            self.picture = self.picture or event.picture
        return True


def sends_its_picture(graph: Graph, output: str) -> bool:
    return bool(graph.get(output, {}).get("class_type") == _SENDS_PICTURES)


def _weight(graph: Graph, node: str) -> float:
    kind = str(graph[node].get("class_type"))
    return next((weight for word, weight in _WEIGHTS if word in kind), 1.0)
