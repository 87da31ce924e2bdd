"""Accounts named in a page become links to their own pages, and nothing else does."""

import html

import pytest
from sample_month import NAMES

from reporting.pipeline.render.names import Names

LINKS = {
    "Copper Foods": "accounts/1.html",
    "Copper Foods Corp.": "accounts/2.html",
    "Team": "accounts/3.html",
}


def linked(page: str, links: dict[str, str] = LINKS) -> str:
    return Names(links).linked(page)


def cell(text: str, header: str = "Account") -> str:
    return f"<table><thead><tr><th>{header}</th></tr></thead><tr><td>{text}</td></tr></table>"


def test_the_longest_name_is_meant_and_the_text_stays():
    page = "<p>The largest is Copper Foods Corp.'s, then Copper Foods (5%).</p>"
    made = linked(page)
    assert """<a class="account" href="accounts/2.html">Copper Foods Corp.</a>'s""" in made
    assert '<a class="account" href="accounts/1.html">Copper Foods</a> (5%)' in made


@pytest.mark.parametrize(
    "page",
    [
        "<p>Copper Foodstuffs and MyCopper Foods</p>",
        '<a href="x">Copper Foods</a>',
        "<svg><text>Copper Foods</text></svg>",
        "<script>Copper Foods</script><style>Copper Foods</style><title>Copper Foods</title>",
        '<p title="Copper Foods > Copper Foods">x</p><!-- Copper Foods -->',
    ],
)
def test_parts_of_words_links_charts_and_markup_are_left_alone(page):
    assert linked(page) == page


def test_a_name_of_ordinary_words_is_linked_in_columns_of_accounts_only():
    page = "<p>Team is a plan; every team has one.</p>" + cell("Team") + cell("Team", "Plan")
    made = linked(page)
    assert made.count("<a ") == 1 and cell('<a class="account" href="accounts/3.html">Team</a>') in made


def test_a_shortened_name_is_linked_where_no_other_begins_like_it():
    links = {
        "Long Name of a Company One": "1.html",
        "Long Name of a Company Two": "2.html",
        "Other": "3.html",
    }
    assert linked(cell("Long Name of a Company T…"), links).count('"2.html"') == 1
    assert "<a " not in linked(cell("Long Name of a Comp…"), links)


@pytest.mark.parametrize("name", [name for name in NAMES if "  " not in name])
def test_hostile_names_are_linked_as_the_text_they_are(name):
    shown = html.escape(name, quote=False)
    for page in (f"<p>See {shown}, please.</p>", cell(shown)):
        made = linked(page, {name: 'accounts/"x".html'})
        link = f'<a class="account" href="accounts/&quot;x&quot;.html">{shown}</a>'
        assert made == page.replace(shown, link)
