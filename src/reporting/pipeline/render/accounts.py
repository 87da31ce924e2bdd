"""The pages beside the reports: one for each account, the table of all, a book for each owner."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup

from reporting.pipeline.render.addresses import addresses
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.html import Link, page
from reporting.pipeline.render.names import Names
from reporting.pipeline.render.pandoc import THEME
from reporting.pipeline.render.scripts import TABLES, script_of
from reporting.present.formats import around_money, around_percent
from reporting.present.locale import country
from reporting.present.markdown import clean
from reporting.present.words import sentence

if TYPE_CHECKING:
    from reporting.reports.account_pages import Told

EXPLORER = "accounts/index.html"
SHARD = 2000
"""Rows of the table in one file."""
_ASSETS = {
    "accounts.css": ("accounts.css",),
    "account.js": ("page.js", "account.js"),
    "explorer.js": ("explorer.js",),
}
"""File -> what it is made of."""
_STYLE = '<link rel="stylesheet" href="{root}assets/accounts.css">\n'
_SCRIPT = '<script defer src="{root}assets/{name}"></script>\n'


_BARE = Markup("default-src 'none';script-src 'self';style-src 'self';font-src 'self'")
"""The policy of a page that has no style of its own. There are many of these, set tersely: without the tags
that HTML lets one leave out."""


@dataclass(frozen=True)
class Listed:
    """A list or an owner's book on the front page: its title with its address, and what it holds."""

    title: str
    href: str
    holds: str


class AccountPages:
    """Where the pages of a month's accounts lie, and their making.

    Args:
        told: What they say.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        files = addresses(account.id for account in told.accounts)
        self._files = {id: f"{name}.html" for id, name in files.items()}
        self._books = {
            name: f"{file}.html" for name, file in addresses(book.owner for book in told.books).items()
        }

    @property
    def names(self) -> Names:
        """The accounts by name, for links in reports; a name that several have leads to all of them."""
        links: dict[str, str] = {}
        for account in self._told.accounts:
            name = clean(account.name)
            several = f"{EXPLORER}#{urlencode({'q': name}, quote_via=quote)}"
            links[name] = several if name in links else f"accounts/{self._files[account.id]}"
        return Names(links)

    @property
    def lists(self) -> list[Listed]:
        """The lists, as views of the table of all."""
        return [
            Listed(
                one.title, f"{EXPLORER}#{urlencode(one.view, quote_via=quote)}", _holds(one.accounts, one.mrr)
            )
            for one in self._told.lists
        ]

    @property
    def owners(self) -> list[Listed]:
        """The owners' books."""
        return [
            Listed(_title(book.owner), f"owners/{self._books[book.owner]}", book.summary)
            for book in self._told.books
        ]

    def write(self, out: Path, context: RunContext) -> None:
        """Write all of them below `out`, the month's folder."""
        for folder in ("accounts/data", "owners", "assets"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        for name, parts in _ASSETS.items():
            text = "".join(map(script_of, parts))
            (out / "assets" / name).write_text(text, encoding="utf-8")
        self._write_accounts(out / "accounts", context)
        self._write_books(out / "owners", context)
        self._write_explorer(out / "accounts", context)

    def _write_accounts(self, out: Path, context: RunContext) -> None:
        template = templates().get_template("account.html")
        for told in self._told.pages():
            owner = told.verdict.owner
            book, title = self._books[owner], _title(owner)
            html = template.render(page=told, book=book, owner=title, context=context, policy=_BARE)
            (out / self._files[told.id]).write_text(html, encoding="utf-8")

    def _write_books(self, out: Path, context: RunContext) -> None:
        template = templates().get_template("owner.html")
        for book in self._told.books:
            html = page(
                title=_title(clean(book.owner)),
                description=book.summary,
                body=template.render(book=book, href=lambda id: f"../accounts/{self._files[id]}"),
                context=context,
                pages=[*_NAVIGATION, *(Link(_title(o), h) for o, h in self._books.items())],
                here=self._books[book.owner],
                home="../index.html",
                root="../",
                extras=_STYLE.format(root="../") + TABLES.format(root="../"),
                kind="account",
            )
            (out / self._books[book.owner]).write_text(html, encoding="utf-8")

    def _write_explorer(self, out: Path, context: RunContext) -> None:
        rows = [[_cleaned(value) for value in row] for row in self._told.rows()]
        files = [self._files[account.id].removesuffix(".html") for account in self._told.accounts]
        columns: list[dict[str, Any]] = [
            {"id": c.id, "label": c.label, "kind": c.kind, "shown": c.shown, "filter": c.filter}
            for c in self._told.columns
        ]
        for number, column in enumerate(columns):
            if column["filter"] or column["id"] == "action":
                column["values"] = _coded(rows, number)
        ids = [row[[column["id"] for column in columns].index("id")] for row in rows]
        for row, id, file in zip(rows, ids, files, strict=True):
            row.append(0 if file == id else file)
        head = {
            "columns": columns,
            "currency": self._told.currency,
            "symbol": around_money(self._told.currency)[0],
            **_elsewhere(self._told.currency),
        }
        (out / "data" / "columns.js").write_text(f"var accounts = {_script(head)};\naccounts.rows = [];\n")
        shards = [rows[start : start + SHARD] for start in range(0, len(rows), SHARD)]
        for number, shard in enumerate(shards):
            lines = ",\n".join(map(_script, shard))
            (out / "data" / f"{number}.js").write_text(f"accounts.rows.push(\n{lines}\n);\n")
        data = [f"data/{name}.js" for name in ("columns", *map(str, range(len(shards))))]
        loaded = "".join(f'<script defer src="{name}"></script>\n' for name in data)
        html = page(
            title="All accounts",
            description=f"{len(rows)} accounts: search, sort, narrow down, choose columns, take along.",
            body=templates().get_template("explorer.html").render(owners=self.owners),
            context=context,
            pages=_NAVIGATION,
            here="index.html",
            home="../index.html",
            root="../",
            extras=_STYLE.format(root="../")
            + TABLES.format(root="../")
            + loaded
            + _SCRIPT.format(root="../", name="explorer.js"),
            kind="wide",
        )
        (out / "index.html").write_text(html, encoding="utf-8")


_NAVIGATION = (Link("Front page", "../index.html"), Link("All accounts", "../accounts/index.html"))


def _title(owner: str) -> str:
    from reporting.reports.telling.verdicts import NO_OWNER  # heavy; loaded by now with the accounts

    return sentence(owner) if owner == NO_OWNER else owner


def _holds(accounts: int, mrr: str) -> str:
    return f"{accounts} {'account' if accounts == 1 else 'accounts'}, {mrr} MRR"


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _coded(rows: list[list[Any]], column: int) -> list[str]:
    """The column's values, each once; in the rows their numbers take their place."""
    values = sorted({row[column] for row in rows if row[column] is not None})
    place = {value: number for number, value in enumerate(values)}
    for row in rows:
        row[column] = None if row[column] is None else place[row[column]]
    return values


def _script(value: Any) -> str:
    """JSON that may stand in any script: plain letters only, and nothing that a page reads as markup."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")


def templates() -> jinja2.Environment:
    """The theme's templates, in which all text is a stranger's: cleaned and escaped."""

    def shown(value: Any) -> Any:
        return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(THEME),
        autoescape=True,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _elsewhere(currency: str) -> dict[str, Any]:
    """What the table of all accounts must know where numbers aren't written as in `formats` itself."""
    where = country()
    if where is None:
        return {}
    return {"locale": where.tag, "after": around_money(currency)[1], "percent": around_percent()}
