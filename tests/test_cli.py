"""The command line: exit codes, messages that say what to do, one whole month from CSV files."""

from __future__ import annotations

import errno
import json
import os
import re
from importlib import metadata
from pathlib import Path

import pytest

from reporting.cli.main import run as command_line

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

COMMANDS = ("init", "suggest", "run", "validate", "audit", "diff", "render", "list", "metrics", "explain")
COMMANDS += ("account-review", "demo", "doctor", "schemas", "exposures")


@pytest.fixture
def project(acme: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small company's project, as the working directory."""
    monkeypatch.setattr("reporting.pipeline.inputs.code_hash", lambda: "c" * 64)  # it may be being edited
    monkeypatch.chdir(acme)
    monkeypatch.setenv("COLUMNS", "200")
    return acme


@pytest.fixture
def reporting(capfd: pytest.CaptureFixture[str]):
    """Run a command line; exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = command_line(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS)])
def test_every_command_explains_itself(reporting, command):
    code, out, _ = reporting(*command, "--help")
    assert code == 0
    assert "Usage: reporting" in out


def test_the_version_is_told_without_a_project(reporting, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert reporting("--version") == (0, f"reporting {metadata.version('customer-success-reports')}\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_for_a_shell(reporting, shell, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, f"/bin/{shell}"))
    code, out, err = reporting("--install-completion")
    assert (code, err) == (0, "")
    installed = Path(out.split(" installed in ")[1].split("\n")[0])
    assert installed.is_relative_to(tmp_path)
    code, shown, err = reporting("--show-completion")
    assert (code, err) == (0, "")
    assert installed.read_text().strip() == shown.strip()


@pytest.mark.parametrize(
    ("shell", "begun"),
    [
        ("bash", {"COMP_WORDS": "reporting va", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "reporting va"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "reporting va", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ],
)
def test_a_command_that_is_begun_is_completed(reporting, monkeypatch, shell, begun):
    for name, value in {"_REPORTING_COMPLETE": f"complete_{shell}", **begun}.items():
        monkeypatch.setenv(name, value)
    code, out, err = reporting()
    assert (code, err) == (0, "")
    assert "validate" in out
    assert "audit" not in out


def test_a_month_from_csv_files_to_a_passed_audit(project, reporting):
    month = project / "reports" / "acme" / "2026-10"

    code, out, _ = reporting("run", "--set", "my_report.top=2")
    assert code == 0, out
    assert "Published: acme 2026-10, run " in out
    assert out.rstrip().endswith("Open reports/acme/2026-10/index.html")
    assert re.search(r"Data-quality warnings: [1-9]", out)
    told = re.sub("<[^>]*>", "", (month / "my_report.html").read_text())
    assert "MRR of the top 2: 100.00." in told
    manifest = json.loads((month / "manifest.json").read_text())
    assert {Path(source["name"]).name for source in manifest["sources"]} >= {"accounts.csv", "events.csv"}

    code, out, _ = reporting("run", "--set", "my_report.top=2")
    assert (code, "Unchanged: acme 2026-10" in out) == (0, True)

    code, out, _ = reporting("run")
    assert (code, "The run it replaces is kept in reports/acme/superseded/2026-10-" in out) == (0, True)

    code, out, _ = reporting("list")
    assert code == 0
    assert out.count("acme") >= 2
    assert "superseded" in out
    assert re.search(r"published .* \$100 *\n", out)

    code, out, _ = reporting("list", "--json")
    told = json.loads(out)
    assert (code, told["sources"]) == (0, ["acme"])
    listed = [(run["state"], run["mrr"], run["currency"], run["folder"]) for run in told["runs"]]
    assert listed[0] == ("published", 10000, "USD", "reports/acme/2026-10")
    assert listed[1][:3] == ("superseded", 10000, "USD")

    code, out, _ = reporting("diff", "2026-10", manifest["run_id"])
    assert (code, "Inputs that differ: parameters" in out) == (1, True)

    code, out, _ = reporting("diff", "2026-10", manifest["run_id"], "--json")
    told = json.loads(out)
    assert (code, told["same"], told["inputs"], told["metrics"]) == (1, False, ["parameters"], [])
    assert {"file": "my_report.html", "difference": "changed"} in told["files"]

    code, out, _ = reporting("explain", "mrr", "--json")
    told = json.loads(out)
    assert (code, told["month"], told["against"]) == (0, "2026-10", "2026-09")
    moved = sum(account["contribution"] for account in told["accounts"])
    assert moved == told["after"] - told["before"]
    assert (told["unit"], told["currency"]) == ("minor units", "USD")
    code, out, _ = reporting("explain", "mrr")
    assert code == 0
    assert "mrr: $200 in 2026-09, $100 in 2026-10: \u2212$100, 1 account moved it." in out
    assert re.search(r"A2 +=Borg +\u2212\$100", out)
    code, _, err = reporting("explain", "mrrr")
    assert (code, "Did you mean 'mrr'" in err) == (2, True)

    code, out, err = reporting("audit")
    assert (code, err) == (0, "")
    assert "Passed: acme 2026-10" in out
    assert out.index("all are as they were published") < out.index("Running one notebook")

    page = month / "my_report.html"
    page.write_text(page.read_text().replace("100.00", "999.00"))
    code, out, err = reporting("audit", "--hashes")
    assert (code, "1 of its files are not as they were published" in err, "Running" in out) == (
        1,
        True,
        False,
    )
    assert out.rstrip().endswith("Altered since it was published: my_report.html: changed")
    code, out, err = reporting("audit", "--month", "2026-10")
    assert code == 1
    assert out.index("my_report.html: changed\n") < out.index("Running one notebook")
    assert "Altered since it was published: my_report.html: changed, line" in out
    assert "1 were altered" in err


def test_months_are_backfilled_and_what_failed_is_made_when_run_again(project, reporting):
    notebook = project / "notebooks" / "my_report.ipynb"
    sound = notebook.read_text()
    events = project / "data" / "events.csv"
    events.write_text(events.read_text() + "A1,login,2026-08-05 10:00:00\nA1,login,2026-09-05 10:00:00\n")
    raises = "total = [0][int(frame.month.max().month == 9)] + "
    notebook.write_text(sound.replace("total = ", raises))
    code, out, err = reporting("run", "--from", "2026-08")
    assert (code, "1 of 3 months was not published" in err) == (1, True), out + err
    assert "Published: 2026-08, 2026-10." in out
    assert "Failed: 2026-09: " in out and "IndexError" in out
    notebook.write_text(sound)
    code, out, err = reporting("run", "--from", "2026-09", "--to", "2026-09")
    assert (code, err, "Published: 2026-09." in out) == (0, "", True)
    code, out, _ = reporting("diff", "2026-09", "2026-10")
    assert (code, bool(re.search(r"mrr +\$200 +\$100 +\u2212\$100", out))) == (1, True)
    _, out, _ = reporting("diff", "2026-09", "2026-10", "--json")
    mrr = next(metric for metric in json.loads(out)["metrics"] if metric["metric"] == "mrr")
    assert mrr == {"metric": "mrr", "unit": "minor units", "before": 2e4, "after": 1e4, "change": -1e4}
    code, out, _ = reporting("run", "--from", "2026-09", "--to", "2026-09")
    assert (code, "Unchanged, and left as they are: 2026-09." in out) == (0, True)


def test_validate_tells_of_rows_after_the_last_complete_month(project, reporting):
    events = project / "data" / "events.csv"
    events.write_text(events.read_text() + "A1,login,2026-11-02 10:00:00\n")
    code, out, _ = reporting("validate")
    assert code == 0
    assert "1 of 3 events lie after 2026-10, the last complete month" in out


def test_validate_refuses_a_product_definition_that_is_wrong(project, reporting):
    (project / "params" / "product.yml").write_text("core_feature: []")
    code, _, err = reporting("validate")
    assert (code, "product.yml" in err) == (2, True)


def test_validate_names_what_is_doubtful_and_what_is_not_mapped(project, reporting):
    code, out, _ = reporting("validate")
    assert code == 0
    assert "A9" in out
    assert "Acme, as of the close of 2026-10" in out
    assert re.search(r"subscriptions +2 rows, 2026-08-03 to 2026-08-20", out)
    assert "not mapped: industry, country" in out
    assert re.search(r"users +not mapped", out)
    assert "acme keeps the contract" in out


@pytest.mark.parametrize(
    ("spoil", "arguments", "hints"),
    [
        (lambda p: (p / "data" / "events.csv").unlink(), ["run"], ["events"]),
        (
            lambda p: (p / "params" / "monthly.yml").write_text("sorce: x"),
            ["run"],
            ["monthly.yml:1", "'source'"],
        ),
        (lambda p: (p / "params" / "monthly.yml").unlink(), ["run"], ["monthly.yml", "does not exist"]),
        (lambda p: (p / "params" / "product.yml").write_text("core_feature: []"), ["run"], ["product.yml"]),
        (lambda p: None, ["run", "--source", "amce"], ["there is no source 'amce'", "Did you mean 'acme'"]),
        (lambda p: None, ["run", "--month", "2026-11"], ["2026-11 is not complete", "2026-10"]),
        (lambda p: None, ["run", "--month", "2020-01"], ["before the data"]),
        (lambda p: None, ["run", "--month", "soon"], ["YYYY-MM"]),
        (lambda p: None, ["run", "--from", "2026-07"], ["before the data", "2026-08 to 2026-10"]),
        (lambda p: None, ["run", "--from", "2026-08", "--to", "2026-11"], ["2026-11 is not complete"]),
        (lambda p: None, ["run", "--from", "2026-08", "--only", "my_report"], ["a preview is of one month"]),
        (lambda p: None, ["run", "--set", "my_report.tpo=1"], ["Did you mean 'top'"]),
        (lambda p: None, ["run", "--set", "my_report.top=true"], ["declared as int", "True"]),
        (lambda p: None, ["run", "--only", "my_reprt"], ["Did you mean 'my_report'"]),
        (lambda p: None, ["run", "--renderer", "word"], ["no renderer 'word'"]),
        (lambda p: None, ["run", "--params", "none.yml"], ["none.yml", "does not exist"]),
        (lambda p: None, ["--project", "/nowhere", "run"], ["/nowhere"]),
        (lambda p: None, ["audit"], ["is not published"]),
        (lambda p: None, ["diff", "2026-09", "2026-10"], ["has no run '2026-09'"]),
        (lambda p: None, ["list", "--json", "--verify"], ["--json --verify", "told in words"]),
        (lambda p: None, ["metrics", "mrrr"], ["no metric 'mrrr'", "Did you mean 'mrr'"]),
        (lambda p: None, ["rnu"], ["Did you mean 'run'"]),
        (lambda p: None, ["run", "--moth", "2026-10"], ["--month"]),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(project, reporting, spoil, arguments, hints):
    spoil(project)
    code, out, err = reporting(*arguments)
    assert code == 2, (out, err)
    for hint in hints:
        assert hint in " ".join(err.split())
    assert "Traceback" not in err
    assert not (project / "reports" / "acme" / "2026-10").exists()


def test_wrong_data_end_with_2_and_nothing_is_written(project, reporting):
    events = project / "data" / "accounts.csv"
    events.write_text(events.read_text() + "A1,Twice,2026-08-03\n")
    for command in ("run", "validate"):
        code, _, err = reporting(command)
        assert code == 2
        assert "account_id 'A1'" in err
        assert "-> " in err
    assert not list((project / "reports").iterdir())


def test_a_traceback_is_shown_on_request_only(project, reporting):
    assert "Traceback" not in reporting("run", "--month", "soon")[2]
    assert "Traceback" in reporting("run", "--month", "soon", "--debug")[2]
    assert "Traceback" in reporting("--debug", "run", "--month", "soon")[2]


def test_a_fault_of_the_program_is_told_in_a_line(project, reporting, monkeypatch):
    def fault(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("reporting.pipeline.run.run", fault)
    code, _, err = reporting("run")
    assert code == 1
    assert "RuntimeError: boom" in err
    assert "reporting --debug" in err
    assert "Traceback" not in err


def test_a_full_disk_is_no_fault_of_the_program(project, reporting, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("reporting.pipeline.run.run", full)
    code, _, err = reporting("run")
    assert code == 1
    assert "MB are free" in err
    assert "This is a fault" not in err


def test_metrics_are_listed_for_people_and_programs(reporting):
    code, out, _ = reporting("metrics", "--json")
    found = json.loads(out)
    assert code == 0
    assert len({metric["id"] for metric in found}) == len(found) > 50
    assert reporting("metrics", "mrr")[0] == 0
    assert "mrr" in reporting("metrics")[1]
    page = reporting("metrics", "--markdown")[1]
    assert page.startswith("# Metrics\n") and "Above 70: talk about expansion" in page


def test_doctor_says_good_or_ends_with_1(project, reporting):
    code, out, _ = reporting("doctor")
    assert code == 0, out
    (project / "params" / "_brand.yml").write_text("colour: x")
    code, out, _ = reporting("doctor")
    assert code == 1
    assert re.search("bad +Brand", out)


def test_an_older_brand_file_is_converted_once(project, reporting):
    older, new = project / "params" / "brand.yml", project / "params" / "_brand.yml"
    new.unlink(missing_ok=True)
    older.write_text('name: Acme\ncolors: {accent: ["#aa0000", "#ffaaaa"]}\n')
    _, out, _ = reporting("doctor")
    assert re.search("note +Brand.*older form.*reporting brand", out)
    code, out, _ = reporting("brand")
    assert code == 0 and "params/_brand.yml" in out and "Remove" in out
    assert "primary" in new.read_text() and older.exists()
    _, out, _ = reporting("doctor")
    assert re.search("good +Brand and fonts +Acme", out)
    code, _, err = reporting("brand")
    assert code == 2 and "already" in err
