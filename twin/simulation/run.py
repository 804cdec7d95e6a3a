"""From a district and a scenario to the results of a year: in memory, or on the disk as they come."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xarray as xr

from assets.balance import CARRIERS, check_balance
from assets.ev import charge_sessions
from assets.threads import threads
from twin._cache.memo import Memo, content_key
from twin._errors import ResultsError
from twin.model.twin import Twin, make_twin
from twin.results.results import Results, load_results, save_streamed, temporary_results
from twin.results.totals import ANNUAL, GROUP, HOURS, KEEP
from twin.simulation.dataset import flows_of, make_dataset
from twin.simulation.device_sizing import station_sessions
from twin.simulation.streaming import Blocks, Each, stream
from twin.simulation.year import Progress, Scene, Stages

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.scenario import Scenario

Keep = Literal["hours", "annual"]

MEMO = Memo()
"""What runs of this process remember of each other's stages."""

KEEP_HOURS_UP_TO = 2_000
"""Buildings: of more, yearly figures are kept unless hours are asked for. A thousand buildings' hours are 0.6 GB."""
MEMORY_GB = 2.0
"""What a run may take unless it is told otherwise."""
_PROGRAM_BYTES, _TABLES_BYTES = 450e6, 20e3
"""Of the program and its libraries, and of a building in the tables of district and twin (estimated)."""
_HOURLY_ARRAYS = 45
"""Arrays of all hours that a building has at a time while it is computed (estimated), 4 bytes an hour."""
_MOST = 4 * GROUP
"""Buildings that a thread computes at once: more is not faster."""


def run(
    district: District,
    scenario: Scenario | None = None,
    *,
    keep: Keep | None = None,
    memory_gb: float = MEMORY_GB,
    out: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    memo: Memo | None = None,
    each: Each | None = None,
) -> Results:
    """Compute a year of a district under a scenario, hour by hour.

    What fits into the memory that is given is computed at once, and every stage is remembered building by building:
    what an edit does not touch is not computed again. An edit of prices computes nothing, one of PV only what goes
    through the meters, one of a building's heating only its supply; new and lost buildings cast their shade anew on
    what lies within reach. Larger districts are computed some buildings at a time, and nothing is remembered.

    Parameters
    ----------
    district : District
        As `load_district` gives it.
    scenario : Scenario, optional
        Without it, the district as it is.
    keep : {"hours", "annual"}, optional
        Every hour of every building, or yearly figures of each and every hour of the whole: `twin.building_hours`
        computes a building's hours again. By default the hours of up to 2000 buildings.
    memory_gb : float
        What the process may take [GB]. Hours that do not fit lie on the disk and are read when they are asked for.
    out : str or Path, optional
        `results.nc`: written as the results come, all or nothing. Without it, hours that do not fit into the memory lie
        in a temporary file as long as the results are there.
    seed : int
        Seed of everything drawn. The same inputs and seed give the same results.
    progress : callable, optional
        Takes the share done, 0 to 1, and a few words on what is going on.
    memo : Memo, optional
        Where stages are remembered; this process's own by default.
    each : callable, optional
        Takes the rows of some buildings (a slice) and their hours (dimensions, array, attributes by name), in the
        buildings' order, whatever is kept.

    Returns
    -------
    Results

    Raises
    ------
    ScenarioError
        Where the scenario does not fit the district.
    ResultsError
        Where the memory is too little, or the disk is full.
    BalanceError
        Where energy would be lost or made from nothing; it never should.
    """
    report = progress or (lambda _share, _what: None)
    report(0.0, "joining district and scenario")
    with memory_told(memory_gb):
        n, hours = len(district.buildings), len(district.weather.table)
        blocks = blocks_within(n, hours, memory_gb)
        memo = MEMO if memo is None else memo
        twin = make_twin(district, scenario, seed=seed, memo=memo)
        n = len(twin.buildings)
        keep = keep or default_keep(n)
        if keep == HOURS and bytes_of(n, hours) <= memory_gb * 1e9:
            results = _at_once(twin, memo, report, each)
            if out is not None:
                results.save(out)
        else:
            results = _streamed(twin, keep, blocks, None if out is None else Path(out), each=each, report=report)
    report(1.0, "done")
    return results


def default_keep(n: int) -> Keep:
    """Tell what is kept of n buildings unless it is told: hours of up to 2000, yearly figures of more."""
    return "hours" if n <= KEEP_HOURS_UP_TO else "annual"


def bytes_of(n: int, hours: int = 8760) -> float:
    """Bytes that a run of n buildings takes in memory at once."""
    return _PROGRAM_BYTES + n * (_TABLES_BYTES + 4.0 * hours * _HOURLY_ARRAYS)


