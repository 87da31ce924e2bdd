"""An account's review: the answer first, on two pages at most, whatever the account."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pypdf
import pytest
from tests.hand import book, months
from tests.reports.test_one_page import LONG
from tests.reports.test_reports import COMPANIES, SLIP, texts

from reporting.analysis.topics import Topic
from reporting.errors import ConfigError
from reporting.month import Month
from reporting.params.playbook import STANCES
from reporting.pipeline.derive import derive
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pdf import render_pdf
from reporting.present.blocks import Blocks
from reporting.present.brand import current_brand
from reporting.reports import account_review
from reporting.reports.account_pages.page import Score
from reporting.reports.account_review import charts, evidence
from reporting.reports.account_review.questions import question

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "account_review.ipynb"


def sections(snapshot: Path, account: str) -> dict[str, Blocks]:
    """Section -> its blocks, in the order of the notebook."""
    data = account_review.load(str(snapshot), account)
    calls = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if "(data)" in cell.source]
    names = [call.removeprefix("report.").removesuffix("(data)") for call in calls]
    return {name: getattr(account_review, name)(data) for name in names}


def words(blocks: Blocks) -> str:
    return " ".join(text for block in blocks for text in texts(block))


@pytest.mark.parametrize("kind", COMPANIES)
def test_every_account_of_every_company_can_be_told(company, kind):
    snapshot = company(**COMPANIES[kind])
    for account in account_review.month_of(snapshot.resolve()).accounts:
        for section, blocks in sections(snapshot, account).items():
            for block in blocks:
                for text in texts(block):
                    assert not SLIP.search(text), f"{account}, {section}: {text}"
                    assert "<b>Gate" not in str(block.spec().get("markdown", ""))


def test_the_answer_is_the_verdict_with_its_day_and_its_owner(company):
    snapshot = company()
    verdict = account_review.month_of(snapshot.resolve()).accounts["g"].verdict
    answer, step, about = sections(snapshot, "g")["headline"]
    assert answer.markdown.startswith("**To rescue.** No use for 31 days")
    assert verdict["action"] in step.markdown and "by " in step.markdown
    assert about.markdown.startswith("g · Growth")


def test_an_account_that_left_says_so_and_has_no_figures_of_the_living(company):
    found = sections(company(), "c")
    assert found["headline"][0].markdown == "**Left.** It stopped paying in February 2026\\."
    assert not found["key_figures"] and not found["health"] and not found["contract"]
    assert "why did they stop" in words(found["questions"])


def test_figures_stand_against_last_month(company):
    (tiles,) = sections(company(), "a")["key_figures"]
    mrr = tiles.items[0]
    assert (mrr.label, mrr.value, mrr.change) == ("MRR", "$1,200", "+$200 on Jan 2026")
    score = next(item for item in tiles.items if "score" in item.label)
    assert (score.value, score.change, score.note) == ("85", "unchanged on Jan 2026", "healthy")


@pytest.mark.parametrize(
    ("seen", "place"),
    [
        ([3, 2, 1], "lowest"),
        ([1, 3, 3], "highest"),
        ([1, 3, 2], "between"),
        ([2, 2.2, 2], "same"),
    ],
)
def test_a_chart_says_where_the_last_value_stands_in_its_whole_course(seen, place):
    assert charts._place(np.array(seen), "score") == place


def test_a_chart_of_too_few_months_claims_nothing(company):
    assert (
        "1 month on record, too few to compare"
        in sections(company(paths={"a": [500], "b": [300]}), "a")["course"][0].svg
    )


def test_a_chart_names_what_is_at_its_lowest(company):
    title = " ".join(words(sections(company(), "f")["course"]).split())
    assert "MRR at its lowest" in title and "health score the same at every close in 12 months" in title


def test_what_a_customer_is_asked_carries_its_figures():
    month = book(*months("a", [100, 100]))
    asked = question(month, Topic("champion", {"top1_share": 0.83}))
    assert asked == "One person does 83% of what is done: who takes over if that person leaves?"
    falls = Topic("falling", {"flags": ["core_workflow_falling", "frequency_falling"]})
    assert "less than a month ago of this: core workflow and session frequency." in question(month, falls)
    one, two = (question(month, Topic("tickets", {"tickets_open": n})) for n in (1, 2))
    assert one.startswith("1 ticket is open") and two.startswith("2 tickets are open")


@pytest.mark.parametrize("stance", STANCES)
def test_every_stance_has_its_question(stance):
    assert question(book(*months("a", [100, 100])), Topic(stance, {})).endswith("?")


def test_a_part_that_is_not_known_is_named_and_no_row():
    rows = (("Support", "40", "\u22126.0"), ("Renewal", "not available", "not available"))
    (table,) = evidence._score(Score("Health score", "60", rows, "usage trend"))
    assert table.rows == [rows[0]]
    assert table.caption.endswith("nothing is lost on usage trend; not known, and left out: renewal")


def test_an_unknown_account_is_answered_with_the_nearest(company):
    snapshot = str(company(names={"a": "Ada Lovelace"}))
    with pytest.raises(
        ConfigError, match=r"no account 'aa' in February 2026\. Did you mean a \(Ada Lovelace\)"
    ):
        account_review.load(snapshot, "aa")
    with pytest.raises(ConfigError, match=r"Did you mean a \(Ada Lovelace\)\?"):
        account_review.load(snapshot, "lovelace")
    with pytest.raises(ConfigError, match="no account 'zzzz' in February 2026") as error:
        account_review.load(snapshot, "zzzz")
    assert "Did you mean" not in str(error.value)


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize("names", [{}, LONG], ids=["short", "long names"])
@pytest.mark.parametrize("account", ["b", "c", "g"])
def test_a_review_is_two_pages_at_most(company, tmp_path, names, account, paper):
    snapshot = company(names=names) if names else company()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    shown = iter(sections(snapshot, account).values())
    for cell in notebook.cells:
        if "(data)" in cell.source:
            cell.outputs = [
                nbformat.v4.new_output("display_data", block._repr_mimebundle_()) for block in next(shown)
            ]
    nbformat.write(notebook, tmp_path / NOTEBOOK.name)
    (derived,) = derive([tmp_path / NOTEBOOK.name], tmp_path / "documents", {"title": "An account"})
    brand = replace(current_brand(), page_size=paper)
    run = RunContext("hand", "By Hand Incorporated", Month(2026, 2), "2026-02-ab12cd34", brand=brand)
    render_pdf(read_document(derived), tmp_path / "review.pdf", run)
    assert 1 <= len(pypdf.PdfReader(tmp_path / "review.pdf").pages) <= 2
