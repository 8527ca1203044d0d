"""One ComfyUI server: what it has, what it is doing, and a picture of it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from storyforge.backend import Progress, unseen
from storyforge.illustration.comfyui.address import Address
from storyforge.illustration.comfyui.api import Api
from storyforge.illustration.comfyui.aside import aside
from storyforge.illustration.comfyui.asking import Asking
from storyforge.illustration.comfyui.depth import with_depth
from storyforge.illustration.comfyui.drawing import Drawing, left_behind
from storyforge.illustration.comfyui.events import Doorway, Events
from storyforge.illustration.comfyui.failures import Spoiled
from storyforge.illustration.comfyui.http import READ, Http
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.lora_check import lora_effect
from storyforge.illustration.comfyui.lora_log import NOT_LOADED
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.picture import Blank, checked
from storyforge.illustration.comfyui.stats import Stats
from storyforge.illustration.comfyui.uploads import Uploads
from storyforge.illustration.comfyui.verdict import succeeded
from storyforge.illustration.comfyui.waiting import Company, Limits

Known = Literal["waiting", "running", "done"]
_MODEL_FILES = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".gguf")


class Server:
    """One for each address, for any number of threads.

    `headers` are sent with everything; `${NAME}` in them stands for an environment variable. `patience`: seconds
    without an answer until it is given up; `stall`: seconds in which it answers while its queue stands still;
    `preview`: how it makes previews ('none', 'latent2rgb', 'taesd', 'auto').
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] = {},
        *,
        patience: float = 30.0,
        stall: float = 20 * 60.0,
        preview: str = "latent2rgb",
    ) -> None:
        self._address = Address.read(url, headers)
        self._http = Http(self._address, read=min(READ, patience))
        self._api = Api(self._http)
        self._limits, self._preview = Limits(patience, stall), preview
        self._uploads, self._doorway, self._company = Uploads(self._api), Doorway(), Company()
        self._lock = threading.Lock()
        self._nodes: dict[str, Node | None] = {}
        self._tried: set[tuple[str, frozenset[str]]] = set()

    @property
    def url(self) -> str:
        """Without a slash at its end, name or password; with the path of a proxy, if there is one."""
        return self._address.url

    @property
    def name(self) -> str:
        """For messages: host:port/path."""
        return self._address.name

    @property
    def questions(self) -> int:
        """How many requests were made so far, of all threads."""
        return self._http.asked

    def stats(self) -> Stats:
        """NoAnswer if it is not there."""
        return self._api.stats()

    def nodes(self, classes: Iterable[str]) -> dict[str, Node]:
        """Descriptions of those of `classes` that it has. NoAnswer."""
        known, found = self._nodes, {}  # those of another thread may be forgotten meanwhile
        for name in dict.fromkeys(classes):
            if name not in known:
                described = self._api.description(name)
                known[name] = None if described is None else Node.read(name, described)
            if (node := known[name]) is not None:
                found[name] = node
        return found

    def forget(self) -> None:
        """Asks anew about nodes, and so about files that were put there in the meantime."""
        self._nodes = {}

    def model_sizes(self, folder: str) -> dict[str, int]:
        """Bytes by file name, of a folder as 'loras'; {} where it does not tell."""
        return self._api.sizes(folder)

    def has(self, id: str) -> Known | Literal[""]:
        """What it knows of a job. One that failed is as good as none."""
        queue = self._api.queue()
        if id in queue.running:
            return "running"
        if id in queue.waiting:
            return "waiting"
        entry = self._api.history(id)
        return "done" if entry is not None and succeeded(entry) else ""

    def known(self) -> dict[str, Known]:
        """All jobs that it has at the moment, and the latest it has finished, by id. NoAnswer."""
        queue = self._api.queue()  # first: what leaves it in between is then in the history
        done = [job for job, entry in self._api.finished().items() if succeeded(entry)]
        return {
            **dict.fromkeys(queue.waiting, "waiting"),
            **dict.fromkeys(queue.running, "running"),
            **dict.fromkeys(done, "done"),
        }

    def has_file_of(self, job: Job) -> bool:
        """Whether its picture lies there whole, though the server may have forgotten the job. NoAnswer."""
        return left_behind(self._api, job) is not None

    def call_off(self, jobs: Collection[str]) -> None:
        """Those of `jobs` that it still has in its queue. NoAnswer."""
        queue = self._api.queue()
        for job in (*queue.waiting, *queue.running):  # the running one last, else the next of them would begin
            if job in jobs:
                self._api.call_off(job)

    def draw(self, job: Job, progress: Progress = unseen) -> bytes:
        """The picture as PNG, whole and of the size asked for.

        A job that the server has under its id already, from a run that was killed, is not drawn again. When `progress`
        raises, the job is called off. Raises the failures of failures.py.
        """
        return aside(lambda tell: self._drawn(job, tell), progress)

    def free(self) -> None:
        """Asks it to give its memory back, as soon as it is idle; say, to a language model on the same card."""
        self._api.free()

    def close(self) -> None:
        """Closes the connections kept for later. It can be used again."""
        self._http.close()

    def _drawn(self, job: Job, progress: Progress) -> bytes:
        drawing = self._drawing(job, progress)
        picture = _deep(drawing, job, _whole(drawing, job), progress)
        for node, keys in self._suspects(job, drawing).items():
            self._try_lora(job, node, keys, progress)
        return picture

    def _drawing(self, job: Job, progress: Progress) -> Drawing:
        asking = Asking(
            self._api,
            job,
            progress,
            self._uploads,
            self.nodes,
            patience=self._limits.patience,
            preview=self._preview,
        )
        return Drawing(
            self._api,
            job,
            progress,
            asking=asking,
            listen=lambda: Events(self._address, self._doorway),
            limits=self._limits,
            company=self._company,
        )

    def _suspects(self, job: Job, drawing: Drawing) -> dict[str, int]:
        """Nodes whose LoRA may not have been applied -> keys that were not loaded, as far as known."""
        following = drawing.following
        if following is None:
            return {}  # it was there already: whoever had it drawn was told
        suspects: dict[str, int] = dict(following.loras.lines)
        if drawing.log_told:
            with self._lock:
                fine = following.loras.executed - suspects.keys()
                self._tried |= {(job.loras[node], _models(job)) for node in fine}
        unseen_nodes = [node for node in job.loras if not drawing.log_told or node not in following.loras.executed]
        if unseen_nodes and ((log := self._api.log()) is None or NOT_LOADED in log):
            # Cached, and so not loaded while one listened; or nobody may listen.
            suspects |= {node: 0 for node in unseen_nodes if node not in suspects}
        return suspects

    def _try_lora(self, job: Job, node: str, keys: int, progress: Progress) -> None:
        file = job.loras[node]
        with self._lock:
            if (tried := (file, _models(job))) in self._tried:
                return
            self._tried.add(tried)
        effect = lora_effect(job, node, lambda tiny: self._drawing(tiny, lambda *_, **__: progress()).picture())
        counted = f" ({keys} keys were not loaded)" if keys else ""
        if effect is False:
            progress(
                note=f"the LoRA {file} does not fit the model{counted}: the picture is the same without it – "
                "use one that was trained for this model, or choose the workflow of the model it was trained for"
            )
        elif effect is None and keys:
            progress(
                note=f"the LoRA {file} may not fit the model{counted} – compare a picture without it, "
                "and see which model it was trained for"
            )


def _whole(drawing: Drawing, job: Job) -> bytes:
    """The checked picture; one that came damaged is fetched once more, as that most often happens on the way."""
    picture = drawing.picture()
    try:
        return checked(picture, job.size, exact=job.exact)
    except Blank:
        raise
    except Spoiled:
        return checked(drawing.fetched_again() or picture, job.size, exact=job.exact)


def _deep(drawing: Drawing, job: Job, picture: bytes, progress: Progress) -> bytes:
    """The picture with its depth map; one that cannot be used is no reason to draw the picture again."""
    if not job.depth:
        return picture
    for last in (False, True):
        try:
            return with_depth(picture, drawing.depth(), white_is_far=job.white_is_far)
        except Spoiled as error:
            if last:
                progress(note=f"{error.cause}: the picture is filmed flat, without its depth – {error.remedy}")
    return picture


def _models(job: Job) -> frozenset[str]:
    """Files that the graph loads, other than LoRAs: what fits one model may not fit another."""
    files = {
        value
        for node in job.graph.values()
        for value in node.get("inputs", {}).values()
        if isinstance(value, str) and value.endswith(_MODEL_FILES)
    }
    return frozenset(files - set(job.loras.values()))
