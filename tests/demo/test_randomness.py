"""Streams are independent of each other and of the order in which they are asked for."""

from __future__ import annotations

from reporting.demo.randomness import Streams


def test_one_stream_is_not_shifted_by_another() -> None:
    alone = Streams(7)["hazards"].random(5).tolist()
    streams = Streams(7)
    streams["market"].random(1000)
    assert streams["hazards"].random(5).tolist() == alone
    assert streams["hazards"].random(5).tolist() != alone


def test_names_and_seeds_tell_streams_apart() -> None:
    assert Streams(7)["hazards"].random() != Streams(7)["market"].random()
    assert Streams(7)["hazards"].random() != Streams(8)["hazards"].random()
