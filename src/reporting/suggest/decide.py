"""From what was measured to a proposal: what is core, value, vanity, a first step; rhythm and plans."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from reporting.suggest.measure import Measured, Part, Use
from reporting.suggest.plans import FULL

CORE = 10  # more and "share of core features used" says little
VANITY = re.compile(
    r"(log|sign)(ged|ed)?.?(in|out)(?![a-z])|(page|screen).?(view|leave|load)|^screen$|session.?(start|end)"
    r"|auto.?capture|heart.?beat|web.?vitals|feature.?flag|app(lication)?.?open|opened.?app|visit|^\$?identify$",
    re.IGNORECASE,
)
"""Names of being there and doing nothing."""
IMPORT = re.compile(r"import|upload|sync(ed)?$|ingest", re.IGNORECASE)
API = re.compile(r"(^|[^a-z])api([^a-z]|$)|webhook", re.IGNORECASE)
STEP = 0.5  # share of new accounts that take a step within 30 days
GUESSED = 3  # value events that stand for steps where no event is one
ONCE = 0.4  # regularity below which a first step is set-up, done and left
RARE = 0.25  # of the broadest feature's breadth
LATER = 90  # days after the first events, from which a feature came later
DENIED, GRANTED = 0.02, 0.10  # share of the smallest plan's account-months, and of another's: premium
OFTEN, AGAIN = 0.6, 0.5  # of the most frequent and the most regular feature: candidates for value
ENOUGH = 30  # leavers, or accounts on either side, from which a difference is worth a word
SEPARATES = 2.0  # standard errors
DAILY, WEEKLY, MONTHLY = 2.6, 14.5, 52.0
"""Days between uses, half way on a scale of ratios between 1, 7, 30 and 91."""


@dataclass(frozen=True)
class Features:
    """The events by kind, each once; broadest first.

    Attributes:
        setup: First steps that are not done again; no features.
        alike: No feature stands out, so the core is a choice among equals.
    """

    core: tuple[Use, ...]
    premium: tuple[Use, ...]
    other: tuple[Use, ...]
    setup: tuple[Use, ...]
    vanity: tuple[Use, ...]
    alike: bool


@dataclass(frozen=True)
class Onboarding:
    """The first steps.

    Attributes:
        steps: In their usual order.
        ordered: Whether new accounts show that order; else they are value events for want of better.
        outcome: The event that activates an account.
        separated: Whether those that reach it stay more often; else it is a guess.
    """

    steps: tuple[Use, ...]
    ordered: bool
    outcome: Use
    separated: bool


@dataclass(frozen=True)
class Proposal:
    """What the product definition could say.

    Attributes:
        value: The most frequent first.
        judged: Whether enough accounts left to tell stayers from leavers.
        imports: Data coming in, by name.
        api: Machines calling, by name.
        plan_seats: Plan -> its most seats, where several accounts bought just as many.
    """

    measured: Measured
    features: Features
    value: tuple[Use, ...]
    judged: bool
    imports: tuple[Use, ...]
    api: tuple[Use, ...]
    key_action: Use
    onboarding: Onboarding
    rhythm: str
    plan_seats: Mapping[str, int]
    basis: str
    admin_roles: tuple[str, ...]


def decide(measured: Measured) -> Proposal:
    """The proposal. A log that holds nothing but vanity still gives one: its names are then features."""
    features = _features(measured)
    acts = [use for use in measured.uses if use not in features.vanity]
    imports = tuple(use for use in acts if IMPORT.search(use.name))
    api = tuple(use for use in acts if API.search(use.name))
    used = [*features.core, *features.premium]
    judged = max(use.left_with[0] + use.left_without[0] for use in used) >= ENOUGH
    value = _value(used, [*imports, *api], judged)
    key_action = next((use for use in value if use in features.core), value[0])
    seats = {plan.name: plan.seats for plan in measured.plans[:-1] if plan.seats and plan.full >= FULL}
    roles = tuple(role for role in measured.roles if re.search("admin|owner", role, re.IGNORECASE))
    return Proposal(
        measured,
        features,
        tuple(value),
        judged,
        imports,
        api,
        key_action,
        _onboarding(acts, value, key_action),
        rhythm_of(measured.gap),
        seats,
        "seats" if any(plan.seats for plan in measured.plans) else "tier",
        roles or ("admin", "owner"),
    )


def rhythm_of(gap: float | None) -> str:
    """The rhythm whose period is nearest to the days between two uses; weekly where nobody comes back."""
    if gap is None:
        return "weekly"
    edges = ((DAILY, "daily"), (WEEKLY, "weekly"), (MONTHLY, "monthly"))
    return next((name for edge, name in edges if gap <= edge), "quarterly")


def _share(part: Part) -> float:
    return part[0] / part[1] if part[1] else 0.0


def _is_step(use: Use) -> bool:
    return _share(use.new) >= STEP


def _features(measured: Measured) -> Features:
    vanity = [use for use in measured.uses if VANITY.search(use.name)]
    vanity = vanity if len(vanity) < len(measured.uses) else []
    rest = sorted((u for u in measured.uses if u not in vanity), key=lambda use: (-use.breadth, use.name))
    setup = [use for use in rest if _is_step(use) and use.regularity < ONCE]
    setup = setup if len(setup) < len(rest) else []
    rest = [use for use in rest if use not in setup]
    premium = [use for use in rest if _is_premium(use)]
    premium = premium if len(premium) < len(rest) else []
    rest = [use for use in rest if use not in premium]
    begin = min(use.first for use in measured.uses)
    early = [use for use in rest if (use.first - begin).days < LATER] or rest
    core = [use for use in early if use.breadth >= RARE * early[0].breadth]
    alike = len(core) > CORE and core[0].breadth < 2 * core[-1].breadth
    core = core[:CORE]
    other = [use for use in rest if use not in core]
    return Features(tuple(core), tuple(premium), tuple(other), tuple(setup), tuple(vanity), alike)


def _is_premium(use: Use) -> bool:
    """Whether accounts on the smallest plan don't do it and those on another do."""
    shares = list(use.by_plan.values())
    return len(shares) > 1 and shares[0] <= DENIED and max(shares) >= GRANTED


