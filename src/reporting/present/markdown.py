"""Strangers' text inside Quarto Markdown: it must come out as it went in, and never as markup.

Backslashes before `(`, `[`, `)` and `]` mean mathematics to some readers, so brackets and braces become
character references; everything else that pandoc gives a meaning is escaped with a backslash.
"""

from __future__ import annotations

import re
import unicodedata

# Quotes and dots matter because the `smart` extension rewrites them, a colon because of bare URLs and
# captions.
_BACKSLASH = set("\\`*_<>|$@#^~'\"!+:=")
_REFERENCE = {"[": "&#91;", "]": "&#93;", "{": "&#123;", "}": "&#125;", "&": "&amp;", "%": "&#37;"}
_LIST_MARKER = re.compile(r"^(\(?)(\w{1,9})\)")
_KEPT_FORMAT = {"\u200c", "\u200d"}  # joiners are part of words and of emoji

_DROPPED = {"Cf", "Cs", "Cn", "Co"}


def clean(text: object) -> str:
    """`text` on one line, without control characters, direction overrides and repeated white space."""
    one_line = (" " if _is_space(char) else char for char in str(text))
    kept = (c for c in one_line if c in _KEPT_FORMAT or unicodedata.category(c) not in _DROPPED)
    return re.sub(" +", " ", "".join(kept)).strip(" ")


def escape(text: object) -> str:
    """Return Markdown that pandoc and Quarto read back as the plain `clean(text)`."""
    plain = clean(text)
    out = []
    for i, char in enumerate(plain):
        before, after = plain[i - 1 : i], plain[i + 1 : i + 2]
        if char in _REFERENCE and not (char == "%" and before.isdigit()):
            out.append(_REFERENCE[char])
        elif char in _BACKSLASH or (char == "." and not after.isdigit()):
            out.append("\\" + char)
        elif char == "-" and not (_is_word(before) and _is_word(after)):
            out.append("\\-")
        else:
            out.append(char)
    return _LIST_MARKER.sub(lambda m: f"{m[1] and '&#40;'}{m[2]}&#41;", "".join(out))


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_space(char: str) -> bool:
    return (char.isspace() and char != "\u00a0") or unicodedata.category(char) == "Cc"
