"""Names of the product definition that no event has: which, with what nearest, and when it is too many."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from reporting.contract.naming import FEW, product_findings
from reporting.params.product import load_product

ROOT = Path(__file__).parents[2]
SHIPPED = load_product(ROOT / "params" / "product.yml")
NAMES = ("create", "share", "run", "import", "login")


def product(**given):
    """A definition of the five `NAMES`: create is core, share the outcome, run the key action."""
    return SHIPPED.model_copy(
        update={
            "core_features": ("create", "run"), "premium_features": (), "other_features": (),
            "value_events": ("run",), "vanity_events": ("login",), "import_events": ("import",),
            "api_events": (), "event_points": {}, "key_action": "run", "limit_events": (),
            "onboarding_steps": {"First import": "import"}, "activation_outcome": "share",
            "north_star": SHIPPED.north_star.model_copy(update={"event": "run"}),
        }
        | given
    )  # fmt: skip


def found(names, defined=None, each=FEW):
    rows = [{"event_name": name, "events": each} for name in names]
    table = ibis.memtable(rows, schema={"event_name": "string", "events": "int64"})
    return product_findings(table, defined or product(), each * len(rows))


def test_a_definition_whose_names_all_occur_is_not_mentioned():
    assert found([*NAMES, "other"]) == []


def test_one_name_that_is_lacking_is_told_with_the_nearest():
    (finding,) = found(["create", "shared", "run", "import", "login"])
    assert (finding.check, finding.severity, finding.table, finding.column) == (
        "unknown_event", "warning", "events", "event_name",
    )  # fmt: skip
    assert (finding.count, finding.total) == (1, 5)
    assert finding.message == (
        "'share' (activation_outcome) isn't among the 5 names of the events. Did you mean 'shared'? "
        "What rests on a name that no event has is counted as zero."
    )
    assert finding.examples == [
        {"name": "share", "stands in": "activation_outcome", "did you mean": "shared"}
    ]
    assert finding.remedy.endswith("The events have shared besides.")


@pytest.mark.parametrize("name", ["SHARE", "Share ", "share!"])
def test_case_and_what_stands_between_words_make_no_stranger(name):
    (finding,) = found(["create", name, "run", "import", "login"])
    assert finding.examples[0]["did you mean"] == name


def test_what_most_rests_on_is_named_first_with_all_its_places():
    (finding,) = found(["create", "share"], each=FEW // 4)
    assert [example["name"] for example in finding.examples] == ["run", "import", "login"]
    assert finding.examples[0]["stands in"] == "north_star, key_action, value_events, core_features"
    assert finding.message.startswith("Only 2 of 5 event names in the product definition are among the 2")


@pytest.mark.parametrize(
    ("occur", "each", "severity"),
    [(3, FEW, "warning"), (2, FEW, "error"), (2, FEW // 2, "error"), (2, FEW // 2 - 1, "warning")],
)
def test_less_than_half_is_refused_where_there_are_events_enough_to_tell(occur, each, severity):
    """Of five names three are over half and two less; two names of fifty events each are a hundred."""
    (finding,) = found(NAMES[:occur], each=each)
    assert finding.severity == severity


def test_half_is_not_less_than_half():
    four = product(vanity_events=())
    assert [f.severity for f in found(["create", "share"], four)] == ["warning"]
    assert [f.severity for f in found(["create"], four)] == ["error"]


def test_a_definition_of_another_product_is_refused_however_few_the_events():
    (finding,) = found(["page", "click"], each=1)
    assert finding.severity == "error"
    assert finding.message.startswith("None of 5 event names in the product definition is among the 2 names")
    assert finding.remedy.endswith("The events have click, page besides.")


def test_many_names_of_the_data_are_cut_and_the_most_frequent_come_first():
    names = [f"n{number:02}" for number in range(12)]
    rows = [{"event_name": name, "events": number} for number, name in enumerate(names)]
    table = ibis.memtable(rows, schema={"event_name": "string", "events": "int64"})
    (finding,) = product_findings(table, product(), 66)
    assert finding.remedy.endswith(
        "The events have n11, n10, n09, n08, n07, n06, n05, n04 and 4 more besides."
    )


def test_one_name_alone_and_none_at_all():
    (finding,) = found(["run"], each=1)
    assert finding.message.startswith(
        "Only 1 of 5 event names in the product definition is the one name of the"
    )
    assert found([None]) == []
