"""How much each cluster moves a curve: the infinitesimal jackknife of Aalen-Johansen incidences.

With hazards h_k = d_k / n and S(u-) the survival just before u, the derivative of the incidence F_k by the
weight of a cluster c runs

    U_k(u) = U_k(u-) + dS_c(u-) h_k(u) + S(u-) (dN_ck(u) - R_c(u) h_k(u)) / n(u),    dS_c = -sum_k U_k,

R_c being the weight of c at risk. The variance is the sum of squares over the clusters. With one cause and
every row its own cluster, it equals Greenwood's. R: `survfit(..., id=, cluster=)`.
"""

from __future__ import annotations

import numpy as np

from .data import Floats, Ints, SurvivalData
from .riskset import RiskSets


def incidence_influence(data: SurvivalData, risk: RiskSets, cause: Ints, causes: int) -> Floats:
    """Influence of each cluster on each incidence (causes x clusters x slots).

    Args:
        data: rows at risk in one stratum; without clusters every row counts as its own.
        risk: slots of these rows.
        cause: 0 .. `causes` - 1 for rows with an event, -1 for others.
        causes: how many there are.
    """
    cluster = np.arange(len(data)) if data.cluster is None else data.cluster
    clusters, slots = int(cluster.max()) + 1, len(risk)
    held = np.zeros((clusters, slots + 1))
    np.add.at(held, (cluster, risk.first), data.weights)
    np.add.at(held, (cluster, risk.after), -data.weights)
    held = np.cumsum(held, axis=1)[:, :-1]
    failed = np.zeros((causes, clusters, slots))
    rows = np.flatnonzero(cause >= 0)
    np.add.at(failed, (cause[rows], cluster[rows], risk.last[rows]), data.weights[rows])

    at_risk = held.sum(axis=0)
    hazard = failed.sum(axis=1) / at_risk
    before = np.concatenate([[1.0], np.cumprod(1 - hazard.sum(axis=0))[:-1]])
    influence = np.empty((causes, clusters, slots))
    now = np.zeros((causes, clusters))
    for slot in range(slots):
        h = hazard[:, slot, None]
        own = (failed[:, :, slot] - held[:, slot] * h) / at_risk[slot]
        now = now - now.sum(axis=0) * h + before[slot] * own
        influence[:, :, slot] = now
    return influence
