"""What networks are sized for: each building's own peak, and what all draw in the hours that matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.supply import heating_systems
from assets.carriers import NETWORKED
from assets.hours_on_disk import hours_array, let_go, row_blocks
from twin.results.clock import time_of

if TYPE_CHECKING:
    from twin.results.results import Results

Array = npt.NDArray[np.float64]
_EFFICIENCY = ("space_heat_efficiency", "hot_water_efficiency")


@dataclass(frozen=True, eq=False)
class DesignLoads:
    """Loads that networks are sized for.

    Attributes
    ----------
    buildings : pandas.Index
        Ids.
    peak_kw : mapping of str to ndarray, shape (n,)
        Own peak of each building by carrier, mean of an hour [kW]: its service and its meter are made for it. Of heat,
        cold and gas it is what the building would draw if the network served it.
    hours_kw : mapping of str to ndarray, shape (n, h)
        What each draws in the hours in which some group of buildings draws most [kW]: what they share is made for the
        highest of their sums, so that peaks at different hours do not add up.
    stations : mapping of str to (float, ndarray of shape (h,))
        The same of public charging stations, by their id; of electricity.
    """

    buildings: pd.Index
    peak_kw: Mapping[str, Array]
    hours_kw: Mapping[str, Array]
    stations: Mapping[str, tuple[float, Array]] = field(default_factory=dict)

    def of(self, carrier: str, buildings: pd.Index) -> tuple[Array, Array]:
        """Peaks, shape (c,), and loads of the hours, shape (c, h), of some buildings; 0 for those it does not know."""
        row = self.buildings.get_indexer(buildings)
        known = row >= 0
        peak, hours = self.peak_kw[carrier], self.hours_kw[carrier]
        return np.where(known, peak[row], 0.0), np.where(known[:, None], hours[row], 0.0)


def design_loads(results: Results) -> DesignLoads:
    """Find the loads of a year, as a run has them.

    Parameters
    ----------
    results : Results
        Of `twin.run`; of the district as it is, for networks as they are.

    Returns
    -------
    DesignLoads
        The hours are those in which all buildings, those of each use, or those of each heating system draw most.
    """
    data = results.dataset
    groups = _groups(data)
    shape = (data.sizes["building"], data.sizes["time"])
    groups_of = [[k for k, rows in enumerate(groups) if rows[row]] for row in range(shape[0])]
    peak: dict[str, Array] = {}
    hours: dict[str, Array] = {}
    at: dict[str, Any] = {}
    for carrier in NETWORKED:
        drawn, sums = hours_array(*shape), np.zeros((len(groups), shape[1]))
        for rows in row_blocks(*shape):
            drawn[rows] = _drawn(data, carrier, rows)
            for row in range(rows.start, rows.stop):
                for group in groups_of[row]:
                    sums[group] += drawn[row]
            let_go(drawn)
        chosen = np.unique(np.argmax(sums, axis=1))
        peak[carrier] = drawn.max(axis=1).astype(np.float64)
        hours[carrier] = drawn[:, chosen].astype(np.float64)
        let_go(drawn)
        at[carrier] = chosen
    stations: dict[str, tuple[float, Array]] = {}
    if "station_charging_kwh" in data:
        charged = data["station_charging_kwh"].transpose("station", "time").to_numpy()
        ids = data["station"].to_numpy().astype(str)
        stations = {
            i: (float(kw.max()), kw[at["electricity"]].astype(np.float64))
            for i, kw in zip(ids, time_of(data).kw_of(charged), strict=True)
        }
    return DesignLoads(pd.Index(data["building"].to_numpy().astype(str)), peak, hours, stations)


def as_design_loads(peaks: DesignLoads | pd.DataFrame) -> DesignLoads:
    """Take peaks alone as loads that all fall into one hour.

    Parameters
    ----------
    peaks : DesignLoads or DataFrame
        Index: building; a column for each carrier [kW]; a missing one counts as 0.
    """
    if isinstance(peaks, DesignLoads):
        return peaks
    own: dict[str, Array] = {
        name: peaks[name].fillna(0.0).to_numpy(dtype=np.float64) if name in peaks else np.zeros(len(peaks))
        for name in NETWORKED
    }
    return DesignLoads(peaks.index, own, {name: values[:, None] for name, values in own.items()})


def _groups(data: Any) -> list[npt.NDArray[np.bool_]]:
    found = [np.ones(data.sizes["building"], dtype=bool)]
    for name in ("use", "heating_system"):
        told = data[name].to_numpy().astype(str)
        found += [told == word for word in np.unique(told)]
    return found


def _drawn(data: Any, carrier: str, rows: slice) -> Array:
    """Draw of some buildings in each hour from a network, or what it would be [kW], shape (rows, T)."""

    def values(name: str) -> Any:
        return time_of(data).kw_of(data[name].transpose("building", "time")[rows].to_numpy()) if name in data else None

    if carrier == "electricity":
        return np.asarray(values("grid_import_kwh"))
    if carrier == "cold":
        return np.asarray(values("cooling_kwh"))
    system, name = {"heat": ("district_heating", "district_heat_kwh"), "gas": ("gas_boiler", "gas_kwh")}[carrier]
    room, water = (np.float32(heating_systems().loc[system, column]) for column in _EFFICIENCY)
    would = values("space_heat_kwh") / room + values("hot_water_kwh") / water
    own = values(name)
    served = data["heating_system"].to_numpy()[rows] == system
    return np.asarray(would if own is None else np.where(served[:, None], own, would))
