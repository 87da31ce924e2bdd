"""From a frozen snapshot to a published month: execute, derive, render, publish, audit."""

import sys

# jsonschema, which reads every notebook's schema, builds a grammar for internationalised addresses when it is
# imported: 1.3 seconds for a check that no notebook needs. Without that package it leaves the check out.
# None bars an import, which the type of `sys.modules` leaves out.
sys.modules.setdefault("rfc3987_syntax", None)  # ty: ignore[no-matching-overload]
