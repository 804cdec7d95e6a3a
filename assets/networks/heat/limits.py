"""Where and when a network goes beyond its limits, with the cause named."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assets.networks.heat.inputs import HeatLimits
from assets.networks.heat.year import HeatYear

COLUMNS = ("what", "where", "index", "worst", "limit", "unit", "worst_hour", "hours")


def excesses(year: HeatYear, limits: HeatLimits, velocity_limit_m_s: np.ndarray | float) -> pd.DataFrame:
    """List what is beyond a network's limits.

    Parameters
    ----------
    year : HeatYear
        Made with the same limits.
    limits : HeatLimits
    velocity_limit_m_s : ndarray, shape (k,), or float
        Highest velocity of each pipe [m/s].

    Returns
    -------
    DataFrame
        One row for each: `what` (velocity, friction, cold supply, missed heat, pump head), `where` (pipe, consumer,
        tree), its `index`, the `worst` value, the `limit` and their `unit`, the `worst_hour` and how many `hours` were
        beyond. Most hours first.
    """
    found = year.extremes
    pipes = np.arange(len(found.velocity))
    consumers = np.arange(len(found.coldest))
    supply = np.nan if limits.supply_temp_c is None else limits.supply_temp_c
    tables = [
        _rows("velocity", "pipe", pipes, worst=found.velocity, limit=velocity_limit_m_s, unit="m/s",
              hour=found.velocity_hour, hours=found.velocity_over),
        _rows("friction", "pipe", pipes, worst=found.gradient, limit=limits.gradient_pa_m, unit="Pa/m",
              hour=found.gradient_hour, hours=found.gradient_over),
        _rows("cold supply", "consumer", consumers, worst=found.coldest, limit=supply, unit="°C",
              hour=found.coldest_hour, hours=found.coldest_under),
        _rows("missed heat", "consumer", consumers, worst=found.missed_most, limit=0.0, unit="kW",
              hour=found.missed_hour, hours=found.missed_hours),
        _rows("pump head", "tree", np.arange(len(year.head_kpa)), worst=year.head_kpa.max(axis=1),
              limit=limits.head_kpa, unit="kPa", hour=year.head_kpa.argmax(axis=1),
              hours=(year.head_kpa > limits.head_kpa).sum(axis=1)),
    ]  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values("hours", ascending=False, kind="stable").reset_index(drop=True)


def _rows(
    what: str, where: str, index: np.ndarray, *, worst: np.ndarray, limit: object, unit: str, hour: np.ndarray,
    hours: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    """Rows of one kind; those that were never beyond fall away."""
    table = pd.DataFrame(
        {
            "what": what, "where": where, "index": index, "worst": worst,
            "limit": np.broadcast_to(np.asarray(limit, dtype=np.float64), index.shape), "unit": unit,
            "worst_hour": hour, "hours": hours,
        }
    )  # fmt: skip
    return table[table["hours"] > 0]
