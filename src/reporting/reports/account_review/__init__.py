"""Account review, two pages for the next call with one account: the answer, then what it rests on."""

from .answer import changes, headline, key_figures, questions
from .charts import course
from .data import Data, Month, load, month_of, prepare
from .evidence import advice, contract, features, health, people

__all__ = [
    "Data",
    "Month",
    "advice",
    "changes",
    "contract",
    "course",
    "features",
    "headline",
    "health",
    "key_figures",
    "load",
    "month_of",
    "people",
    "prepare",
    "questions",
]
