"""The compiled loops of borehole stores: the past's heat in cells that grow with its age."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from numba import njit

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def age(load, width, n):
    """Shift loads a step into the past (Claesson and Javed 2012): a cell takes its share of the one before it."""
    for k in range(n - 1, 0, -1):
        load[k] += (load[k - 1] - load[k]) / width[k]


@njit(**_COMPILE)
def run(width, wall, kept, figures, wanted, step_h, load, out):
    """Run all stores; `figures`: length_m, resistance, ground, least, most, charge_kw, discharge_kw.

    `wall` (m, cells): warming of the borehole's wall per W/m in a cell [K m/W]; `kept` (m, cells): heat of a cell
    that is still in the store, per kW in it [h]; `load` (m, cells): the past [kW].
    """
    done_in, done_out, level, fluid, start = out
    m, hours = wanted.shape
    cells = width.shape[0]
    for i in range(m):
        per_kw = 1000.0 / figures[i, 0]
        resistance, ground, least, most = figures[i, 1], figures[i, 2], figures[i, 3], figures[i, 4]
        held = 0.0
        for k in range(cells):
            held += load[i, k] * kept[i, k]
        start[i] = held
        for t in range(hours):
            age(load[i], width, cells)
            load[i, 0] = 0.0
            warm = ground
            held = 0.0
            for k in range(1, cells):
                warm += load[i, k] * per_kw * wall[i, k]
                held += load[i, k] * kept[i, k]
            answer = per_kw * (wall[i, 0] + resistance)
            wish = wanted[i, t] / step_h
            if wish > 0.0:
                power = max(min(wish, figures[i, 5], (most - warm) / answer), 0.0)
            else:
                power = min(max(wish, -figures[i, 6], (least - warm) / answer), 0.0)
            load[i, 0] = power
            done_in[i, t] = max(power, 0.0) * step_h
            done_out[i, t] = max(-power, 0.0) * step_h
            level[i, t] = held + power * kept[i, 0]
            fluid[i, t] = warm + power * answer
