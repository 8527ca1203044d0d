from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storyforge.errors import CannotWrite
from storyforge.files import write_whole, written_whole
from storyforge.store import Artifact, Store, file_digest
from storyforge.value import digest


def kept(store: Store, key: str, content: bytes) -> Artifact:
    with store.workplace(".bin") as out:
        out.write_bytes(content)
        return store.keep(key, {"task": "Test"}, out, 0.1)


def test_what_was_made_is_found_by_its_key(tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = kept(store, "ab12", b"fox")
    assert Store(tmp_path).find("ab12") == made
    assert store.path(made).read_bytes() == b"fox"
    assert store.find("cd34") is None


def test_equal_results_are_one_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert kept(store, "ab12", b"fox") == kept(store, "cd34", b"fox")
    assert len(list(store.objects())) == 1


@pytest.mark.parametrize("harm", [b"", b"fix", b"foxfox"])
def test_a_damaged_file_is_never_served_and_can_be_made_again(tmp_path: Path, harm: bytes) -> None:
    store = Store(tmp_path)
    made = kept(store, "ab12", b"fox")
    store.path(made).write_bytes(harm)
    assert store.find("ab12") is None
    assert kept(store, "ab12", b"fox") == made
    assert store.find("ab12") == made


def test_a_file_that_only_looks_touched_is_still_good(tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = kept(store, "ab12", b"fox")
    os.utime(store.path(made), (1, 1))
    assert store.find("ab12") == made


def test_damage_by_one_task_is_seen_by_another_that_made_the_same(tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = kept(store, "ab12", b"fox")
    kept(store, "cd34", b"fox")
    store.path(made).write_bytes(b"fix")
    assert store.find("cd34") is None
    assert store.find("ab12") is None


@pytest.mark.parametrize("harm", [b"", b"{", b'{"task": 3}', b"\xff\x00"])
def test_a_damaged_record_counts_as_none(tmp_path: Path, harm: bytes) -> None:
    store = Store(tmp_path)
    kept(store, "ab12", b"fox")
    (tmp_path / "made" / "ab" / "ab12.json").write_bytes(harm)
    assert store.find("ab12") is None
    assert list(store.records()) == []


def test_nothing_is_left_of_work_that_failed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError), store.workplace(".bin") as out:
        out.write_bytes(b"half")
        raise ZeroDivisionError
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_killed_program_left_is_removed_but_not_what_a_living_one_makes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = tmp_path / "tmp" / f"{int(ended.stdout)}-aa"
    dead.mkdir(parents=True)
    (dead / "made.bin").write_bytes(b"half")
    with store.workplace(".bin") as mine:
        mine.write_bytes(b"going on")
        Store(tmp_path)
        assert mine.exists()
        assert not dead.exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"old")
    with pytest.raises(ZeroDivisionError), written_whole(path) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_cannot_be_one_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotWrite, match="--output"):
        Store(tmp_path / "file" / "store")


def test_a_full_disk_is_told_as_such() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    from storyforge.files import cannot_write

    with pytest.raises(CannotWrite, match="disk is full"), cannot_write(full):
        full.write_bytes(b"x")


def test_a_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(range(256)) * 9000)
    assert file_digest(path) == digest(path.read_bytes())
