"""Free cooling: cold of the sea, a lake or winter air through a heat exchanger, for the power of pumps or fans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.conversions.catalogue import check_size, column, models_of
from assets.conversions.cold import cold_technology, cold_year
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.sources.heat_source import HeatSource
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


def free_cooling_technology(
    model: str, size_kw: float, site: ConversionSite, medium: HeatSource, *, least_share: float = 0.0
) -> Technology:
    """Make free cooling a technology of cold, as it is at full flow.

    Where the medium is too warm for the supply of the cold network, it cools its return part of the way.

    Parameters
    ----------
    model : str
        Of `conversions_free_cooling.csv`.
    size_kw : float
        Cold at the design's difference between the warm return of the cold network and the medium [kW].
    site : ConversionSite
        Supply of the cold network.
    medium : HeatSource
        Sea, lake or air: only its temperature counts.
    least_share : float
        Least load by the hour's capacity.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    rows = models_of("free_cooling", [model])
    capacity, head = _capacity(rows, site, medium)
    ratio = _electricity(rows, np.ones((1, 1)), capacity, head)
    return cold_technology(size_kw * capacity[0], {"electricity": ratio[0]}, medium.kind, least_share=least_share)


def free_cooling_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    medium: HeatSource,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of free cooling whose flow follows the load.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_free_cooling.csv`.
    size_kw : array_like, shape (m,)
        Cold at the design's difference of temperatures [kW].
    wanted_kwh : array_like, shape (m, T)
        Cold wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, medium
        As for `free_cooling_technology`.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear

    Notes
    -----
    The heat exchanger gives with its flow and with the difference of the streams' temperatures as they come; pumps and
    fans take power with the flow to an exponent (affinity laws).
    """
    rows = models_of("free_cooling", model)
    size = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    share, head = _capacity(rows, site, medium)
    cold = run(wanted_kwh, size * share, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    part = np.divide(cold, size * share, out=np.zeros_like(cold), where=cold > 0.0)
    return cold_year(cold, {"electricity": cold * _electricity(rows, part, share, head)}, medium.kind)


def _capacity(rows: pd.DataFrame, site: ConversionSite, medium: HeatSource) -> tuple[Array, Array]:
    """Cold by the size, and difference of temperatures by the design's, shapes (m, T)."""
    if np.shape(medium.temp_c) != np.shape(site.cold_supply_temp_c):
        raise InputError(
            [f"{medium.kind} has {np.shape(medium.temp_c)} hours, the site {np.shape(site.cold_supply_temp_c)}"]
        )
    spread = column(rows, "cold_spread_k")
    warm = site.cold_supply_temp_c[None] + spread
    head = np.maximum((warm - medium.temp_c[None]) / column(rows, "design_head_k"), 0.0)
    way = np.clip((warm - medium.temp_c[None] - column(rows, "approach_k")) / spread, 0.0, 1.0)
    return np.minimum(np.minimum(head, 1.0), way), head


def _electricity(rows: pd.DataFrame, part: Array, capacity_share: Array, head: Array) -> Array:
    """Electricity by cold."""
    load = part * capacity_share
    flow = np.divide(load, head, out=np.zeros_like(load), where=head > 0.0)
    power = column(rows, "electricity_share") * flow ** column(rows, "flow_exponent")
    return np.divide(power, load, out=np.zeros_like(load), where=load > 0.0)
