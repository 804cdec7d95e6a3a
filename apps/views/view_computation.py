"""From a district and a scenario to what a map shows of it: a year cut down to a few days as its hours come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import twin
from apps.views import disk_cache
from apps.views.bounded_cache import AS_IS_SHARE, BoundedCache, share_of_budget, size_of
from apps.views.day_summary import DaySteps, DaySummary
from apps.views.quantities import HOURLY
from apps.views.view import View
from gis_data import District
from twin import Results
from twin._cache.memo import Memo, content_key
from twin.model.twin import scenario_weather
from twin.scenario import AddBuildingsEdit, RemoveBuildingsEdit, Scenario
from twin.simulation.run import MEMORY_GB, bytes_of

Progress = Callable[[float, str], None] | None

_FORMAT = 5
_BLOCKS_GB = 0.65  # of the buildings that are computed at a time, where they do not fit at once
_STATIC = (
    "heating_system",
    "cooling_system",
    "heating_system_source",
    "retrofit_level",
    "pv_kwp",
    "pv_share",
    "battery_kwh",
    "ev_share",
    "charging",
    "heating_setpoint_c",
    "tank_days",
    "tank_control",
)
_ROOF = ("roof_irradiation_kwh_m2", "roof_pv_potential_kwh", "usable_m2")
_WEATHER = ("air_temp_c", "ghi_w_m2")
_FORGETS = Memo(0)
"""Of large districts nothing is remembered but what is shown: their tables alone would fill the caches."""
_AS_IT_IS: BoundedCache[str, Results] = BoundedCache(share_of_budget(AS_IS_SHARE), size_of)
"""Yearly figures of districts too large to remember their stages, by stamp."""


def compute_view(
    district: District, name: str, scenario: Scenario | None, stamps: tuple[str, str], progress: Progress = None
) -> View:
    """Compute a view, or read a named one from the cache on disk.

    Parameters
    ----------
    district : District
        Any.
    name : str
        Key of the scenario.
    scenario : Scenario or None
        The scenario itself.
    stamps : tuple of str
        Of the district, and of it in the scenario.
    progress : callable, optional
        Takes the share done, 0 to 1, and a few words.
    """
    file = disk_cache.cache_dir() / f"{district.name}-{stamps[1]}.npz"
    # What a session tries out is computed within a second: only named scenarios are worth the disk.
    on_disk = not name.startswith("own-")
    found = disk_cache.read(file) if on_disk else None
    if found is None:
        found = _computed(district, scenario, stamps[0], progress)
        if on_disk:
            disk_cache.write(file, found)
    return _assemble(district, name, stamps, found, _tables(district, scenario))


def _tables(district: District, scenario: Scenario | None) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Give buildings and roofs of the district, with those that a scenario builds."""
    built = scenario is not None and any(isinstance(e, AddBuildingsEdit | RemoveBuildingsEdit) for e in scenario.edits)
    if not built:
        return district.tables["buildings"], district.tables["roofs"]
    edited = twin.make_twin(district, scenario)
    return edited.buildings, edited.roofs


def _computed(district: District, scenario: Scenario | None, stamp: str, progress: Progress) -> dict[str, Any]:
    """Run a year, and cut it down to what a map shows."""
    peaks: tuple[str, ...] = ()
    edited = scenario is not None and bool(scenario.edits)
    while True:
        days = _summary_of(district, scenario, peaks)
        results = twin.run(district, scenario, **_kept_of(district), progress=progress, each=days.take)
        if (found := days.finish()) is not None:
            # Payback and the cost of avoided emissions are told against the district as it is.
            return _packed(results, _as_it_is(district, stamp) if edited else None, found)
        # The district's peak is on none of the days that its first buildings made likely: now it is known.
        peaks = days.peaks


def _as_it_is(district: District, stamp: str) -> Results:
    """Run the district as it is: stage by stage that is remembered, of a large one the yearly figures are."""
    kept = _kept_of(district)
    if kept["keep"] == "hours":
        return twin.run(district, **kept)
    return _AS_IT_IS.remember(stamp, lambda: twin.run(district, **kept))


