"""Profiles of people, appliances, light and hot water, by use and calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import CatalogueError
from assets.catalogue import country_table
from assets.demand.daytypes import DAY_TYPES, LocalTime
from assets.time_grid import TimeGrid

Float32 = npt.NDArray[np.float32]

QUANTITIES = ("occupancy", "appliances", "lighting", "hot_water", "operating")
_HOURS = [f"h{hour:02d}" for hour in range(24)]
_MONTHS = [f"m{month:02d}" for month in range(1, 13)]


@dataclass(frozen=True)
class Profiles:
    """Profiles of U kinds of use over T steps.

    Attributes
    ----------
    names : tuple of str
        Kinds of use, the rows of the tables.
    occupancy : ndarray of float32 (U, T)
        Share of the people who belong there that are in, 0–1.
    operating : ndarray of float32 (U, T)
        1 in operating hours, else 0.
    appliances, lighting, hot_water, people : ndarray of float32 (U, T)
        Share of the year's energy in each step: a year sums to 1.
    """

    names: tuple[str, ...]
    occupancy: Float32
    operating: Float32
    appliances: Float32
    lighting: Float32
    hot_water: Float32
    people: Float32

    def row_of(self, names: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """Return the row of each named kind of use.

        Parameters
        ----------
        names : array_like of str (n,)
            Kinds of use.

        Returns
        -------
        ndarray of int32 (n,)
            Rows.

        Raises
        ------
        CatalogueError
            A name without a profile.
        """
        place = {name: row for row, name in enumerate(self.names)}
        wanted = [str(name) for name in np.asarray(names, dtype=object)]
        unknown = sorted(set(wanted) - set(place))
        if unknown:
            raise CatalogueError(
                f"No profile is called {', '.join(unknown)}: the catalogue has {', '.join(self.names)}."
            )
        return np.array([place[name] for name in wanted], dtype=np.int32)


def profiles(time: LocalTime, catalogue: str = "FI") -> Profiles:
    """Lay a country's profiles out over a calendar.

    Parameters
    ----------
    time : LocalTime
        T steps.
    catalogue : str
        Country of the tables `profiles_<country>.csv` and `months_<country>.csv`.

    Returns
    -------
    Profiles
        Shares are of a whole year: steps of h hours in all, less than a year, sum to h / 8760.
    """
    rows = country_table("profiles", catalogue)
    months = country_table("months", catalogue).set_index(["profile", "quantity"])[_MONTHS]
    names = tuple(dict.fromkeys(rows["profile"]))
    table = rows.set_index(["quantity", "profile", "day_type"])[_HOURS]
    laid = {
        quantity: np.stack([_lay(table, months, quantity, name, time) for name in names]).astype(np.float32)
        for quantity in QUANTITIES
    }
    return Profiles(
        names=names,
        occupancy=laid["occupancy"],
        operating=laid["operating"],
        appliances=_shares(laid["appliances"], time.grid),
        lighting=_shares(laid["lighting"], time.grid),
        hot_water=_shares(laid["hot_water"], time.grid),
        people=_shares(laid["occupancy"], time.grid),
    )


def _lay(table, months, quantity: str, name: str, time: LocalTime) -> npt.NDArray[np.float64]:  # type: ignore[no-untyped-def]
    days = [(quantity, name, kind) for kind in DAY_TYPES]
    lacking = [kind for key, kind in zip(days, DAY_TYPES, strict=True) if key not in table.index]
    if lacking:
        raise CatalogueError(
            f"The profile {name!r} has no row {quantity} for {', '.join(lacking)}: add it to the table."
        )
    by_day = np.stack([table.loc[key].to_numpy(dtype=float) for key in days])
    laid: npt.NDArray[np.float64] = by_day[time.day_type, time.hour]
    if (name, quantity) in months.index:
        factor = months.loc[(name, quantity)].to_numpy(dtype=float)
        laid = laid * factor[time.month - 1]
    return np.minimum(laid, 1.0) if quantity == "occupancy" else laid


def _shares(laid: Float32, time: TimeGrid) -> Float32:
    """Divide by the sum, so that a year sums to 1."""
    hours = time.n * time.step_h
    of_year = 1.0 if hours >= 8760 else hours / 8760.0
    total = laid.sum(axis=1, dtype=np.float64, keepdims=True)
    shares: Float32 = np.divide(laid * of_year, total, out=np.zeros(laid.shape), where=total > 0.0).astype(np.float32)
    return shares
