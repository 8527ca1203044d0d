"""What ComfyUI can be asked, a route a function; of 0.3.64 and 0.33, which differ.

Unknown fields in an answer are left alone, missing ones taken for empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from storyforge.errors import BackendFailed
from storyforge.illustration.comfyui.failures import NoAnswer, Refused, Spoiled
from storyforge.illustration.comfyui.http import Http
from storyforge.illustration.comfyui.stats import Stats
from storyforge.web.answer import Answer
from storyforge.web.failures import TooLarge

Entry = dict[str, Any]
"""What the history holds of one job that is over: "prompt", "outputs", "status"."""

_PICTURE_LIMIT = 200 * 2**20  # bytes
_LATEST = 500  # jobs: of a killed run no more than its places can have ended unseen; the rest is for others' jobs
_SLOW = 3  # times as long without a byte, where much is sent or a disk full of models is looked through


@dataclass(frozen=True)
class Queue:
    """Ids of the jobs that run and wait, of everybody."""

    running: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class Api:
    def __init__(self, http: Http) -> None:
        self.http = http
        self.name = http.address.name

    def stats(self) -> Stats:
        told = self._get("system_stats")
        if not isinstance(told, dict) or not isinstance(told.get("system"), dict):
            raise NoAnswer(f"What answers at {self.name} is not ComfyUI", "check the address and its port")
        return Stats.read(told)

    def description(self, node_class: str) -> dict[str, Any] | None:
        """What `/object_info` says about a class of nodes; None if the server does not have it."""
        told = self._get(f"object_info/{quote(node_class, safe='')}", read=_SLOW * self.http.read)
        found = _mapping(told).get(node_class)
        return found if isinstance(found, dict) else None

    def sizes(self, folder: str) -> dict[str, int]:
        """Bytes by file name; {} of a folder that is not known, or where nobody tells: nothing depends on it."""
        try:
            files = self._get(f"experiment/models/{quote(folder, safe='')}", read=_SLOW * self.http.read)
        except BackendFailed:  # a proxy that lets only the usual routes through, a disk that takes too long
            return {}
        return {
            str(file["name"]): file["size"]
            for file in (files if isinstance(files, list) else ())
            if isinstance(file, dict) and "name" in file and isinstance(file.get("size"), int)
        }

    def queue(self) -> Queue:
        told = _mapping(self._get("queue"))
        return Queue(_ids(told.get("queue_running")), _ids(told.get("queue_pending")))

    def history(self, job: str) -> Entry | None:
        """None of a job that is unknown or not over."""
        entry = _mapping(self._get(f"history/{quote(job, safe='')}")).get(job)
        return entry if isinstance(entry, dict) else None

    def finished(self) -> dict[str, Entry]:
        """Of the latest jobs that are over, what the history holds. Each entry has its whole graph in it."""
        entries = _mapping(self._get(f"history?max_items={_LATEST}", read=_SLOW * self.http.read))
        return {job: entry for job, entry in entries.items() if isinstance(entry, dict)}

    def forgot_everything(self) -> bool:
        """Whether its history is empty, as after a start."""
        return not self._get("history?max_items=1")

    def submit(self, body: dict[str, Any]) -> Answer:
        return self.http.ask("POST", "prompt", read=_SLOW * self.http.read, json=body)

    def upload(self, name: str, picture: bytes) -> str:
        """Puts a picture among the server's inputs; the name by which LoadImage knows it, often the same."""
        path = PurePosixPath(name)
        folder = "" if path.parent == PurePosixPath() else str(path.parent)
        answer = self.http.ask(
            "POST",
            "upload/image",
            read=_SLOW * self.http.read,
            files={"image": (path.name, picture, "application/octet-stream")},
            data={"type": "input", "subfolder": folder},
        )
        told = _mapping(answer.data()) if answer.good else {}
        if not told.get("name"):
            raise Refused(
                f"ComfyUI at {self.name} did not take the picture {name}: {answer.status} {answer.excerpt()}",
                "look at its window: its input folder may be full or write-protected",
            )
        return "/".join(filter(None, (str(told.get("subfolder") or "").replace("\\", "/"), str(told["name"]))))

    def view(self, image: dict[str, Any]) -> bytes:
        """A file of those a job's outputs name: {"filename", "subfolder", "type"}. Spoiled if it is not there."""
        name, folder, kind = (str(image.get(key) or "") for key in ("filename", "subfolder", "type"))
        if not _harmless(name, folder, kind):
            raise Spoiled(
                f"ComfyUI at {self.name} names a picture outside its output folder: {folder}/{name} ({kind})",
                "check the nodes that save pictures in the workflow",
            )
        try:
            answer = self.http.ask(
                "GET",
                "view",
                read=_SLOW * self.http.read,
                limit=_PICTURE_LIMIT,
                params={"filename": name, "subfolder": folder, "type": kind or "output"},
            )
        except TooLarge as error:  # the picture's fault, not the server's
            raise Spoiled(f"{error.cause}, as a picture", "look at the node in the workflow that saves it") from error
        if not answer.good:
            raise Spoiled(
                f"ComfyUI at {self.name} finished, but its picture {name} is gone ({answer.status})",
                "somebody deleted it from ComfyUI's output folder: draw it again",
            )
        return answer.body

    def call_off(self, job: str) -> None:
        """Takes one job from the queue, or interrupts it; never another one that happens to run."""
        try:
            if self.http.ask("POST", f"api/jobs/{quote(job, safe='')}/cancel", json={}).good:
                return
        except BackendFailed:
            pass  # a proxy that lets only the older routes through
        self._post("queue", {"delete": [job]})
        if job in self.queue().running:  # servers before 0.3.56 interrupt whatever runs
            self._post("interrupt", {"prompt_id": job})

    def free(self) -> None:
        """Asks it to forget models and results as soon as it is idle."""
        self._post("free", {"unload_models": True, "free_memory": True})

    def tell_log(self, client: str) -> bool:
        """Asks for the lines of its log on a websocket; whether it will send them."""
        try:
            body = {"clientId": client, "enabled": True}
            return self.http.ask("PATCH", "internal/logs/subscribe", json=body).good
        except BackendFailed:
            return False

    def log(self) -> str | None:
        """The last lines of its log (some 300), None if it does not show them."""
        try:
            answer = self.http.ask("GET", "internal/logs")
            return str(answer.data()) if answer.good else None
        except BackendFailed:
            return None

    def _get(self, path: str, read: float = 0) -> Any:
        answer = self.http.ask("GET", path, read=read)
        if not answer.good:
            raise NoAnswer(
                f"ComfyUI at {self.name} answers {answer.status} to /{path.partition('?')[0]}: {answer.excerpt()}",
                "check the address, and what ComfyUI's window says",
            )
        return answer.data()

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self.http.ask("POST", path, json=body)
        if not answer.good:
            raise NoAnswer(f"ComfyUI at {self.name} answers {answer.status} to /{path}", "look at its window")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _ids(items: Any) -> tuple[str, ...]:
    """Of `[number, id, graph, …]` each."""
    return tuple(str(item[1]) for item in items or () if isinstance(item, list) and len(item) > 1)


def _harmless(name: str, folder: str, kind: str) -> bool:
    """Whether a picture lies where pictures are put; the name comes from outside, and is no path to us."""
    path = PureWindowsPath(folder)  # which knows both kinds of slashes
    inside = not (path.drive or path.root or ".." in path.parts)
    return inside and bool(name) and name != ".." and not set(name) & set("/\\\0") and kind in ("", "output", "temp")
