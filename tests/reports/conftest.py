"""The reports of the company of seven accounts."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from tests.seven_accounts import company, write_company

from reporting.present.blocks import Blocks

__all__ = ["company"]


class Reader:
    """The reports of a company with all their blocks, made once for all tests that look at them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: dict[tuple[str, str], dict[str, Blocks]] = {}

    def __call__(self, report: str, kind: str, changes: dict) -> dict[str, Blocks]:
        """Section -> blocks of one report on one kind of company."""
        if (report, kind) not in self.done:
            path = self.folder / kind.replace(" ", "-")
            if not path.exists():
                write_company(path, **changes)
            module = importlib.import_module(f"reporting.reports.{report}")
            data = module.load(str(path))
            names = [name for name in module.__all__ if name not in ("Data", "load", "exports")]
            self.done[report, kind] = {name: getattr(module, name)(data) for name in names}
        return self.done[report, kind]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Reads a report on a kind of company."""
    return Reader(tmp_path_factory.mktemp("companies"))
