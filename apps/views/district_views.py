"""Views of districts in scenarios: computed once in a process, read by every session."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import gis_data
import twin
from apps._errors import UnknownDistrictError, UnknownScenarioError
from apps.views import disk_cache
from apps.views.bounded_cache import VIEWS_SHARE, BoundedCache, share_of_budget
from apps.views.day_summary import DaySteps, DaySummary
from apps.views.quantities import HOURLY
from apps.views.view import View
from gis_data import District
from twin import Results
from twin._cache.memo import content_key
from twin.model.twin import scenario_weather
from twin.scenario import AddBuildingsEdit, RemoveBuildingsEdit, Scenario, decode_scenario, simplified

AS_IS = "as-is"
"""The baseline that every other scenario is held against: the district as it is."""

Progress = Callable[[float, str], None] | None

_FORMAT = 5
_LOOKED_AT = 2  # a view and what it is held against
_KNOWN = 400  # scenarios that sessions edited, of a few hundred bytes each
_AT_ONCE = 2  # runs at the same time: each takes memory, and all share the cores
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


class Views:
    """Open views, shared by the map's sessions and the API: each is computed once in a process.

    What was not asked for longest goes first.

    Parameters
    ----------
    districts : Mapping[str, gis_data.District], optional
        Districts that are loaded already, by name; others are found among `gis_data.list_districts`.
    scenarios : Mapping[str, Scenario], optional
        Scenario by name, beside the district as it is.
    limit_bytes : int
        What the views that are kept may hold in memory; those that are looked at stay whatever they hold.
    """

    def __init__(
        self,
        districts: Mapping[str, District] | None = None,
        scenarios: Mapping[str, Scenario] | None = None,
        *,
        limit_bytes: int = share_of_budget(VIEWS_SHARE),
    ) -> None:
        self.districts: dict[str, District] = dict(districts or {})
        self.scenarios: dict[str, Scenario | None] = {AS_IS: None, **(scenarios or {})}
        self._own: OrderedDict[str, Scenario] = OrderedDict()
        self._open: BoundedCache[tuple[str, str], View] = BoundedCache(limit_bytes, _view_bytes, least=_LOOKED_AT)
        self._stamps: dict[str, tuple[District, str]] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._done: dict[tuple[str, str], tuple[float, str]] = {}
        self._guard = threading.RLock()
        self._running = threading.Semaphore(_AT_ONCE)

    def key_of(self, scenario: Scenario) -> str:
        """Give a scenario the key that `open` knows it by: the same for all that do the same.

        Parameters
        ----------
        scenario : Scenario
            Of any session.
        """
        content = _content(scenario)
        named = (name for name, known in self.scenarios.items() if content == (_content(known) if known else "[]"))
        key = next(named, None)
        if key is None:
            key = f"own-{hashlib.sha256(f'{content} {scenario.folder}'.encode()).hexdigest()[:20]}"
            with self._guard:
                self._own[key] = scenario
                self._own.move_to_end(key)
                while len(self._own) > _KNOWN:
                    self._own.popitem(last=False)
        return key

    def known(self, scenario: str) -> str:
        """Give the key of a scenario that an address names: a name, a key, or the text of a link."""
        if scenario in self.scenarios or scenario in self._own:
            return scenario
        if scenario.startswith("1"):
            return self.key_of(decode_scenario(scenario))
        names = ", ".join(sorted(self.scenarios))
        raise UnknownScenarioError(f"No scenario is called {scenario!r}; there are {names}.")

    def scenario(self, key: str) -> Scenario | None:
        """Give the scenario of a key; None for the district as it is."""
        return self.scenarios[key] if key in self.scenarios else self._own[key]

    def open(self, district: str, scenario: str = AS_IS) -> View:
        """Give the view of a district; the first call computes it or reads it from the cache on disk.

        Parameters
        ----------
        district : str
            Name of a district.
        scenario : str
            Name or key of a scenario, or the text of a link.
        """
        scenario = self.known(scenario)
        key = (district, scenario)
        found = self._open.get(key)
        if found is not None:
            return found
        loaded = self.district(district)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())

        def report(share: float, what: str) -> None:
            self._done[key] = (share, what)

        with lock:
            found = self._open.get(key)
            if found is None:
                plan = self.scenario(scenario)
                stamps = self._stamps_of(district, scenario, plan)
                with self._running:
                    found = _view(loaded, scenario, plan, stamps, report)
                with self._guard:
                    self._open.put(key, found)
                    self._done.pop(key, None)
                    self._locks.pop(key, None)
            return found

    def ready(self) -> list[View]:
        """Give the views that are open."""
        return self._open.values()

    def is_ready(self, district: str, scenario: str = AS_IS) -> bool:
        """Tell whether a view is open."""
        return (district, scenario) in self._open

    def progress(self, district: str, scenario: str = AS_IS) -> tuple[float, str]:
        """Give the share done, 0 to 1, of a view that is being computed, and what is going on."""
        return self._done.get((district, scenario), (0.0, ""))

    def _stamps_of(self, district: str, name: str, scenario: Scenario | None) -> tuple[str, str]:
        """Fingerprints of a district, taken once of each, and of it in a scenario."""
        loaded, found = self.district(district), self._stamps.get(district)
        if found is None or found[0] is not loaded:
            found = self._stamps[district] = (loaded, district_stamp(loaded))
        return found[1][:16], _stamp(found[1], name, scenario)

    def district(self, name: str) -> District:
        """Give a district by name; only listed ones are opened, so that no address reaches other folders."""
        with self._guard:
            if name not in self.districts:
                known = {info.name for info in gis_data.list_districts()}
                if name not in known:
                    raise UnknownDistrictError(
                        f"There is no district {name!r}; there are {', '.join(sorted(known | set(self.districts)))}. "
                        f"`twin district build` makes one."
                    )
                self.districts[name] = gis_data.load_district(name)
            return self.districts[name]


def _content(scenario: Scenario) -> str:
    return json.dumps([edit.model_dump(mode="json", exclude_none=True) for edit in simplified(scenario.edits)])


def _view_bytes(view: View) -> int:
    return view.nbytes


def _view(
    district: District, name: str, scenario: Scenario | None, stamps: tuple[str, str], progress: Progress
) -> View:
    file = disk_cache.cache_dir() / f"{district.name}-{stamps[1]}.npz"
    # What a session tries out is computed within a second: only named scenarios are worth the disk.
    on_disk = not name.startswith("own-")
    found = disk_cache.read(file) if on_disk else None
    if found is None:
        found = _computed(district, scenario, progress)
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


def _computed(district: District, scenario: Scenario | None, progress: Progress) -> dict[str, Any]:
    """Run a year, and cut it down to what a map shows."""
    peaks: tuple[str, ...] = ()
    while True:
        days = _summary_of(district, scenario, peaks)
        results = twin.run(district, scenario, keep="hours", progress=progress)
        data = results.dataset
        hourly = {str(name): (v.dims, v.to_numpy(), v.attrs) for name, v in data.data_vars.items() if v.ndim == 2}
        days.take(slice(0, data.sizes["building"]), hourly)
        if (found := days.finish()) is not None:
            # Payback and the cost of avoided emissions are told against the district as it is.
            as_it_is = twin.run(district, keep="hours") if scenario and scenario.edits else None
            return _packed(results, as_it_is, found)
        # The district's peak is on none of the days that its first buildings made likely: now it is known.
        peaks = days.peaks


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


def _stamp(of_district: str, name: str, scenario: Scenario | None) -> str:
    """Fingerprint of all that a view depends on: the district's tables, its weather, the scenario and the code."""
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
