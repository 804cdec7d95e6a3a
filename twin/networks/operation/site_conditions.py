"""What surrounds networks and plants, hour by hour: temperature of the ground, sources at hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assets.conversions import ConversionSite
from assets.conversions.catalogue import conversions
from assets.fluids.water import MEAN_KJ_KG_K
from assets.solar import site_sun
from assets.sources import (
    HeatSource,
    air_source,
    extraction_limit_w,
    ground_climate,
    ground_temperature,
    shallow_source,
    waste_heat_source,
    wastewater_plants,
    wastewater_source,
    wastewater_year,
    water_source,
    water_year,
)
from assets.sources.open_water import COOLING_K
from assets.sources.plants import SourceSite
from twin._cache.memo import Memo, content_key
from twin.networks.layout.temperatures import Temperatures
from twin.texts import Note

if TYPE_CHECKING:
    from twin.model.twin import Twin

Array = npt.NDArray[np.float64]

PIPE_DEPTH_M = 1.0
"""Depth of pipes in the ground: cover of EN 13941's usual 0.8 m and half a casing."""
EVAPORATOR_SHARE = 0.72
"""Of a heat pump's heat, what its source gives at a COP of 3.6: sizes a source that nobody told the size of."""
INTAKE_M, LAKE_INTAKE_M = 20.0, 15.0
"""Depth of the intake of sea and lake water: below the summer's warm layer, assumed."""
SPARE = 1.25
"""Room that an assumed source has over what its plant takes at its rated power."""
_GULF = (21.5, 59.3, 30.5, 60.8)


def ground_c(twin: Twin) -> Array:
    """Ground at the depth of pipes, shape (T,) [°C]."""
    return np.asarray(
        ground_temperature(ground_climate(_air(twin), twin.time, "moist_soil"), [PIPE_DEPTH_M], twin.time)[0]
    )


def conversion_site(
    twin: Twin, kind: str, size_kw: float, *, heat: Temperatures, cold: Temperatures, memo: Memo
) -> tuple[ConversionSite, Note | None]:
    """Site of a conversion, with a source as large as it needs where nobody told one.

    Parameters
    ----------
    twin : Twin
    kind : str
        Of `conversions.csv`.
    size_kw : float
        Of its main carrier [kW].
    heat, cold : Temperatures
        Of the networks.
    memo : Memo
        Remembers the sea's year.

    Returns
    -------
    site : ConversionSite
    note : Note, optional
        What was assumed of its source.
    """
    air = _air(twin)
    draws = conversions().loc[kind, "draws_on"]
    sources: dict[str, HeatSource] = {"air": air_source(air)}
    note = None
    if isinstance(draws, str) and draws in _SOURCES:
        source, note = _SOURCES[draws](twin, size_kw, memo)
        sources[draws] = source
    return ConversionSite(air, heat.supply_c, heat.return_c, cold.supply_c, sources), note


def source_site(twin: Twin, heat: Temperatures, memo: Memo) -> SourceSite:
    """Site of plants that take what sun, wind and waste heat give."""
    place = (twin.weather.latitude, twin.weather.longitude, twin.weather.altitude_m)
    key = content_key(twin.weather.table, place)
    return SourceSite(
        twin.weather.table,
        twin.timezone,
        twin.latitude,
        lambda: memo.get("sun", key, partial(site_sun, twin.weather.table, *place)),
        heat.supply_c,
        heat.return_c,
    )


def water_body(latitude: float, longitude: float) -> str:
    """Body of water that a district draws from: the Gulf of Finland near its coast, elsewhere a deep lake; assumed."""
    west, south, east, north = _GULF
    return "gulf_of_finland_coast" if west <= longitude <= east and south <= latitude <= north else "lake_deep"


def _air(twin: Twin) -> Array:
    return np.asarray(twin.weather.table["air_temp_c"].to_numpy(dtype=np.float64))


def _ground(twin: Twin, size_kw: float, _memo: Memo) -> tuple[HeatSource, Note]:
    air = _air(twin)
    limit_w = float(extraction_limit_w("borehole", "good", 2400.0))
    metres = SPARE * EVAPORATOR_SHARE * size_kw * 1000.0 / limit_w
    source = shallow_source(ground_climate(air, twin.time), size=metres, time=twin.time)
    return source, Note("boreholes", values={"metres": metres})


def _water(twin: Twin, size_kw: float, memo: Memo) -> tuple[HeatSource, Note]:
    body = water_body(twin.latitude, twin.longitude)
    table = twin.weather.table
    key = content_key(body, table)
    sun = table["ghi_w_m2"].to_numpy(dtype=np.float64)
    year = memo.get("water", key, lambda: water_year(body, _air(twin), sun))
    flow = SPARE * EVAPORATOR_SHARE * size_kw / (MEAN_KJ_KG_K * COOLING_K)
    depth = INTAKE_M if body.startswith("gulf") else LAKE_INTAKE_M
    note = Note("water", values={"water": body, "metres": depth, "flow": flow})
    return water_source(year, intake_depth_m=depth, mass_flow_kg_s=flow), note


def _wastewater(twin: Twin, size_kw: float, _memo: Memo) -> tuple[HeatSource, Note]:
    known = wastewater_plants().loc["viikinmaki"]
    people = size_kw * float(known["inhabitants"]) / float(known["heat_pump_kw"])
    year = wastewater_year(twin.weather.table.index, twin.timezone, _air(twin), people)
    return wastewater_source(year), Note("wastewater", values={"people": round(people)})


def _waste_heat(twin: Twin, size_kw: float, _memo: Memo) -> tuple[HeatSource, Note]:
    given = {"index": twin.weather.table.index, "timezone": twin.timezone, "air_temp_c": _air(twin)}
    mean = float(waste_heat_source("data_centre", 1.0, **given).available_kw.mean())
    size = SPARE * EVAPORATOR_SHARE * size_kw / mean
    note = Note("waste_heat", values={"mw": size / 8.76e6})
    return waste_heat_source("data_centre", size, **given), note


_SOURCES = {"ground": _ground, "water": _water, "wastewater": _wastewater, "waste_heat": _waste_heat}
