"""The documentation and the template can't go stale: the example runs, and every column is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from reporting.contract import TABLES
from reporting.month import Month
from reporting.sources.mapping import Kind, load_mappings, load_source_file
from reporting.sources.validate import validate

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def test_the_worked_example_can_be_pasted_and_passes(tmp_path):
    for path, text in re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    report = validate("acme", tmp_path / "params")
    assert report.ok and report.month == Month(2026, 3)
    assert [(table.name, table.rows) for table in report.tables] == [
        ("accounts", 3), ("subscriptions", 4), ("events", 4),
    ]  # fmt: skip
    optional = [name for name, table in TABLES.items() if not table.required]
    assert [(finding.check, finding.table) for finding in report.findings] == [
        ("missing_table", name) for name in optional
    ], "as the guide says"


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_the_guide_tells_every_column(table):
    section = GUIDE.split(f"### {table.name}\n")[1].split("###")[0]
    assert table.meaning in section and table.without in section
    for column in table.columns:
        mark = " *" if column.required else ""
        assert f"| `{column.name}`{mark} | {column.type} | {column.meaning} |" in section


def test_guide_and_template_name_every_kind_of_source():
    (row,) = re.findall(r"^\| `connection.kind` \| (.*) \|$", GUIDE, re.MULTILINE)
    (comment,) = re.findall(
        r"kind: csv +# (.*)", (ROOT / "params" / "sources" / "_template.yml").read_text(encoding="utf-8")
    )
    assert re.findall(r"`(\w+)`", row) == re.split(r", | or ", comment) == list(get_args(Kind))


def test_the_template_is_a_sound_source_with_every_column(tmp_path):
    sources = tmp_path / "params" / "sources"
    shutil.copytree(ROOT / "params" / "sources" / "_template", sources / "acme")
    shutil.copy(ROOT / "params" / "sources" / "_template.yml", sources / "acme.yml")
    for optional in (sources / "acme" / "optional").iterdir():
        shutil.move(optional, sources / "acme")
    file, path = load_source_file("acme", tmp_path / "params")
    mappings = {mapping.table: mapping for mapping in load_mappings(file, path)}
    assert list(mappings) == list(TABLES)
    for name, table in TABLES.items():
        text = mappings[name].path.read_text(encoding="utf-8")
        active = re.sub(r"--.*", "", text)
        assert set(re.findall(r" AS (\w+)", text)) == set(table.names), name
        assert set(table.required_names) <= set(re.findall(r" AS (\w+)", active)), name


def test_the_warnings_in_the_guide_exist():
    section = GUIDE.split("Warnings are counted")[1].split("Everything is looked at")[0]
    told = set(re.findall(r"`([a-z]+_[a-z_]+)`", section)) - {"unknown_user", "unknown_subscription"}
    code = "".join(path.read_text() for path in (ROOT / "src" / "reporting").glob("*/*.py"))
    assert {name for name in told if f'"{name}"' not in code} == set()
