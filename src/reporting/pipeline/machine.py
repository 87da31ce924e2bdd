"""What decides the last digits of floats: architecture, C library, the processor's instructions."""

from __future__ import annotations

import platform
from collections.abc import Mapping

FACTS = ("platform", "libc", "instructions")


def machine() -> dict[str, str]:
    """This machine's, as the manifest names them among the versions.

    `instructions` are those beyond the least common ones that numpy found: sums, logarithms and powers end in
    other digits with them.
    """
    import numpy as np

    config = np.show_config("dicts")
    found = config["SIMD Extensions"].get("found", [])
    return {
        "platform": f"{platform.system()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "instructions": " ".join(found) or "basic",
    }


def other_machine(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """A sentence on in what the machine of `now` is another than that of `then`; empty if it is the same.

    Args:
        then: Versions of a published month; what one of an earlier version doesn't name is left out.
    """
    other = [fact for fact in FACTS if fact in then and then[fact] != now[fact]]
    if not other:
        return ""
    before, after = (", ".join(versions[fact] for fact in other) for versions in (then, now))
    return (
        f"Published on {before}, re-run on {after}: the last digits of floats, and so pictures, may differ."
    )
