"""Public data sets, see data/README.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reporting.survival import split_rows

DATA = Path(__file__).with_name("data")
ROSSI = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]


@pytest.fixture
def rossi() -> pd.DataFrame:
    return pd.read_csv(DATA / "rossi.csv", dtype={"employed": str}).assign(start=0)


@pytest.fixture
def rossi_weeks(rossi) -> pd.DataFrame:
    """A row per man and week; index, the man."""
    return split_rows(rossi, np.arange(1, 52), start="start", stop="week", event="arrest")


@pytest.fixture
def lung() -> pd.DataFrame:
    data = pd.read_csv(DATA / "lung.csv")
    return data.assign(died=data["status"] == 2)


@pytest.fixture
def mgus2() -> pd.DataFrame:
    data = pd.read_csv(DATA / "mgus2.csv")
    malignant = data["pstat"] == 1
    return data.assign(
        months=np.where(malignant, data["ptime"], data["futime"]),
        cause=np.where(malignant, "pcm", np.where(data["death"] == 1, "death", "none")),
    )


@pytest.fixture
def heart() -> pd.DataFrame:
    return pd.read_csv(DATA / "heart.csv")


@pytest.fixture
def bladder2() -> pd.DataFrame:
    return pd.read_csv(DATA / "bladder2.csv")


@pytest.fixture
def freireich() -> pd.DataFrame:
    return pd.read_csv(DATA / "freireich.csv")


@pytest.fixture
def panel() -> pd.DataFrame:
    """200 subjects by month: late entry, ties, strata, weights, covariates that change."""
    rng = np.random.default_rng(7)
    rows = []
    for subject in range(200):
        month, x = int(rng.integers(0, 6)), rng.normal()
        for _ in range(int(rng.integers(1, 13))):
            event = rng.random() < 0.06 * np.exp(0.7 * x)
            rows.append(
                (subject, month, month + 1, int(event), x, rng.normal(), subject % 3, 0.5 + subject % 4)
            )
            if event:
                break
            month, x = month + 1, 0.8 * x + 0.6 * rng.normal()
    return pd.DataFrame(rows, columns=["subject", "start", "stop", "event", "x", "z", "stratum", "weight"])
