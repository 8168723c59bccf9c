"""The demo's creditors' files, and copies of them with something changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.lending.policy import Policies
from bot.lending.policy_files import read_yaml

DEMO = Path(__file__).parents[2] / "bot" / "lender" / "demo" / "creditors"
Change = Callable[[dict[str, Any]], object]


def changed(folder: Path, name: str, change: Change) -> Path:
    """`folder` with the demo's file `name` in it (and its agency's, if any), after `change`."""
    data = read_yaml(DEMO / f"{name}.yml")
    change(data)
    write(folder / f"{name}.yml", data)
    agency = data.get("agency")
    if agency and (DEMO / f"{agency}.yml").exists():
        write(folder / f"{agency}.yml", read_yaml(DEMO / f"{agency}.yml"))
    return folder


def write(path: Path, data: dict[str, Any]) -> None:
    # As text in quotes: 22:00 is a time, not base 60.
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def demo() -> Policies:
    return Policies.load(DEMO)
