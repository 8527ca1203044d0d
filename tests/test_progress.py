"""What one sees of a run, on a terminal that is a string."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image
from rich.console import Console

from storyforge.preview import thumbnail
from storyforge.progress import Display, JsonLines, LiveTable, PlainLines, display
from storyforge.runner import Event

RUN = [
    Event(kind="note", text="planner: rules"),
    Event(kind="planned", text="The Lost Mitten", fraction=2),
    Event(kind="kept", scene=1, stage="draw"),
    Event(kind="made", scene=1, stage="speak", seconds=0.2),
    Event(kind="started", scene=1, stage="shoot"),
    Event(kind="progress", scene=1, stage="shoot", fraction=0.5),
    Event(kind="made", scene=1, stage="shoot", seconds=3.25),
    Event(kind="failed", scene=2, stage="draw", text="the paper tore – glue it"),
    Event(kind="started", stage="mix"),
    Event(kind="made", stage="mix", seconds=1),
    Event(kind="finished", text="film.mp4", seconds=12),
]


def terminal(height: int = 30) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=90, height=height, legacy_windows=False)


def told(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def play(watch: Display, events: list[Event]) -> None:
    with watch:
        for event in events:
            watch(event)


def test_the_table_has_a_row_a_scene_and_tells_what_failed() -> None:
    console = terminal()
    table = LiveTable(console)
    play(table, RUN)
    console.print(table.live.get_renderable())
    for part in ("The Lost Mitten", "3.2 s", "scene 2: the paper tore – glue it", "planner: rules"):
        assert part in told(console)


def test_the_table_shows_how_far_the_running_clip_is() -> None:
    console = terminal()
    table = LiveTable(console)
    play(table, RUN[:6])
    console.print(table.live.get_renderable())
    assert "▸ 50%" in told(console)


@pytest.mark.parametrize("stage", ["retouch", "enlarge"])
def test_what_is_changed_in_a_picture_is_seen_where_pictures_are(stage: str) -> None:
    console = terminal()
    table = LiveTable(console)
    play(table, [*RUN[1:3], Event(kind="started", scene=1, stage=stage)])
    table(Event(kind="progress", scene=1, stage=stage, fraction=0.25, preview=b"as far as it is"))
    assert table.preview
    console.print(table.live.get_renderable())
    assert "▸ 25%" in told(console) and "a picture" in told(console)
    table(Event(kind="made", scene=1, stage=stage, seconds=2.5))
    console.print(table.live.get_renderable())
    assert "✓ 2.5 s" in told(console)


def test_what_is_taken_up_again_does_not_count_as_made() -> None:
    table = LiveTable(terminal())
    made = Event(kind="made", scene=1, stage="retouch", seconds=2)
    play(table, [*RUN[1:3], Event(kind="started", scene=1, stage="retouch")])
    assert (table._done(), table.ready) == (0, 0)
    table(made)
    assert table._done() > table.ready == 0


def test_a_long_story_shows_the_rows_at_work_and_fits_the_screen() -> None:
    console = terminal(height=20)
    table = LiveTable(console)
    started = Event(kind="started", scene=400, stage="shoot")
    play(table, [Event(kind="planned", text="Long", fraction=500), started])
    rows = ["".join(part.text for part in line) for line in console.render_lines(table.live.get_renderable())]
    assert len(rows) <= 20
    assert any(row.strip().startswith("400") for row in rows)


def test_lines_for_a_log_have_no_escapes_and_name_what_was_made() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=90)
    play(PlainLines(console), RUN)
    assert told(console).splitlines() == [
        "planner: rules",
        "scene 1: shoot 3.2 s",
        "scene 2: draw failed: the paper tore – glue it",
        "film: mix 1.0 s",
    ]


def test_json_lines_are_the_events() -> None:
    out = io.StringIO()
    play(JsonLines(out), RUN)
    assert [Event.model_validate(json.loads(line)) for line in out.getvalue().splitlines()] == RUN


@pytest.mark.parametrize(("as_json", "quiet"), [(True, False), (False, True)])
def test_nothing_is_drawn_for_programs_and_quiet_people(as_json: bool, quiet: bool) -> None:
    console = terminal()
    assert not isinstance(display(console, as_json=as_json, quiet=quiet), LiveTable)


def test_a_thumbnail_is_the_picture_in_half_blocks_two_pixels_a_cell() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(out, "PNG")
    shown = thumbnail(out.getvalue(), 20, 5)
    lines = shown.plain.split("\n")
    assert len(lines) == 5 and {len(line) for line in lines} == {20}
    assert {str(span.style) for span in shown.spans} == {"#ff0000 on #ff0000"}


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_preview_that_cannot_be_read_is_no_error(data: bytes) -> None:
    assert thumbnail(data, 20, 5).plain == ""


def test_the_picture_that_is_being_drawn_is_seen_beside_the_table_until_it_is_drawn() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(out, "PNG")
    console = Console(file=io.StringIO(), force_terminal=True, width=120, height=30, color_system="truecolor")
    table = LiveTable(console)
    table(Event(kind="planned", text="Fox", fraction=2.0))
    table(Event(kind="started", scene=1, stage="draw"))
    table(Event(kind="progress", scene=1, stage="draw", fraction=0.4, preview=out.getvalue()))
    with console.capture() as drawing:
        console.print(table._screen())
    table(Event(kind="made", scene=1, stage="draw", seconds=1.0))
    with console.capture() as drawn:
        console.print(table._screen())
    assert drawing.get().count("▀") > 100 and "40%" in drawing.get()
    assert "▀" not in drawn.get()


def test_a_failure_of_every_scene_is_told_in_full_once_in_each_film() -> None:
    console = Console(file=io.StringIO(), width=90)
    lines = PlainLines(console)
    failed = [Event(kind="failed", scene=n, stage="draw", text="the model is broken") for n in (1, 2)]
    for event in (*failed, Event(kind="planned", text="Another", fraction=2.0), failed[0]):
        lines(event)
    assert console.file.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "scene 1: draw failed: the model is broken",
        "scene 2: draw failed: the same",
        "scene 1: draw failed: the model is broken",
    ]
