"""Everything the map shows of one district in one scenario: computed once, read by every session."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import platformdirs

import gis_data
import twin
from apps._errors import UnknownDistrictError, UnknownScenarioError
from apps.api.days import DayPlan, plan_days
from apps.api.quantities import HOURLY
from twin.memo import content_key

AS_IS = "as-is"
"""The baseline that every other scenario is held against: the district as it is."""

Progress = Callable[[float, str], None] | None

_LOG = logging.getLogger(__name__)
_FORMAT = 1
_KEPT = 24  # views on disk, of about 10 MB each
_STATIC = ("heating_system", "heating_system_source", "retrofit_level", "pv_kwp")
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
        Name of the scenario; `AS_IS` is the baseline.
    stamp : str
        Changes whenever anything that is shown may change: part of the addresses of data.
    buildings : geopandas.GeoDataFrame
        In WGS84, in the order of the results, with heating_system, retrofit_level and pv_kwp of the results.
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

    Parameters
    ----------
    districts : Mapping[str, gis_data.District], optional
        Districts that are loaded already, by name; others are found among `gis_data.list_districts`.
    scenarios : Mapping[str, Any], optional
        Scenario by name, beside the district as it is.
    """

    def __init__(self, districts: Mapping[str, Any] | None = None, scenarios: Mapping[str, Any] | None = None) -> None:
        self.districts: dict[str, Any] = dict(districts or {})
        self.scenarios: dict[str, Any] = {AS_IS: None, **(scenarios or {})}
        self._open: dict[tuple[str, str], View] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._done: dict[tuple[str, str], tuple[float, str]] = {}
        self._guard = threading.Lock()

    def open(self, district: str, scenario: str = AS_IS) -> View:
        """Give the view of a district; the first call computes it or reads it from the cache on disk.

        Parameters
        ----------
        district : str
            Name of a district.
        scenario : str
            Name of a scenario.
        """
        if scenario not in self.scenarios:
            names = ", ".join(sorted(self.scenarios))
            raise UnknownScenarioError(f"No scenario is called {scenario!r}; there are {names}.")
        key = (district, scenario)
        if key in self._open:
            return self._open[key]
        loaded = self._district(district)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())

        def report(share: float, what: str) -> None:
            self._done[key] = (share, what)

        with lock:
            if key not in self._open:
                self._open[key] = _view(loaded, scenario, self.scenarios[scenario], report)
            return self._open[key]

    def ready(self) -> list[View]:
        """Give the views that are open."""
        return list(self._open.values())

    def is_ready(self, district: str, scenario: str = AS_IS) -> bool:
        """Tell whether a view is open."""
        return (district, scenario) in self._open

    def progress(self, district: str, scenario: str = AS_IS) -> tuple[float, str]:
        """Give the share done, 0 to 1, of a view that is being computed, and what is going on."""
        return self._done.get((district, scenario), (0.0, ""))

    def _district(self, name: str) -> Any:
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


def _view(district: Any, name: str, scenario: Any, progress: Progress) -> View:
    stamp = _stamp(district, name, scenario)
    file = _cache_dir() / f"{district.name}-{stamp}.npz"
    stored = _read(file)
    if stored is None:
        results = twin.run(district, scenario, progress=progress)
        stored = _summary(results, twin.kpis(results), district)
        _write(file, stored)
    return _assemble(district, name, stamp, stored)


def _summary(results: Any, kpis: Mapping[str, Any], district: Any) -> dict[str, Any]:
    """Cut the results of a year down to what a map shows."""
    data = results.dataset
    heat = sum(data[name].sum("building").to_numpy() for name in HOURLY[0].sources)
    electricity = sum(data[name].sum("building").to_numpy() for name in HOURLY[1].sources)
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


def _assemble(district: Any, name: str, stamp: str, stored: Mapping[str, Any]) -> View:
    meta = json.loads(str(stored["meta"]))
    buildings = district.tables["buildings"].loc[meta["buildings"]].to_crs("EPSG:4326")
    buildings = buildings.assign(**meta["static"])
    roofs = district.tables["roofs"].loc[meta["roofs"]]
    roofs = roofs.assign(**{key[5:]: stored[key] for key in stored if key.startswith("roof_")})
    steps = {key[5:]: stored[key] for key in stored if key.startswith("step_")}
    rows = {day: (int(first), int(last)) for day, (first, last) in meta["rows"].items()}
    return View(district, name, stamp, buildings, roofs, steps, rows, meta["dates"], meta["kpis"])


def _stamp(district: Any, name: str, scenario: Any) -> str:
    """Fingerprint of all that the view depends on: the district's tables, its weather, the scenario and the code."""
    digest = hashlib.sha256(f"{_FORMAT} {name}".encode())
    tables = [district.tables[table] for table in sorted(district.tables)]
    known = (district.title, district.timezone, district.country, scenario, district.weather)
    digest.update(content_key(*known, *tables).encode())
    digest.update(_code())
    return digest.hexdigest()[:16]


@cache
def _code() -> bytes:
    """Fingerprint of the models, so that a newer program never shows what an older one computed."""
    digest = hashlib.sha256()
    for package in ("assets", "twin", "apps/api"):
        for file in sorted((Path(__file__).parents[2] / package).rglob("*")):
            if file.suffix in {".py", ".csv", ".yaml"}:
                digest.update(file.read_bytes())
    return digest.digest()


def _cache_dir() -> Path:
    """Folder of the cache; the variable CITY_ENERGY_TWIN_CACHE moves it."""
    chosen = os.environ.get("CITY_ENERGY_TWIN_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("city-energy-twin")) / "views"


def _read(file: Path) -> dict[str, Any] | None:
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        _LOG.warning("The cache %s cannot be read (%s); it is made again.", file, error)
        return None


def _write(file: Path, stored: Mapping[str, Any]) -> None:
    """Write whole or not at all; a full or read-only disk only costs the next start its speed."""
    part = file.with_name(f"{file.stem}.{os.getpid()}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **stored)
        part.replace(file)
        for old in sorted(file.parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _LOG.warning("The cache %s cannot be written (%s); the next start computes again.", file, error)
        part.unlink(missing_ok=True)
