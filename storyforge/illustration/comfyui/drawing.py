"""One job on one server, from asking to the picture as it comes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.api import Api, Entry
from storyforge.illustration.comfyui.aside import Stopped
from storyforge.illustration.comfyui.events import Events
from storyforge.illustration.comfyui.failures import NoAnswer, Refused, Spoiled, Stuck
from storyforge.illustration.comfyui.following import Following, sends_its_picture
from storyforge.illustration.comfyui.http import Answer
from storyforge.illustration.comfyui.job import Graph, Job
from storyforge.illustration.comfyui.picture import readable
from storyforge.illustration.comfyui.refusal import Describe, refusal
from storyforge.illustration.comfyui.verdict import called, failure, succeeded
from storyforge.illustration.comfyui.waiting import Waiting

_CALLED_OFF = 3.0  # seconds to wait until a job that was called off has left the queue
_AFRESH = 2  # times that a job is sent, if the server never got it


class Uploads:
    """What one server has been sent, so that a portrait goes there once and not with every scene."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._sent: dict[tuple[str, str], str] = {}

    def name_of(self, name: str, picture: bytes) -> str:
        """The name the server gave it. Refused if it is no picture; ComfyUI would take it and fail later."""
        key = name, hashlib.sha256(picture).hexdigest()
        if key not in self._sent:
            if not readable(picture):
                raise Refused(f"{name}, which goes along with the prompt, is no picture", "make it anew, as PNG")
            self._sent[key] = self._api.upload(name, picture)
        return self._sent[key]

    def forget(self) -> bool:
        """Whether there was anything: somebody may have emptied the server's input folder."""
        there = bool(self._sent)
        self._sent.clear()
        return there


