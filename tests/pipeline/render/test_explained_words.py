"""Words are explained where they stand: once a section, with their meaning in the page, and not in print."""

import re
from pathlib import Path

import pytest

from reporting.params.product import load_product
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pandoc import convert
from reporting.pipeline.terms import terms, used

PRODUCT = load_product(Path(__file__).parents[3] / "params" / "product.yml")


def page(tmp_path: Path, body: str, to: str = "html5") -> str:
    meanings = "\n\n".join(["MRR\n:   Money \\<a month\\>.", "hazard ratio\n:   How often."])
    path = tmp_path / "report.qmd"
    path.write_text(f"---\ntitle: T\n---\n\n{body}\n\n::: {{.terms}}\n{meanings}\n:::\n")
    return convert(read_document(path), to)


def test_the_first_use_in_a_section_opens_the_meaning(tmp_path):
    made = page(tmp_path, "## One\n\nMRR, and MRR again.\n\n## Two\n\nMRR.")
    assert made.count('popovertarget="term-mrr">MRR</button>') == 2
    assert made.count('<div popover id="term-mrr"') == 1
    assert "MRR</button>, and MRR again" in made
    assert "<strong>MRR</strong> Money &lt;a month&gt;." in made


@pytest.mark.parametrize("text", ["a hazard ratio of 2", "a hazard\nratio of 2", "the (hazard ratio: 2)"])
def test_a_term_of_two_words_is_found(tmp_path, text):
    assert 'popovertarget="term-hazard-ratio">hazard ratio</button>' in page(tmp_path, text)


NOT_THE_TERM = ["hazard ratios", "MRRs", "hazard-ratio", "hazardous ratio", "*hazard* ratio"]


@pytest.mark.parametrize("text", NOT_THE_TERM)
def test_what_is_not_the_term_is_left_alone(tmp_path, text):
    made = page(tmp_path, text)
    assert "<button" not in made and "popover" not in made  # nor is a meaning that nothing opens


def test_nothing_of_it_is_printed(tmp_path):
    made = page(tmp_path, "MRR and hazard ratio.", "typst")
    assert "Money" not in made and "How often" not in made and made.strip() == "MRR and hazard ratio."


def test_meanings_are_the_metrics_with_thresholds_of_the_product():
    said = terms(PRODUCT)
    assert said["engagement score"].startswith("Four kinds of use") and "Above 70" in said["engagement score"]
    assert not re.search(r"\{\w", "".join(said.values()))


def test_a_document_holds_the_words_it_uses():
    assert set(used(terms(PRODUCT), "NRR is 105%; MRRs; the health score, (AUC 0.7)")) == {
        *("NRR", "health score", "AUC")
    }
