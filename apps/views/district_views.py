"""Everything the map shows of one district in one scenario: computed once, read by every session."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import numpy.typing as npt
import pandas as pd

import gis_data
import twin
from apps._errors import UnknownDistrictError, UnknownScenarioError
from apps.views import disk_cache
from apps.views.days import DayPlan, plan_days
from apps.views.quantities import HOURLY, hourly
from twin._cache.memo import content_key
from twin.scenario import AddBuildingsEdit, RemoveBuildingsEdit, Scenario, decode_scenario, simplified

AS_IS = "as-is"
"""The baseline that every other scenario is held against: the district as it is."""

Progress = Callable[[float, str], None] | None

_FORMAT = 5
_OPEN = 14  # views in memory, of 5 to 15 MB each, beside the districts as they are
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
_OTHER_STEPS = ("air_temp_c", "ghi_w_m2")


@dataclass(frozen=True, eq=False)
class View:
    """A district, a scenario and the results of it, in the size a map needs.

    Attributes
    ----------
    district : gis_data.District
        Tables in the district's own CRS.
    scenario : str
        Key of the scenario; `AS_IS` is the baseline.
    stamp : str
        Changes whenever anything that is shown may change: part of the addresses of data.
    buildings : geopandas.GeoDataFrame
        In WGS84, in the order of the results, with what scenarios edit (heating_system, pv_share, …).
    roofs : geopandas.GeoDataFrame
        In the district's CRS, with irradiation [kWh/m²] and potential [kWh] a year.
    steps : Mapping[str, numpy.ndarray]
        Means over the steps of every day by variable: shape (steps, buildings) [kWh in an hour, °C], or (steps,)
        for the weather.
    rows : Mapping[str, tuple[int, int]]
        Rows of `steps` of each day.
    dates : Mapping[str, str]
        ISO dates of the special days.
    kpis : Mapping[str, Any]
        As `twin.kpis` gives them: of the district, and of each building.
    """

    district: Any
    scenario: str
    stamp: str
    buildings: Any
    roofs: Any
    steps: Mapping[str, npt.NDArray[np.float32]]
    rows: Mapping[str, tuple[int, int]]
    dates: Mapping[str, str]
    kpis: Mapping[str, Any]


class Views:
    """Open views, shared by the map's sessions and the API: each is computed once in a process.

    What was not asked for longest goes first; the district as it is stays, for everything is held against it.

    Parameters
    ----------
    districts : Mapping[str, gis_data.District], optional
        Districts that are loaded already, by name; others are found among `gis_data.list_districts`.
    scenarios : Mapping[str, Any], optional
        Scenario by name, beside the district as it is.
    most : int
        Views that are kept in memory.
    """

    def __init__(
        self,
        districts: Mapping[str, Any] | None = None,
        scenarios: Mapping[str, Any] | None = None,
        *,
        most: int = _OPEN,
    ) -> None:
        self.districts: dict[str, Any] = dict(districts or {})
        self.scenarios: dict[str, Any] = {AS_IS: None, **(scenarios or {})}
        self._own: OrderedDict[str, Scenario] = OrderedDict()
        self._open: OrderedDict[tuple[str, str], View] = OrderedDict()
        self._most = most
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
        plan: Scenario | None = self.scenarios[key] if key in self.scenarios else self._own[key]
        return plan

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
        found = self._found(key)
        if found is not None:
            return found
        loaded = self.district(district)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())

        def report(share: float, what: str) -> None:
            self._done[key] = (share, what)

        with lock:
            found = self._found(key)
            if found is None:
                with self._running:
                    found = _view(loaded, scenario, self.scenario(scenario), report)
                self._keep(key, found)
            return found

    def _found(self, key: tuple[str, str]) -> View | None:
        with self._guard:
            if key in self._open:
                self._open.move_to_end(key)
            return self._open.get(key)

    def _keep(self, key: tuple[str, str], view: View) -> None:
        with self._guard:
            self._open[key] = view
            self._done.pop(key, None)
            self._locks.pop(key, None)
            may_go = [old for old in self._open if old[1] != AS_IS and old != key]
            for old in may_go[: max(0, len(self._open) - self._most)]:
                del self._open[old]

    def ready(self) -> list[View]:
        """Give the views that are open."""
        with self._guard:
            return list(self._open.values())

    def is_ready(self, district: str, scenario: str = AS_IS) -> bool:
        """Tell whether a view is open."""
        return (district, scenario) in self._open

    def progress(self, district: str, scenario: str = AS_IS) -> tuple[float, str]:
        """Give the share done, 0 to 1, of a view that is being computed, and what is going on."""
        return self._done.get((district, scenario), (0.0, ""))

    def district(self, name: str) -> Any:
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


def _view(district: Any, name: str, scenario: Any, progress: Progress) -> View:
    stamp = _stamp(district, name, scenario)
    file = disk_cache.cache_dir() / f"{district.name}-{stamp}.npz"
    # What a session tries out is computed within a second: only named scenarios are worth the disk.
    on_disk = not name.startswith("own-")
    found = disk_cache.read(file) if on_disk else None
    if found is None:
        results = twin.run(district, scenario, keep="hours", progress=progress)
        # Payback and the cost of avoided emissions are told against the district as it is.
        as_it_is = None if name == AS_IS else twin.run(district, keep="hours")
        found = _summary(results, twin.kpis(results, as_it_is), district)
        if on_disk:
            disk_cache.write(file, found)
    return _assemble(district, name, stamp, found, _tables(district, scenario))


def _tables(district: Any, scenario: Any) -> tuple[Any, Any]:
    """Give buildings and roofs of the district, with those that a scenario builds."""
    built = scenario is not None and any(isinstance(e, AddBuildingsEdit | RemoveBuildingsEdit) for e in scenario.edits)
    if not built:
        return district.tables["buildings"], district.tables["roofs"]
    edited = twin.make_twin(district, scenario)
    return edited.buildings, edited.roofs


def _summary(results: Any, kpis: Mapping[str, Any], district: Any) -> dict[str, Any]:
    """Cut the results of a year down to what a map shows."""
    data = results.dataset
    heat = sum(data[name].sum("building").to_numpy() for name in hourly("heat").sources)
    electricity = sum(data[name].sum("building").to_numpy() for name in hourly("electricity").sources if name in data)
    plan: DayPlan = plan_days(
        pd.DatetimeIndex(data["time"].to_numpy()),
        district.timezone,
        district.country,
        heat_kwh=heat,
        electricity_kwh=electricity,
        sun_w_m2=data["ghi_w_m2"].to_numpy(),
    )
    names = {name for quantity in HOURLY for name in quantity.sources} | set(_OTHER_STEPS)
    meta = {
        "rows": plan.rows,
        "dates": plan.dates,
        "kpis": kpis,
        "buildings": [str(name) for name in data["building"].to_numpy()],
        "roofs": [str(name) for name in data["roof"].to_numpy()],
        "static": {name: data[name].to_numpy().tolist() for name in _STATIC if name in data},
    }
    arrays = {f"step_{name}": plan.average(data[name].to_numpy()) for name in sorted(names) if name in data}
    arrays |= {f"roof_{name}": data[name].to_numpy() for name in _ROOF if name in data}
    return {"meta": json.dumps(meta, default=float), **arrays}


def _assemble(district: Any, name: str, stamp: str, found: Mapping[str, Any], tables: tuple[Any, Any]) -> View:
    meta = json.loads(str(found["meta"]))
    buildings = tables[0].loc[meta["buildings"]].to_crs("EPSG:4326").assign(**meta["static"])
    roofs = tables[1].loc[meta["roofs"]]
    roofs = roofs.assign(**{key[5:]: found[key] for key in found if key.startswith("roof_")})
    steps = {key[5:]: found[key] for key in found if key.startswith("step_")}
    rows = {day: (int(first), int(last)) for day, (first, last) in meta["rows"].items()}
    return View(district, name, stamp, buildings, roofs, steps, rows, meta["dates"], meta["kpis"])


def _stamp(district: Any, name: str, scenario: Any) -> str:
    """Fingerprint of all that the view depends on: the district's tables, its weather, the scenario and the code."""
    digest = hashlib.sha256(f"{_FORMAT} {name} {district_stamp(district)}".encode())
    digest.update(content_key(scenario).encode())
    digest.update(_code())
    return digest.hexdigest()[:16]


_STAMPS: dict[int, tuple[Any, str]] = {}


def district_stamp(district: Any) -> str:
    """Fingerprint of a district's tables and weather, taken once of each.

    Parameters
    ----------
    district : gis_data.District
        Not changed after the first call.
    """
    found = _STAMPS.get(id(district))
    if found is None or found[0]() is not district:
        tables = [district.tables[table] for table in sorted(district.tables)]
        key = content_key(district.title, district.timezone, district.country, district.weather, *tables)
        found = _STAMPS[id(district)] = (ref(district), key)
    return found[1]


@cache
def _code() -> bytes:
    """Fingerprint of the models, so that a newer program never shows what an older one computed."""
    digest = hashlib.sha256()
    for package in ("assets", "twin", "apps/views"):
        for file in sorted((Path(__file__).parents[2] / package).rglob("*")):
            if file.suffix in {".py", ".csv", ".yaml"}:
                digest.update(file.read_bytes())
    return digest.digest()
