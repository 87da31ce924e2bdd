"""Imports run one way: each room may use those below it and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "reporting"

EVERYWHERE = {"errors", "month", "scratch", "secrets", "__init__", "__version__"}
MAY_IMPORT = {
    "params": set(),
    "contract": {"params"},
    "sources": {"contract", "params"},
    "metrics": {"contract", "sources", "params"},
    "snapshot": {"metrics", "sources", "contract", "params"},
    "survival": set(),
    "present": set(),
    "analysis": {"survival", "snapshot", "metrics", "contract", "params", "present.formats"},
    "reports": {"analysis", "survival", "present", "metrics.registry", "snapshot.frozen", "params"},
    "pipeline": {
        "analysis",
        "reports",
        "survival",
        "present",
        "snapshot",
        "metrics",
        "sources",
        "contract",
        "params",
    },
    "demo": {"contract", "params"},
    "starter": set(),
    "dbt": {"contract", "sources", "params"},
    "suggest": {"metrics.exact", "metrics.localtime", "contract"},
    "cli": {
        "pipeline",
        "demo",
        "starter",
        "suggest",
        "dbt",
        "reports",
        "present",
        "snapshot",
        "metrics",
        "sources",
        "contract",
        "params",
    },
}
"""Room -> rooms (or modules of rooms) it may import."""

FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports, without the leading `reporting.`; types count as well."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                package = path.parents[node.level - 1].relative_to(PACKAGE.parent).parts
                module = ".".join([*package, *filter(None, [module])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("reporting.") for name in found if name.startswith("reporting.")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_imports_only_from_the_rooms_below(path):
    room = path.relative_to(PACKAGE).parts[0]
    allowed = MAY_IMPORT[room] | EVERYWHERE | {room}
    for name in imports(path):
        assert any(name == below or name.startswith(f"{below}.") for below in allowed), (
            f"{path.relative_to(ROOT)} imports reporting.{name}; {room} may import {sorted(MAY_IMPORT[room])}"
        )


ALSO = {"account_review": {"account_pages"}}
"""Report -> another that it tells more of: the review of an account is made of what its page says."""
REPORTS = [path for path in FILES if path.relative_to(PACKAGE).parts[0] == "reports"]


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_report_imports_another(path):
    """What two reports say is decided in `analysis`, or told by what they have in common."""
    mine = path.relative_to(PACKAGE).parts[1]
    for name in imports(path):
        room, _, rest = name.partition(".")
        other = rest.split(".")[0]
        assert (
            room != "reports" or mine == "__init__.py" or other in {mine, "telling", "", *ALSO.get(mine, ())}
        ), name


def test_every_room_has_its_rule():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == MAY_IMPORT.keys()


def test_no_room_is_above_itself():
    """The rules themselves go one way."""
    above = {room: {below.split(".")[0] for below in allowed} for room, allowed in MAY_IMPORT.items()}
    order: list[str] = []
    while above:
        free = [room for room, below in above.items() if below <= set(order)]
        assert free, f"a circle among {sorted(above)}"
        order += free
        above = {room: below for room, below in above.items() if room not in free}


@pytest.mark.parametrize("heavy", ["pandas", "duckdb", "ibis", "matplotlib", "papermill"])
def test_the_command_line_starts_without_the_heavy_libraries(heavy):
    code = f"import sys; import reporting.cli.main; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("heavy", ["matplotlib", "pandas"])
def test_pages_are_set_without_the_libraries_of_the_kernels(heavy):
    code = "import sys; import reporting.pipeline.derive, reporting.pipeline.render; "
    code += f"sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_notebooks_import_reports_and_nothing_deeper():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        for line in text.split("\\n"):
            if "reporting." in line and "import" in line:
                assert "from reporting.reports import" in line, f"{path.name}: {line}"
