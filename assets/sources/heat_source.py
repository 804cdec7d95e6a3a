"""What a heat pump draws from, whatever it is: its temperature, how much may be taken, how cold it may go back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.carriers import FREE
from assets.fluids.water import MEAN_KJ_KG_K
from assets.technology import Technology

Array = npt.NDArray[np.float64]

_HEAT_SOURCES = tuple(kind for kind in FREE if kind not in {"sun", "wind"})


@dataclass(frozen=True)
class HeatSource:
    """Heat of nature or of other people's processes, hour by hour.

    Attributes
    ----------
    kind : str
        Free carrier that it is: "air", "ground", "deep_ground", "water", "wastewater" or "waste_heat".
    temp_c : ndarray, shape (T,)
        Temperature of what arrives at the evaporator [°C].
    available_kw : ndarray, shape (T,)
        Heat that may be taken, mean power of the hour [kW]; infinite where nothing limits it.
    return_limit_c : float
        The coldest that it may go back [°C]; -inf where nothing limits it.
    pump_share : float
        Electricity that brings it here per kWh of heat taken; it warms pipes and water, and is lost.
    """

    kind: str
    temp_c: Array
    available_kw: Array
    return_limit_c: float = -np.inf
    pump_share: float = 0.0

    def __post_init__(self) -> None:
        findings = []
        if self.kind not in _HEAT_SOURCES:
            findings.append(f"no heat source {self.kind}: take one of {', '.join(_HEAT_SOURCES)}")
        shapes = np.shape(self.temp_c), np.shape(self.available_kw)
        if shapes[0] != shapes[1] or len(shapes[0]) != 1:
            findings.append(
                f"{self.kind}: temp_c has shape {shapes[0]}, available_kw {shapes[1]}; give both one an hour"
            )
        if not np.isfinite(self.temp_c).all():
            findings.append(f"{self.kind}: temp_c is missing in some hours; give what stands there where none flows")
        if not (np.asarray(self.available_kw) >= 0.0).all():
            findings.append(f"{self.kind}: available_kw is negative or missing in some hours; give 0 where none is")
        if np.isnan(self.return_limit_c):
            findings.append(f"{self.kind}: return_limit_c is missing; give -inf where nothing limits it")
        if not 0.0 <= self.pump_share < 1.0:
            findings.append(f"{self.kind}: pump_share is {self.pump_share:g}; give 0 or more, below 1")
        if findings:
            raise InputError(findings)


def flow_heat_kw(mass_flow_kg_s: npt.ArrayLike, temp_c: npt.ArrayLike, return_limit_c: float) -> Array:
    """Heat that a flow of water gives until it is as cold as it may go back.

    Parameters
    ----------
    mass_flow_kg_s : array_like
        [kg/s].
    temp_c : array_like
        As it arrives [°C]; broadcast.
    return_limit_c : float
        As it may go back [°C].

    Returns
    -------
    ndarray
        [kW], 0 where it arrives colder than that.
    """
    cooling = np.maximum(np.asarray(temp_c, dtype=np.float64) - return_limit_c, 0.0)
    return np.asarray(np.asarray(mass_flow_kg_s, dtype=np.float64) * MEAN_KJ_KG_K * cooling)


def air_source(air_temp_c: npt.ArrayLike) -> HeatSource:
    """Outdoor air: as much as the fans move.

    Parameters
    ----------
    air_temp_c : array_like, shape (T,)
        [°C].
    """
    air = np.asarray(air_temp_c, dtype=np.float64)
    return HeatSource("air", air, np.full(air.shape, np.inf))


def direct_heat_technology(
    source: HeatSource, supply_temp_c: npt.ArrayLike, return_temp_c: npt.ArrayLike, *, approach_k: float = 3.0
) -> Technology:
    """Heat of a source that is warm enough for the network as it is, through a heat exchanger.

    Parameters
    ----------
    source : HeatSource
        With a finite return limit.
    supply_temp_c, return_temp_c : array_like, shape (T,)
        Of the network [°C].
    approach_k : float
        Least difference of temperatures in the heat exchanger [K].

    Returns
    -------
    Technology
        Of heat; nothing in hours in which the source is too cold for the supply. It goes back no colder than the
        network's return and `approach_k`: of what the return limit would allow, the part above that.

    Raises
    ------
    InputError
        The source has no return limit, or shapes do not fit.
    """
    supply, back = (np.asarray(values, dtype=np.float64) for values in (supply_temp_c, return_temp_c))
    findings = [
        f"{name} has shape {values.shape}, the source {source.temp_c.shape}: give one an hour"
        for name, values in (("supply_temp_c", supply), ("return_temp_c", back))
        if values.shape != source.temp_c.shape
    ]
    if not np.isfinite(source.return_limit_c):
        findings.append(f"{source.kind}: direct use needs a return limit, which tells what available_kw cools down to")
    if findings:
        raise InputError(findings)
    whole = source.temp_c - source.return_limit_c
    above = source.temp_c - np.maximum(back + approach_k, source.return_limit_c)
    share = np.divide(above, whole, out=np.zeros_like(above), where=(above > 0.0) & (whole > 0.0))
    warm = source.temp_c >= supply + approach_k
    capacity = np.where(warm & (share > 0.0), source.available_kw, 0.0) * share
    ones = np.ones_like(capacity)
    return Technology("heat", capacity, {source.kind: ones, "electricity": source.pump_share * ones})
