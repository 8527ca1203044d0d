"""Asking a server for a job: once, whatever becomes of the reply, and in a way that leaves nothing out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from storyforge.backend import Progress
from storyforge.illustration.comfyui.api import Api, Entry
from storyforge.illustration.comfyui.failures import NoAnswer, Refused
from storyforge.illustration.comfyui.job import Job
from storyforge.illustration.comfyui.node import Node
from storyforge.illustration.comfyui.refusal import Describe, refusal
from storyforge.illustration.comfyui.spelling import spelled
from storyforge.illustration.comfyui.uploads import Uploads, renamed
from storyforge.illustration.comfyui.verdict import called
from storyforge.web.answer import Answer


def known(api: Api, job: str) -> tuple[bool, Entry | None]:
    """Whether the server has it in its queue, and what its history holds of it."""
    queue = api.queue()
    return job in (*queue.running, *queue.waiting), api.history(job)


class Asking:
    """`patience`: seconds until a server that does not answer is given up. `preview`: how it makes previews."""

    def __init__(
        self,
        api: Api,
        job: Job,
        progress: Progress,
        uploads: Uploads,
        describe: Describe,
        *,
        patience: float,
        preview: str,
    ) -> None:
        self._api, self._job, self._progress = api, job, progress
        self._uploads, self._describe = uploads, describe
        self._patience, self._preview = patience, preview

    def sent(self, client: str, stale: Entry | None) -> str:
        """The id under which the server took it: very old ones give their own. Refused, NoAnswer.

        `client` is told what happens to it; `stale` is what the history held under its id before.
        """
        self._refuse_empty_texts()
        try:
            return self._submitted(client, stale)
        except Refused:
            if not (self._job.uploads and self._uploads.forget()):
                raise
        return self._submitted(client, stale)  # what had been uploaded may have been deleted

    def _submitted(self, client: str, stale: Entry | None) -> str:
        body = self._body(client)
        try:
            return self._taken(self._api.submit(body))
        except NoAnswer as error:
            if self._arrived(error, stale):
                return self._job.id
        self._progress()
        return self._taken(self._api.submit(body))

    def _body(self, client: str) -> dict[str, Any]:
        names = {}
        for name, picture in self._job.uploads.items():
            self._progress()
            names[name] = self._uploads.name_of(name, picture)
        return {
            "prompt": spelled(renamed(self._job.graph, names), self._nodes()),
            "prompt_id": self._job.id,
            # extra_pnginfo is left out: null in its place breaks the server's list of jobs for everybody.
            "extra_data": {"preview_method": self._preview},
            **({"client_id": client} if client else {}),
        }

    def _nodes(self) -> Mapping[str, Node]:
        return self._describe({str(node["class_type"]) for node in self._job.graph.values()})

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
            self._progress()
            try:
                queued, entry = known(self._api, self._job.id)
                return queued or (entry is not None and entry != stale)
            except NoAnswer:
                if time.monotonic() > until:
                    raise error from None
            time.sleep(0.2)

    def _refuse_empty_texts(self) -> None:
        """ComfyUI takes null for the word None, and draws that."""
        for node, described in self._job.graph.items():
            if described["inputs"].get("text", "") is None:
                raise Refused(f"{called(node, self._job.graph)}: its text is empty", "give it a text, if only ''")
