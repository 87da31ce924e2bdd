"""Columns of the published tables, from the numbers by which a world knows accounts, users and days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reporting.demo.calendar import DAY, NEVER, timestamps


def identifiers(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """`A0001` for number 0, and so on; missing where the number is negative."""
    numbers = np.asarray(numbers)
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers + 1), pa.string()), width, "0")
    named = pc.binary_join_element_wise(prefix, digits, "")
    return pc.if_else(pa.array(numbers >= 0), named, pa.scalar(None, pa.string()))


def account_ids(accounts: np.ndarray) -> pa.Array:
    """Identifiers of accounts, by their place in the order of sign-up."""
    return identifiers("A", accounts, 4)


def user_ids(users: np.ndarray) -> pa.Array:
    """Identifiers of users, by their place in the order of invitation."""
    return identifiers("U", users, 5)


def pick(names: Sequence[str | None] | np.ndarray, index: np.ndarray) -> pa.Array:
    """`names[index]` as strings."""
    return pa.array(names, pa.string()).take(pa.array(index))


def instants(seconds: np.ndarray) -> pa.Array:
    """Timestamps; missing for what has not happened."""
    seconds = np.asarray(seconds)
    return pa.array(timestamps(seconds), pa.timestamp("us"), mask=seconds >= NEVER * DAY)


def money(values: np.ndarray) -> pa.Array:
    """Whole amounts as decimals, the type that the contract asks for."""
    return pa.array(np.asarray(values, np.int64)).cast(pa.decimal128(38, 4)).cast(pa.decimal128(18, 4))
