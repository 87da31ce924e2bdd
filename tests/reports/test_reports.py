"""What holds for every block of every report, whatever the data."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import nbformat
import pytest

from reporting.metrics import registry
from reporting.present.blocks import Block, Blocks, Figure, KeyFigures, Table

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# The churn report needs a company of its own to have a model.
REPORTS = [name for name in registry.REPORTS if name != "churn_drivers"]
USERS = """
    session_frequency licence_utilisation active_user_share seats_used seats_purchased active_users top1_share
    top2_share single_champion score_session_frequency score_licence_utilisation invited_users team_count
"""
USE = """
    engagement_score engagement_band health_score last_active_days value_events usage_trend_30 usage_trend_90
    feature_breadth adoption_recent time_to_first_value expansion_readiness commercial_reason
    plan_limit_proximity activated active_days funnel_stage
"""
NO_USERS = {"usage_concentration": ["users"], "licence_utilisation": ["users"]}
COMPANIES = {
    "whole": {},
    "without users": {"without": tuple(USERS.split()), "unavailable": NO_USERS},
    "without use": {"without": tuple((USERS + USE).split())},
    "contradicting": {
        "paths": {f"x{i}": [100 + i] * 14 for i in range(12)},
        "flags": {f"x{i}": i < 6 for i in range(12)},
    },
    "one month old": {"paths": {"a": [500], "b": [300]}},
    "nobody pays": {"paths": {"a": [500] * 13 + [0]}},
}
# A NaN, None or NaT that got into words, or a float written out with all its digits.
SLIP = re.compile(r"\b(nan|NaN|None|NaT)\b|<NA>|\d\.\d{5,}")


def texts(block: Block):
    spec = block.spec()
    yield from (spec[key] for key in ("markdown", "title", "caption", "alt") if key in spec)
    if isinstance(block, KeyFigures):
        yield from (str(value) for item in spec["items"] for value in item.values() if isinstance(value, str))
    if isinstance(block, Table):
        yield from (column["header"] for column in spec["columns"])
        yield from (cell for row in spec["rows"] for cell in row)
    if isinstance(block, Figure):
        yield from re.findall(r"<text[^>]*>([^<]*)</text>", block.svg)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("kind", COMPANIES)
def test_every_block_is_whole(read, name, kind):
    labels = []
    for section, blocks in read(name, kind, COMPANIES[kind]).items():
        assert isinstance(blocks, Blocks), section
        for block in blocks:
            for text in texts(block):
                assert not SLIP.search(text), f"{section}: {text}"
            if isinstance(block, Figure):
                assert block.caption.strip() and re.search(r"\d", block.alt), section
                assert "\n" not in block.alt
            if isinstance(block, Figure | Table):
                labels.append(block.label)
    assert len(labels) == len(set(labels)), "a label stands twice"


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("kind", COMPANIES)
def test_references_point_to_blocks_of_the_same_report(read, name, kind):
    blocks = [block for found in read(name, kind, COMPANIES[kind]).values() for block in found]
    labels = {block.label for block in blocks if isinstance(block, Figure | Table)}
    words = " ".join(text for block in blocks for text in texts(block))
    assert set(re.findall(r"@((?:fig|tbl)-[a-z0-9-]+)", words)) <= labels


@pytest.mark.parametrize("name", REPORTS)
def test_strangers_names_never_become_markup(read, name):
    for blocks in read(name, "whole", {}).values():
        for block in blocks:
            assert "<b>Gate" not in str(block.spec().get("markdown", ""))


@pytest.mark.parametrize("name", REPORTS)
def test_retention_is_never_good_news_when_the_sources_contradict(read, name):
    found = read(name, "contradicting", COMPANIES["contradicting"])
    first, answer = found["headline"][:2]
    assert first.spec()["style"] == "warning"
    assert re.search(r"6 accounts as churned|other tables name 6", first.markdown)
    assert not re.search(r"\bThriving\b", answer.markdown)
    for block in found["key_figures"]:
        for item in block.items:
            if re.search(r"NRR|GRR|retention|quick ratio", item.label):
                assert "not reliable" in item.label
                assert item.good is not True


@pytest.mark.parametrize("name", REPORTS)
def test_user_figures_are_not_available_and_never_zero(read, name):
    found = read(name, "without users", COMPANIES["without users"])
    words = " ".join(text for blocks in found.values() for block in blocks for text in texts(block))
    assert not re.search(r"\b0(\.0%|%)? (of accounts use more than|sessions per user|active users)", words)


@pytest.mark.parametrize("name", REPORTS)
def test_exports_are_plain_tables(company, name):
    report = importlib.import_module(f"reporting.reports.{name}")
    for key, frame in report.exports(report.load(str(company()))).items():
        assert re.fullmatch(r"[a-z_]+", key)
        assert frame.columns.is_unique
        assert not any(column.endswith("_cents") for column in frame.columns)


@pytest.mark.parametrize("name", REPORTS)
def test_parameters_are_documented_and_keyword_only(name):
    load = importlib.import_module(f"reporting.reports.{name}").load
    parameters = inspect.signature(load).parameters
    assert next(iter(parameters)) == "snapshot"
    assert all(f"{parameter}:" in load.__doc__ for parameter in parameters)


@pytest.mark.parametrize("name", REPORTS)
def test_the_notebook_tells_every_section_once_and_carries_no_output(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    called = re.findall(r"^report\.(\w+)\(data\)$", "\n".join(cell.source for cell in code), re.M)
    report = importlib.import_module(f"reporting.reports.{name}")
    assert sorted(called) == sorted(set(report.__all__) - {"Data", "load", "exports"})


@pytest.mark.parametrize("name", REPORTS)
def test_the_notebook_s_parameters_are_those_of_load(name):
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    (cell,) = (c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    given = dict(re.findall(r"^(\w+): \w+ = (.+?)  # .+$", cell.source, re.M))
    load = importlib.import_module(f"reporting.reports.{name}").load
    expected = dict(inspect.signature(load).parameters)
    del expected["snapshot"], given["snapshot"]
    assert {key: ast.literal_eval(value) for key, value in given.items()} == {
        key: parameter.default for key, parameter in expected.items()
    }
