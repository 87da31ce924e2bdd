"""The smaller print of an account's page: flags, features, changes, past advice, contacts."""

from __future__ import annotations

from reporting.analysis.account import Account, Past
from reporting.params.playbook import TO_SAVE
from reporting.present.formats import NOT_AVAILABLE, count, date, missing, month, number, percent
from reporting.present.words import listing, plain, sentence, uncapitalised
from reporting.reports.account_pages.verdict import STANCES
from reporting.reports.telling.book import Book
from reporting.reports.telling.flags import flag

CONTACTS = 4
"""Activities told of an account."""
OUTCOMES = {
    "left": "it left",
    "shrank": "it pays less",
    "recovered": "it recovered: it is on no list to save",
    "unchanged": "it still is on a list to save",
}


def flags(account: Account) -> tuple[tuple[str, str], ...]:
    """Those raised, the rest counted, those not known named; nothing unless it pays."""
    if not account.verdict:
        return ()
    by_state = {
        state: [_flag(name) for name, raised in account.flags.items() if raised is state] for state in _STATES
    }
    told = [("Raised", sentence(listing(by_state[True])) or "none")]
    if by_state[False]:
        told.append(("Not raised", count(len(by_state[False]))))
    if by_state[None]:
        told.append((sentence(NOT_AVAILABLE), sentence(listing(by_state[None]))))
    return tuple(told)


_STATES = (True, False, None)


def _flag(name: str) -> str:
    return uncapitalised(flag(name))


def features(account: Account) -> tuple[str, str, str]:
    """How many are used against its peers, which with their events, and which others use."""
    found = account.features
    if found is None:
        return NOT_AVAILABLE, "", ""
    total = len(found.used) + len(found.unused)
    text = f"{count(len(found.used))} of {count(total)} in use"
    if not missing(found.middle):
        peers = f"the {found.peers} plan" if found.peers else "all accounts"
        text += f"; the middle of {peers} uses {number(found.middle, 0 if found.middle % 1 == 0 else 1)}"
    used = ", ".join(f"{plain(name)} {count(events)}" for name, events in found.used.items())
    unused = ", ".join(f"{plain(name)} {percent(share, 0)}" for name, share in found.unused.items())
    return text, used, unused


def changed(book: Book, account: Account) -> tuple[str, ...]:
    """What is different from a month ago, a sentence each."""
    now, was = account.now, account.before
    if not account.verdict and now.get("mrr_cents") == was.get("mrr_cents"):
        return ()
    if not was:
        return ("It was not on record a month ago.",)
    lines = []
    past = next((one for one in account.past if one.months == 1), None)
    if past and account.verdict and past.stance != account.verdict["stance"]:
        lines.append(f"{STANCES[past.stance]} then, {uncapitalised(STANCES[account.verdict['stance']])} now.")
    score = book.product.band_score
    if abs(now.get(f"{score}_change") or 0) >= 0.5:
        cause = now.get(f"{score}_change_cause")
        because = f", most of all by {plain(cause)}" if cause else ""
        lines.append(
            f"{sentence(book.score_name)} {book.score(was.get(score))} to "
            f"{book.score(now.get(score))}{because}."
        )
    for key, name, form in (
        ("mrr_cents", "MRR", book.money),
        ("events", "Events", count),
        ("active_users", "Active users", count),
        ("seats_purchased", "Seats", count),
        ("plan", "Plan", str),
    ):
        then, here = was.get(key), now.get(key)
        if then is not None and here is not None and then != here:
            lines.append(f"{name} {form(then)} to {form(here)}.")
    return (*lines, *_flags_changed(account)) or ("Nothing of what stands here.",)


def _flags_changed(account: Account) -> list[str]:
    lines = []
    for label, state in (("Raised since", True), ("No longer raised", False)):
        turned = [
            _flag(name)
            for name, raised in account.flags.items()
            if raised is state and account.flags_before[name] is (not state)
        ]
        lines += [f"{label}: {listing(turned)}."] if turned else []
    return lines


def advised(book: Book, account: Account) -> tuple[tuple[str, str, str], ...]:
    """When, what was advised, what came of it; the earliest first."""
    return tuple(
        (month(past.since), f"{STANCES[past.stance]}: {advice(book, past)}", outcome(past))
        for past in account.past
    )


def advice(book: Book, past: Past) -> str:
    """What the rule of then says to do; its name where the playbook has it no longer."""
    rules = {rule.id: rule.action for rule in book.product.rules}
    return rules.get(past.rule, plain(past.rule))


def outcome(past: Past) -> str:
    """What became of the account since, and whether it was contacted."""
    listed = past.stance in TO_SAVE
    text = OUTCOMES[past.outcome] if listed or past.outcome != "unchanged" else "nothing of note"
    if past.contacted is None:
        return sentence(f"{text}.")
    return sentence(f"{text}; {'contacted' if past.contacted else 'not contacted'} since.")


def contacts(account: Account) -> tuple[tuple[str, str, str], ...]:
    """The latest activities: when, what by whom, the note."""
    return tuple(
        (
            date(row["done_at"]),
            " by ".join(str(row[key]) for key in ("kind", "done_by") if key in row),
            str(row.get("note", "")),
        )
        for row in account.activities[:CONTACTS]
    )
