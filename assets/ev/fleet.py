"""How many cars charge at a building, from its use and its floor area."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table

FAST_KW = 43.0
"""Power from which a public charger is a fast one [kW]: the most of alternating current."""
UNKNOWN_CAPACITY = 2
"""Points of a public station whose capacity nobody has told: a post with two sockets."""


def charge_points(
    ids: Sequence[str],
    use: Sequence[str],
    floor_area_m2: npt.ArrayLike,
    *,
    share: npt.ArrayLike,
    seed: int = 0,
) -> pd.DataFrame:
    """Charge points of buildings: so many that a share of the cars that park there charge there.

    Parameters
    ----------
    ids : sequence of str, length n
        Buildings; each rounds its fraction of a car up or down by its own id and the seed.
    use : sequence of str, length n
        Uses, as in `ev_parking.csv`; a use that is not there has no cars.
    floor_area_m2 : array_like, shape (n,)
        Gross floor area [m²].
    share : array_like, shape (n,) or scalar
        Share of the cars that charge at the building, 0 to 1.
    seed : int
        Seed of the rounding.

    Returns
    -------
    DataFrame, one row per charge point
        charger (id), building (row of the building), users, power_kw.

    Raises
    ------
    InputError
        A share is not between 0 and 1, or areas are not one for each building.
    """
    area = np.asarray(floor_area_m2, dtype=np.float64)
    part = np.broadcast_to(np.asarray(share, dtype=np.float64), area.shape)
    findings = []
    if not (len(ids) == len(use) == len(area)):
        findings.append(f"{len(ids)} buildings have {len(use)} uses and {len(area)} areas: give one of each")
    if len(part) and not (part.min() >= 0 and part.max() <= 1):
        findings.append(f"shares of cars that charge go from 0 to 1, not from {part.min():g} to {part.max():g}")
    if findings:
        raise InputError(findings)
    parking = table("ev_parking").set_index("use").reindex(list(use))
    cars = np.nan_to_num(parking["cars_per_1000_m2"].to_numpy(dtype=np.float64)) * area / 1000.0 * part
    count = np.floor(cars + [_drawn(i, seed) for i in ids]).astype(np.int64) if len(area) else np.zeros(0, np.int64)
    row = np.repeat(np.arange(len(area)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    users = parking["users"].to_numpy(dtype=object)[row]
    power = table("ev_chargers").set_index("charger")["power_kw"]
    return pd.DataFrame(
        {
            "charger": [f"{ids[int(b)]}/{k}" for b, k in zip(row, number, strict=True)],
            "building": row,
            "users": users,
            "power_kw": [float(power[name]) for name in users],
        }
    )


def station_points(ids: Sequence[str], capacity: npt.ArrayLike, power_kw: npt.ArrayLike) -> pd.DataFrame:
    """Charge points of public stations, of OpenStreetMap for one.

    Parameters
    ----------
    ids : sequence of str, length n
        Stations.
    capacity : array_like, shape (n,)
        Cars that can charge at a time; NaN where nobody has told: 2.
    power_kw : array_like, shape (n,)
        Power of a point [kW]; NaN where nobody has told: that of `public` in `ev_chargers.csv`.

    Returns
    -------
    DataFrame, one row per charge point
        charger (id), station (row of the station), users ("public", or "public_fast" from 43 kW up), power_kw.

    Raises
    ------
    InputError
        Capacities or powers are not one for each station.
    """
    count = np.asarray(capacity, dtype=np.float64)
    kw = np.asarray(power_kw, dtype=np.float64)
    if not (count.shape == kw.shape == (len(ids),)):
        raise InputError([f"{len(ids)} stations have capacities {count.shape} and powers {kw.shape}: give one of each"])
    usual = table("ev_chargers").set_index("charger")["power_kw"]["public"]
    kw = np.where(np.isnan(kw), float(usual), kw)
    points = np.where(np.isnan(count), UNKNOWN_CAPACITY, np.maximum(count, 0.0)).astype(np.int64)
    row = np.repeat(np.arange(len(ids)), points)
    number = np.arange(len(row)) - np.repeat(np.cumsum(points) - points, points)
    return pd.DataFrame(
        {
            "charger": [f"{ids[int(b)]}/{k}" for b, k in zip(row, number, strict=True)],
            "station": row,
            "users": np.where(kw[row] >= FAST_KW, "public_fast", "public"),
            "power_kw": kw[row],
        }
    )


def _drawn(name: str, seed: int) -> float:
    digest = hashlib.blake2b(f"cars:{seed}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2.0**64