def _kept_of(district: District) -> dict[str, Any]:
    """Keep hours where they fit, so that an edit computes what it touches; else the days alone, block by block."""
    n = len(district.buildings)
    if bytes_of(n) <= MEMORY_GB * 1e9:
        return {"keep": "hours"}
    return {"keep": "annual", "memory_gb": bytes_of(n, hours=0) / 1e9 + _BLOCKS_GB, "memo": _FORGETS}


def _summary_of(district: District, scenario: Scenario | None, peaks: tuple[str, ...]) -> DaySummary:
    weather = scenario_weather(district, scenario).table
    return DaySummary(
        weather.index,
        district.timezone,
        district.country,
        weather={name: weather[name].to_numpy() for name in _WEATHER},
        names=sorted({name for quantity in HOURLY.values() for name in quantity.sources}),
        heat=HOURLY["heat"].sources,
        electricity=HOURLY["electricity"].sources,
        peaks=peaks,
    )


def _packed(results: Results, as_it_is: Results | None, days: DaySteps) -> dict[str, Any]:
    data, of_buildings = results.dataset, twin.kpi_table(results, as_it_is)
    meta = {
        "rows": days.rows,
        "dates": days.dates,
        "kpis": twin.district_kpis(results, as_it_is),
        "kpi_names": list(of_buildings.columns),
        "buildings": [str(name) for name in data["building"].to_numpy()],
        "roofs": [str(name) for name in data["roof"].to_numpy()],
        "static": {name: data[name].to_numpy().tolist() for name in _STATIC if name in data},
    }
    arrays = {f"step_{name}": array for name, array in days.steps.items()}
    arrays |= {f"roof_{name}": data[name].to_numpy() for name in _ROOF if name in data}
    return {"meta": json.dumps(meta, default=float), "building_kpis": of_buildings.to_numpy(np.float64), **arrays}


def _assemble(
    district: District,
    name: str,
    stamps: tuple[str, str],
    found: Mapping[str, Any],
    tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
) -> View:
    meta = json.loads(str(found["meta"]))
    buildings = tables[0].loc[meta["buildings"]].to_crs("EPSG:4326").assign(**meta["static"])
    roofs = tables[1].loc[meta["roofs"]]
    roofs = roofs.assign(**{key[5:]: found[key] for key in found if key.startswith("roof_")})
    return View(
        district=district,
        scenario=name,
        ground_stamp=stamps[0],
        stamp=stamps[1],
        buildings=buildings,
        roofs=roofs,
        steps={key[5:]: found[key] for key in found if key.startswith("step_")},
        rows={day: (int(first), int(last)) for day, (first, last) in meta["rows"].items()},
        dates=meta["dates"],
        kpis=meta["kpis"],
        building_kpis=pd.DataFrame(found["building_kpis"], index=buildings.index, columns=meta["kpi_names"]),
    )


def district_stamp(district: District) -> str:
    """Fingerprint of a district's tables and weather.

    Parameters
    ----------
    district : District
        Any.
    """
    tables = [district.tables[table] for table in sorted(district.tables)]
    return content_key(district.title, district.timezone, district.country, district.weather, *tables)


def view_stamp(of_district: str, name: str, scenario: Scenario | None) -> str:
    """Fingerprint of all that a view depends on: the district's tables, its weather, the scenario and the code.

    Parameters
    ----------
    of_district : str
        Of `district_stamp`.
    name : str
        Key of the scenario.
    scenario : Scenario or None
        The scenario itself.
    """
    digest = hashlib.sha256(f"{_FORMAT} {name} {of_district}".encode())
    digest.update(content_key(scenario).encode())
    digest.update(_code())
    return digest.hexdigest()[:16]


@cache
def _code() -> bytes:
    """Fingerprint of the models, so that a newer program never shows what an older one computed."""
    digest = hashlib.sha256()
    for package in ("assets", "twin", "apps/views"):
        for file in sorted((Path(__file__).parents[2] / package).rglob("*")):
            if file.suffix in {".py", ".csv", ".yaml"}:
                digest.update(file.read_bytes())
    return digest.digest()
