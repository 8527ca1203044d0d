"""Pictures by ComfyUI: the user's own server, on the user's own GPU, with a fixed seed and each character's LoRA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field, field_validator

from storyforge.backend import CONTROL, Address, Ask, Illustrator, NamesFile, Private, Progress, Unkeyed, unseen
from storyforge.errors import StoryforgeError
from storyforge.keeper import Busy, Wanted, ensure, parse_duration, using
from storyforge.story import Story, shown_name
from storyforge.storyboard import Brief
from storyforge.value import digest

if TYPE_CHECKING:
    from storyforge.illustration.comfyui.chosen import Chosen
    from storyforge.illustration.comfyui.pool import Pool
    from storyforge.illustration.comfyui.request import Request

DRAFT = 1 / 4
"""Of the pixels, for a draft without a workflow of its own: a quarter of the time."""

LARGEST = 2_000_000
"""Pixels of a picture that is retouched: models paint badly on more; it is enlarged again afterwards."""


class ComfyUI(Illustrator):
    """Needs a running ComfyUI, or the command that starts one, and the workflow's model files in its folders."""

    name: ClassVar[str] = "comfyui"
    version: ClassVar[int] = 1

    urls: Annotated[tuple[str, ...], Unkeyed, Address, Field(description="Addresses of the servers", min_length=1)] = (
        "http://127.0.0.1:8188",
    )
    workflow: Annotated[
        str | dict[int, str],
        NamesFile,
        Field(description="A shipped workflow, an exported file, or {number of reference pictures: workflow}"),
    ] = "z-image-turbo-aio"
    draft: Annotated[
        str, Unkeyed, NamesFile, Field(description="Workflow of drafts; else the same, with fewer pixels")
    ] = ""
    repair: Annotated[
        str, NamesFile, Field(description="Workflow that draws a part anew; else the one beside `workflow`")
    ] = ""
    redraw: Annotated[
        str, NamesFile, Field(description="Workflow that draws over a picture; else the one beside it")
    ] = ""
    upscale: Annotated[
        str, NamesFile, Field(description="Workflow that enlarges pictures: upscale-esrgan; else none")
    ] = ""
    megapixels: Annotated[
        float | None, Field(description="Size of the pictures; else the model's own", gt=0, le=16)
    ] = None
    set: Annotated[
        dict[str, str | int | float], Field(description="Values for other slots of the workflow: {steps: 6, cfg: 1.5}")
    ] = {}
    start: Annotated[
        str, Unkeyed, Private, Field(description="Command that starts ComfyUI, when it is needed and not there")
    ] = ""
    folder: Annotated[str, Unkeyed, Private, Field(description="Folder to start it in")] = ""
    keep: Annotated[str | int, Unkeyed, Field(description="How long it runs on after its last use: 1h, 30m, never")] = (
        "1h"
    )
    headers: Annotated[
        dict[str, str], Unkeyed, Private, Field(description="For a proxy: {Authorization: 'Bearer ${COMFY_TOKEN}'}")
    ] = {}
    patience: Annotated[
        float, Unkeyed, Field(description="Seconds until a ComfyUI that was started must answer", gt=0, le=3600)
    ] = 180.0
    shrink: Annotated[bool, Field(description="Whether to draw smaller when memory runs out")] = False
    anyway: Annotated[bool, Unkeyed, Field(description="Whether to draw although memory looks too small")] = False

    @field_validator("urls", mode="before")
    @classmethod
    def _one_or_more(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else given

    @field_validator("keep")
    @classmethod
    def _a_duration(cls, given: str | int) -> str | int:
        parse_duration(given)
        return given

    # ---- what is chosen

    def drafted(self) -> Self:
        if self.draft:
            return self._with(workflow=self.draft, set={}, upscale="")
        pixels = (self.megapixels or self._chosen.megapixels(self._chosen.fewest)) * DRAFT
        return self._with(megapixels=pixels, upscale="")

    def although(self) -> Self:
        return self._with(anyway=True)

    def _with(self, **fields: Any) -> Self:
        return type(self)(**{**dict(self), **fields})

    def mistakes(self) -> str:
        others = filter(None, (self.draft, self.repair, self.redraw, self.upscale))
        try:
            for name in (*self._chosen.names.values(), *others):
                self._chosen.loaded(name)
        except StoryforgeError as error:
            return str(error)
        return ""

    @property
    def places(self) -> int:
        return self._servers.places

    @cached_property
    def _chosen(self) -> Chosen:
        from storyforge.illustration.comfyui.chosen import Chosen

        return Chosen(self.workflow, {"repair": self.repair, "redraw": self.redraw})

    # ---- what is asked

    @property
    def looks_at_portraits(self) -> bool:
        return self._chosen.most > 0

    def portraits_wanted(self, brief: Brief) -> tuple[str, ...]:
        return tuple(role.who for role in brief.roles) if self.looks_at_portraits else ()

    def request(self, brief: Brief, portraits: Mapping[str, str]) -> Request:
        """What is asked for a picture. `portraits`: key of a role -> digest of its portrait."""
        from storyforge.illustration.comfyui.briefing import to_draw

        return to_draw(self._chosen, brief, portraits, self.megapixels, self.set)

    def asked(self, brief: Brief, portraits: Mapping[str, str]) -> dict[str, Any]:
        # A picture that was drawn smaller for want of memory is none that would do where that is not allowed.
        leave = {"shrink": True} if self.shrink else {}
        return {**self._account(self.request(brief, portraits)), **leave}

    def _account(self, request: Request) -> dict[str, Any]:
        return {"illustrator": self.name, "version": self.version, **request.account()}

    def setup(self, brief: Brief, portraits: Mapping[str, str]) -> str:
        return self.request(brief, portraits).setup

    def draw(self, brief: Brief, portraits: Mapping[str, bytes] = {}, progress: Progress = unseen) -> bytes:
        request = self.request(brief, {who: digest(data) for who, data in portraits.items()})
        by_digest = {digest(data): data for data in portraits.values()}
        return self._drawn(request, {slot: by_digest[found] for slot, found in request.pictures}, progress)

    def _drawn(self, request: Request, pictures: Mapping[str, bytes], progress: Progress) -> bytes:
        return self._pool.draw(request.job(pictures, may_shrink=self.shrink), progress)

    def at_work(self) -> AbstractContextManager[None]:
        return using(self._wanted) if self._wanted else nullcontext()

    # ---- what is changed afterwards

    def retouch_asked(self, brief: Brief, strength: float, masked: bool) -> dict[str, Any]:
        return self._account(self._retouching(brief, strength, {"image": "", **({"mask": ""} if masked else {})}))

    def retouch(
        self, picture: bytes, mask: bytes | None, brief: Brief, strength: float, progress: Progress = unseen
    ) -> bytes:
        from storyforge.illustration.comfyui.canvas import on_grid

        pictures = {"image": on_grid(picture, LARGEST)}
        if mask is not None:
            pictures["mask"] = on_grid(mask, LARGEST)
        request = self._retouching(brief, strength, {slot: digest(data) for slot, data in pictures.items()})
        return self._drawn(request, pictures, progress)

    def _retouching(self, brief: Brief, strength: float, pictures: Mapping[str, str]) -> Request:
        from storyforge.illustration.comfyui.briefing import to_retouch

        return to_retouch(self._chosen, brief, strength, pictures)

    def enlarge_asked(self) -> dict[str, Any] | None:
        return self._account(self._enlarging("", (0, 0))) if self.upscale else None

    def enlarge(self, picture: bytes, size: tuple[int, int], progress: Progress = unseen) -> bytes:
        return self._drawn(self._enlarging(digest(picture), size), {"image": picture}, progress)

    def _enlarging(self, picture: str, size: tuple[int, int]) -> Request:
        from storyforge.illustration.comfyui.briefing import to_enlarge

        return to_enlarge(self._chosen.loaded(self.upscale), picture, size)

    # ---- the servers

    @property
    def _wanted(self) -> Wanted | None:
        if not self.start:
            return None
        return Wanted(
            start=self.start,
            url=self._servers.servers[0].url,
            probe="/system_stats",
            name="ComfyUI",
            busy=Busy(path="/queue", fields=("queue_running", "queue_pending")),
            keep=parse_duration(self.keep),
            patience=self.patience,
            cwd=Path(self.folder).expanduser() if self.folder else None,
        )

    @property
    def _servers(self) -> Pool:
        from storyforge.illustration.comfyui.pool import pool_for

        return pool_for(self.urls, self.headers)

    @property
    def _pool(self) -> Pool:
        """The servers, of which the first is started again when it is lost, if that is known to be possible."""
        pool = self._servers
        if wanted := self._wanted:
            pool.revive_with(lambda url, tell: ensure(wanted, tell) if url == pool.servers[0].url else None)
        return pool

    def check(self) -> str:
        try:
            self._servers.servers[0].stats()  # first: where nobody answers, the catalogue need not be read
            from storyforge.illustration.comfyui.preflight import missing

            workflow = self._chosen.fewest
            return "; ".join(missing(self._pool.servers[0], {workflow.name: workflow.graph}))
        except StoryforgeError as error:
            return str(error)

    def suits(self, story: Story) -> str:
        """`auto` takes no server that would take minutes for a picture: paper is there in a second."""
        wrong = self.check()
        if not wrong and not self._pool.servers[0].stats().has_card:
            wrong = "it has no graphics card to draw on"
        return wrong

    def described(self) -> str:
        """`ComfyUI 0.33.0 at 127.0.0.1:8188 has z-image-turbo-aio and draws on NVIDIA GeForce RTX 4070`"""
        server, workflow = self._pool.servers[0], self._chosen.fewest.name
        stats = server.stats()
        card = stats.devices[0].name if stats.devices and stats.has_card else "the processor: minutes a picture"
        return f"ComfyUI {stats.version} at {server.name} has {workflow} and draws on {card}"

    def ready(self, asks: Sequence[Ask], progress: Progress) -> None:
        from storyforge.illustration.comfyui.catalogue import names
        from storyforge.illustration.comfyui.readiness import made_ready
        from storyforge.illustration.comfyui.starting import start

        if wanted := self._wanted:
            start(wanted, progress)
        requests = {request.setup: request for request in map(self._request_of, asks)}
        graphs = {f"{request.workflow.name} {setup}": request.graph() for setup, request in requests.items()}
        unwanted = next((ask.brief.style.negative for ask in asks if not ask.brief.style.name), "")
        own = {request.workflow.name: request.workflow for request in requests.values()}
        notes = [f"{name}: {note}" for name, each in own.items() if name not in names() for note in each.notes]
        for note in dict.fromkeys((*notes, *(note for ask in asks for note in self._left_out(ask)))):
            progress(note=note)
        for note in made_ready(self._pool, graphs, unwanted, anyway=self.anyway):
            progress(note=note)

    def _request_of(self, ask: Ask) -> Request:
        if ask.kind == "enlarge":
            return self._enlarging("", (ask.brief.width, ask.brief.height))
        if ask.kind == "retouch":
            return self._retouching(ask.brief, 1.0, {"image": "", **({"mask": ""} if ask.masked else {})})
        return self.request(ask.brief, ask.portraits)

    def _left_out(self, ask: Ask) -> Iterator[str]:
        """Who has a portrait that the workflow has no slot for."""
        if ask.kind != "draw" or len(ask.portraits.keys() - {CONTROL}) <= (slots := self._chosen.most):
            return
        names = [shown_name(role.who, role.character) for role in ask.brief.roles if role.who in ask.portraits]
        yield (
            f"{', '.join(names)} are in one picture, and the workflow takes {slots} portraits: "
            f"{', '.join(names[slots:])} is drawn by looks alone"
        )
