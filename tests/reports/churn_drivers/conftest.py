"""One simulated company for all tests of this report, and one too young to tell anything."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from reporting.reports import churn_drivers as report

_spec = importlib.util.spec_from_file_location("churn_world", Path(__file__).parent / "world.py")
world = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(world)


@pytest.fixture(scope="session")
def truth():
    """The simulation: `snapshot`, `TRUTH`, `NIL`."""
    return world


@pytest.fixture(scope="session")
def data(truth):
    """The report's figures of a company with some 300 losses."""
    return report.load(truth.snapshot(seed=4, accounts=700))


@pytest.fixture(scope="session")
def young(truth):
    """The report's figures of a company that hardly anyone has left."""
    return report.load(truth.snapshot(seed=2, accounts=60, months=8, base=-5.0))
