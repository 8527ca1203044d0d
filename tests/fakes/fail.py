"""What can go wrong with one job, to be put into `FakeComfyUI.failures`: each accepted POST takes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Fail:
    """`kind` is the name of the function below that made it; the other fields are what that kind needs."""

    kind: str
    text: str = ""
    type: str = ""
    number: float = 0.0

    @classmethod
    def out_of_memory(cls, kind: Literal["torch", "cuda", "cpu"] = "torch") -> Fail:
        """As a current ComfyUI tells it, as a bare CUDA error, or as the CPU's allocator does."""
        return cls.error(*OUT_OF_MEMORY[kind])

    @classmethod
    def error(cls, type: str, message: str) -> Fail:
        """The sampler raises; ComfyUI reports `execution_error`."""
        return cls("error", message, type)

    @classmethod
    def black(cls) -> Fail:
        """NaN in the latents: success, and all pixels are 0."""
        return cls("black")

    @classmethod
    def wrong_size(cls) -> Fail:
        """Half as wide and half as high as asked for."""
        return cls("wrong_size")

    @classmethod
    def truncated(cls) -> Fail:
        """/view serves the first half of the file."""
        return cls("truncated")

    @classmethod
    def cut_once(cls) -> Fail:
        """/view serves the first half of the file, and when it is asked again the whole."""
        return cls("cut_once")

    @classmethod
    def huge(cls, megabytes: int = 2000) -> Fail:
        """/view serves bytes without end in sight."""
        return cls("huge", number=megabytes)

    @classmethod
    def bomb(cls) -> Fail:
        """A small PNG file whose header says 60,000 × 60,000 pixels."""
        return cls("bomb")

    @classmethod
    def view_404(cls) -> Fail:
        """The file is gone from the disk when the job has ended."""
        return cls("view_404")

    @classmethod
    def evil_name(cls, name: str) -> Fail:
        """Events and history name this file."""
        return cls("evil_name", name)

    @classmethod
    def stuck(cls) -> Fail:
        """The worker dies in this job: HTTP goes on, the job runs for ever, the queue does not move."""
        return cls("stuck")

    @classmethod
    def interrupted(cls) -> Fail:
        """Somebody presses the browser's stop button in the middle of it."""
        return cls("interrupted")

    @classmethod
    def deleted(cls) -> Fail:
        """Somebody clears the queue before its turn: no event, no history."""
        return cls("deleted")

    @classmethod
    def node_errors(cls) -> Fail:
        """Status 200, the job runs, and the reply says that an output was dropped."""
        return cls("node_errors")

    @classmethod
    def html(cls, status: int = 502) -> Fail:
        """A proxy's error page in place of the reply; the job is not accepted."""
        return cls("html", number=status)

    @classmethod
    def post_times_out_but_runs(cls, seconds: float = 0.5) -> Fail:
        """The job is accepted, the reply never comes: the connection is cut after `seconds`."""
        return cls("unanswered", number=seconds)

    @classmethod
    def frozen(cls, seconds: float) -> Fail:
        """When its turn comes the whole server stands still: sockets stay open and nothing is answered."""
        return cls("frozen", number=seconds)

    @classmethod
    def crash(cls, back_after: float | None = None) -> Fail:
        """The server's process dies in the middle of the job; after `back_after` seconds it is started again."""
        return cls("crash", number=-1.0 if back_after is None else back_after)

    @classmethod
    def lora_ignored(cls, name: str) -> Fail:
        """Made for another model: success, the pixels of no LoRA, and lines in the log."""
        return cls("lora_ignored", name)


OUT_OF_MEMORY = {
    "torch": (
        "torch.OutOfMemoryError",
        "Allocation on device 0 would exceed allowed memory. (out of memory)\nCurrently allocated     : 22.91 GiB\n"
        "Requested               : 1.50 GiB\nDevice limit            : 23.99 GiB\n"
        "This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have "
        "accidentally set the batch_size to a large number.",
    ),
    "cuda": ("RuntimeError", "CUDA error: out of memory\n"),
    "cpu": (
        "RuntimeError",
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
        "allocate 4398046511104 bytes. Error code 12 (Cannot allocate memory)\n",
    ),
}
