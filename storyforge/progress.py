"""What one sees of a run: a live table in a terminal, plain lines elsewhere, JSON lines for other programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from storyforge.preview import thumbnail
from storyforge.runner import Event

STAGES = {"draw": ("picture", 0.12), "speak": ("voice", 0.03), "shoot": ("clip", 0.85)}
"""What each stage is called on screen, and its share of a scene's time as measured with the built-in back-ends."""

COLUMNS = {"retouch": "draw", "enlarge": "draw"}
"""Stages that stand in another's column: what is changed in a picture is a part of making it."""

DOING = {
    "reword": "mending the words",
    "mix": "mixing the soundtrack",
    "join": "joining the film",
    "sheet": "laying out the takes",
    "retouch": "changing a picture",
    "enlarge": "enlarging a picture",
}

PREVIEW = (48, 14)  # columns and rows of a terminal, at most
PREVIEW_NEEDS = 96  # columns of the terminal


class Display(AbstractContextManager["Display"]):
    """Takes events, one film after another."""

    def __call__(self, event: Event) -> None:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def display(console: Console, *, as_json: bool, quiet: bool) -> Display:
    if as_json:
        return JsonLines(sys.stdout)
    if quiet:
        return Quiet()
    return LiveTable(console) if console.is_terminal else PlainLines(console)


class Quiet(Display):
    def __call__(self, event: Event) -> None:
        pass


class JsonLines(Display):
    """One JSON object a line; its fields are those of `runner.Event`."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out

    def __call__(self, event: Event) -> None:
        print(event.model_dump_json(exclude_defaults=True), file=self.out, flush=True)


class Failures:
    """One broken model file fails every scene: its cause is told in full once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def told(self, text: str) -> str:
        known = text in self._told
        self._told.add(text)
        return "the same" if known else text


class PlainLines(Display):
    """For logs and pipes: a line for whatever was made, none for what was already there."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._failures = Failures()

    def __call__(self, event: Event) -> None:
        where = f"scene {event.scene}" if event.scene else "film"
        if event.kind == "planned":
            self._failures = Failures()
        if event.kind == "made" and event.stage != "speak":
            self._print(f"{where}: {event.stage} {event.seconds:.1f} s")
        elif event.kind == "failed" and event.scene:  # of the film itself it is told at the end
            self._print(f"{where}: {event.stage} failed: {self._failures.told(event.text)}")
        elif event.kind == "note":
            self._print(event.text)

    def _print(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


class Row:
    """One scene's columns: what became of the last task in each, how long all took, and how far the running one is."""

    def __init__(self) -> None:
        self.doing = ""  # the stage that is at work, or was last
        self.fraction: dict[str, float] = {}
        self.state: dict[str, str] = {}
        self.seconds: dict[str, float] = {}

    def note(self, event: Event) -> None:
        column = COLUMNS.get(event.stage, event.stage)
        self.doing = event.stage
        if event.kind == "made":
            self.seconds[column] = self.seconds.get(column, 0) + event.seconds
        self.fraction[column] = event.fraction if event.kind in ("started", "progress") else 1.0
        # Last, because the screen is drawn by another thread, which looks up what the state promises.
        self.state[column] = event.kind if event.kind != "progress" else "started"

    @property
    def done(self) -> float:
        return sum(self.fraction.get(stage, 0.0) * share for stage, (_, share) in STAGES.items())

    @property
    def busy(self) -> bool:
        return "started" in self.state.values()


