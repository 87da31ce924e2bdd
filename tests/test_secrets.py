"""No part of a URL is told, in whatever form it was given."""

from __future__ import annotations

import pytest

from reporting import secrets


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(secrets, "_parts", set())


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgres://anna:s3cret%2Fx@db.acme/crm", "password s3cret/x of anna at DB.ACME, database crm"),
        ("postgres://anna:s3/cr et@db.acme/crm", "'s3/cr et', 'et@db.acme' and cr"),
        ("postgres://anna@db/crm?password=p%20q", "p q, p%20q, p+q of (anna)"),
        ("user=anna password='a b' host=db", "a b for anna; 'db'"),
        ("anna:s3cret@db/crm", "anna:s3cret@db/crm and s3cret"),
        ("oracle+x://anna:s3cret@db", "oracle+x and s3cret"),
    ],
)
def test_every_part_is_hidden_raw_and_decoded(url, told):
    secrets.keep(url)
    said = secrets.hidden(f"{told}; {url}")
    for part in ("anna", "s3", "cret", "acme", "crm", "p q", "p%20q", "a b", "oracle"):
        assert part not in said.lower() or part not in url
    assert secrets.HIDDEN in said


def test_what_every_url_says_and_a_part_of_a_word_stay():
    secrets.keep("postgres://postgres:in@localhost:5432/postgres?sslmode=require")
    said = secrets.hidden("postgres is not listening in port 5432; connecting needs sslmode=require")
    assert said == "postgres is not listening *** port ***; connecting needs sslmode=require"
