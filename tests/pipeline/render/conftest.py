"""A rendered archive of two months, made once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sample_month import BRAND, make_month

from reporting.pipeline.render import render_archive


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """`reports/` with two months of the demo company."""
    reports = tmp_path_factory.mktemp("reports")
    make_month(reports / "demo" / "2024-11", "2024-11", ["executive_brief"])
    chosen = ["executive_brief", "monthly_health"]
    make_month(reports / "demo" / "2024-12", "2024-12", chosen)
    render_archive(reports, BRAND)
    return reports


@pytest.fixture(scope="session")
def month(archive) -> Path:
    """The later month's folder."""
    return archive / "demo" / "2024-12"