class LiveTable(Display):
    """A row a scene with its stages; above it what is being made now; below it how far, and how much longer."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._clear()
        self.live = Live(console=console, get_renderable=self._screen, refresh_per_second=8, transient=True)

    def _clear(self) -> None:
        self.title = ""
        self.rows: dict[int, Row] = {}
        self.film = Row()
        self._failures = Failures()
        self.preview = self._shown_preview = b""
        self._thumbnail = Text()
        self.began, self.ready = time.monotonic(), 0.0
        self.spinner = Spinner("dots")

    def __enter__(self) -> LiveTable:
        self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def __call__(self, event: Event) -> None:
        if event.kind == "planned":
            self._clear()
            self.title = event.text
            self.rows = {number: Row() for number in range(1, int(event.fraction) + 1)}
        elif event.kind == "note":
            self.console.print(Text("· " + event.text, style="dim"), soft_wrap=True)  # a command stays in one piece
        elif event.kind == "failed" and event.scene:
            self.console.print(Text(f"✗ scene {event.scene}: {self._failures.told(event.text)}", style="red"))
        if event.stage:
            before = self._done()
            (self.rows.get(event.scene, self.film) if event.scene else self.film).note(event)
            change = self._done() - before
            if event.kind == "kept" or change < 0:  # found, or taken up again: no measure of how fast things go
                self.ready += change
        drawing = any(row.state.get("draw") == "started" for row in self.rows.values())
        self.preview = (event.preview or self.preview) if drawing else b""

    def _done(self) -> float:
        return sum((row.done for row in self.rows.values()), 0.0) / max(1, len(self.rows))

    def _screen(self) -> RenderableType:
        if not self.title:
            planned = self.film.fraction.get("plan", 0.0)
            doing = f" planning the scenes … {planned:.0%}" if planned else " reading the story …"
            doing = f" {DOING['reword']} …" if self.film.state.get("reword") == "started" else doing
            return Text.assemble(self.spinner.render(time.monotonic()), doing)  # type: ignore[arg-type]
        return Group(Text(self.title, style="bold"), self._beside_preview(self._table()), self._foot())

    def _beside_preview(self, table: Table) -> RenderableType:
        """The picture that is being drawn, as far as it is, where the server shows it and there is room."""
        if not self.preview or self.console.width < PREVIEW_NEEDS or self.console.color_system in (None, "standard"):
            return table
        if self.preview is not self._shown_preview:
            self._shown_preview, self._thumbnail = self.preview, thumbnail(self.preview, *PREVIEW)
        both = Table.grid(padding=(0, 4, 0, 0))
        both.add_row(table, self._thumbnail)
        return both

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("scene", justify="right", style="dim")
        for name, _ in STAGES.values():
            table.add_column(name, min_width=9)
        for number in self._shown():
            row = self.rows[number]
            table.add_row(str(number), *(self._cell(row, stage) for stage in STAGES))
        return table

    def _shown(self) -> list[int]:
        """The rows that fit the screen: around those at work."""
        room = max(3, self.console.height - 8)
        numbers = list(self.rows)
        busy = [number for number in numbers if self.rows[number].busy]
        unfinished = [number for number in numbers if self.rows[number].done < 1]
        first = (busy or unfinished or numbers or [1])[0]
        start = max(0, min(first - 1 - room // 4, len(numbers) - room))
        return numbers[start : start + room]

    def _cell(self, row: Row, stage: str) -> Text:
        state = row.state.get(stage)
        if state == "made":
            return Text(f"✓ {row.seconds[stage]:.1f} s", style="green")
        if state == "started" and row.fraction[stage]:
            return Text(f"▸ {row.fraction[stage]:.0%}", style="yellow")
        marks = {"kept": ("✓", "dim green"), "started": ("▸ now", "yellow"), "failed": ("✗", "red")}
        mark, style = marks.get(state or "", ("·", "dim"))
        return Text(mark, style=style)

    def _foot(self) -> RenderableType:
        bar = ProgressBar(total=1.0, completed=self._done(), width=40)
        line = Table.grid(padding=(0, 2))
        now = self._now([self.film]) or self._left() or self._now(self.rows.values())
        line.add_row(bar, Text(f"{self._done():.0%}"), Text(now, style="dim"))
        return line

    def _now(self, rows: Iterable[Row]) -> str:
        return next((DOING[row.doing] for row in rows if row.busy and row.doing in DOING), "")

    def _left(self) -> str:
        """Time left, from how fast what was really made went."""
        made = self._done() - self.ready
        elapsed = time.monotonic() - self.began
        if made < 0.02 or elapsed < 3:
            return ""
        left = elapsed * (1 - self._done()) / made
        return f"about {left / 60:.0f} min left" if left > 90 else f"about {max(1, round(left, -1)):.0f} s left"
