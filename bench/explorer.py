"""The table of all accounts with ten thousand of them, in headless Chromium: how long it takes to open, to
search, to narrow down and to sort, and how large account pages are.

    python bench/explorer.py [reports/demo/2026-10]

The accounts are those of a published month, over and over under other names.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import Browser  # noqa: E402

from reporting.analysis.account import Account  # noqa: E402
from reporting.pipeline.manifest import Manifest  # noqa: E402
from reporting.pipeline.produce import context_of  # noqa: E402
from reporting.pipeline.render.accounts import AccountPages  # noqa: E402
from reporting.pipeline.render.html import write_assets  # noqa: E402
from reporting.pipeline.render.scripts import write_scripts  # noqa: E402
from reporting.present.brand import current_brand  # noqa: E402
from reporting.reports.account_pages import Told  # noqa: E402

ACCOUNTS = 10_000
_TIMED = """new Promise((done) => {{
  const begun = performance.now();
  new MutationObserver((_, observer) => {{
    observer.disconnect();
    document.body.offsetHeight;
    done(performance.now() - begun);
  }}).observe(document.querySelector("#accounts tbody"), {{ childList: true }});
  {0};
}})"""
"""Milliseconds until the table shows other rows."""
_SEARCH = (
    'const box = document.getElementById("find"); box.value = {!r}; box.dispatchEvent(new Event("input"))'
)
_NARROW = (
    'const box = document.querySelectorAll("#filters select")[{}]; box.selectedIndex = {}; '
    'box.dispatchEvent(new Event("change"))'
)
_SORT = 'document.querySelectorAll("#accounts th .dt-column-order")[{}].click()'
STEPS = {
    "search a word": _SEARCH.format("foods"),
    "search nothing": _SEARCH.format(""),
    "narrow to a stance": _NARROW.format(0, 1),
    "narrow to an owner": _NARROW.format(2, 1),
    "all again": 'document.getElementById("clear").click()',
    "sort by MRR": _SORT.format(3),
    "sort by name": _SORT.format(0),
}


class Many(Told):
    """A month's accounts, over and over."""

    def __init__(self, snapshot: Path, number: int) -> None:
        super().__init__(snapshot)
        known = Told(snapshot).accounts
        self.accounts: list[Account] = [  # ty: ignore[invalid-assignment]
            dataclasses.replace(known[i % len(known)], id=f"X{i}", name=f"{known[i % len(known)].name} {i}")
            for i in range(number)
        ]


def main(month: Path) -> None:
    context = context_of(Manifest.read(month), current_brand())
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "month"
        write_assets(context.brand, out / "assets")
        write_scripts(out / "assets")
        begun = time.process_time()
        AccountPages(Many(month / "snapshot", ACCOUNTS)).write(out, context)
        print(f"made {ACCOUNTS:,} pages in {time.process_time() - begun:.1f} CPU seconds")
        pages = [path.stat().st_size for path in (out / "accounts").glob("X*.html")]
        data = sum(path.stat().st_size for path in (out / "accounts/data").iterdir())
        print(f"a page: {statistics.mean(pages):,.0f} bytes; the table's data: {data / 1e6:.1f} MB")
        address = (out / "accounts/index.html").as_uri()
        with Browser(Path(temporary) / "profile") as browser:
            opened = [browser.open(f"{address}?{i}") for i in range(5)]
            print(f"opened in {statistics.median(opened):.2f} s (median of 5, slowest {max(opened):.2f})")
            time.sleep(1)  # a reader looks before typing
            for name, step in STEPS.items():
                took = browser.do(_TIMED.format(step))
                shown = browser.do('document.getElementById("count").textContent')
                print(f"{name:20} {took:6.0f} ms   {shown}")
            assert not browser.faults, browser.faults


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "reports/demo/2026-10")
