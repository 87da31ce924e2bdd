"""Write a proposal down: a product definition that runs as it is, with the reason for each choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import yaml

from reporting.suggest.decide import CORE, STEP, Features, Onboarding, Proposal
from reporting.suggest.measure import Part, Use
from reporting.suggest.plans import FULL
from reporting.suggest.sums import AHEAD, EARLY, ONBOARDING, STAYED

SCORES = """\
engagement_score:
  session_frequency:   {weight: 0.30, line: {zero: 0, full: 5}}     # sessions per active user and week
  feature_breadth:     {weight: 0.30, line: {zero: 0, full: 0.8}}   # share of core features
  licence_utilisation: {weight: 0.20, line: {zero: 0, full: 0.8}}   # seats used / bought
  integrations:        {weight: 0.20, line: {zero: 0, full: 3}}     # connected integrations

health_score:
  activation:       {weight: 0.15, line: {zero: 0, full: 1}}        # share of onboarding steps done
  core_value_usage: {weight: 0.20, line: {zero: 0, full: 5}}        # value events per active user and week
  usage_trend:      {weight: 0.15, line: {zero: -0.5, full: 0}}     # last 30 days / 30 before - 1
  active_users:     {weight: 0.15, line: {zero: 0, full: 0.8}}      # active users / seats
  admin_activity:   {weight: 0.10, line: {zero: 30, full: 7}}       # days since an admin was active
  feature_adoption: {weight: 0.10, line: {zero: 0, full: 0.6}}      # core features used in the month
  support:          {weight: 0.10, line: {zero: 6, full: 0}}        # open tickets + 2 x escalations
  renewal:          {weight: 0.05, line: {zero: 0.5, full: 0}}      # fall of usage with a renewal ahead
"""
POINTS = {"core": 10, "premium": 15, "other": 5, "setup": 5, "vanity": 1}
_PLAIN = re.compile(r"[\w$][\w .$/-]*(?<! )")


def write_page(proposal: Proposal, source: str) -> str:
    """The product definition as YAML.

    Args:
        source: Name of the source, for the reader.
    """
    features, star = proposal.features, proposal.key_action.name
    reason = _staying if proposal.judged else _often
    lines = [
        "# yaml-language-server: $schema=schemas/product.schema.json",
        f"# Proposed by `reporting suggest --source {source}`; correct what its reasons can't know.",
        "# docs/product.md says what each key means and how to find it. Keys left out take their defaults.",
        "#",
        *_table(proposal),
        "",
        *_chapter("core_features", features.core, _about_core(features), _broad),
        *_chapter("premium_features", features.premium, "not done on the smallest plan", _by_plan),
        *_chapter("other_features", features.other, "the rest: rarer, or came later", _rarer),
        *_chapter("value_events", proposal.value, _about_value(proposal), reason),
        *_chapter("vanity_events", features.vanity, "by their names", _broad),
        _flow("import_events", (use.name for use in proposal.imports), "by their names"),
        _flow("api_events", (use.name for use in proposal.api), "by their names"),
        f"key_action: {scalar(star)}  # the value event done most",
        f"north_star: {{event: {scalar(star)}, label: {scalar(label(star))}, measure: events}}",
        "",
        *_points(features),
        "",
        *_onboarding(proposal.onboarding),
        "",
        *_rhythm(proposal),
        _flow("admin_roles", proposal.admin_roles, _about_roles(proposal)),
        "",
        *_plans(proposal),
        "",
        "# The scores are the shipped ones; each part is scaled 0-100 by a clamped line, then weighted.",
        SCORES.rstrip(),
    ]
    return "\n".join(lines) + "\n"


def scalar(name: str) -> str:
    """`name` as YAML on one line, in any place, whatever is in it."""
    if _PLAIN.fullmatch(name) and name.isprintable() and yaml.safe_load(name) == name:
        return name
    inside = "".join(
        f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\U{ord(char):08x}"
        for char in name
    )
    return f'"{inside}"'


def label(name: str) -> str:
    """An event's name in words."""
    words = " ".join(re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).split())
    return words.capitalize() or name


def percent(part: float) -> str:
    """A share in words."""
    return f"{part:.0%}".replace("%", " %") if part >= 0.1 or not part else f"{part:.1%}".replace("%", " %")


def rate(part: Part) -> str:
    """How many of how many, as a share."""
    return percent(part[0] / part[1]) if part[1] else "-"


