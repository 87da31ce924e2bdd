"""The simulated company, and one too young to tell anything."""

from tests.churn_world import data, young

__all__ = ["data", "young"]
