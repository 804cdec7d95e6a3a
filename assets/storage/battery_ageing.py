"""What batteries lose of their capacity, by resting and by being used.

The laws are those of two cells measured for years: Naumann's of a lithium iron phosphate cell, and Schmalstieg's of a
nickel manganese cobalt one. Cycles are counted by rainflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.storage._ageing_kernel import LFP, NMC, count_cycles, stresses
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]

_LAWS = {"naumann": LFP, "schmalstieg": NMC}
_EXPONENTS = {"naumann": (0.5, 0.5), "schmalstieg": (0.75, 0.5)}
"""Powers of time and of throughput that losses grow with."""
_HALVINGS = 60
_LONGEST_YEARS = 200.0


@dataclass(frozen=True)
class Ageing:
    """How m batteries age, used year after year as in the series.

    Attributes
    ----------
    rest_stress, cycle_stress : ndarray, shape (m,)
        What the series adds to the sums that losses are a power of.
    rest_exponent, cycle_exponent : ndarray, shape (m,)
        Those powers.
    full_cycles : ndarray, shape (m,)
        Full equivalent cycles in the series.
    years : float
        Length of the series [a].
    """

    rest_stress: Array
    cycle_stress: Array
    rest_exponent: Array
    cycle_exponent: Array
    full_cycles: Array
    years: float

    def rest_loss(self, years: npt.ArrayLike) -> Array:
        """Share of the capacity that resting has taken after so many years, shape of (m,) with `years`."""
        times = np.asarray(years, dtype=np.float64) / self.years
        return np.asarray((self.rest_stress * times) ** self.rest_exponent)

    def cycle_loss(self, years: npt.ArrayLike) -> Array:
        """Share of the capacity that cycles have taken after so many years, shape of (m,) with `years`."""
        times = np.asarray(years, dtype=np.float64) / self.years
        return np.asarray((self.cycle_stress * times) ** self.cycle_exponent)

    def left(self, years: npt.ArrayLike) -> Array:
        """Share of the capacity that is left after so many years, 0 at least, shape of (m,) with `years`."""
        return np.maximum(1.0 - self.rest_loss(years) - self.cycle_loss(years), 0.0)

    def life_years(self, end: float = 0.8) -> Array:
        """Years until only the share `end` of the capacity is left, 200 at most, shape (m,)."""
        low, high = np.zeros(len(self.rest_stress)), np.full(len(self.rest_stress), _LONGEST_YEARS)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            over = self.left(middle) < end
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return high


def chemistries() -> pd.DataFrame:
    """Catalogue of cells, index `chemistry`."""
    return table("battery_chemistries").set_index("chemistry")


def rainflow(series: npt.ArrayLike) -> pd.DataFrame:
    """Count the cycles of a series.

    Parameters
    ----------
    series : array_like, shape (T,)
        Any quantity: a state of charge, a load.

    Returns
    -------
    DataFrame, one row per cycle or half cycle
        range, mean, count (1 or 0.5), first and last (positions of the range's ends).

    Notes
    -----
    ASTM E1049-85 (reapproved 2017), 5.4.4.
    """
    values = np.ascontiguousarray(series, dtype=np.float64)
    n = len(values)
    at, first, last = (np.empty(n, dtype=np.int64) for _ in range(3))
    weight = np.empty(n)
    found = count_cycles(values, at, first, last, weight)
    begin, end = values[first[:found]], values[last[:found]]
    return pd.DataFrame(
        {
            "range": np.abs(begin - end),
            "mean": 0.5 * (begin + end),
            "count": weight[:found],
            "first": first[:found],
            "last": last[:found],
        }
    )


def age_batteries(
    level_kwh: npt.ArrayLike,
    capacity_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    chemistry: str | Sequence[str] = "lfp",
    temperature_c: npt.ArrayLike = 20.0,
) -> Ageing:
    """Sum up what a time of use does to batteries.

    Parameters
    ----------
    level_kwh : array_like, shape (m, T)
        Energy in each battery at the end of each step, of the whole capacity, `BatteryYear.soc_kwh` [kWh].
    capacity_kwh : array_like, shape (m,)
        Capacities when new; 0 for none [kWh].
    time : TimeGrid
        T steps.
    chemistry : str or sequence of str, length m
        Of the catalogue `battery_chemistries.csv`.
    temperature_c : array_like, broadcast to (m, T)
        Temperature of the cells [°C].

    Returns
    -------
    Ageing

    Raises
    ------
    InputError
        A chemistry is not in the catalogue or shapes do not fit; all findings at once.

    Notes
    -----
    Lithium iron phosphate: Naumann, Schimpe, Keil, Hesse, Jossen, J. Energy Storage 17 (2018) and J. Power Sources 451
    (2020): losses with the square root of time, rising with temperature and state of charge, and with the square root
    of full cycles, rising with depth and C-rate; cycles are charged and discharged at the mean power of the hours in
    which anything moves. Nickel manganese cobalt: Schmalstieg, Käbitz, Ecker, Sauer, J. Power Sources 257 (2014).
    Neither knows the fall beyond some 30 % of loss, nor the plating of lithium in the cold.
    """
    level = np.atleast_2d(np.asarray(level_kwh, dtype=np.float64))
    m = level.shape[0]
    capacity = np.atleast_1d(np.asarray(capacity_kwh, dtype=np.float64))
    names = [chemistry] * m if isinstance(chemistry, str) else list(chemistry)
    known = chemistries()
    findings = []
    unknown = sorted(set(names) - set(known.index))
    if unknown:
        findings.append(f"no chemistry {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}")
    if len(names) != m or capacity.shape != (m,):
        findings.append(f"{m} batteries have {len(names)} chemistries and {len(capacity)} capacities: give one of each")
    if level.shape[1] != time.n:
        findings.append(f"level_kwh has shape {level.shape}, the time grid {time.n} steps: give one number a step")
    findings += [f"battery {i}: level_kwh has gaps" for i in np.flatnonzero(~np.isfinite(level).all(axis=1))]
    try:
        warmth = np.broadcast_to(np.asarray(temperature_c, dtype=np.float64), level.shape)
    except ValueError:
        findings.append(f"temperature_c has shape {np.shape(temperature_c)}, level_kwh {level.shape}: give one a step")
    if findings:
        raise InputError(findings)
    rows = known.loc[names]
    law = rows["law"].map(_LAWS).to_numpy(dtype=np.int64)
    parameters = np.ascontiguousarray(rows[[f"p{k}" for k in range(8)]].to_numpy(dtype=np.float64))
    powers = np.array([_EXPONENTS[name] for name in rows["law"]]).reshape(m, 2)
    ocv = table("battery_voltages")["nmc_v"].to_numpy(dtype=np.float64)
    out = np.empty((m, 3))
    stresses(level, capacity, law, parameters, ocv, warmth, time.step_h, out)
    out[capacity <= 0.0] = 0.0
    return Ageing(out[:, 0], out[:, 1], powers[:, 0], powers[:, 1], out[:, 2], level.shape[1] * time.step_h / 8760.0)
