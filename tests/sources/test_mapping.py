"""The source file and its SELECTs."""

from __future__ import annotations

import pytest

from reporting.errors import ConfigError
from reporting.sources.mapping import Mapping, SourceFile, list_sources, load_mappings, load_source_file

SOUND = "title: T\nconnection: {kind: csv, path: x}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("connection: {kind: csv, path: x}", "the key 'title' is missing"),
        ("title: T\nconnection: {kind: csv}", "needs path, path_env or both"),
        ("title: T\nconnection: {kind: postgres}", "needs url_env"),
        ("title: T\nconnection: {kind: postgres, path: x}", "takes url_env, not path"),
        ("title: T\nconnection: {kind: csv, path: x, url_env: X}", "takes path or path_env, not url_env"),
        ("title: T\nconnection: {kind: access, path: x}", "connection.kind"),
        ("title: T\nconnection: {kind: csv, path: x, url: y}", "unknown key 'connection.url'"),
        ("title: T\nconnection: {kind: csv, path: x, encoding: utf-9}", "expected an encoding"),
        (SOUND + "currency: usd", "currency"),
        (
            SOUND + "timezone: Europe/Berln",
            "time zone such as Europe/Berlin, found 'Europe/Berln'. Did you mean 'Europe/Berlin'?\n",
        ),
        (SOUND + "closed_through: 2024-13", "expected a month in quotes"),
        (SOUND + "formats: {accounts.signup_at: '%Y-%m-%d'}", "'accounts.signed_up_at'"),
        (SOUND + "formats: {default: 'YYYY-MM-DD'}", "names no year, month and day"),
    ],
)  # fmt: skip
def test_mistakes_in_the_source_file(company, text, words):
    company.source(text)
    with pytest.raises(ConfigError, match=r"tiny\.yml") as caught:
        load_source_file("tiny", company.params)
    assert words in str(caught.value)


def test_one_statement_may_end_with_semicolons_and_comments(company):
    company.sql(
        "accounts", "-- first; the accounts\nSELECT ';' AS account_id FROM accounts -- all; of them\n;;\n"
    )
    file, path = load_source_file("tiny", company.params)
    mapping = load_mappings(file, path)[0]
    assert mapping.sql.endswith("FROM accounts")


@pytest.mark.parametrize(
    ("sql", "name", "expected"),
    [
        ("SELECT * FROM Accounts", "accounts", True),
        ('SELECT * FROM "crm-accounts"', "crm-accounts", True),
        ("SELECT * FROM old_accounts", "accounts", False),
        ("SELECT * FROM accounts2", "accounts", False),
    ],
)
def test_files_a_select_reads(tmp_path, sql, name, expected):
    assert Mapping("accounts", tmp_path / "accounts.sql", sql).mentions(name) is expected


def test_templates_are_not_listed_as_sources(company):
    (company.params / "sources" / "_template.yml").write_text("title: x\n")
    assert list_sources(company.params) == ["tiny"]


def test_every_attribute_of_the_source_file_is_documented():
    assert all(field.description for field in SourceFile.model_fields.values())
