"""`params/monthly.yml` as it ships, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from reporting.errors import ConfigError
from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly

SHIPPED = Path(__file__).parents[2] / "params" / "monthly.yml"


def test_the_shipped_file_asks_for_the_demo_company_s_last_month():
    monthly = load_yaml(SHIPPED, Monthly)
    assert (monthly.source, monthly.month, monthly.reports) == ("demo", None, {})


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sorce: demo", "Did you mean 'source'"),
        ("month: 2026-13", "not a month"),
        ("month: 202610", "month"),
        ("source: [demo]", "source"),
        ("reports: churn", "reports"),
        ("source: demo\nsource: demo", ":2: the key 'source' stands twice"),
        ("source: demo\n month: x", ":2"),
        ("- demo", "expected keys and values"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(tmp_path, text, hint):
    path = tmp_path / "monthly.yml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_yaml(path, Monthly)
    assert hint in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_empty_file_takes_every_default(tmp_path):
    path = tmp_path / "monthly.yml"
    path.write_text("# nothing\n")
    assert load_yaml(path, Monthly) == Monthly()
