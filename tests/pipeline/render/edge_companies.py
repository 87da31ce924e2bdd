"""Companies at the edge of what there can be, each the demo's tables seen through other SELECTs.

The demo of 16 months ends with February 2025, the report month; fourteen accounts signed up in it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from reporting.demo.company import build

ROOT = Path(__file__).parents[3]
MONTH = "2025-02"
NAMES, FEATURES = 2000, 60
"""Names of events, and how many of them are features of the product definition."""
CROWD = 300_000
"""Events of one user on one day."""
OPTIONAL = (
    "users",
    "integrations",
    "tickets",
    "surveys",
    "cancellations",
    "acquisition",
    "activities",
    "targets",
)


@dataclass(frozen=True)
class Edge:
    """A company.

    Attributes:
        selects: Table -> its SELECT, where it is another than the demo's.
        without: Optional tables that are there and have no row.
        features: Core features of its product definition beside the demo's.
        source: Keys of its source file beside the demo's.
    """

    selects: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    features: int = 0
    source: dict[str, object] = field(default_factory=dict)


def ending(last: str) -> str:
    """Subscriptions with another end in the place of the last of each."""
    following = "lead(valid_from) OVER (PARTITION BY account_id, plan LIKE '%add-on' ORDER BY valid_from)"
    ends = f"CASE WHEN {following} IS NULL THEN {last} ELSE valid_to END AS valid_to"
    return f"SELECT * REPLACE ({ends}) FROM subscriptions WHERE valid_from < '2025-02-14'"


def only(*tables: str) -> dict[str, str]:
    """Tables of one account."""
    return {table: f"SELECT * FROM {table} WHERE account_id = 'A0001'" for table in tables}


# Zones by turns; whoever writes an offset means the same instant as before.
ZONED = """CASE hash(event_id) % 4 WHEN 0 THEN strftime(occurred_at, '%Y-%m-%d %H:%M:%S')
WHEN 1 THEN strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ')
WHEN 2 THEN strftime(occurred_at + INTERVAL 330 MINUTE, '%Y-%m-%d %H:%M:%S+05:30')
ELSE strftime(occurred_at - INTERVAL 570 MINUTE, '%Y-%m-%dT%H:%M:%S-09:30') END"""
CROWDED = f"""SELECT * REPLACE ({ZONED} AS occurred_at) FROM (
SELECT event_id, account_id, user_id, event_name, occurred_at FROM events UNION ALL
SELECT 'C' || i, 'A0001', 'U00001', 'feature_' || i % {NAMES},
TIMESTAMP '2025-02-11' + INTERVAL (i % 86400) SECOND
FROM range({CROWD}) numbers(i))"""
AT_THE_ENDS = """SELECT * REPLACE ('USD' AS currency,
CASE WHEN account_id IN ('A0001', 'A0002') THEN TIMESTAMP '1900-01-01' ELSE valid_from END AS valid_from,
CASE WHEN valid_to IS NULL THEN TIMESTAMP '9999-12-31' ELSE valid_to END AS valid_to,
CASE WHEN account_id > 'A0007' THEN TIMESTAMP '9999-12-31' ELSE renewal_at END AS renewal_at,
CASE hash(subscription_id) % 3 WHEN 0 THEN 0 WHEN 1 THEN -seats ELSE seats END AS seats)
FROM subscriptions WHERE NOT (account_id IN ('A0001', 'A0002') AND valid_to IS NOT NULL)"""
SIGNED_UP = """SELECT * REPLACE (CASE WHEN account_id IN ('A0001', 'A0002') THEN TIMESTAMP '1900-01-01'
ELSE signed_up_at END AS signed_up_at) FROM accounts"""

EDGES = {
    "one_account": Edge(selects=only("accounts", "subscriptions", "events"), without=OPTIONAL),
    "all_left_now": Edge(selects={"subscriptions": ending("TIMESTAMP '2025-02-14'")}),
    "nobody_left": Edge(
        selects={
            "subscriptions": ending("NULL"),
            "events": f"SELECT * FROM events WHERE occurred_at < '{MONTH}-01'",
        },
        without=("cancellations",),
    ),
    "all_on_trial": Edge(selects={"subscriptions": "SELECT * REPLACE (true AS is_trial) FROM subscriptions"}),
    "at_the_ends": Edge(
        selects={
            "accounts": SIGNED_UP,
            "acquisition": "SELECT * REPLACE ('USD' AS currency) FROM acquisition",
            "subscriptions": AT_THE_ENDS,
            "events": CROWDED,
        },
        features=FEATURES,
        source={"timezone": "Asia/Kolkata"},
    ),
}


def publish(project: Path, name: str) -> None:
    """Publish the company `name` in `project`."""
    edge = EDGES[name]
    for linked in ("notebooks", "requirements.lock"):
        (project / linked).symlink_to(ROOT / linked)
    shutil.copytree(ROOT / "params", project / "params")
    sources = project / "params" / "sources"
    shutil.copytree(sources / "demo", sources / name)
    empty = {table: f"SELECT * FROM {table} WHERE false" for table in edge.without}
    for table, select in (edge.selects | empty).items():
        (sources / name / f"{table}.sql").write_text(select + "\n")
    file = yaml.safe_load((sources / "demo.yml").read_text()) | edge.source
    file |= {"connection": {"kind": "parquet", "path": "tables"}, "closed_through": MONTH}
    file |= {"exchange_rates": f"{name}/exchange_rates.csv", "product": f"product.{name}.yml"}
    (sources / f"{name}.yml").write_text(yaml.safe_dump(file))
    product = yaml.safe_load((ROOT / "params" / "product.yml").read_text())
    product["core_features"] += [f"feature_{number}" for number in range(edge.features)]
    (project / "params" / f"product.{name}.yml").write_text(yaml.safe_dump(product, sort_keys=False))
    build(project / "tables", accounts=14, months=16)
    command = [sys.executable, "-m", "reporting.cli", "--project", str(project)]
    run = [*command, "run", "--source", name, "--renderer", "embedded", "--slides"]
    made = subprocess.run(run, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
