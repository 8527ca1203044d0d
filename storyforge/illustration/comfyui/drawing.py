"""One job on one server, from asking to the picture as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from storyforge.backend import Progress
from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.api import Api, Entry
from storyforge.illustration.comfyui.aside import Stopped
from storyforge.illustration.comfyui.asking import Asking, known
from storyforge.illustration.comfyui.events import Events
from storyforge.illustration.comfyui.failures import Refused, Spoiled, Stuck
from storyforge.illustration.comfyui.following import Following, sends_its_picture
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.picture import checked
from storyforge.illustration.comfyui.verdict import failure, succeeded
from storyforge.illustration.comfyui.waiting import Company, Limits, Waiting

_CALLED_OFF = 3.0  # seconds to wait until a job that was called off has left the queue


class Drawing:
    """`asking` sends the job, if the server does not have it; `listen` opens a websocket to hear of it."""

    def __init__(
        self,
        api: Api,
        job: Job,
        progress: Progress,
        *,
        asking: Asking,
        listen: Callable[[], Events],
        limits: Limits,
        company: Company,
    ) -> None:
        self.following: Following | None = None
        """What was heard on the way; None if the picture was there already."""
        self.log_told = False
        """Whether the server sent the lines of its log along."""
        self._api, self._job, self._progress = api, job, progress
        self._asking, self._listen, self._limits, self._company = asking, listen, limits, company
        self._id = job.id
        self._image: dict[str, Any] | None = None
        self._entry: Entry = {}

    def picture(self) -> bytes:
        """The bytes as they come, unchecked. All failures of failures.py; what `progress` raises."""
        queued, entry = known(self._api, self._job.id)
        if entry is not None and succeeded(entry) and _images(entry, self._job):
            self._entry = entry
            return self._fetched(entry)
        if not queued and entry is None and (found := left_behind(self._api, self._job)):
            return found
        with self._listen() as events:
            try:
                if not queued:
                    self._ask(events, entry)
                self._entry = entry = self._waited(events, stale=entry, deaf=queued)
            except (Stopped, Stuck):
                self._call_off()
                raise
        if (wrong := failure(entry, self._job.graph, self._api.name)) is not None:
            raise wrong
        return (self.following and self.following.picture) or self._fetched(entry)

    def fetched_again(self) -> bytes | None:
        """The same file once more, unchecked; None of a picture that came without one."""
        return self._api.view(self._image) if self._image else None

    def depth(self) -> bytes:
        """The depth map of the picture that was fetched, unchecked. Spoiled if there is none."""
        known = _of_node(self._entry, self._job.depth) if self._entry else [_kept(self._job, self._job.depth)]
        if not known or not known[0]:
            raise Spoiled(
                f"ComfyUI at {self._api.name} finished without the depth map of a picture",
                "check that the node marked storyforge:depth saves one",
            )
        return self._api.view(known[0])

    def _ask(self, events: Events, stale: Entry | None) -> None:
        if self._job.loras and events.listening:
            self.log_told = self._api.tell_log(events.client)
        self._id = self._asking.sent(events.client, stale)

    def _waited(self, events: Events, stale: Entry | None, deaf: bool) -> Entry:
        self.following = Following(self._job, self._id)
        with self._company.joined(self._id):
            return Waiting(
                self._api,
                events,
                self.following,
                self._id,
                self._progress,
                self._limits,
                self._company,
                stale=stale,
                deaf=deaf,
            ).entry()

    def _call_off(self) -> None:
        """Also when it is not certain that the server has it. One that does not answer has to be left as it is."""
        until = time.monotonic() + _CALLED_OFF
        try:
            self._api.call_off(self._id)
            while self._id in self._api.queue().running and time.monotonic() < until:
                time.sleep(0.05)
        except BackendFailed:
            return

    def _fetched(self, entry: Entry) -> bytes:
        images = _images(entry, self._job)
        if not images:
            raise self._no_picture()
        self._progress(1.0)
        self._image = images[0]
        return self._api.view(self._image)

    def _no_picture(self) -> BackendFailed:
        if sends_its_picture(self._job.graph, self._job.output):
            return Refused(
                "The workflow ends in SaveImageWebsocket, and its picture did not come through",
                "end it with SaveImage instead, which keeps the picture until it is fetched",
            )
        return Spoiled(
            f"ComfyUI at {self._api.name} finished without a picture", "check that the workflow ends in SaveImage"
        )


def left_behind(api: Api, job: Job) -> bytes | None:
    """The file of a picture that was finished just before the server was killed: only its history is lost.

    That it is this job's is told by the name, which is made of the job's id (see `Request`). Without the depth map
    that belongs to it the job was not finished.
    """
    if (image := _kept(job, job.output)) is None:
        return None
    try:
        if job.depth and (depth := _kept(job, job.depth)):
            api.view(depth)
        return checked(api.view(image), job.size, exact=job.exact)
    except Spoiled:
        return None


def _kept(job: Job, node: str) -> dict[str, Any] | None:
    """The file in which this node keeps what it saves first; None if its name is not this job's own."""
    prefix = str(job.graph.get(node, {}).get("inputs", {}).get("filename_prefix"))
    folder, _, name = prefix.rpartition("/")
    return {"filename": f"{name}_00001_.png", "subfolder": folder, "type": "output"} if job.id in prefix else None


def _images(entry: Entry, job: Job) -> list[dict[str, Any]]:
    """The pictures of the node that is wanted; if it names none, all there are, those that are kept first."""
    every = [image for node in _outputs(entry) if node != job.depth for image in _of_node(entry, node)]
    return _of_node(entry, job.output) or sorted(every, key=lambda image: image.get("type") != "output")


def _of_node(entry: Entry, node: str) -> list[dict[str, Any]]:
    return _listed(_outputs(entry).get(node))


def _outputs(entry: Entry) -> dict[str, Any]:
    outputs = entry.get("outputs")
    return outputs if isinstance(outputs, dict) else {}


def _listed(told: Any) -> list[dict[str, Any]]:
    images = told.get("images") if isinstance(told, dict) else None
    return [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []
