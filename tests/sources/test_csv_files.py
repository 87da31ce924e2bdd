"""CSV files in sub-folders, in UTF-16, with another delimiter; a column that is NULL throughout."""

from __future__ import annotations

import pytest

from reporting.errors import SourceError

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2


def events(company):
    with company.open() as source:
        found = source.tables["events"].order_by("occurred_at").to_pyarrow().to_pylist()
        return [(row["account_id"], row["event_name"]) for row in found]


@pytest.fixture
def split(company):
    """The events in a folder, a file a month, the second with its columns in another order."""
    head, *lines = (company.data / "events.csv").read_text().splitlines()
    (company.data / "events.csv").unlink()
    folder = company.data / "events"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "01.csv").write_text("\n".join([head, *lines[:2]]) + "\n")
    turned = [",".join(reversed(line.split(","))) for line in (head, *lines[2:])]
    (folder / "2025" / "02.csv").write_text("\n".join(turned) + "\n")
    return company


WHOLE = [("A1", "report_created"), ("A2", "report_created"), ("A3", "login")]


def test_a_sub_folder_is_one_table(split):
    assert events(split) == WHOLE
    with split.open() as source:
        files = [name for name, _ in source.files()]
    assert {"data/events/2025/01.csv", "data/events/2025/02.csv"} <= set(files)


def test_files_of_a_sub_folder_with_other_columns_are_refused(split):
    path = split.data / "events" / "2025" / "02.csv"
    path.write_text(path.read_text().replace("event_name", "event"))
    with pytest.raises(SourceError, match=r"02\.csv: the column 'event' is in this file only"):
        split.open()
    path.write_text("account_id,event_name\nA1,login\n")
    with pytest.raises(SourceError, match=r"02\.csv: the column 'occurred_at' is in 01\.csv only"):
        split.open()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_that_can_not_be_read_names_the_file_of_the_sub_folder(split, encoding):
    path = split.data / "events" / "2025" / "02.csv"
    path.write_text(path.read_text() + "2025-02-13,login,A3,what\n", encoding=encoding)
    with pytest.raises(SourceError, match=r"data/events/2025/02\.csv:3: the line '2025-02-13,login,A3,what'"):
        split.open()


def as_utf16(path, encoding="utf-16"):
    path.write_bytes(path.read_text().encode(encoding))


def test_a_file_with_the_mark_of_utf_16_is_read_as_that_among_others(company):
    as_utf16(company.data / "events.csv")
    assert events(company) == WHOLE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_and_read_where_it_is_declared(company, encoding):
    for path in company.data.glob("*.csv"):
        as_utf16(path, encoding)
    with pytest.raises(SourceError, match=f"zero bytes, as UTF-16 has.\n.*`encoding: {encoding}`"):
        company.open()
    company.declare("")
    path = company.params / "sources" / "tiny.yml"
    path.write_text(path.read_text().replace("path: data", f"path: data\n  encoding: {encoding}"))
    assert events(company) == WHOLE


def test_utf_16_that_is_declared_and_is_not_there_is_told(company):
    path = company.params / "sources" / "tiny.yml"
    path.write_text(path.read_text().replace("path: data", "path: data\n  encoding: utf-16"))
    with pytest.raises(SourceError, match="not utf-16 encoded: it has no zero bytes"):
        company.open()


def test_a_broken_line_of_utf_16_is_named(company):
    path = company.data / "events.csv"
    content = path.read_text().encode("utf-16")
    at = content.index("A2".encode("utf-16-le"))
    path.write_bytes(content[:at] + b"\x00\xd8" + content[at + 2 :])  # half of a pair
    with pytest.raises(SourceError, match=r"events\.csv:3: the line is not utf-16 encoded"):
        company.open()


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id;name, first;joined", '";"'),
        ("id\tname\tjoined", r'"\\t"'),
        ("id|name;joined|x", r'"\|"'),
    ],
)
def test_the_delimiter_is_told_as_it_is_to_be_written(company, header, told):
    mark = {'";"': ",", r'"\\t"': ",", r'"\|"': ","}[told]
    company.csv("accounts", header.replace(mark, " ") + "\n1 2 3\n")
    with pytest.raises(SourceError, match=f"Declare `delimiter: {told}`"):
        company.open()


def test_a_tab_as_told_is_taken(company):
    for path in company.data.glob("*.csv"):
        path.write_text(path.read_text().replace('"Bolt, Inc."', "Bolt").replace(",", "\t"))
    path = company.params / "sources" / "tiny.yml"
    path.write_text(path.read_text().replace("path: data", 'path: data\n  delimiter: "\\t"'))
    assert events(company) == WHOLE


def test_null_as_a_column_is_a_column_of_nothing(company):
    company.sql(
        "subscriptions",
        "SELECT * REPLACE (NULL AS valid_to), NULL AS seats, NULL AS renewal_at, NULL AS source_churn_flag, "
        "CAST(NULL AS INTEGER) AS event_limit FROM subscriptions",
    )
    with company.open() as source:
        assert not source.findings
        (row, *_) = source.tables["subscriptions"].limit(1).to_pyarrow().to_pylist()
    assert (row["valid_to"], row["seats"], row["renewal_at"]) == (None, None, None)


def test_a_number_is_still_no_date(company):
    company.sql("subscriptions", "SELECT * REPLACE (20250305 AS valid_to) FROM subscriptions")
    (finding,) = [f for f in company.validate().findings if f.check == "wrong_type"]
    assert finding.column == "valid_to"
