"""Every estimator agrees with R's `survival` on R's own data sets.

Late entry, ties, strata, clusters, weights, competing risks. `oracle.R` runs R and writes which rows it used
and what it found; the same rows then go through ours.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reporting.survival import (
    Spline,
    Steps,
    aalen_johansen,
    auc,
    baseline_hazard,
    benjamini_hochberg,
    best_threshold,
    calibration,
    cox,
    discrete_hazard,
    holm,
    kaplan_meier,
    known_within,
    logrank,
    predict_survival,
    proportional_hazards_test,
    rmst,
    split_rows,
)

pytestmark = pytest.mark.server

ORACLE = Path(__file__).with_name("oracle.R")
COX = [
    "lung",
    "lung_weights",
    "veteran",
    "ovarian",
    "heart",
    "bladder2",
    "cgd",
    "kidney",
    "colon",
    "pbcseq",
    "mgus2_age",
    "retinopathy",
    "rotterdam",
]
CURVES = [
    "lung",
    "veteran",
    "heart",
    "mgus2_age",
    "leukemia",
    "pbcseq",
    "lung_weights",
    "bladder2_cluster",
    "lung_robust",
]
LOGRANK = [
    "lung",
    "lung_stratified",
    "veteran",
    "veteran_stratified",
    "colon",
    "rotterdam",
    "heart",
    "mgus2_age",
    "bladder2",
]
ROLES = {"start": "start", "stratum": "strata", "cluster": "cluster", "weight": "weights"}
NOT_COVARIATES = {"stop", "event", "group", *ROLES}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Reads what R wrote under a name."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not on the PATH; install r-base-core and r-cran-survival")
    if subprocess.run(["Rscript", "-e", "library(survival)"], capture_output=True).returncode:
        pytest.skip("R has no package `survival`; install r-cran-survival")
    folder = tmp_path_factory.mktemp("oracle")
    run = subprocess.run(["Rscript", str(ORACLE), str(folder)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr

    def read(*name):
        return pd.read_csv(folder / ("_".join(map(str, name)) + ".csv"))

    return read


def roles(data: pd.DataFrame, *names: str) -> dict[str, pd.Series]:
    """The columns of these roles that the data have, as arguments."""
    return {role: data[column] for column, role in ROLES.items() if column in data and role in names}


def same(ours, theirs, rtol, atol=1e-12):
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=atol)


def fitted(found, case, ties):
    data = found("cox", case, "data")
    covariates = data[[name for name in data if name not in NOT_COVARIATES]]
    given = roles(data, "start", "strata", "weights", "cluster")
    return data, covariates, cox(covariates, data["stop"], data["event"], ties=ties, **given)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("case", COX)
def test_cox(found, case, ties):
    _, _, fit = fitted(found, case, ties)
    theirs = found("cox", case, ties, "coef")
    stat = found("cox", case, ties, "stat").set_index("name")["value"]
    assert fit.names == list(theirs["term"])
    same(fit.coef, theirs["coef"], 1e-6, 1e-9)
    same(fit.table()["se"], theirs["se"], 1e-4)
    same(np.sqrt(np.diag(fit.model_covariance)), theirs["model_se"], 1e-4)
    same([fit.loglik_null, fit.loglik], stat[["loglik_null", "loglik"]], 1e-9)
    same([fit.wald_test().statistic, fit.score_test().statistic], stat[["wald", "score"]], 1e-4)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("case", COX)
def test_proportional_hazards(found, case, ties):
    _, _, fit = fitted(found, case, ties)
    for transform in ("km", "rank", "identity"):
        theirs = found("cox", case, ties, "zph", transform)
        ours = proportional_hazards_test(fit, transform).table
        same(ours["statistic"], theirs["chisq"], 1e-4)
        same(ours["p"], theirs["p"], 1e-4)


@pytest.mark.parametrize("case", ["lung", "heart", "kidney", "mgus2_age", "rotterdam"])
def test_scaled_schoenfeld_residuals(found, case):
    _, _, fit = fitted(found, case, "efron")
    theirs = found("cox", case, "efron", "schoenfeld").sort_values("time", kind="stable")
    ours = proportional_hazards_test(fit).residuals
    # Within ties the order is free, so compare the sums by time.
    for j, name in enumerate(fit.names):
        by_time = theirs.iloc[:, 1 + j].groupby(theirs["time"]).sum()
        same(ours[name].groupby(ours["time"]).sum(), by_time, 1e-4, 1e-7)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("case", COX)
def test_predicted_survival(found, case, ties):
    data, covariates, fit = fitted(found, case, ties)
    for j, row in enumerate((0, 4, 8), start=1):
        theirs = found("cox", case, ties, "predict", j)
        stratum = data["stratum"].iloc[row] if "stratum" in data else None
        ours = predict_survival(fit, covariates.iloc[[row]], theirs["time"], stratum=stratum)
        same(ours["survival"], theirs["survival"], 1e-6)
        same(ours["se"], theirs["se"], 1e-4)
        same(ours[["lower", "upper"]], theirs[["lower", "upper"]], 1e-4)
        hazard = baseline_hazard(fit)["cumulative_hazard"]
        own = data if stratum is None else data[data["stratum"] == stratum]
        end = [own["stop"].max()]
        reference = predict_survival(fit, covariates.iloc[[row]] * 0 + fit.center, end, stratum=stratum)
        last = hazard.iloc[-1] if stratum is None else hazard.loc[stratum].iloc[-1]
        same(reference["cumulative_hazard"], [last], 1e-9)


@pytest.mark.parametrize("case", CURVES)
def test_kaplan_meier(found, case):
    data = found("km", case, "data")
    for kind in ("log-log", "log", "plain"):
        for label, part in data.groupby("group"):
            given = roles(part, "start", "weights", "cluster")
            curve = kaplan_meier(part["stop"], part["event"], interval=kind, **given)
            theirs = found("km", case, kind, label)
            same(curve.table[["time", "at_risk", "events"]], theirs[["time", "at_risk", "events"]], 1e-9)
            same(curve.table["survival"], theirs["survival"], 1e-9)
            alive = theirs["survival"] > 1e-12
            same(curve.table["se"][alive], theirs["se"][alive], 1e-6)
            same(curve.table[["lower", "upper"]][alive], theirs[["lower", "upper"]][alive], 1e-6)
            quantiles = found("quantile", case, kind, label)
            for _, q in quantiles.iterrows():
                reached = 1 if q["turns"] else 3
                same(curve.quantile(q["p"])[:reached], q[["time", "lower", "upper"]][:reached], 1e-9)


@pytest.mark.parametrize("case", CURVES)
def test_restricted_mean(found, case):
    data = found("km", case, "data")
    for label, part in data.groupby("group"):
        theirs = found("rmst", case, label).iloc[0]
        curve = kaplan_meier(part["stop"], part["event"], **roles(part, "start", "weights"))
        ours = rmst(curve, theirs["tau"])
        same(ours.estimate, theirs["rmst"], 1e-9)
        if not np.any(part.get("weight", pd.Series(1)) % 1):
            same(ours.se, theirs["se"], 1e-6)


@pytest.mark.parametrize("case", LOGRANK)
def test_logrank(found, case):
    data = found("logrank", case, "data")
    test = logrank(data["group"], data["stop"], data["event"], **roles(data, "start", "strata"))
    same(test.statistic, found("logrank", case, "stat")["statistic"].item(), 1e-6)


@pytest.mark.parametrize("case", ["mgus2", "mgus2_age", "transplant", "pbc", "pbc_weights"])
def test_aalen_johansen(found, case):
    data = found("aj", case, "data")
    for kind in ("log", "log-log"):
        given = roles(data, "start", "weights")
        ours = aalen_johansen(data["stop"], data["kind"], cluster=data["id"], interval=kind, **given)
        for cause in ours.causes:
            theirs = found("aj", case, kind, cause)
            columns = ["incidence", "se", "lower", "upper"]
            at = ours.at(theirs["time"]).loc[cause, columns]
            some = (theirs["incidence"] > 0).to_numpy()
            same(at[some], theirs[columns][some], 1e-6, 1e-10)


@pytest.mark.parametrize("shape", ["spline", "steps"])
@pytest.mark.parametrize("case", ["lung", "veteran", "colon"])
def test_discrete_hazard(found, case, shape):
    data, long = found("discrete", case, "data"), found("discrete", case, "long")
    rows = split_rows(data.assign(start=0), range(1, 41), start="start", stop="stop", event="event")
    terms = [name for name in data if name not in NOT_COVARIATES | {"id"}]
    columns = ["id", "start", "stop", "event", *terms]
    same(rows[columns], long[columns], 1e-12)
    knots = np.quantile(rows["stop"][rows["event"] == 1], [0.05, 0.35, 0.65, 0.95], method="inverted_cdf")
    baseline = Spline(tuple(knots)) if shape == "spline" else Steps((3, 8))
    arguments = (rows[terms], rows["stop"], rows["event"])
    theirs = found("discrete", case, shape, "coef")
    for cluster, se in ((None, "se"), (rows["id"], "robust_se")):
        fit = discrete_hazard(*arguments, start=rows["start"], baseline=baseline, cluster=cluster)
        same(fit.coef, theirs["coef"], 1e-6)
        same(fit.table()["se"], theirs[se], 1e-4)
        same(fit.loglik, theirs["loglik"][0], 1e-9)
    predicted = found("discrete", case, shape, "predict")
    chosen = rows.iloc[predicted["row"].astype(int)]
    same(fit.predict(chosen[terms], chosen["start"])["probability"], predicted["one"], 1e-6)
    three = fit.predict(chosen[terms], chosen["start"], periods=3)
    same(three[["probability", "log_hazard"]], predicted[["three", "log_hazard"]], 1e-6)
    same(three["se"], predicted["se"], 1e-4)


@pytest.mark.parametrize("case", ["lung", "mgus2", "heart", "pbc"])
def test_maximally_selected_logrank(found, case):
    data, path = found("threshold", case, "data"), found("threshold", case, "path")
    best = best_threshold(data["value"], data["stop"], data["event"], permutations=1, **roles(data, "start"))
    same(best.path.index, path["cut"], 1e-12)
    same(best.path["z"], path["z"], 1e-6, 1e-9)
    same(best.cut, path["cut"][path["z"].abs().idxmax()], 1e-12)


@pytest.mark.parametrize("case", ["lung", "pbc", "colon"])
def test_validation(found, case):
    data, theirs = found("validation", case, "data"), found("validation", case, "stat").iloc[0]
    given = {"weights": data["weight"], "cluster": data["cluster"]}
    area = auc(data["p"], data["y"], **given)
    same(area.value, theirs["auc"], 1e-9)
    same(area.se, theirs["auc_se"], 1e-4)
    slope = calibration(data["p"], data["y"], **given).slope
    same([slope.value, slope.se], theirs[["slope", "slope_se"]], 1e-4)
    outcome, weight = known_within(data["stop"], data["event"], data["horizon"][0])
    same(weight, data["ipcw"], 1e-6)
    same(outcome, data["y"], 1e-12)


def test_adjusted_p_values(found):
    table = found("adjust")
    same(holm(table["p"]), table["holm"], 1e-9)
    same(benjamini_hochberg(table["p"]), table["bh"], 1e-9)
