"""Publishes the month that has ended, on the first of each month: a DAG for Airflow 3.

Copy it to the folder of your DAGs. The project lies where the worker can read and write it, with `.venv` set
up by `make setup`; its environment holds the URL of the warehouse, as `url_env:` of the source names it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

PROJECT = os.environ.get("REPORTING_PROJECT", "/srv/reports")
SOURCE = os.environ.get("REPORTING_SOURCE", "acme")
BEFORE = "(data_interval_end.replace(day=1) - macros.timedelta(days=1)).strftime('%Y-%m')"
MONTH = "{{ params.month or " + BEFORE + " }}"
"""Asked for when it is triggered by hand, else the month before the one of the run."""

with DAG(
    dag_id="monthly_report",
    description=f"Customer-success reports of {SOURCE}",
    schedule="0 12 1 * *",  # noon UTC, when the first has come in every time zone
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,  # `reporting run --from 2025-11` makes earlier months
    max_active_runs=1,
    params={"month": Param("", type="string", pattern=r"^(\d{4}-\d{2})?$", description="YYYY-MM")},
):
    validate, publish = (
        BashOperator(
            task_id=command,
            bash_command=f".venv/bin/reporting {command} --source {SOURCE} --month '{MONTH}'",
            cwd=PROJECT,
            append_env=True,
            execution_timeout=timedelta(hours=2),
        )
        for command in ("validate", "run")
    )
    validate >> publish
