"""Accounts named in a finished page become links to their pages.

It is done on the page itself, so that it holds for both renderers and for an analyst's own reports. A cell
in a column of accounts is a name as a whole. Elsewhere a name is linked only where nothing else can be meant:
one that is made of words the reports use themselves ("Health", "Team") is left alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from reporting.present.markdown import clean

_PIECES = re.compile(
    r"<!--.*?-->|<(script|style|svg|a|title|button|nav|code|pre|h1)\b.*?</\1\s*>"
    r"|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
    re.S | re.I,
)
"""Markup, and elements whose text is left alone."""
_WORD = re.compile(r"\w+")
_ORDINARY = re.compile(r"\b[a-z][a-z]+\b")
_OF_ACCOUNTS = frozenset({"Account", "Accounts", "Customer"})
"""Headers of columns whose cells are names."""


class Names:
    """The accounts that have a page.

    Args:
        links: Name -> address of the page, relative to the month's folder.
    """

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = {shown: address for name, address in links.items() if (shown := clean(name))}
        self._by_word: dict[str, list[tuple[str, int]]] = {}
        for name in sorted(self._links, key=len, reverse=True):
            if first := _WORD.search(name):
                self._by_word.setdefault(first[0], []).append((name, first.start()))

    def linked(self, page: str, root: str = "") -> str:
        """The page with its accounts linked.

        Args:
            page: HTML.
            root: Prefix of the way to the month's folder.
        """
        ordinary = self._ordinary(html.unescape(_PIECES.sub(" | ", page)))
        return "".join(
            self._named(text, whole, ordinary, root) if text else markup
            for markup, text, whole in _pieces(page)
        )

    def _ordinary(self, text: str) -> set[str]:
        """The words that the page uses outside names of several words."""
        end, words = 0, set()
        for start, name in self._found(text, set()):
            if len(_WORD.findall(name)) > 1:
                words.update(_ORDINARY.findall(text[end:start]))
                end = start + len(name)
        return words | set(_ORDINARY.findall(text[end:]))

    def _named(self, raw: str, whole: bool, ordinary: set[str], root: str) -> str:
        text = html.unescape(raw)
        if whole and (name := self._of_cell(text.strip())):
            return raw.replace(raw.strip(), self._link(name, text.strip(), root), 1)
        parts, end = [], 0
        for start, name in self._found(text, ordinary):
            parts += [html.escape(text[end:start], quote=False), self._link(name, name, root)]
            end = start + len(name)
        return "".join(parts) + html.escape(text[end:], quote=False) if parts else raw

    def _of_cell(self, text: str) -> str | None:
        """The account that a whole cell names, if need be by a beginning that no other has."""
        if text in self._links:
            return text
        if not text.endswith("…"):
            return None
        meant = [name for name in self._links if name.startswith(text[:-1])]
        return meant[0] if len(meant) == 1 else None

    def _found(self, text: str, ordinary: set[str]) -> Iterator[tuple[int, str]]:
        end = 0
        for word in _WORD.finditer(text):
            for name, offset in self._by_word.get(word[0], ()):
                start = word.start() - offset
                if start >= end and _stands_alone(text, start, name) and not _is_ordinary(name, ordinary):
                    yield start, name
                    end = start + len(name)
                    break

    def _link(self, name: str, text: str, root: str) -> str:
        address = html.escape(f"{root}{self._links[name]}")
        return f'<a class="account" href="{address}">{html.escape(text, quote=False)}</a>'


def _pieces(page: str) -> Iterator[tuple[str, str, bool]]:
    """(markup, "", False) or ("", text, whether it is all of a cell in a column of accounts), in order."""
    headers: list[str] = []
    column, end, opened = -1, 0, ""
    for match in _PIECES.finditer(page):
        tag = match[0][1:4].lower()
        if text := page[end : match.start()]:
            if opened == "th" and tag == "/th":
                headers[-1] = html.unescape(text).strip()
            cell = opened == "td" and tag == "/td" and 0 <= column < len(headers)
            yield "", text, cell and headers[column] in _OF_ACCOUNTS
        yield match[0], "", False
        end, opened = match.end(), ""
        if tag == "tab":
            headers = []
        elif tag[:2] == "th" and tag != "the":
            headers.append("")
            opened = "th"
        elif tag[:2] == "tr":
            column = -1
        elif tag[:2] == "td":
            column += 1
            opened = "td"
    if page[end:]:
        yield "", page[end:], False


def _stands_alone(text: str, start: int, name: str) -> bool:
    """Whether `name` is there, and is no part of a longer word."""
    if start < 0 or not text.startswith(name, start):
        return False
    before, after = text[start - 1 : start], text[start + len(name) :][:1]
    return not (_joined(before, name[0]) or _joined(name[-1], after))


def _joined(left: str, right: str) -> bool:
    return bool(left and right and _WORD.fullmatch(left) and _WORD.fullmatch(right))


def _is_ordinary(name: str, ordinary: set[str]) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return all(word in ordinary or word.isdigit() or len(word) == 1 for word in words)