def _value(used: list[Use], apart: list[Use], judged: bool) -> list[Use]:
    """Features done often and again; data coming in and machines apart, and what goes with leaving."""
    asked = [use for use in used if use not in apart] or used
    often = OFTEN * max(use.per_month for use in asked)
    again = AGAIN * max(use.regularity for use in asked)
    frequent = [use for use in asked if use.per_month >= often and use.regularity >= again] or asked
    good = [use for use in frequent if not judged or _share(use.left_with) <= _share(use.left_without)]
    return sorted(good or frequent, key=lambda use: (-use.events, use.name))


def _onboarding(acts: list[Use], value: list[Use], key_action: Use) -> Onboarding:
    """The steps, and the one that best separates the new accounts that stay from those that leave."""

    def order(use: Use) -> tuple[float, str]:
        return (math.inf if use.day is None else use.day, use.name)

    steps = sorted((use for use in acts if _is_step(use)), key=order)
    taken = steps or sorted(value[:GUESSED], key=order)
    best = max(taken, key=lambda use: _z(use.stay_with, use.stay_without))
    separated = _z(best.stay_with, best.stay_without) >= SEPARATES
    return Onboarding(tuple(taken), bool(steps), best if separated else key_action, separated)


def _z(one: Part, other: Part) -> float:
    """Difference of two shares in standard errors; 0 where either rests on few."""
    if min(one[1], other[1]) < ENOUGH:
        return 0.0
    pooled = (one[0] + other[0]) / (one[1] + other[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / one[1] + 1 / other[1]))
    return (_share(one) - _share(other)) / error if error else 0.0
