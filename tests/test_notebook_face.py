"""What a notebook of one's own works with: the guide's examples run, and what there isn't is refused."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.seven_accounts import write_company

import reporting
import reporting.notebook
from reporting.errors import ParameterError, SourceError
from reporting.notebook import OpenMonth, open_month
from reporting.present import mime

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    """The folder of a snapshot, with MRR as its figure by month."""
    folder = tmp_path_factory.mktemp("face") / "snapshot"
    write_company(folder)
    panel = pd.read_parquet(folder / "account_month.parquet")
    mrr = panel.groupby("month", as_index=False)["mrr_cents"].sum().set_axis(["month", "value"], axis=1)
    mrr.astype({"value": float}).assign(metric="mrr").to_parquet(folder / "portfolio_month.parquet")
    return folder


@pytest.fixture(scope="module")
def month(company) -> OpenMonth:
    return open_month(company)


def shown(source: str, names: dict) -> object:
    """What a cell shows: the value of its last expression."""
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "guide", "exec"), names)
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([last], []), "guide", "exec"), names)
        return None
    return eval(compile(ast.Expression(last.value), "guide", "eval"), names)


def test_the_examples_of_the_guide_run_and_show_blocks(company):
    names: dict = {}
    kinds = []
    for example in re.findall(r"^```python\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL):
        value = shown(example, names)
        for block in value if isinstance(value, list) else [value] * (value is not None):
            kinds += [str(name) for name in block._repr_mimebundle_() if name in (mime.BLOCK, mime.EXPORTS)]
        if "snapshot" in names and "month" not in names:
            names["snapshot"] = str(company)
    assert kinds == [mime.BLOCK] * 5 + [mime.EXPORTS]  # text, key figures, callout; table; figure; files
    assert names["share"] == pytest.approx(2850 / 3050)  # the five largest of all that is paid
    assert names["grr"][12] == pytest.approx(3100 / 3500)  # Echo has left in the first year, Cove not yet


def test_all_that_the_guide_names_is_there(month):
    asked = re.findall(r"`month\.(\w+)|`\.(\w+)`", GUIDE)
    for name in {first or second for first, second in asked}:
        places = (month, month.judgement, month.cohorts())
        assert any(hasattr(place, name) for place in places), name


def test_it_is_offered_by_the_package_itself_and_costs_nothing_until_asked_for():
    assert reporting.__all__ == reporting.notebook.__all__
    for name in reporting.__all__:
        assert getattr(reporting, name) is getattr(reporting.notebook, name)
    code = "import reporting, sys; sys.exit(bool({'pandas', 'matplotlib', 'pyarrow'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(ImportError, match="open_moth"):
        exec("from reporting import open_moth", {})


def test_a_published_month_is_opened_by_its_folder(month, company, tmp_path):
    shutil.copytree(company, tmp_path / "2026-02" / "snapshot")
    assert open_month(tmp_path / "2026-02").metric("mrr") == month.metric("mrr")
    with pytest.raises(SourceError, match="no snapshot here"):
        open_month(tmp_path)


def test_figures_by_id(month):
    assert month.metric("mrr") == 305_000
    assert month.series("mrr").iloc[-2] == 310_000
    assert np.isnan(month.metric("nrr_12")), "there is such a figure, but not of this company"


def test_cohorts_of_each_kind(month):
    """Of those that began in January 2025 the first close is the base: 3500, of which seven-twelfths stay."""
    first = {kept: month.cohorts(kept).grid.iloc[0] for kept in ("nrr", "grr", "logos")}
    assert first["nrr"][13] == pytest.approx((1200 + 500 + 0 + 400 + 450 + 200) / 3500)
    assert first["grr"][13] == pytest.approx((1000 + 500 + 0 + 400 + 450 + 200) / 3500)
    assert first["logos"][13] == pytest.approx(5 / 6)
    assert month.cohorts("use").sizes.sum() >= 1


def test_survival_of_all_counts_who_left(month):
    (curve,) = month.survival().values()
    assert curve.events == 2  # Echo in July 2025, Cove in February 2026
    assert month.survival("plan") == {}, "seven accounts can't be told apart"


def test_verdicts_are_in_words_and_by_stance(month):
    everyone = month.verdicts()
    assert set(everyone.index) == {"a", "b", "d", "e", "f", "g"}  # those that pay
    for stance, rows in everyone.groupby("stance"):
        assert list(month.verdicts(stance).index) == list(rows.index)
    assert not everyone["reason"].str.startswith("{").any()


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda month: month.metric("nrr12"), "Did you mean 'nrr_12'"),
        (lambda month: month.series("mmr"), "Did you mean 'mrr'"),
        (lambda month: month.table("acounts"), "Did you mean 'accounts'"),
        (lambda month: month.table("acquisition"), "doesn't map `acquisition`"),
        (lambda month: month.verdicts("rescued"), "Did you mean 'rescue'"),
        (lambda month: month.cohorts("nr"), "Did you mean 'nrr'"),
        (lambda month: month.survival("plans"), "Did you mean 'plan'"),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest_name(month, ask, hint):
    with pytest.raises(ParameterError, match=hint):
        ask(month)
