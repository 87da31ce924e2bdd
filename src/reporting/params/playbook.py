"""The playbook: which accounts call for which action, as data.

A rule names columns of an account and what must hold of each; all of its conditions must hold, and an unknown
value never meets one. A condition is one of

    true, false, text or a number     equals it
    known, unknown                    has a value, or none
    "> 30", ">= x", "< x", "<= x"     compares, with a number or the name of a threshold: "< bands.at_risk"
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field

from reporting.errors import did_you_mean
from reporting.params.load import Strict, load_yaml

if TYPE_CHECKING:
    from reporting.params.product import Product

Stance = Literal["rescue", "protect", "onboard", "grow", "steady"]
STANCES: tuple[Stance, ...] = get_args(Stance)
"""What to do about an account, most urgent first; each account has exactly one."""
TO_SAVE: tuple[Stance, ...] = ("rescue", "protect")
COMPARISONS = (">=", "<=", ">", "<")
SHIPPED = Path(__file__).with_name("playbook.yml")


class Condition(NamedTuple):
    """What must hold of a column. `operator` is one of `COMPARISONS`, `=`, `known`, `unknown`."""

    column: str
    operator: str
    operand: bool | float | str | None


class Rule(Strict):
    """One line of the playbook."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """Its name; a rule of a shipped one's name takes its place."""
    stance: Stance
    """What is to be done about the account, in a word."""
    when: dict[str, bool | int | float | str] = Field({})
    """Column of an account -> what must hold: a value, `known`, `unknown`, or a comparison such as
    "> 30" or "< bands.at_risk"."""
    action: Annotated[str, Field(min_length=1)]
    """The next step, as it is told."""
    days: Annotated[int, Field(ge=1, le=366)] = 30
    """To act, from the close on."""
    shows: tuple[str, ...] = ()
    """Columns that give the reason; default: those of `when`."""
    skip: bool = False
    """Drops the shipped rule of this id."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The columns whose values are the reason."""
        return self.shows or tuple(self.when)

    def conditions(self, product: Product) -> list[Condition]:
        """The conditions, thresholds as numbers.

        Raises:
            ValueError: A comparison with something that is neither a number nor a threshold.
        """
        return [self._condition(column, value, product) for column, value in self.when.items()]

    def _condition(self, column: str, value: bool | float | str, product: Product) -> Condition:
        if not isinstance(value, str):
            return Condition(column, "=", value)
        if value in ("known", "unknown"):
            return Condition(column, value, None)
        begins = re.match(r"\s*([<>=!~]+)\s*(.*?)\s*$", value)
        if not begins:
            return Condition(column, "=", value)
        operator, operand = begins.groups()
        if operator not in COMPARISONS:
            raise ValueError(
                f"rule '{self.id}', column '{column}': there is no operator '{operator}'; "
                f"it can be {', '.join(COMPARISONS)}"
            )
        try:
            return Condition(column, operator, float(operand))
        except ValueError:
            known = thresholds(product)
            if operand not in known:
                hint = did_you_mean(operand, known)
                raise ValueError(
                    f"rule '{self.id}', column '{column}': '{operand}' is neither a number nor a threshold "
                    f"of the product definition.{hint}"
                ) from None
            return Condition(column, operator, known[operand])


class ShippedRules(Strict):
    """The file of the rules that come with the package."""

    rules: tuple[Rule, ...]
    """Most urgent stance first; of a stance, the first rule that applies."""


@cache
def shipped() -> tuple[Rule, ...]:
    """The rules that come with the package, most urgent first."""
    return load_yaml(SHIPPED, ShippedRules).rules


def merged(own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The shipped rules with a product's own: one of the same id takes its place, a new one comes first in
    its stance."""
    mine = {rule.id: rule for rule in own}
    known = {rule.id for rule in shipped()}
    fresh = [rule for rule in own if rule.id not in known]
    both = [*fresh, *(mine.get(rule.id, rule) for rule in shipped())]
    return tuple(sorted((rule for rule in both if not rule.skip), key=lambda r: STANCES.index(r.stance)))


def thresholds(product: Product) -> dict[str, float]:
    """Name -> value of everything a condition may be compared with: `bands.healthy`, `high_risk_days`."""
    found: dict[str, float] = {
        "check_in_days": product.check_in_days,
        "high_risk_days": product.high_risk_days,
    }
    for chapter, values in product:
        if isinstance(values, Strict):
            found |= {f"{chapter}.{key}": value for key, value in values if _is_number(value)}
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
