"""The simulated company."""

from tests.churn_world import data

__all__ = ["data"]