class Drawing:
    """`following` tells afterwards what was heard on the way; None if the picture was there already."""

    def __init__(
        self,
        api: Api,
        job: Job,
        progress: Progress,
        *,
        uploads: Uploads,
        describe: Describe,
        listen: Callable[[], Events],
        patience: float,
        stall: float,
        preview: str,
    ) -> None:
        self.following: Following | None = None
        self.log_told = False
        """Whether the server sent the lines of its log along."""
        self._api, self._job, self._progress = api, job, progress
        self._uploads, self._describe, self._listen = uploads, describe, listen
        self._patience, self._stall, self._preview = patience, stall, preview

    def picture(self) -> bytes:
        """The bytes as they come, unchecked. All failures of failures.py; what `progress` raises."""
        self._refuse_empty_texts()
        queued, entry = self._has()
        if entry is not None and succeeded(entry) and _images(entry):
            return self._fetched(entry)
        with self._listen() as events:
            try:
                job_id = self._job.id if queued else self._sent(events, entry)
                return self._waited_for(job_id, events, stale=entry, deaf=queued)
            except (Stopped, Stuck):
                self._call_off(self._job.id)
                raise

    def _has(self) -> tuple[bool, Entry | None]:
        queue = self._api.queue()
        return self._job.id in (*queue.running, *queue.waiting), self._api.history(self._job.id)

    # ---- asking

    def _sent(self, events: Events, stale: Entry | None) -> str:
        """The id under which the server took it: very old ones give their own."""
        if self._job.loras and events.listening:
            self.log_told = self._api.tell_log(events.client)
        try:
            return self._submitted(events.client, stale)
        except Refused:
            if not (self._job.uploads and self._uploads.forget()):
                raise
            return self._submitted(events.client, stale)

    def _submitted(self, client: str, stale: Entry | None) -> str:
        body = {
            "prompt": self._with_uploads(),
            "prompt_id": self._job.id,
            # extra_pnginfo is left out: null in its place breaks the server's list of jobs for everybody.
            "extra_data": {"preview_method": self._preview},
            **({"client_id": client} if client else {}),
        }
        for attempt in range(_AFRESH):
            self._progress()
            try:
                return self._taken(self._api.submit(body))
            except NoAnswer as error:
                if self._arrived(error, stale):
                    return self._job.id
                if attempt == _AFRESH - 1:
                    raise
        raise AssertionError("not reached")

    def _refuse_empty_texts(self) -> None:
        """ComfyUI takes null for the word None, and draws that."""
        for node, described in self._job.graph.items():
            if described["inputs"].get("text", "") is None:
                raise Refused(f"{called(node, self._job.graph)}: its text is empty", "give it a text, if only ''")

    def _with_uploads(self) -> Graph:
        names = {}
        for name, picture in self._job.uploads.items():
            self._progress()
            names[name] = self._uploads.name_of(name, picture)
        return {
            node: {**described, "inputs": {key: _renamed(value, names) for key, value in described["inputs"].items()}}
            for node, described in self._job.graph.items()
        }

    def _taken(self, answer: Answer) -> str:
        if answer.status not in (200, 400, 500):
            raise NoAnswer(
                f"What answers at {answer.name} takes no pictures ({answer.status})", "check the address and its port"
            )
        told = answer.data() if answer.good else {}
        if not answer.good or not isinstance(told, dict):
            raise refusal(answer, self._job.graph, self._describe)
        job_id = str(told.get("prompt_id") or self._job.id)
        if told.get("node_errors"):  # what is wrong would be left out in silence, and the rest drawn
            self._api.call_off(job_id)
            raise refusal(answer, self._job.graph, self._describe)
        return job_id

    def _arrived(self, error: NoAnswer, stale: Entry | None) -> bool:
        """Whether the server got the job whose sending went wrong. `error` if it gives no answer in good time."""
        until = time.monotonic() + self._patience
        while True:
            try:
                queued, entry = self._has()
                return queued or (entry is not None and entry != stale)
            except NoAnswer:
                if time.monotonic() > until:
                    raise error from None
            self._progress()
            time.sleep(0.2)

    def _call_off(self, job_id: str) -> None:
        """Also when it is not certain that the server has it. One that does not answer has to be left as it is."""
        until = time.monotonic() + _CALLED_OFF
        try:
            self._api.call_off(job_id)
            while job_id in self._api.queue().running and time.monotonic() < until:
                time.sleep(0.05)
        except BackendFailed:
            return

    # ---- what came of it

    def _waited_for(self, job_id: str, events: Events, stale: Entry | None, deaf: bool) -> bytes:
        self.following = following = Following(self._job, job_id)
        try:
            entry = Waiting(
                self._api,
                events,
                following,
                job_id,
                self._progress,
                patience=self._patience,
                stall=self._stall,
                stale=stale,
                deaf=deaf,
            ).entry()
        except (Stopped, Stuck):
            if job_id != self._job.id:
                self._call_off(job_id)
            raise
        if (wrong := failure(entry, self._job.graph, self._api.name)) is not None:
            raise wrong
        return following.picture or self._fetched(entry)

    def _fetched(self, entry: Entry) -> bytes:
        images = _images(entry, self._job.output)
        if not images:
            raise self._no_picture()
        self._progress(1.0)
        return self._api.view(images[0])

    def _no_picture(self) -> BackendFailed:
        if sends_its_picture(self._job.graph, self._job.output):
            return Refused(
                "The workflow ends in SaveImageWebsocket, and its picture did not come through",
                "end it with SaveImage instead, which keeps the picture until it is fetched",
            )
        return Spoiled(
            f"ComfyUI at {self._api.name} finished without a picture", "check that the workflow ends in SaveImage"
        )


def _images(entry: Entry, output: str = "") -> list[dict[str, Any]]:
    """The pictures of the node that is wanted; if it names none, all there are, those that are kept first."""
    outputs: Any = entry.get("outputs")
    by_node = {node: _listed(told) for node, told in outputs.items()} if isinstance(outputs, dict) else {}
    every = [image for images in by_node.values() for image in images]
    return by_node.get(output) or sorted(every, key=lambda image: image.get("type") != "output")


def _listed(told: Any) -> list[dict[str, Any]]:
    images = told.get("images") if isinstance(told, dict) else None
    return [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []


def _renamed(value: Any, names: dict[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value
