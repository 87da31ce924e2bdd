"""A rendered archive of two months, made once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sample_month import BRAND, make_month
from tests.shared import built_once

from reporting.pipeline.render import render_archive


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """`reports/` with two months of the demo company."""
    return built_once(tmp_path_factory, "archive", _archive)


def _archive(reports: Path) -> None:
    make_month(reports / "demo" / "2024-11", "2024-11", ["executive_brief"])
    make_month(reports / "demo" / "2024-12", "2024-12", ["executive_brief", "monthly_health"])
    render_archive(reports, BRAND)


@pytest.fixture(scope="session")
def month(archive) -> Path:
    """The later month's folder."""
    return archive / "demo" / "2024-12"
