"""The compiled loops of the balance: one pass over each flow, in double precision."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def add_flow(total, energy, factor):
    """Add every row of a flow, times its factor, to `total`; return what that adds in all."""
    added = 0.0
    for b in range(total.shape[0]):
        row, of_row, each = total[b], energy[b], factor[b]
        a0, a1, a2, a3 = 0.0, 0.0, 0.0, 0.0
        hours = row.shape[0]
        for q in range(hours // 4):
            t = 4 * q  # counted so, the compiler knows that no index is negative
            v0, v1, v2, v3 = each * of_row[t], each * of_row[t + 1], each * of_row[t + 2], each * of_row[t + 3]
            row[t] += v0
            row[t + 1] += v1
            row[t + 2] += v2
            row[t + 3] += v3
            a0 += v0
            a1 += v1
            a2 += v2
            a3 += v3
        for t in range(hours - hours % 4, hours):
            v0 = each * of_row[t]
            row[t] += v0
            a0 += v0
        added += (a0 + a1) + (a2 + a3)
    return added


@njit(**_COMPILE)
def residuals(into, residual, net, passed, found):
    """Add every hour's residuals and what comes in to `net` and `passed`; find the worst of each row.

    `found` takes, for each row, the largest absolute residual, the largest by what comes in (1 kWh where less does),
    and the hour of that; a NaN is the largest of all.
    """
    worst, share, hour = found
    for b in range(into.shape[0]):
        for t in range(into.shape[1]):
            net[t] += residual[b, t]
            passed[t] += into[b, t]
        for t in range(into.shape[1]):
            size = abs(residual[b, t])
            if size == 0.0:
                continue
            of_all = size / max(into[b, t], 1.0)
            worst[b] = max(worst[b], size)
            if not of_all <= share[b]:
                share[b], hour[b] = of_all, t
                if np.isnan(of_all):
                    worst[b] = size
                    break
