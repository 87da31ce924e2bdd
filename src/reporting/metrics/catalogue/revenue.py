"""Chapter: retention and revenue."""

from __future__ import annotations

from reporting.metrics.catalogue.entry import DOWN, NEITHER, UP, Chapter, Metric

_m = Chapter("revenue")
_MONEY = "minor units"
_CHURN = ("revenue.churn_good", "revenue.churn_attention", "revenue.churn_alarm")


def _movement(id: str, label: str, direction, definition: str, formula: str, reports: str = "B R") -> Metric:
    column = id.removesuffix("_mrr")
    place = f"account_month.{column}_cents"
    return _m(id, label, "P A", reports, _MONEY, direction, definition, formula, place=place)


def _support(id: str, label: str, direction, definition: str, formula: str, unit: str = "count") -> Metric:
    place = "portfolio_month"
    return _m(id, label, "P", "B R", unit, direction, definition, formula, place=place, supporting=True)


ENTRIES: tuple[Metric, ...] = (
    _m(
        "mrr",
        "MRR",
        "P A",
        "B R",
        _MONEY,
        UP,
        "Recurring revenue per month at the close: net of discounts, without trials, tax and one-off fees.",
        "sum over subscriptions with valid_from < close <= valid_to (or open) of amount x factor x (1 - "
        "discount) x rate; "
        "factor: year 1/12, quarter 1/3, week 52/12, day 365/12; each rounded half up to the cent",
        place="account_month.mrr_cents",
    ),
    _m(
        "arr",
        "ARR",
        "P",
        "B R",
        _MONEY,
        UP,
        "Recurring revenue per year at the present rate.",
        "12 x mrr",
        place="portfolio_month",
    ),
    _m(
        "arpa",
        "ARPA",
        "P",
        "B R",
        _MONEY,
        UP,
        "Average MRR per paying account.",
        "mrr / paying accounts",
        place="portfolio_month",
    ),
    _movement(
        "new_mrr",
        "New MRR",
        UP,
        "MRR of accounts that pay for the first time.",
        "end MRR where start = 0 and no close before had MRR",
    ),
    _movement(
        "expansion_mrr",
        "Expansion MRR",
        UP,
        "MRR gained from accounts that paid already.",
        "sum of increases of accounts paying at both closes, at the previous close's exchange rates",
        "B R E",
    ),
    _movement(
        "contraction_mrr",
        "Contraction MRR",
        DOWN,
        "MRR lost from accounts that stay; cancelling one of two subscriptions is contraction.",
        "sum of decreases of accounts paying at both closes, at the previous close's exchange rates",
        "B R E",
    ),
    _movement(
        "churned_mrr",
        "Churned MRR",
        DOWN,
        "MRR of accounts that no longer pay.",
        "start MRR where end = 0; dated by the end of service, not by the cancel click",
    ),
    _movement(
        "reactivation_mrr",
        "Reactivation MRR",
        UP,
        "MRR of accounts that had stopped paying and came back.",
        "end MRR where start = 0 and an earlier close had MRR",
    ),
    _m(
        "fx_mrr",
        "FX effect",
        "P A",
        "B R",
        _MONEY,
        NEITHER,
        "What exchange rates alone changed, for accounts paying at both closes.",
        "end - start - (change at the previous close's rates)",
        place="account_month.fx_cents",
        supporting=True,
    ),
    _support("paying_accounts", "Paying accounts", UP, "Accounts with MRR at the close.", "count of mrr > 0"),
    _support("new_accounts", "New accounts", UP, "Accounts that pay for the first time.", "count of new > 0"),
    _support(
        "churned_accounts", "Churned accounts", DOWN, "Accounts that no longer pay.", "count of churned > 0"
    ),
    _support(
        "reactivated_accounts",
        "Reactivated accounts",
        UP,
        "Accounts that came back.",
        "count of reactivation > 0",
    ),
    _support("expanded_accounts", "Expanded accounts", UP, "Accounts that grew.", "count of expansion > 0"),
    _support(
        "contracted_accounts",
        "Contracted accounts",
        DOWN,
        "Accounts that shrank.",
        "count of contraction > 0",
    ),
    _support(
        "new_and_churned",
        "New and churned in one month",
        DOWN,
        "Accounts that began and ended paying between two closes; they are in no movement, so they "
        "are shown apart.",
        "accounts with a paid period inside the month and no MRR at either close",
    ),
    _m(
        "grr",
        "Gross revenue retention",
        "P",
        "B R",
        "share",
        UP,
        "How much of the MRR at the start is still there, growth not counted; never above 100%.",
        "sum of min(start, end) / sum of start, over accounts paying at the start; each at its close's "
        "exchange rates, "
        "so the FX line counts",
        place="portfolio_month",
    ),
    _m(
        "nrr",
        "Net revenue retention",
        "P",
        "B R",
        "share",
        UP,
        "What the accounts paying at the start pay at the end; reactivations are left out and shown beside "
        "it.",
        "end MRR of accounts paying at the start / their start MRR, each at its close's exchange rates",
        place="portfolio_month",
    ),
    _support(
        "grr_12",
        "GRR, trailing twelve months",
        UP,
        "Gross retention of the accounts that paid twelve months ago.",
        "sum of min(MRR then, MRR now) / sum of MRR then; an account that left between counts as lost",
        "share",
    ),
    _support(
        "nrr_12",
        "NRR, trailing twelve months",
        UP,
        "Net retention of the accounts that paid twelve months ago.",
        "MRR now of accounts that paid at every close since / their MRR then (all of the cohort)",
        "share",
    ),
    _m(
        "logo_retention",
        "Logo retention",
        "P",
        "B R",
        "share",
        UP,
        "Accounts that stay.",
        "paying accounts at the start that still pay at the close / paying at the start",
        place="portfolio_month",
    ),
    _support(
        "logo_retention_12",
        "Logo retention, trailing twelve months",
        UP,
        "Accounts of twelve months ago that have paid ever since.",
        "paying then and at every close since / paying then",
        "share",
    ),
    _m(
        "monthly_churn_rate",
        "Monthly churn rate",
        "P",
        "B R",
        "share",
        DOWN,
        "Accounts lost in the month. Below 1% is good, above 3% wants attention, above 5% is an alarm.",
        "churned accounts / paying accounts at the start",
        place="portfolio_month",
        thresholds=_CHURN,
    ),
    _m(
        "quick_ratio",
        "Quick ratio",
        "P",
        "B R",
        "ratio",
        UP,
        "Growth for each unit lost; reactivation is left out; not defined when nothing was lost.",
        "(new + expansion) / (contraction + churned)",
        place="portfolio_month",
    ),
    _m(
        "ltv",
        "Lifetime value",
        "P",
        "B R",
        _MONEY,
        UP,
        "What an account is worth over its life if the month's churn went on; not estimable without churn. A "
        "restricted mean over observed lifetimes stands beside it in the retention report.",
        "arpa x gross margin / monthly churn rate",
        place="portfolio_month",
        thresholds=("revenue.gross_margin",),
    ),
    _m(
        "cac_payback",
        "CAC payback",
        "P",
        "B R",
        "months",
        DOWN,
        "Months until a new account has paid back what it cost to win.",
        "acquisition cost per new account / (ARPA of new accounts x gross margin)",
        place="portfolio_month",
        thresholds=("revenue.gross_margin",),
        needs=("acquisition",),
    ),
    _m(
        "cac",
        "Acquisition cost per account",
        "P",
        "B R",
        _MONEY,
        DOWN,
        "What a new account cost to win.",
        "acquisition cost of the month / new accounts",
        place="portfolio_month",
        needs=("acquisition",),
        supporting=True,
    ),
    _m(
        "acquisition_cost",
        "Acquisition cost",
        "P",
        "B R",
        _MONEY,
        NEITHER,
        "Sales and marketing cost of the month.",
        "sum of cost at the month's rates",
        place="portfolio_month",
        needs=("acquisition",),
        supporting=True,
    ),
    _m(
        "free_to_paid_conversion",
        "Free-to-paid conversion",
        "P",
        "B R",
        "share",
        UP,
        "Accounts whose first trial ended in the month and that pay since.",
        "with paid service begun before the close / accounts whose first trial ended in the month",
        place="portfolio_month",
    ),
    _m(
        "retention_90d",
        "90-day retention",
        "P",
        "R C",
        "share",
        UP,
        "New paying accounts that still pay three closes later; the reports split it by time to first value.",
        "new three months ago and paying now / new three months ago",
        place="portfolio_month",
    ),
)
