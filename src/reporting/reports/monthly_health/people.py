"""The people behind the accounts: regulars, habits, and who stopped doing what they come for."""

from __future__ import annotations

import pandas as pd

from reporting.analysis import habits
from reporting.analysis.users import to_write_to
from reporting.present.blocks import Blocks, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.words import plain, plural, sentence

from .data import Data

NO_ROLE = "no role on record"


def people(data: Data) -> Blocks:
    """How regular the users are by role, and the regulars who stopped doing the key action."""
    book, limits = data.book, data.book.product.engagement
    found = data.users
    if found.empty:
        return Blocks([Text(f"Who the users are is {book.missing('active_users')}.")])
    active = habits.active(found, book.product)
    all_of_them = habits.habits(active, book.product)
    action = plain(book.product.key_action)
    stopped = habits.stopped(active, book.product)
    share = len(stopped) / max(len(active), 1)
    text = (
        f"{sentence(plural(len(active), 'user'))} of paying accounts {'was' if len(active) == 1 else 'were'} "
        "active "
        f"in the last {limits.active_user_days} days; "
        f"{percent(all_of_them['a3x7'])} of "
        f"those active in the last seven came on {limits.a3x7_days} days or more (@tbl-people). "
        f"{sentence(plural(len(stopped), 'user'))} ({percent(share)}) still come in but have not done the "
        "key action, "
        f"{action}, for {limits.key_action_days} days or more."
    )
    lines = habits.by_role(active, book.product)
    lines = pd.concat([lines, all_of_them.to_frame("All").T]).rename_axis("role").reset_index()
    lines["role"] = lines["role"].replace("", NO_ROLE)
    columns = {
        "role": "Role",
        "users": ("Active users", count),
        "a3x7": (f"On {limits.a3x7_days} of 7 days", percent),
        "acted": (f"Key action in {limits.key_action_days} days", percent),
        "points": ("Points", number),
        "minutes": ("Minutes a session", lambda x: number(x, 1)),
        "tasks": ("Tasks completed", percent),
    }
    caption = (
        f"Users of paying accounts active in the last {limits.active_user_days} days, by role: shares, and "
        "medians of "
        "engagement points, session length and tasks completed. Long sessions are good only beside completed "
        "tasks"
    )
    blocks = [Text(text), Table.of(lines, columns, label="tbl-people", caption=caption, total=True)]
    if len(stopped):
        by_account = habits.stopped_by_account(stopped, active)
        names = {
            "account_name": "Account",
            "mrr_cents": (f"MRR ({book.currency})", money),
            "stopped": ("Users who stopped", count),
            "active": ("Active users", count),
            "share": ("Share", percent),
        }
        shown = by_account.head(data.top_accounts)
        caption = (
            f"Accounts whose users still come in but stopped {action}, most users first: {len(shown)} of "
            f"{count(len(by_account))}; every user is in the file of user engagement"
        )
        blocks.append(Table.of(shown, names, label="tbl-stopped", caption=caption))
    return Blocks(blocks)


def users_to_write_to(data: Data) -> Blocks:
    """How many users went silent or come in without the key action, and the files that list them."""
    if data.users.empty:
        return Blocks([])
    product, found = data.book.product, to_write_to(data.users, data.book.product)
    silent, quiet, idle = (
        plural(len(found[name]), "user") for name in ("silent", "quiet", "without_key_action")
    )
    text = (
        f"To write to: {silent} of paying accounts without use for {product.high_risk_days} days or more "
        f"(`users_silent.csv`), {quiet} for {product.check_in_days} to {product.high_risk_days - 1} "
        f"(`users_quiet.csv`), and {idle} who come in and have not done the key action, "
        f"{plain(product.key_action)}, in {product.engagement.key_action_days} days "
        "(`users_without_key_action.csv`)."
    )
    return Blocks([Text(text)])
