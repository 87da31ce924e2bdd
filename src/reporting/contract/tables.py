"""The canonical tables: what every source is mapped to, and all that the metrics may read.

Timestamps are naive UTC; intervals are half-open `[from, to)`; money is exact, in the currency of the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TEXT, INTEGER, NUMBER, FLAG = "string", "int64", "float64", "boolean"
TIME, DATE, MONEY = "timestamp(6)", "date", "decimal(18, 4)"


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Args:
        name: Canonical name.
        type: Ibis type.
        meaning: What a value says, with its unit.
        required: The mapping must return it, and no row may leave it empty.
        choices: The only values allowed; empty means any.
    """

    name: str
    type: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class CanonicalTable:
    """One canonical table.

    Args:
        name: Canonical name, also the name of the mapping's `.sql` file.
        meaning: What a row stands for.
        key: Columns that identify a row.
        columns: All columns, the required ones first.
        required: Without this table there is no report.
        without: What is not available where an optional table is absent.
        born: The column that says when a row came to be; targets, set for months ahead, have none.
        ends: Columns that say when something of it ended, not known before.
        frozen: An optional table whose rows stand in the snapshot.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    without: str = ""
    born: str = ""
    ends: tuple[str, ...] = ()
    frozen: bool = False

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column's name, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        """Names of the required columns, in order."""
        return tuple(column.name for column in self.columns if column.required)


def _need(name: str, type: str, meaning: str, choices: Iterable[str] = ()) -> Column:
    return Column(name, type, meaning, required=True, choices=tuple(choices))


PERIODS = ("day", "week", "month", "quarter", "year")

_ALL = (
    CanonicalTable(
        "accounts",
        "A row is a customer account (company, workspace, tenant).",
        ("account_id",),
        (
            _need("account_id", TEXT, "key of the account"),
            _need("account_name", TEXT, "name shown in the reports"),
            _need("signed_up_at", TIME, "when the account was created"),
            Column("industry", TEXT, "industry"),
            Column("country", TEXT, "country, ISO 3166 code if you have it"),
            Column("region", TEXT, "sales region"),
            Column("company_size", TEXT, "size band as text, for example 51-200"),
            Column("acquisition_channel", TEXT, "channel that brought the account"),
            Column("plan", TEXT, "plan at present"),
            Column("churned_flag", FLAG, "what the source itself says: the account has churned"),
            Column("csm", TEXT, "customer success manager"),
            Column("internal", FLAG, "true = your own or a test: left out, with all that is its"),
        ),
        required=True,
    ),
    CanonicalTable(
        "subscriptions",
        "A row is a period of constant terms; a change of plan, price or seats starts a new row.",
        ("subscription_id",),
        (
            _need("subscription_id", TEXT, "key of the row"),
            _need("account_id", TEXT, "account that pays"),
            _need("valid_from", TIME, "first instant of service on these terms"),
            Column("valid_to", TIME, "end of service on these terms, exclusive; empty = still running"),
            _need("plan", TEXT, "plan"),
            _need("amount", MONEY, "price of one amount_period before discount_percent, net of tax and fees"),
            _need("amount_period", TEXT, "period the amount pays for", PERIODS),
            _need("currency", TEXT, "ISO 4217 code of the amount"),
            _need("is_trial", FLAG, "true = free trial, never counted as revenue"),
            Column("seats", INTEGER, "seats bought"),
            Column("discount_percent", NUMBER, "discount on the amount, 0 to 100"),
            Column("billing_frequency", TEXT, "how often it is invoiced: month, quarter, year ..."),
            Column("event_limit", INTEGER, "included volume, events a month"),
            Column("renewal_at", TIME, "next renewal"),
            Column("source_churn_flag", FLAG, "what the source itself says: this subscription has churned"),
        ),
        required=True,
        born="valid_from",
        ends=("valid_to",),
    ),
    CanonicalTable(
        "events",
        "A row is something done in the product.",
        ("event_id",),
        (
            _need("account_id", TEXT, "account that acted"),
            _need("event_name", TEXT, "what was done; the product definition refers to it"),
            _need("occurred_at", TIME, "when"),
            Column("event_id", TEXT, "key of the row; duplicates are counted as a warning"),
            Column("user_id", TEXT, "user who acted; empty for machine traffic"),
            Column("quantity", NUMBER, "how many times; absent = 1"),
            Column("session_id", TEXT, "session; absent = split at 30 minutes without an event"),
            Column("duration_seconds", NUMBER, "duration in seconds"),
            Column("completed", FLAG, "the task was completed"),
            Column("subscription_id", TEXT, "subscription the use belongs to"),
        ),
        required=True,
        born="occurred_at",
    ),
    CanonicalTable(
        "users",
        "A row is a person with a log-in of an account.",
        ("user_id",),
        (
            _need("user_id", TEXT, "key of the user"),
            _need("account_id", TEXT, "account of the user"),
            _need("created_at", TIME, "when the log-in was created"),
            Column("role", TEXT, "admin, member ..."),
            Column("team", TEXT, "team or department"),
            Column("email", TEXT, "address, for lists of users to write to; printed in no report"),
            Column("invited_at", TIME, "when invited; empty = not invited by anyone"),
            Column("deactivated_at", TIME, "when the log-in was withdrawn; empty = still valid"),
        ),
        without="usage by role and team, admin activity, invitations, seats assigned",
        frozen=True,
        born="created_at",
        ends=(
            "invited_at",
            "deactivated_at",
        ),
    ),
    CanonicalTable(
        "integrations",
        "A row is a connection between the account and another system.",
        ("integration_id",),
        (
            _need("integration_id", TEXT, "key of the integration"),
            _need("account_id", TEXT, "account"),
            _need("name", TEXT, "system connected"),
            _need("connected_at", TIME, "when connected"),
            Column("disconnected_at", TIME, "when disconnected; empty = still connected"),
        ),
        without="integrations per account and their part of the engagement score",
        born="connected_at",
        ends=("disconnected_at",),
    ),
    CanonicalTable(
        "tickets",
        "A row is a support ticket.",
        ("ticket_id",),
        (
            _need("ticket_id", TEXT, "key of the ticket"),
            _need("account_id", TEXT, "account"),
            _need("opened_at", TIME, "when opened"),
            Column("closed_at", TIME, "when closed; empty = open"),
            Column("priority", TEXT, "priority"),
            Column("first_response_minutes", NUMBER, "minutes to the first response"),
            Column("satisfaction", NUMBER, "customer's score of the ticket, 1 to 5"),
            Column("escalated", FLAG, "the ticket was escalated"),
        ),
        without="support signals and their part of the health score",
        born="opened_at",
        ends=("closed_at",),
        frozen=True,
    ),
    CanonicalTable(
        "surveys",
        "A row is one answer to a survey.",
        ("survey_id",),
        (
            _need("survey_id", TEXT, "key of the answer"),
            _need("account_id", TEXT, "account"),
            _need("kind", TEXT, "nps (0 to 10) or csat (1 to 5)", ("nps", "csat")),
            _need("score", NUMBER, "score given"),
            _need("answered_at", TIME, "when answered"),
            Column("user_id", TEXT, "user who answered"),
        ),
        without="NPS and CSAT",
        born="answered_at",
        frozen=True,
    ),
    CanonicalTable(
        "cancellations",
        "A row is a cancellation; the revenue figures follow the subscriptions, this table adds reasons.",
        ("cancellation_id",),
        (
            _need("cancellation_id", TEXT, "key of the cancellation"),
            _need("account_id", TEXT, "account"),
            _need("requested_at", TIME, "when the customer cancelled"),
            Column("effective_at", TIME, "end of service; empty = not known"),
            Column("reason", TEXT, "reason code"),
            Column("feedback", TEXT, "the customer's words"),
            Column("subscription_id", TEXT, "subscription cancelled; empty = the whole account"),
        ),
        without="reasons for churn and the day of the cancellation",
        born="requested_at",
        frozen=True,
    ),
    CanonicalTable(
        "acquisition",
        "A row is what was spent on one channel in one month.",
        ("month", "channel"),
        (
            _need("month", DATE, "first day of the month"),
            _need("channel", TEXT, "channel, as in accounts.acquisition_channel"),
            _need("cost", MONEY, "sales and marketing cost"),
            _need("currency", TEXT, "ISO 4217 code of the cost"),
            Column("new_accounts", INTEGER, "accounts won, if counted by the source"),
        ),
        without="CAC payback",
        born="month",
        frozen=True,
    ),
    CanonicalTable(
        "activities",
        "A row is something done for an account: a call, a mail, a training.",
        ("activity_id",),
        (
            _need("activity_id", TEXT, "key of the activity"),
            _need("account_id", TEXT, "account"),
            _need("done_at", TIME, "when it was done"),
            _need("kind", TEXT, "what it was: call, mail, training ..."),
            Column("done_by", TEXT, "who did it"),
            Column("note", TEXT, "what came of it"),
        ),
        without="how listed accounts fared that were contacted",
        born="done_at",
        frozen=True,
    ),
    CanonicalTable(
        "targets",
        "A row is what one figure of the company is to be in one month.",
        ("month", "metric"),
        (
            _need("month", DATE, "first day of the month"),
            _need("metric", TEXT, "id of the metric, as `reporting metrics` lists them: mrr, nrr_12 ..."),
            _need("target", NUMBER, "its value: money in the reporting currency, a share as 0.95"),
        ),
        without="distance to the targets and the chance of reaching the year's",
        frozen=True,
    ),
)

TABLES: dict[str, CanonicalTable] = {table.name: table for table in _ALL}
REQUIRED_TABLES: tuple[str, ...] = tuple(table.name for table in _ALL if table.required)
