"""Cables and transformers by the load that they carry and the voltage that they drop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.networks.graph import Array, Index

_ROUNDS = 400


@dataclass(frozen=True)
class Sized:
    """Cables of the sections of a radial feeder.

    Attributes
    ----------
    cable : ndarray of int64, shape (k,)
        Row of the catalogue.
    parallel : ndarray of int64, shape (k,)
        Cables side by side.
    drop_percent : ndarray, shape (k,)
        Voltage drop from the root to each section's end [%].
    """

    cable: Index
    parallel: Index
    drop_percent: Array


def drop_percent(
    p_kw: npt.ArrayLike, length_m: npt.ArrayLike, *, r: npt.ArrayLike, x: npt.ArrayLike, tangent: float, kv: float
) -> Array:
    """Voltage drop of a section [%]: (R P + X Q) / U², the longitudinal part (Kerber 2011, eq. 2.8).

    Parameters
    ----------
    p_kw, length_m : array_like
        Power [kW] and length [m].
    r, x : array_like
        Impedance [Ω/km].
    tangent : float
        Q / P.
    kv : float
        Voltage between phases [kV].
    """
    ohm_km = np.asarray(r) + np.asarray(x) * tangent
    return np.asarray(ohm_km * np.asarray(length_m) * np.asarray(p_kw) * 1e-4 / kv**2)


def size_feeder(
    parent: Index, length_m: Array, peak_kw: Array, cables: pd.DataFrame, *, power_factor: float, kv: float,
    use: float, limit_percent: float, most_parallel: int,
) -> Sized:  # fmt: skip
    """Choose the thinnest cables that carry the load, then thicker ones where the voltage drops too far.

    Section 0 is the root, without a cable. Where a consumer's voltage is too low, the section on its way whose next
    larger cable gains most is changed, sections nearer to the root first among equals, until all is well or nothing
    larger is left.

    Parameters
    ----------
    parent : ndarray of int64, shape (k,)
        Section that each one hangs on; -1 for the root, which stands first.
    length_m, peak_kw : ndarray, shape (k,)
        Length [m] and coincident peak [kW] of each section.
    cables : DataFrame
        The catalogue, thinnest first.
    power_factor, kv : float
        Of the load; of the net [kV].
    use : float
        Planned loading, part of 100 %.
    limit_percent : float
        Largest drop [%].
    most_parallel : int
        Most cables side by side.

    Returns
    -------
    Sized
    """
    amps = peak_kw / (np.sqrt(3) * kv * power_factor)
    most = cables["max_current_a"].to_numpy(float) * use
    parallel = np.clip(np.ceil(amps / most[-1] - 1e-9), 1, most_parallel).astype(np.int64)
    cable = np.minimum(np.searchsorted(most, amps / parallel - 1e-9), len(most) - 1).astype(np.int64)
    r, x = cables["r_ohm_per_km"].to_numpy(float), cables["x_ohm_per_km"].to_numpy(float)
    tangent = float(np.tan(np.arccos(power_factor)))

    def drop_of(kind: Index, many: Index) -> Array:
        return drop_percent(peak_kw, length_m, r=r[kind], x=x[kind], tangent=tangent, kv=kv) / many

    for _ in range(_ROUNDS):
        own = drop_of(cable, parallel)
        own[0] = 0.0
        total = own.copy()
        for k in range(1, len(parent)):
            total[k] += total[parent[k]]
        worst = int(np.argmax(total))
        if total[worst] <= limit_percent:
            break
        way = [worst]
        while parent[way[-1]] > 0:
            way.append(int(parent[way[-1]]))
        on = np.array(way[::-1], dtype=np.int64)
        thicker = cable[on] < len(most) - 1
        more = ~thicker & (parallel[on] < most_parallel)
        gain = np.where(thicker, own[on] - drop_of(np.minimum(cable + 1, len(most) - 1), parallel)[on], 0.0)
        gain = np.where(more, own[on] - drop_of(cable, parallel + 1)[on], gain)
        if not (gain > 1e-12).any():
            break
        best = int(np.argmax(gain))
        if thicker[best]:
            cable[on[best]] += 1
        else:
            parallel[on[best]] += 1
    return Sized(cable, parallel, total)


def size_transformer(peak_kw: float, catalogue: pd.DataFrame, *, power_factor: float, use: float) -> tuple[str, int]:
    """Choose the smallest transformer that carries a peak; of the largest as many as are needed.

    Returns
    -------
    name : str
    parallel : int
    """
    kva = peak_kw / power_factor / use
    enough = catalogue.index[catalogue["rated_kva"] >= kva - 1e-9]
    if len(enough):
        return str(enough[0]), 1
    return str(catalogue.index[-1]), int(np.ceil(kva / float(catalogue["rated_kva"].iloc[-1]) - 1e-9))
