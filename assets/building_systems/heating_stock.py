"""Heating as it is: which system a building has where nobody told, by its surroundings, use and age."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]

DENSE_PLOT_RATIO = 0.3
"""Floor area by land area from which district heating is at home: the inner and outer city areas of
Persson and Werner, Heat distribution and the future competitiveness of district heating, Applied Energy 88, 2011."""

_HOUSES = frozenset({"detached_house", "row_house"})
_UNHEATED = frozenset({"garage", "outbuilding"})


@cache
def heating_shares(country: str = "FI") -> pd.DataFrame:
    """Shares of heating systems by surroundings, use and year, each group adding up to 1.

    A country without a catalogue takes Finland's: add `heating_shares_<code>.csv` to give it its own.
    """
    return table(f"heating_shares_{_catalogue_country(country)}")


def plot_ratio(
    x_m: Array, y_m: Array, floor_area_m2: Array, *, radius_m: float = 200.0, land_m2: Array | None = None
) -> Array:
    """Floor area by land area around each building.

    Parameters
    ----------
    x_m, y_m : ndarray, shape (n,)
        Centres of the buildings [m].
    floor_area_m2 : ndarray, shape (n,)
        Gross floor area [m²].
    radius_m : float
        Radius of the circle that is looked at [m].
    land_m2 : ndarray, shape (n,), optional
        Land in each circle that the table covers [m²]; without it, the whole circle.

    Returns
    -------
    ndarray, shape (n,)
        Plot ratio [-]: the sum of floor areas whose centres lie in the circle, by the land in it.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415  slow to import and needed only here

    points = np.column_stack([x_m, y_m])
    if not len(points):
        return np.zeros(0)
    near = cKDTree(points).query_ball_point(points, radius_m, return_sorted=True)
    sums = np.array([floor_area_m2[rows].sum() for rows in near])
    return np.asarray(sums / (np.pi * radius_m**2 if land_m2 is None else land_m2))


def heating_as_it_is(
    buildings: pd.DataFrame, dense: npt.NDArray[np.bool_], *, country: str = "FI", seed: int = 0
) -> pd.DataFrame:
    """Heating system of every building: as tagged, else drawn from the shares of its surroundings, use and year.

    Each building draws by its own id and the seed, so that adding a building changes no other.

    Parameters
    ----------
    buildings : pandas.DataFrame
        Index building_id; `use`, `construction_year`, `heating_system`, `heating_system_source` (the last two may be
        missing or empty).
    dense : ndarray of bool, shape (n,)
        Whether the plot ratio around the building is at least `DENSE_PLOT_RATIO`.
    country : str
        ISO 3166 code.
    seed : int
        Seed of the draw.

    Returns
    -------
    pandas.DataFrame
        Index building_id; `heating_system`, `heating_system_source` (`tagged` or what the table says, else `default`).

    Raises
    ------
    InputError
        Where a tagged system is not in the catalogue.
    """
    ids = [str(i) for i in buildings.index]
    drawn = _drawn(ids, seed)
    system = np.empty(len(ids), dtype=object)
    uses = buildings["use"].to_numpy(dtype=object)
    years = buildings["construction_year"].to_numpy()
    group = np.where([use in _HOUSES for use in uses], "house", "large")
    area = np.where(dense, "dense", "open")
    columns = ["area", "use_group", "built_from", "built_to"]
    for (where, what, first, last), rows in heating_shares(country).groupby(columns, sort=False):
        here = (area == where) & (group == what) & (years >= first) & (years <= last)
        # The last step is open above, so that a sum of 0.9999999 leaves nobody out.
        steps = np.cumsum(rows["share"].to_numpy())[:-1]
        system[here] = rows["system"].to_numpy()[np.searchsorted(steps, drawn[here], side="right")]
    system[[use in _UNHEATED for use in uses]] = "none"
    source = np.full(len(ids), "default", dtype=object)
    if "heating_system" in buildings:
        _take_tagged(buildings, system, source)
    return pd.DataFrame({"heating_system": system, "heating_system_source": source}, index=buildings.index)


def _take_tagged(buildings: pd.DataFrame, system: npt.NDArray[np.object_], source: npt.NDArray[np.object_]) -> None:
    tagged = buildings["heating_system"].fillna("").astype(str).to_numpy()
    said = tagged != ""
    known = list(table("heating_systems")["system"])
    unknown = np.flatnonzero(said & ~np.isin(tagged.astype(str), known))
    if len(unknown):
        some = ", ".join(f"{buildings.index[i]} ({tagged[i]})" for i in unknown[:5])
        finding = f"{len(unknown)} buildings have a heating system that is not in the catalogue: {some}"
        raise InputError([f"{finding}; take one of {', '.join(known)}"])
    system[said] = tagged[said]
    if "heating_system_source" in buildings:
        of = buildings["heating_system_source"].fillna("").astype(str).to_numpy()
        source[said] = np.where(of[said] == "", "tagged", of[said])
    else:
        source[said] = "tagged"


def _drawn(ids: Sequence[str], seed: int) -> Array:
    """One number in [0, 1) for each id, the same on every machine."""
    digests = b"".join(hashlib.blake2b(f"{seed}:{i}".encode(), digest_size=8).digest() for i in ids)
    return np.asarray(np.frombuffer(digests, dtype="<u8") / 2.0**64)


def _catalogue_country(country: str) -> str:
    code = country.lower()
    return code if (resources.files("assets") / "catalogue" / f"heating_shares_{code}.csv").is_file() else "fi"
