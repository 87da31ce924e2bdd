"""A company of any size for the benchmarks: Parquet files, a month of events each, and their source file.

Events come in visits of one to fifteen, as they do in life; some users are there far more often than
others, and one event in a hundred is machine traffic. Everything follows from hashes of row numbers, so a
world is the same each time.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from reporting.month import Month
from reporting.params.product import Product, load_product

ROOT = Path(__file__).parents[1]
FIRST, LAST = Month(2024, 11), Month(2026, 10)
USERS_EACH = 10  # users per account, on average
VISIT = 8  # events per visit, on average


def build(folder: Path, events: int, accounts: int) -> Path:
    """Write about `events` events of `accounts` accounts over 24 months; returns the `params` folder."""
    params = folder / "params"
    if (folder / "complete").exists():
        return params
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tables" / "events").mkdir(parents=True)
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute("CREATE MACRO share(x, n) AS (hash(x) % 1000003::UBIGINT)::DOUBLE / 1000003 * n")
    _customers(con, folder / "tables", accounts)
    product = load_product(ROOT / "params" / "product.yml")
    month, number = FIRST, 0
    while month <= LAST:
        con.execute(_events(month, number, events // 24, accounts, product, folder / "tables" / "events"))
        month, number = month.shift(1), number + 1
    _source(params)
    (folder / "complete").touch()
    return params


def _customers(con: duckdb.DuckDBPyConnection, tables: Path, accounts: int) -> None:
    """Accounts, their subscriptions (half of them grow once, a tenth leave), users, integrations, tickets."""
    con.execute(f"""
        CREATE TABLE accounts AS SELECT printf('A%06d', a) AS account_id, 'Company ' || a AS account_name,
            TIMESTAMP '2024-08-01 09:00' + to_days(share(a, 90)::INT) AS signed_up_at,
            ['EMEA', 'AMER', 'APAC'][(1 + a % 3)::BIGINT] AS region
        FROM range({accounts}) t(a);
        CREATE TABLE terms AS SELECT account_id, signed_up_at, a,
            CASE WHEN a % 2 = 0 THEN signed_up_at + to_days((150 + share(a + 1e7, 500))::INT) END AS grown_at,
            CASE WHEN a % 10 = 3 THEN signed_up_at + to_days((200 + share(a + 2e7, 500))::INT) END AS left_at
        FROM (SELECT *, row_number() OVER (ORDER BY account_id) - 1 AS a FROM accounts);
        CREATE TABLE subscriptions AS
        WITH steps AS (
            SELECT *, signed_up_at AS valid_from, coalesce(grown_at, left_at) AS valid_to, 0 AS step
            FROM terms
            UNION ALL SELECT *, grown_at, NULL, 1 FROM terms WHERE grown_at IS NOT NULL)
        SELECT printf('S%06d-%d', a, step) AS subscription_id, account_id, valid_from, valid_to,
            CASE step WHEN 0 THEN 'Team' ELSE 'Business' END AS plan,
            ((100 + share(a, 900)) * (1 + step))::DECIMAL(18, 2) AS amount, 'month' AS amount_period,
            'USD' AS currency, false AS is_trial, (8 + a % 20 + 10 * step)::BIGINT AS seats
        FROM steps;
        CREATE TABLE users AS SELECT printf('U%07d', u) AS user_id,
            printf('A%06d', CASE WHEN u < {accounts} THEN u ELSE (share(u, 1) ** 1.7 * {accounts})::BIGINT END
            % {accounts}) AS account_id, TIMESTAMP '2024-10-31' AS created_at,
            CASE WHEN u < {accounts} THEN 'admin' ELSE 'member' END AS role, 'Team ' || u % 5 AS team,
            CASE WHEN u >= {accounts} THEN TIMESTAMP '2024-10-31' END AS invited_at
        FROM range({accounts * USERS_EACH}) t(u);
        CREATE TABLE integrations AS SELECT printf('I%06d', a) AS integration_id, account_id, 'CRM' AS name,
            signed_up_at + INTERVAL 9 DAY AS connected_at FROM terms WHERE a % 3 > 0;
        CREATE TABLE tickets AS SELECT printf('T%07d', t) AS ticket_id,
            printf('A%06d', t % {accounts}) AS account_id,
            TIMESTAMP '2024-11-01' + to_days(share(t, 729)::INT) AS opened_at,
            opened_at + INTERVAL 2 DAY AS closed_at, 'normal' AS priority
        FROM range({accounts * 12}) t(t)""")
    for name in ("accounts", "subscriptions", "users", "integrations", "tickets"):
        con.execute(f"COPY {name} TO '{tables / name}.parquet' (FORMAT parquet)")


def _events(month: Month, number: int, events: int, accounts: int, product: Product, folder: Path) -> str:
    visits, users = events // VISIT, accounts * USERS_EACH
    names = ["login", "page_view", *product.features, *product.event_points]
    names = list(dict.fromkeys(names))
    days = (month.close - month.start).days
    return f"""
        COPY (
            WITH visit AS (
                SELECT v, (share(v + 0.1, 1) ** 1.6 * {users})::BIGINT % {users} AS u,
                    1 + hash(v) % 15 AS length,
                    TIMESTAMP '{month.start}' + to_days(share(v + 0.2, {days})::INT % {days})
                        + to_seconds(7 * 3600 + share(v + 0.3, 39000)) AS began
                FROM range({number * visits}, {(number + 1) * visits}) t(v)),
            step AS (SELECT *, unnest(range(length::BIGINT)) AS i, hash(v * 16 + i) AS h FROM visit)
            SELECT printf('%016x', h) AS event_id, users.account_id,
                CASE WHEN v % 97 > 0 THEN users.user_id END AS user_id,
                {names}[(1 + least(h % {len(names)}, (h >> 8) % {len(names)}))::BIGINT] AS event_name,
                date_trunc('second', began) + to_seconds((i * 60 + h % 100)::BIGINT) AS occurred_at
            FROM step JOIN users ON users.user_id = printf('U%07d', u)
            ORDER BY occurred_at
        ) TO '{folder / str(month)}.parquet' (FORMAT parquet, COMPRESSION zstd)"""


def _source(params: Path) -> None:
    (params / "sources" / "bench").mkdir(parents=True)
    shutil.copy(ROOT / "params" / "product.yml", params / "product.yml")
    (params / "sources" / "bench.yml").write_text(
        "title: Bench\nconnection: {kind: parquet, path: tables}\ncurrency: USD\n"
        f'closed_through: "{LAST}"\n'
    )
    for name in ("accounts", "subscriptions", "users", "integrations", "tickets", "events"):
        (params / "sources" / "bench" / f"{name}.sql").write_text(f"SELECT * FROM {name}\n")
