"""Who the accounts are: arrivals, attributes, temperament. Drawn once; nothing here changes with time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reporting.demo import product
from reporting.demo.calendar import DAY, NEVER, month_starts, working_hours
from reporting.demo.names import company_names
from reporting.demo.randomness import Streams

REGIONS = ("North America", "EMEA", "APAC")
COUNTRIES = (("US", "US", "US", "CA"), ("GB", "DE", "FR", "NL", "SE", "ES"), ("AU", "SG", "NZ", "IN"))
INDUSTRIES = ("Software", "Manufacturing", "Finance", "Health care", "Retail", "Logistics", "Media")
SIZES = ("1-10", "11-50", "51-200", "201-1000", "1001+")
CHANNELS = ("Organic search", "Paid search", "Partner", "Referral", "Outbound", "Events")
MANAGERS = ("Ana Duarte", "Ben Okafor", "Chloe Martin", "Dev Patel", "Elin Berg", "Femi Cole")

_HISTORY_MONTHS = 36  # the oldest account signed up this long before the events begin
_EXISTING = 0.30  # accounts already paying when the events begin, as a share of the size asked for
_BILLING = np.array([[0.70, 0.80], [0.50, 0.64], [0.30, 0.42], [0.12, 0.20]])  # up to month, quarter; by plan
_ARRIVALS = (0.0200, 0.0460)  # new sign-ups a month as a share of that size, first and last month


@dataclass(frozen=True)
class Market:
    """One array per attribute, one entry per account, in order of sign-up.

    Attributes:
        signed_up: Instant of sign-up.
        existing: Already paying when the events begin.
        trial_days: Length of the free trial, 0 for those that buy at once.
        buys_on: Day on which the trial ends, or the first paid day.
        steps: Instant of each onboarding step, accounts x 7, `NEVER` days where the account stops short.
        early_invites: Users invited in the first weeks.
        quality: How well sold and set up, standard normal.
        engagement: Lasting log level of use.
    """

    name: np.ndarray
    region: np.ndarray
    country: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    channel: np.ndarray
    manager: np.ndarray
    plan: np.ndarray
    billing: np.ndarray
    currency: np.ndarray
    seats: np.ndarray
    discount: np.ndarray
    signed_up: np.ndarray
    existing: np.ndarray
    trial_days: np.ndarray
    buys_on: np.ndarray
    steps: np.ndarray
    early_invites: np.ndarray
    quality: np.ndarray
    engagement: np.ndarray

    def __len__(self) -> int:
        return len(self.signed_up)


def draw_market(streams: Streams, accounts: int, months: int) -> Market:
    """Draw everyone who ever signs up, for a company that ends with about `accounts` paying accounts."""
    rng = streams["market"]
    arrived, existing = _arrivals(rng, accounts, months)
    signed_up = working_hours(arrived)
    n = len(signed_up)
    region = rng.choice(3, n, p=[0.5, 0.36, 0.14])
    plan = rng.choice(4, n, p=[0.28, 0.36, 0.26, 0.10])
    size = np.clip(plan + rng.integers(-1, 3, n), 0, 4)
    billing = (rng.random(n)[:, None] > _BILLING[plan]).sum(axis=1)
    abroad = rng.random(n)
    currency = np.where((region == 1) & (abroad < 0.55), 1, np.where((region == 1) & (abroad < 0.85), 2, 0))
    discount = np.where(billing == 2, rng.choice([10.0, 15.0, 20.0], n, p=[0.7, 0.2, 0.1]), 0.0)
    discount += np.where(rng.random(n) < 0.1, 5.0, 0.0)
    quality = rng.standard_normal(n)
    trial_days = np.where(rng.random(n) < 0.45, rng.choice([14, 30], n), 0)
    trial_days[existing] = 0
    buys_on = signed_up // DAY + np.where(trial_days > 0, trial_days, rng.integers(1, 7, n))
    steps = _onboarding(rng, arrived, quality)
    steps[existing] = signed_up[existing, None]
    invites = rng.poisson(np.exp(0.75 + 0.35 * quality))
    cared_for = rng.random(n) < np.array([0.1, 0.5, 1, 1])[plan]
    manager = np.where(cared_for, rng.integers(0, len(MANAGERS), n), len(MANAGERS))
    countries = np.array([rng.choice(COUNTRIES[r]) for r in region], dtype=object)
    regions = np.array(REGIONS, dtype=object)[region]
    return Market(
        name=company_names(rng, regions),
        region=regions,
        country=countries,
        industry=np.array(INDUSTRIES, dtype=object)[rng.integers(0, len(INDUSTRIES), n)],
        size=size,
        channel=rng.choice(len(CHANNELS), n, p=[0.3, 0.22, 0.14, 0.12, 0.14, 0.08]),
        manager=np.array([*MANAGERS, None], dtype=object)[manager],
        plan=plan,
        billing=billing,
        currency=currency,
        seats=rng.integers(product.LEAST[plan], product.SOLD[plan] + 1),
        discount=discount,
        signed_up=signed_up,
        existing=existing,
        trial_days=trial_days,
        buys_on=buys_on,
        steps=steps,
        early_invites=invites,
        quality=quality,
        engagement=0.25 * quality + 0.35 * rng.standard_normal(n),
    )


def _arrivals(rng: np.random.Generator, accounts: int, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Instants of sign-up in order, and who was there before: growth in numbers, even within a month."""
    starts = month_starts(months)
    season = 1 + 0.12 * np.cos(2 * np.pi * (np.arange(months) - 3) / 12)  # most in February, fewest in August
    expected = np.linspace(*_ARRIVALS, months) * accounts * season
    counts = np.diff(np.rint(np.cumsum(expected)).astype(int), prepend=0)
    new = np.repeat(starts[:-1], counts) + rng.random(counts.sum()) * np.repeat(np.diff(starts), counts)
    old = -_HISTORY_MONTHS * 30 * rng.beta(1.0, 1.5, round(_EXISTING * accounts)) - 8
    days = np.sort(np.concatenate([old, new]))
    return (days * DAY).astype(np.int64), days < 0


def _onboarding(rng: np.random.Generator, arrived: np.ndarray, quality: np.ndarray) -> np.ndarray:
    """Steps follow one another; at each some accounts stop, a few of these for good."""
    shape = (len(arrived), len(product.ONBOARDING))
    pace = np.array([0.1, 0.7, 0.8, 1.2, 1.2, 2.2, 2.5]) * np.exp(-0.35 * quality)[:, None]
    odds = np.array([0.01, 0.03, 0.05, 0.10, 0.05, 0.10, 0.05]) * np.exp(-0.3 * quality)[:, None]
    delay = rng.exponential(pace)
    stops = rng.random(shape) < odds
    resumes = rng.random(shape) < 0.55
    delay += np.where(stops, np.where(resumes, 10 + rng.exponential(40, shape), NEVER), 0)
    days = np.minimum(np.cumsum(delay, axis=1), NEVER)
    return working_hours(arrived[:, None] + (days * DAY).astype(np.int64))
