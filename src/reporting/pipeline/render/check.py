"""What no page may have: links to nowhere or to the outside, doubled ids, traces of unresolved references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reporting.errors import RenderError

_ALONE = "mail"  # folder of the pages that are sent as single files
_UNRESOLVED = re.compile(r"\?@\w|\?(?:meta|var|env):|\?\?\?")
_STYLE_LINK = re.compile(r"url\(\s*['\"]?(?!data:)([^'\")]+)|@import\s+['\"]?([^'\";]+)")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.blind: list[str] = []
        self._style: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id") and tag not in {"link", "script", "style"}:  # Quarto names both its sheets alike
            self.ids.append(given["id"] or "")
        for key in ("href", "src", "xlink:href", "poster", "data", "action"):
            if given.get(key):
                self.links.append(given[key] or "")
        if tag == "img" and "alt" not in given:
            self.blind.append(given.get("src") or "?")
        self._style = tag if tag in {"style", "script"} else None

    def handle_endtag(self, tag: str) -> None:
        if tag == self._style:
            self._style = None

    def handle_data(self, data: str) -> None:
        if self._style == "style":
            self.links += [a or b for a, b in _STYLE_LINK.findall(data)]
        elif self._style is None:
            self.text.append(data)


def read_page(path: Path) -> _Page:
    """Parse a page into ids, links and text."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def check_site(pages: Iterable[Path], root: Path, expected: Iterable[str] = ()) -> None:
    """Check `pages` and every link between them.

    Args:
        pages: HTML files under `root`.
        root: The site.
        expected: Paths relative to `root` that will be put there later.

    Raises:
        RenderError: Lists every finding with page and target.
    """
    root = root.resolve()
    promised = {(root / path).resolve() for path in expected}
    parsed = {path.resolve(): read_page(path) for path in pages}
    findings = []
    for path, page in parsed.items():
        name = path.relative_to(root).as_posix()
        doubled = [i for i, n in Counter(page.ids).items() if n > 1]
        findings += [f"{name}: the id '{i}' stands twice" for i in doubled]
        findings += [f"{name}: the image {src} has no alt text" for src in page.blind]
        text = "".join(page.text)
        findings += [
            f"{name}: unresolved reference near '{_near(text, m)}'" for m in _UNRESOLVED.finditer(text)
        ]
        for link in dict.fromkeys(page.links):
            if problem := _follow(link, path, parsed, promised):
                findings.append(f"{name}: {problem}")
    if findings:
        raise RenderError(
            "the pages are not sound:\n  " + "\n  ".join(findings),
            where=root,
            remedy="Correct the notebook cell that makes the part named.",
        )


def _follow(link: str, page: Path, parsed: dict[Path, _Page], promised: set[Path]) -> str | None:
    parts = urlsplit(link)
    if parts.scheme in {"data", "mailto"}:
        return None
    if parts.scheme or parts.netloc:
        return f"a link to the outside, {link}"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if page.parent.name == _ALONE and target != page:
        return f"a link that leads out of this file, which is mailed alone, {link}"
    if target.is_dir():
        target /= "index.html"
    if target not in parsed and not target.exists():
        return None if target in promised else f"a dead link, {link}"
    if parts.fragment and target in parsed and unquote(parts.fragment) not in parsed[target].ids:
        return f"a dead link, {link}: nothing there has that id"
    return None


def _near(text: str, match: re.Match[str]) -> str:
    return " ".join(text[max(0, match.start() - 20) : match.end() + 20].split())
