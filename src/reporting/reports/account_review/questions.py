"""The questions to raise in a call, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reporting.analysis.topics import Topic
from reporting.present.formats import count, date, days, percent
from reporting.present.words import cut, listing, plain, plural, uncapitalised

from ..telling.book import Book
from ..telling.flags import flag

Values = Mapping[str, Any]


def question(book: Book, topic: Topic) -> str:
    """What to ask about a topic; plain text."""
    return _ASK[topic.kind](book, topic.values)


def _left(_: Book, v: Values) -> str:
    back = "what would have to change for them to come back?"
    if why := v.get("reason"):
        return f"They named {uncapitalised(cut(plain(why), 80))} as the reason: {back}"
    return f"No reason is on record: why did they stop, and {back}"


def _silent(_: Book, v: Values) -> str:
    return f"Nobody has used the product for {days(v['last_active_days'])}: what came in between?"


def _renewal(book: Book, v: Values) -> str:
    text = f"The contract renews on {date(v.get('renewal_at'))}"
    if v.get("contract_value_cents"):
        text += f" ({book.money(v['contract_value_cents'])})"
    return f"{text}: who decides, and what do they need to see before?"


def _falling(_: Book, v: Values) -> str:
    told = listing([uncapitalised(flag(name)).removesuffix(" falling") for name in v["flags"]])
    return f"There is less than a month ago of this: {told}. What has changed in their work?"


def _champion(_: Book, v: Values) -> str:
    share = percent(v.get("top1_share"), 0)
    return f"One person does {share} of what is done: who takes over if that person leaves?"


def _no_admin(_: Book, v: Values) -> str:
    since = f" for {days(v['last_admin_active_days'])}" if "last_admin_active_days" in v else " of late"
    return f"No admin has been active{since}: who answers for the product there now?"


def _tickets(_: Book, v: Values) -> str:
    n = v["tickets_open"]
    return f"{plural(n, 'ticket')} {'is' if n == 1 else 'are'} open: is what they wait for clear to both?"


def _escalated(_: Book, v: Values) -> str:
    n = v["escalations"]
    return (
        f"{plural(n, 'ticket')} {'is' if n == 1 else 'are'} escalated: who tells them when it is "
        "settled? Settle it before anything else is raised."
    )


def _seats(v: Values) -> str:
    return f"{count(v['seats_used'])} of {count(v['seats_purchased'])} seats are in use"


def _volume(_: Book, v: Values) -> str:
    share = percent(v["plan_limit_proximity"], 0)
    return f"{share} of the included volume is used: how will it grow, and what should it cost?"


def _feature(_: Book, v: Values) -> str:
    peers = f"the accounts on {v['peers']}" if v["peers"] else "all accounts"
    return f"{percent(v['share'], 0)} of {peers} use “{plain(v['name'])}” and they don't: would it help them?"


def _steady(_: Book, v: Values) -> str:
    ahead = f" before the renewal on {date(v['renewal_at'])}" if v.get("renewal_at") else " this quarter"
    return f"Nothing calls for action: what do they want to reach{ahead}, and who else there should use it?"


STAYING = "What would have to change for them to stay, and who there can change it?"
_ASK: dict[str, Callable[[Book, Values], str]] = {
    "left": _left,
    "trial": lambda _, v: "They are on trial: what must they have seen to decide, and who decides?",
    "escalated": _escalated,
    "silent": _silent,
    "renewal": _renewal,
    "falling": _falling,
    "no_admin": _no_admin,
    "champion": _champion,
    "setup": lambda _, v: (
        "The set-up was never finished: what keeps them from it, and who could do it with us?"
    ),
    "seats_over": lambda _, v: f"{_seats(v)}: from when on do they pay for the seats above the licence?",
    "seats_full": lambda _, v: f"{_seats(v)}: who else is to start, and when?",
    "volume": _volume,
    "feature": _feature,
    "tickets": _tickets,
    "rescue": lambda _, v: STAYING,
    "protect": lambda _, v: STAYING,
    "onboard": lambda _, v: "They are new: what are they to reach first, and who leads the set-up there?",
    "grow": lambda _, v: "They do well: what would they do with more of it, and who decides on that?",
    "steady": _steady,
}
"""Kind of topic -> its question."""