def _entries(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    width = min(max(len(text) for text, _ in rows), 40)
    return [f"  - {text:{width}}  # {reason}" for text, reason in rows]


def _chapter(key: str, uses: Sequence[Use], about: str, reason: Callable[[Use], str]) -> list[str]:
    if not uses:
        return [f"{key}: []  # {about}"]
    return [f"{key}:  # {about}", *_entries((scalar(use.name), reason(use)) for use in uses)]


def _flow(key: str, names: Iterable[str], about: str) -> str:
    return f"{key}: [{', '.join(scalar(name) for name in names)}]  # {about}"


def _table(proposal: Proposal) -> list[str]:
    """Every event with its figures, as comments."""
    uses = proposal.measured.uses
    names = [scalar(use.name) for use in uses]
    width = max(5, *(min(len(name), 40) for name in names))
    head = f"#   {'event':{width}} {'events':>10} {'accounts':>8} {'users':>7}  {'first':10}  {'last':10}"
    head += f" {'in':>6} {'again':>6} {'times':>6}  left after"
    lines = [
        "# in: accounts active in a month that do it. again: an account's months with it, once begun.",
        f"# times: in such a month. left after: paying accounts that left within {AHEAD} months of a month",
        "# with it, against without it.",
        head,
    ]
    for name, use in zip(names, uses, strict=True):
        users = "-" if use.users is None else f"{use.users:,}"
        line = f"#   {name:{width}} {use.events:>10,} {use.accounts:>8,} {users:>7}  {use.first}  {use.last}"
        line += f" {percent(use.breadth):>6} {percent(use.regularity):>6} {use.per_month:>6.1f}"
        lines.append(f"{line}  {rate(use.left_with)} against {rate(use.left_without)}")
    if proposal.measured.names > len(uses):
        lines.append(f"#   and {proposal.measured.names - len(uses):,} more, each of fewer accounts")
    return lines


def _about_core(features: Features) -> str:
    if features.alike:
        return f"no feature stands out: these {CORE} are a choice among equals"
    return "the most used features"


def _about_value(proposal: Proposal) -> str:
    told = "done most often, again and again; imports and machines apart"
    return told if proposal.judged else f"{told}; too few accounts left to tell who stays"


def _about_roles(proposal: Proposal) -> str:
    roles = proposal.measured.roles
    return (
        f"of the roles {', '.join(map(scalar, roles))}"
        if roles
        else "no role is known; these are the defaults"
    )


def _broad(use: Use) -> str:
    again = percent(use.regularity)
    return f"{percent(use.breadth)} of active accounts a month, again in {again} of their months"


def _by_plan(use: Use) -> str:
    return ", ".join(f"{scalar(plan)} {percent(share)}" for plan, share in use.by_plan.items())


def _rarer(use: Use) -> str:
    return f"{percent(use.breadth)} of active accounts a month, since {use.first}"


def _often(use: Use) -> str:
    return f"{use.per_month:.1f} times a month where done"


def _staying(use: Use) -> str:
    return f"{_often(use)}; left after it {rate(use.left_with)}, without it {rate(use.left_without)}"


def _points(features: Features) -> list[str]:
    entries = [
        f"  {scalar(use.name)}: {points}"
        for kind, points in POINTS.items()
        for use in getattr(features, kind)
    ]
    return ["event_points:  # points of the customer engagement score, by kind of event", *entries]


def _onboarding(onboarding: Onboarding) -> list[str]:
    steps, outcome = onboarding.steps, onboarding.outcome
    about = f"done by {percent(STEP)} of new accounts within {ONBOARDING} days, in their usual order"
    if not onboarding.ordered:
        about = f"a guess: {percent(STEP)} of the {steps[0].new[1]:,} new accounts do no event within "
        about += f"{ONBOARDING} days"
    labels = [label(use.name) for use in steps]
    titles = labels if len(set(labels)) == len(labels) else [use.name for use in steps]
    lines = [f"onboarding_steps:  # {about}"]
    for title, use in zip(titles, steps, strict=True):
        day = "" if use.day is None else f", day {use.day:.1f}"
        lines.append(f"  {scalar(title)}: {scalar(use.name)}  # {rate(use.new)} of new accounts{day}")
    reason = "a guess, the key action: no step tells who stays"
    if onboarding.separated:
        reason = f"of those with it within {EARLY} days {rate(outcome.stay_with)} pay after {STAYED}, of the "
        reason += f"others {rate(outcome.stay_without)}"
    return [*lines, f"activation_outcome: {scalar(outcome.name)}  # {reason}"]


def _rhythm(proposal: Proposal) -> list[str]:
    gap, person = proposal.measured.gap, proposal.measured.person
    reason = "a guess: hardly anybody comes back"
    if gap is not None:
        reason = f"{gap:.3g} days between two days of use of one {person}, the middle one"
    return [f"rhythm: {proposal.rhythm}  # {reason}"]


def _plans(proposal: Proposal) -> list[str]:
    plans, add_ons = proposal.measured.plans, proposal.measured.add_ons
    prices = ", ".join(f"{scalar(plan.name)} {plan.price:,.0f}" for plan in plans if plan.price is not None)
    about = f"by the middle price of a month: {prices}"
    if add_ons:
        about += f"; had beside another plan only: {', '.join(map(scalar, add_ons))}"
    seats = ", ".join(f"{scalar(name)}: {number}" for name, number in proposal.plan_seats.items())
    return [
        _flow("plan_order", (plan.name for plan in plans), about),
        f"plan_seats: {{{seats}}}  # most seats of a plan, where {FULL} accounts or more bought just as many",
        f"default_basis: {proposal.basis}  # what a price grows with: seats, volume or tier",
    ]