def blocks_within(n: int, hours: int, memory_gb: float) -> Blocks:
    """How many buildings may be computed at once within a memory, and in how many threads.

    Parameters
    ----------
    n, hours : int
        Buildings of the district and hours of the year.
    memory_gb : float
        What the process may take [GB].

    Raises
    ------
    ResultsError
        Where it is no number above 0, or not enough for the fewest in one thread.
    """
    if not 0.0 < memory_gb < math.inf:
        raise ResultsError(f"a memory of {memory_gb:g} GB: give a number above 0 (`--memory-gb`, `memory_gb`)")
    base, each = _PROGRAM_BYTES + n * _TABLES_BYTES, 4.0 * hours * _HOURLY_ARRAYS
    for workers in range(threads(), 0, -1):
        size = int((memory_gb * 1e9 - base) / (each * (workers + 1))) // GROUP * GROUP
        if size >= GROUP:
            return Blocks(min(size, _MOST), workers)
    least = math.ceil((base + 2 * GROUP * each) / 1e7) / 100
    raise ResultsError(
        f"{memory_gb:g} GB of memory are too little for {n} buildings: "
        f"give at least {least:.2f} (`--memory-gb`, `memory_gb`)"
    )


@contextmanager
def memory_told(memory_gb: float) -> Iterator[None]:
    """Tell a lack of memory in plain words."""
    try:
        yield
    except MemoryError as error:
        raise ResultsError(
            f"this machine has no memory left, although {memory_gb:g} GB were allowed: give the run less "
            "(`--memory-gb`, `memory_gb`), or close other programs"
        ) from error


def _at_once(twin: Twin, memo: Memo, report: Progress, each: Each | None) -> Results:
    stages = Stages(Scene(twin, memo, report), memo)
    year = dataclasses.replace(stages.year, stations_kwh=_stations(twin, memo))
    dataset = make_dataset(twin, year).assign_attrs({KEEP: HOURS})
    report(0.92, "holding the balance")
    _hold_the_balance(dataset, memo, content_key(stages.supply.keys), content_key(stages.meter.keys))
    if each is not None:
        each(slice(0, len(twin.buildings)), {str(name): (v.dims, v.to_numpy(), v.attrs)
                                             for name, v in dataset.data_vars.items()
                                             if v.dims == ("building", "time")})  # fmt: skip
    return Results(dataset)


def _streamed(
    twin: Twin, keep: Keep, blocks: Blocks, out: Path | None, *, each: Each | None, report: Progress
) -> Results:
    """Compute some buildings at a time; what is kept goes to the disk as it comes."""
    if keep == ANNUAL:
        sums = stream(twin, blocks, each=each, report=report)
        year = dataclasses.replace(sums.year, stations_kwh=stations_kwh(twin))
        results = Results(make_dataset(twin, year, sums.annual).assign_attrs({KEEP: ANNUAL}))
        if out is not None:
            results.save(out)
        return results

    def write(take: Each) -> xr.Dataset:
        def both(rows: slice, hourly: Any) -> None:
            take(rows, hourly)
            if each is not None:
                each(rows, hourly)

        sums = stream(twin, blocks, each=both, report=report)
        year = dataclasses.replace(sums.year, stations_kwh=stations_kwh(twin))
        return make_dataset(twin, year, {}).assign_attrs({KEEP: HOURS})

    n, hours = len(twin.buildings), len(twin.weather.table)
    if out is not None:
        return load_results(save_streamed(out, n, hours, write))
    return temporary_results(Path(tempfile.gettempdir()), n, hours, write)


def _hold_the_balance(dataset: xr.Dataset, memo: Memo, supply: str, meter: str) -> None:
    """Check every carrier, building and hour; what is the very same as in an earlier run was checked there."""
    flows, ids = flows_of(dataset), [str(i) for i in dataset["building"].to_numpy()]
    heat = {name: CARRIERS[name] for name in ("heat", "cold")}
    power = {name: CARRIERS[name] for name in ("electricity", "battery")}
    memo.get("balance of heat", supply, lambda: check_balance(flows, ids, carriers=heat))
    memo.get("balance of electricity", meter, lambda: check_balance(flows, ids, carriers=power))


def _stations(twin: Twin, memo: Memo) -> Any:
    """Charging at public stations, remembered; None where there are none."""
    if twin.chargers is None or not len(twin.chargers):
        return None
    columns = twin.chargers[["capacity", "output_kw"]]
    key = content_key(columns, twin.weather.table.index, twin.timezone, twin.country, twin.seed)
    return memo.get("stations", key, lambda: stations_kwh(twin))


def stations_kwh(twin: Twin) -> Any:
    """Charging at public stations, as soon as cars are plugged in, shape (stations, T)."""
    found = station_sessions(twin)
    if found is None or twin.chargers is None:
        return None
    points, sessions = found
    return charge_sessions(
        sessions,
        twin.time,
        owner=points["station"].to_numpy(),
        n_owners=len(twin.chargers),
        charger_kw=points["power_kw"].to_numpy(),
    ).energy_kwh
