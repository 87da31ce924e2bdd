"""Cox at 850,000 account-months and 8 covariates: ours, R's coxph and statsmodels' PHReg, on the same rows.

    python bench/survival_cox.py [rows]

Prints seconds (best of three; PHReg once) and ratios to ours, and checks that the coefficients agree. PHReg
keeps rows at risk at their own entry, so it gets `start + 0.5`. R is skipped where there is no Rscript with
`survival`; its time is that of the call to coxph, reading the data not counted, and of its bare fitting
routine, agreg.fit.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.duration.hazard_regression import PHReg

from reporting.survival import cox, discrete_hazard

R_SCRIPT = """
suppressPackageStartupMessages(library(survival))
path <- commandArgs(trailingOnly = TRUE)[1]
n <- as.integer(commandArgs(trailingOnly = TRUE)[2])
d <- as.data.frame(matrix(readBin(path, "double", 12 * n), n, byrow = TRUE))
names(d) <- c("start", "stop", "event", "account", paste0("x", 1:8))
best <- function(f) min(replicate(3, system.time(f())["elapsed"]))
model <- Surv(start, stop, event) ~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8
plain <- best(function() fit <<- coxph(model, d))
robust <- best(function() coxph(model, d, cluster = account))
y <- with(d, Surv(start, stop, event))
x <- as.matrix(d[5:12])
bare <- best(function() agreg.fit(x, y, NULL, NULL, NULL, coxph.control(), NULL, "efron", NULL))
cat(plain, robust, bare, sprintf("%.15g", coef(fit)))
"""


def panel(rows: int) -> pd.DataFrame:
    """Accounts watched up to 36 months, some entering late, log hazard ratios from -0.4 to 0.5."""
    rng = np.random.default_rng(1)
    effects = np.array([0.3, -0.2, 0.1, 0.0, 0.0, 0.5, -0.4, 0.2])
    accounts = rows // 20
    account = np.repeat(np.arange(accounts), 36)
    entry = np.repeat(rng.integers(0, 24, accounts), 36)
    start = entry + np.tile(np.arange(36), accounts)
    x = rng.normal(size=(len(account), 8))
    event = rng.random(len(account)) < -np.expm1(-np.exp(-4.2 + x @ effects))
    gone = pd.Series(event).groupby(account).cumsum() - event
    kept = np.flatnonzero(gone == 0)[:rows]
    frame = pd.DataFrame(x[kept], columns=[f"x{i}" for i in range(1, 9)])
    frame.insert(0, "account", account[kept])
    frame.insert(0, "event", event[kept].astype(int))
    frame.insert(0, "stop", start[kept] + 1.0)
    frame.insert(0, "start", start[kept].astype(float))
    return frame


def best_of(times: int, call) -> tuple[float, object]:
    """Shortest of several calls, and what the last returned."""
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), result


def run_r(data: pd.DataFrame) -> list[float] | None:
    """Seconds plain, robust and bare, then the coefficients; None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.bin"
        data.to_numpy(float).tofile(rows)
        script = Path(folder) / "cox.R"
        script.write_text(R_SCRIPT)
        done = subprocess.run(
            ["Rscript", str(script), str(rows), str(len(data))], capture_output=True, text=True
        )
    return [float(word) for word in done.stdout.split()] if done.returncode == 0 else None


def main() -> None:
    data = panel(int(sys.argv[1]) if len(sys.argv) > 1 else 850_000)
    x = data[[f"x{i}" for i in range(1, 9)]]
    given = {"stop": data["stop"], "event": data["event"], "start": data["start"]}
    accounts, events = data["account"].nunique(), data["event"].sum()
    print(f"{len(data):,} rows, {accounts:,} accounts, {events:,} events, 8 covariates")
    ours, fit = best_of(3, lambda: cox(x, **given))
    results = {
        "ours": ours,
        "ours, robust by account": best_of(3, lambda: cox(x, **given, cluster=data["account"]))[0],
    }
    r = run_r(data)
    if r is None:
        print("R: no Rscript with `survival` here, left out")
    else:
        results |= {"R coxph": r[0], "R coxph, robust by account": r[1], "R agreg.fit (bare)": r[2]}
        print(f"largest difference to R's coefficients: {np.abs(fit.coef - r[3:]).max():.1e}")
    model = PHReg(data["stop"], x, status=data["event"], entry=data["start"] + 0.5, ties="efron")
    results["statsmodels PHReg"], theirs = best_of(1, lambda: model.fit(disp=False))
    print(f"largest difference to PHReg's coefficients: {np.abs(fit.coef - theirs.params).max():.1e}")
    hazard = best_of(1, lambda: discrete_hazard(x, **given, cluster=data["account"]))[0]
    results["our discrete-time hazard, robust"] = hazard
    for name, seconds in results.items():
        print(f"{name:34s} {seconds:7.2f} s {seconds / ours:7.1f} x")


if __name__ == "__main__":
    main()
