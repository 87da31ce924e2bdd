"""The examples for the first of each month ask for what there is, and for the right month."""

from __future__ import annotations

import datetime as dt
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import jinja2
import pytest
import yaml

from reporting.pipeline.render.quarto import LEAST

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FIRST_AT_NOON = "0 12 1 * *"


@pytest.fixture
def workflow() -> dict:
    """The workflow; `on` without quotes is true in YAML 1.1, which GitHub doesn't read it as."""
    return yaml.load((DEPLOY / "github-actions.yml").read_text(), Loader=yaml.BaseLoader)


class Operator(SimpleNamespace):
    """A task of Airflow."""

    def __rshift__(self, other: Operator) -> None:
        other.after = self


@pytest.fixture
def dag(monkeypatch) -> dict:
    """What the DAG's file defines, where no Airflow is installed."""

    class Dag(SimpleNamespace):
        def __enter__(self) -> Dag:
            asked.append(self)
            return self

        def __exit__(self, *_: object) -> None:
            pass

    asked: list[Dag] = []
    sdk, bash = ModuleType("airflow.sdk"), ModuleType("airflow.providers.standard.operators.bash")
    sdk.DAG, sdk.Param, bash.BashOperator = Dag, lambda default, **_: default, Operator
    parts = bash.__name__.split(".")
    for name in (".".join(parts[:n]) for n in range(1, len(parts))):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for module in (sdk, bash):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return runpy.run_path(str(DEPLOY / "airflow_dag.py")) | {"dag": asked}


@pytest.mark.parametrize(
    ("asked", "at", "month"),
    [
        ("", dt.datetime(2026, 11, 1, 12), "2026-10"),
        ("", dt.datetime(2027, 1, 1, 12), "2026-12"),
        ("", dt.datetime(2028, 3, 1, 12), "2028-02"),
        ("2026-03", None, "2026-03"),
    ],
)
def test_airflow_runs_the_month_before_its_own_or_the_one_asked_for(dag, asked, at, month):
    assert dag["dag"][0].schedule == FIRST_AT_NOON
    task = dag["publish"]
    assert task.after is dag["validate"]
    told = jinja2.Template(task.bash_command).render(
        params={"month": asked}, data_interval_end=at, macros=SimpleNamespace(timedelta=dt.timedelta)
    )
    assert told == f".venv/bin/reporting run --source acme --month '{month}'"


@pytest.mark.parametrize(("month", "asks"), [("", ""), ("2026-03", "--month 2026-03")])
def test_the_workflow_asks_make_for_the_month(workflow, month, asks):
    assert workflow["on"]["schedule"] == [{"cron": FIRST_AT_NOON}]
    publish = next(step for step in workflow["jobs"]["publish"]["steps"] if step.get("name") == "Publish")
    assert publish["env"]["MONTH"] == "${{ inputs.month }}"
    dry = ["bash", "-ec", publish["run"].replace("make ", "make -n ")]
    env = {"PATH": "/usr/bin:/bin", "MONTH": month}
    told = subprocess.run(dry, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    (command,) = re.findall(r"^\.venv/bin/reporting run(?:.*\\\n)*.*", told.stdout, re.MULTILINE)
    assert command.replace("\\\n", "").replace("'", "").split()[2:] == asks.split()


def test_the_workflow_runs_the_tests_that_need_quarto_with_one_that_will_do(workflow):
    *_, install, test = workflow["jobs"]["quarto"]["steps"]
    assert install["uses"].startswith("quarto-dev/quarto-actions/setup@")
    assert tuple(map(int, install["with"]["version"].split(".")[:2])) >= LEAST
    guard, command = re.findall(r"'(.+?)'", test["if"])[0], test["run"].splitlines()[-1]
    assert (ROOT / guard).is_file()
    asked = [sys.executable, *command.split()[1:], "--collect-only", "-q"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    needing = [
        path for path in (ROOT / "tests/pipeline").rglob("test_*.py") if "@needs_quarto" in path.read_text()
    ]
    assert len(needing) >= 3 and all(path.name in told for path in needing)


def test_the_image_holds_the_project_without_what_it_makes():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".venv", "build", "data", "reports", ".git"} <= set(ignored)
    lines = (DEPLOY / "Dockerfile").read_text()
    assert lines.index("COPY . .") < lines.index("RUN make setup") < lines.index("USER ")
    assert "/project/.venv/bin/reporting" in lines
