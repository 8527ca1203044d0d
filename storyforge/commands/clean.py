"""`storyforge clean`: what the store holds, and what of it no film needs any more."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from storyforge.files import cannot_write
from storyforge.ledger import read_ledger
from storyforge.settings import Settings
from storyforge.store import Store

YOUNG = 60 * 60  # seconds; what is younger may belong to a run that its ledger does not name yet


def clean(settings: Settings, *, remove: bool) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    store = Store(settings.store_folder)
    found = inventory(store, settings.output_folder, now=time.time())
    console.print(_table(found))
    if not found.spare_files and not found.spare_keys:
        console.print("Every file in the store is needed by a film, or was made within the last hour.")
    elif remove:
        console.print(f"{_size(remove_spare(store, found))} freed.")
    else:
        console.print(f"{_size(found.spare_size)} can go: storyforge clean --yes")


def _table(found: Inventory) -> Table:
    table = Table("made by", "files", "size", "no film needs", "size", header_style="bold")
    for name, each in sorted(found.stages.items()):
        table.add_row(name, str(each.count), _size(each.size), str(each.spare_count), _size(each.spare_size))
    return table


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MB"


@dataclass
class Holding:
    """Files of one stage: how many there are and their bytes, in all and of those that no film needs."""

    count: int = 0
    size: int = 0
    spare_count: int = 0
    spare_size: int = 0


@dataclass
class Inventory:
    stages: dict[str, Holding] = field(default_factory=dict)
    spare_keys: list[str] = field(default_factory=list)
    spare_files: list[Path] = field(default_factory=list)

    @property
    def spare_size(self) -> int:
        return sum(path.stat().st_size for path in self.spare_files if path.exists())


def inventory(store: Store, output: Path, *, now: float) -> Inventory:
    """A film needs what its ledger names, be it finished or not. `now`: seconds since 1970.

    Spare is what no ledger names, and files that no record names (of a run that was killed), but nothing that was made
    within the last hour. BadSettings if a ledger cannot be read.
    """
    needed = set[str]().union(*(read_ledger(path).keys() for path in _ledgers(store, output)))
    found, kept, named = Inventory(), set(), set()
    for key, record in store.records():
        path = store.path(record.artifact)
        named.add(path)
        holding = found.stages.setdefault(record.task.get("task", "?"), Holding())
        holding.count, holding.size = holding.count + 1, holding.size + record.size
        if key in needed or now - record.made_at < YOUNG:
            kept.add(path)
        else:
            found.spare_keys.append(key)
            holding.spare_count, holding.spare_size = holding.spare_count + 1, holding.spare_size + record.size
    orphans = [path for path in store.objects() if path not in named]
    old = [path for path in orphans if now - path.stat().st_mtime >= YOUNG]
    found.spare_files = sorted({*(named - kept), *old})
    return found


def _ledgers(store: Store, output: Path) -> list[Path]:
    """Of all films here, and of those elsewhere that were made with the same store."""
    folders = {folder.resolve() for folder in (*output.glob("*/"), *store.outputs())}
    return [path for folder in sorted(folders) if (path := folder / "ledger.json").exists()]


def remove_spare(store: Store, found: Inventory) -> int:
    """Removes what no film needs: records first, so that none is left without its file. Returns bytes freed."""
    freed = found.spare_size
    for key in found.spare_keys:
        store.forget(key)
    with cannot_write(store.folder):
        for path in found.spare_files:
            path.unlink(missing_ok=True)
    return freed
