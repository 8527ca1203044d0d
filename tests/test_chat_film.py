"""A language model as planner, as the user meets it: on the command line, found by itself, and remembered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from storyforge.board_file import read_board
from storyforge.ledger import read_ledger
from storyforge.planning.chat.planner import Chat
from storyforge.store import Store
from tests.chat_director import direct
from tests.fakes import Asked, ChatFail, FakeChat
from tests.films import SMALL, STORY
from tests.test_cli import ending

BOARD = "output/mitten/storyboard.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")  # where nobody listens
    given = {**SMALL, "illustrator": "paper", "narrator": "espeak"}
    (tmp_path / "mitten.yaml").write_text(STORY, "utf-8")
    (tmp_path / "storyforge.yaml").write_text("".join(f"{k}: {v}\n" for k, v in given.items()), "utf-8")
    return tmp_path


@pytest.fixture
def ollama(chat: FakeChat, here: Path, monkeypatch: pytest.MonkeyPatch) -> FakeChat:
    """A running Ollama, as this machine finds it."""
    chat.answer = direct
    monkeypatch.setenv("OLLAMA_HOST", chat.url)
    return chat


def run(*arguments: str) -> None:
    assert ending(*arguments) == 0


def test_a_running_ollama_is_found_and_said(here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]) -> None:
    run("plan", "mitten.yaml")
    told = capsys.readouterr().out
    assert "planner: chat with toy:8b" in told
    assert "planned by toy:8b: " in told.replace("\n", " ")
    planning = read_board(here / BOARD).board.planning
    assert (planning.planner, planning.model) == ("chat", "toy:8b") and planning.costs.tokens_out > 50
    assert "toy:8b" in (here / BOARD).read_text("utf-8").partition("planning:")[2]


def test_without_ollama_the_rules_plan_and_it_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("plan", "mitten.yaml")
    told = " ".join(capsys.readouterr().out.split())
    assert "planner: rules (not chat: Ollama at 127.0.0.1:9 does not answer" in told


def test_what_has_planned_a_film_stays_also_when_its_server_is_gone(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "mitten.yaml")
    before = (here / BOARD).read_bytes()
    ollama.kill()
    run("plan", "mitten.yaml")
    assert (here / BOARD).read_bytes() == before
    assert "planner: chat with toy:8b, as the film so far" in capsys.readouterr().out
    (here / "mitten.yaml").write_text(STORY.replace("At dawn", "At noon"), "utf-8")
    assert ending("plan", "mitten.yaml") == 3  # rather than other scenes, quietly
    (here / BOARD).unlink()
    run("plan", "mitten.yaml")
    assert read_board(here / BOARD).board.planning.planner == "rules"


def test_a_film_that_the_rules_have_planned_stays_as_it_is_when_ollama_comes(
    here: Path, chat: FakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.answer = direct
    run("plan", "mitten.yaml")
    before = (here / BOARD).read_bytes()
    monkeypatch.setenv("OLLAMA_HOST", chat.url)
    run("plan", "mitten.yaml")
    assert (here / BOARD).read_bytes() == before and chat.asked == []
    run("plan", "mitten.yaml", "--planner", "chat")
    assert read_board(here / BOARD).board.planning.model == "toy:8b"


def test_planning_again_asks_nobody(here: Path, ollama: FakeChat) -> None:
    run("plan", "mitten.yaml")
    asked = len(ollama.asked)
    run("plan", "mitten.yaml")
    run("plan", "mitten.yaml", "--planner", "chat")
    assert len(ollama.asked) == asked


def test_another_seed_asks_for_another_storyboard(here: Path, ollama: FakeChat) -> None:
    run("plan", "mitten.yaml")
    (here / "mitten.yaml").write_text(STORY + "planner: {chat: {seed: 2}}\n", "utf-8")
    run("plan", "mitten.yaml")
    assert list(dict.fromkeys(asked.body["options"]["seed"] for asked in ollama.asked)) == [1, 2]


def test_a_whole_film_is_made_of_what_the_model_decided(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    run("render", "mitten.yaml", "--json")
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    progress = [
        event.get("fraction", 0.0) for event in events if event["kind"] == "progress" and event["stage"] == "plan"
    ]
    assert progress and progress == sorted(progress) and progress[-1] <= 1
    assert (here / "output/mitten/film.mp4").stat().st_size > 10_000
    run("render", "mitten.yaml", "--json")
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert {event["kind"] for event in again} <= {"note", "planned", "kept", "finished"}


def test_a_model_that_is_not_there_ends_with_the_line_that_gets_it(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mitten.yaml").write_text(STORY + "planner: {chat: {model: 'qwen9:1b'}}\n", "utf-8")
    assert ending("plan", "mitten.yaml") == 3
    told = capsys.readouterr().err
    assert "ollama pull qwen9:1b" in told and "toy:8b" in told


def test_the_doctor_tells_of_the_model_and_of_none(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    run("doctor")
    assert "planner chat: toy:8b, by Ollama at 127.0.0.1" in capsys.readouterr().out
    ollama.models = ()
    run("doctor")
    assert "ollama pull" in capsys.readouterr().out


def test_checking_a_story_asks_no_server(here: Path, ollama: FakeChat) -> None:
    (here / "mitten.yaml").write_text(STORY + "planner: chat\n", "utf-8")
    run("check", "mitten.yaml")
    assert ollama.hits == []


def test_a_story_may_not_have_the_users_key_sent_to_its_own_server(
    here: Path, ollama: FakeChat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", "s3cret")
    settings = (here / "storyforge.yaml").read_text("utf-8")
    (here / "storyforge.yaml").write_text(settings + "planner: {chat: {key_from: MY_KEY}}\n", "utf-8")
    (here / "mitten.yaml").write_text(STORY + f"planner: {{chat: {{url: '{ollama.url}'}}}}\n", "utf-8")
    run("plan", "mitten.yaml")
    assert all("authorization" not in asked.headers for asked in ollama.asked)
    (here / "mitten.yaml").write_text(STORY + "planner: {chat: {key_from: HOME}}\n", "utf-8")
    assert ending("plan", "mitten.yaml") == 2
    assert "may not set `key_from`" in capsys.readouterr().err


def test_rules_that_had_to_help_are_told_and_written_down(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    ollama.failures = [ChatFail.says("No.")] * 3
    run("plan", "mitten.yaml")
    assert "planned by rules from “At dawn Mira" in " ".join(capsys.readouterr().out.split())
    assert "planned by rules" in (here / BOARD).read_text("utf-8")


def test_a_childs_spelling_is_mended_before_the_story_is_planned_and_what_was_changed_is_shown(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    def mend_or_direct(asked: Asked) -> str:
        return direct(asked) if asked.schema else re.sub(r"\bteh\b", "the", asked.prompt)

    ollama.answer = mend_or_direct
    typed = STORY.replace("into the green", "into teh green") + "tidy: true\n"
    (here / "mitten.yaml").write_text(typed, "utf-8")
    run("plan", "mitten.yaml")
    told = capsys.readouterr().out
    assert "[-teh-]{+the+}" in told
    assert "into the green forest" in (here / "mitten.tidy.txt").read_text("utf-8")
    assert (here / "mitten.yaml").read_text("utf-8") == typed
    assert "into the green forest" in read_board(here / BOARD).board.text
    ollama.kill()
    run("plan", "mitten.yaml")
    assert (here / "mitten.tidy.txt").exists() and "teh" not in (here / BOARD).read_text("utf-8")


# ---- what is kept with a film, and what a film's folder cannot do


def test_a_folder_that_somebody_passed_on_sends_no_secret_anywhere(
    here: Path, chat: FakeChat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", "s3cret")
    run("plan", "mitten.yaml")
    board = (here / BOARD).read_text("utf-8").partition("planning:")[0]
    told = f"planning:\n  planner: chat\n  model: x\n  url: {chat.url}\n  key_from: MY_KEY\n  server: {chat.url}\n"
    (here / BOARD).write_text(board + told, "utf-8")
    ending("plan", "mitten.yaml")
    assert chat.hits == []


def test_a_storyboard_from_before_planners_were_noted_stays_the_rules(here: Path, ollama: FakeChat) -> None:
    ollama.kill()
    run("plan", "mitten.yaml")
    board = (here / BOARD).read_text("utf-8").partition("planning:")[0]
    (here / BOARD).write_text(board, "utf-8")
    ollama.restart()
    run("plan", "mitten.yaml")
    assert ollama.asked == []


def test_a_deleted_storyboard_is_asked_for_again(here: Path, ollama: FakeChat) -> None:
    run("plan", "mitten.yaml")
    asked = len(ollama.asked)
    (here / BOARD).unlink()
    run("plan", "mitten.yaml")
    assert len(ollama.asked) == 2 * asked


def test_a_plan_is_kept_when_what_no_film_needs_is_removed(here: Path, ollama: FakeChat) -> None:
    run("plan", "mitten.yaml")
    asked = len(ollama.asked)
    store = Store(here / "output/.store")
    for key, _ in list(store.records()):
        path = store.folder / "made" / key[:2] / f"{key}.json"
        path.write_text(re.sub(r'"made_at": ?[\d.]+', '"made_at":1.0', path.read_text("utf-8")), "utf-8")
    run("clean", "--yes")
    run("plan", "mitten.yaml")
    assert len(ollama.asked) == asked


def test_planning_leaves_what_a_film_is_made_from_in_its_ledger(here: Path, ollama: FakeChat) -> None:
    run("render", "mitten.yaml")
    scenes = read_ledger(here / "output/mitten/ledger.json").scenes
    run("plan", "mitten.yaml")
    ledger = read_ledger(here / "output/mitten/ledger.json")
    assert scenes and ledger.scenes == scenes and ledger.story


def test_a_draft_and_its_film_have_one_planner(here: Path, ollama: FakeChat) -> None:
    ollama.kill()
    run("render", "mitten.yaml", "--draft")
    before = (here / BOARD).read_bytes()
    ollama.restart()
    run("render", "mitten.yaml")
    assert (here / BOARD).read_bytes() == before and ollama.asked == []


def test_somebody_whom_the_storyboard_does_not_know_is_told(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "mitten.yaml")
    board = (here / BOARD).read_text("utf-8")
    (here / BOARD).write_text(board.replace("who: mira", "who: mina", 1), "utf-8")
    run("plan", "mitten.yaml")
    assert "scene 1: 'mina' is neither in the cast nor among the extras" in " ".join(capsys.readouterr().out.split())


def test_looks_that_the_model_is_not_shown_plan_nothing_anew(here: Path, ollama: FakeChat) -> None:
    looks = "a small girl with black pigtails and a yellow raincoat"
    longer = STORY.replace(looks, looks + " and two red boots with yellow laces")
    (here / "mitten.yaml").write_text(longer, "utf-8")
    run("plan", "mitten.yaml")
    asked, board = len(ollama.asked), (here / BOARD).read_bytes()
    (here / "mitten.yaml").write_text(longer.replace("yellow laces", "green laces"), "utf-8")
    run("plan", "mitten.yaml")
    assert len(ollama.asked) == asked and (here / BOARD).read_bytes() == board


def test_a_server_on_another_machine_is_named() -> None:
    assert Chat(model="x", url="http://me:pw@gpu.lan:8080/v1").title == "chat with x at gpu.lan:8080"
    assert Chat(model="x", url="http://localhost:8080/v1").title == "chat with x"


def test_a_cast_that_no_model_could_propose_ends_with_the_way_without_one(
    here: Path, ollama: FakeChat, capsys: pytest.CaptureFixture[str]
) -> None:
    ollama.failures = [ChatFail.status(500, None, "{}")] * 4
    assert ending("cast", "mitten.yaml") == 3
    assert "--planner rules" in capsys.readouterr().err
    (here / "mitten.yaml").write_text("title: The Lost Mitten\nstory: Mira ran.\n", "utf-8")
    ollama.failures, ollama.answer = [], lambda asked: '{"people": []}'
    run("cast", "mitten.yaml")
    assert "named nobody" in capsys.readouterr().out
