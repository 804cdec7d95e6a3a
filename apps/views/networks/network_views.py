"""The networks of a view: computed when somebody first looks at them, cut down to what a map shows."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import twin
from apps.views.bounded_cache import NETWORKS_SHARE, YEARS_SHARE, BoundedCache, share_of_budget, size_of
from apps.views.days import SPECIAL_DAYS, DayPlan, plan_dates
from apps.views.district_views import AS_IS, Views
from apps.views.networks.problem_groups import problem_groups, worst_of_each
from apps.views.networks.worst_hours import WorstHours, find_worst_hours, limits_of
from apps.views.view import View
from assets.carriers import NETWORKED
from twin import NetworkResults, Results
from twin.reporting.naming import served_by
from twin.texts import Note

Array = npt.NDArray[np.float32]
Key = tuple[str, str]
"""Names of district and scenario."""

QUANTITIES = ("loading", "voltage", "temperature", "return_temperature", "pressure", "flow", "loss", "hydrogen")
"""What networks can be coloured by."""
_SHARES = {"loading", "hydrogen"}
_CAUSES = 10  # problems whose causes are looked for at once, and whose days can be shown
_LOOKED_AT = 2  # networks, and what they are held against


@dataclass(frozen=True, eq=False)
class Steps:
    """One quantity over the steps of every day.

    Attributes
    ----------
    rows : numpy.ndarray
        Shape (k,), places in the table of elements.
    values : numpy.ndarray
        Shape (steps, k), in `unit`.
    low, high : numpy.ndarray
        Shape (k,), limits; nan where there is none.
    unit : str
        Of values and limits.
    """

    rows: npt.NDArray[np.int64]
    values: Array
    low: Array
    high: Array
    unit: str


@dataclass(frozen=True, eq=False)
class NetworkView:
    """The networks and plants of a district in a scenario, in the size a map needs.

    Attributes
    ----------
    view : View
        District and scenario.
    version : str
        Stands behind the view's stamp in the addresses of data.
    elements : geopandas.GeoDataFrame
        In WGS84: as `twin` gives them, with `quantity`, what the limit is of (empty where there is none).
    steps : Mapping[str, Steps]
        By quantity.
    rows, dates : Mapping
        Rows of `Steps.values` of each day, and ISO dates of those that are one day: as of a view, and the days of the
        worst hours by their date.
    worst : WorstHours
        Worst hour, day and days of the year of every element.
    problems : pandas.DataFrame
        Elements that are beyond their limit at some hour, the worst first: columns of `elements` and `severity`.
    causes : Mapping[str, pandas.DataFrame]
        Of the worst elements, as `twin.causes` gives them.
    served : Mapping[str, tuple of str]
        Ids of the buildings that hang on an element which is a node.
    kpis : Mapping[str, Any]
        As `twin.network_kpis` gives them.
    flows : pandas.DataFrame
        The year's energies: source, target, carrier, kwh.
    notes : tuple of Note
        What was assumed, and what has not settled.
    """

    view: View
    version: str
    elements: Any
    steps: Mapping[str, Steps]
    rows: Mapping[str, tuple[int, int]]
    dates: Mapping[str, str]
    worst: WorstHours
    problems: pd.DataFrame
    causes: Mapping[str, pd.DataFrame]
    served: Mapping[str, tuple[str, ...]]
    kpis: Mapping[str, Any]
    flows: pd.DataFrame
    notes: tuple[Note, ...]

    @property
    def stamp(self) -> str:
        """Changes whenever anything that is shown of them may change."""
        return self.view.stamp + self.version

    @property
    def nbytes(self) -> int:
        """Bytes that they hold beside the view."""
        parts = (self.elements, self.steps, self.worst, self.problems, self.causes, self.served, self.flows)
        return size_of(parts)

    @property
    def carriers(self) -> list[str]:
        """Carriers that have networks or plants, in the order they are told in."""
        there = set(self.elements["carrier"])
        return [name for name in NETWORKED if name in there]

    @property
    def worst_days(self) -> list[str]:
        """Dates of the worst hours, which can be shown as days."""
        return [day for day in self.rows if day[:1].isdigit()]


class Networks:
    """Networks of views, shared by the map's sessions and the API: each is computed once in a process.

    Parameters
    ----------
    views : Views
        Districts and scenarios.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        networks, years = share_of_budget(NETWORKS_SHARE), share_of_budget(YEARS_SHARE)
        self._open: BoundedCache[Key, NetworkView] = BoundedCache(networks, lambda one: one.nbytes, least=_LOOKED_AT)
        self._years: BoundedCache[Key, NetworkResults] = BoundedCache(years, size_of)
        self._working: dict[tuple[str, str], threading.Thread] = {}
        self._failed: dict[tuple[str, str], Exception] = {}
        self._done: dict[tuple[str, str], tuple[float, str]] = {}
        self._guard = threading.RLock()
        # One year of networks at a time: it takes memory, and each of them all cores.
        self._running = threading.Lock()

    def open(self, district: str, scenario: str = AS_IS) -> NetworkView:
        """Give the networks of a view; the first call computes them.

        Parameters
        ----------
        district, scenario : str
            As of `Views.open`.
        """
        key = (district, self._views.known(scenario))
        found = self.ready(*key)
        if found is not None:
            return found
        view = self._views.open(*key)
        with self._running:
            found = self.ready(*key)
            if found is None:
                found = _cut(view, *self._compute(key, view))
                with self._guard:
                    self._open.put(key, found)
                    self._done.pop(key, None)
            return found

    def ready(self, district: str, scenario: str = AS_IS) -> NetworkView | None:
        """Give the networks of a view if they are computed."""
        return self._open.get((district, scenario))

    def begin(self, district: str, scenario: str = AS_IS) -> None:
        """Begin to compute the networks of a view, unless that is under way, done, or has failed."""
        key = (district, self._views.known(scenario))

        def work() -> None:
            try:
                self.open(*key)
            except Exception as error:  # noqa: BLE001  whatever it is, who looks at the networks is told
                with self._guard:
                    self._failed[key] = error
            finally:
                with self._guard:
                    self._working.pop(key, None)

        with self._guard:
            if key in self._open or key in self._working or key in self._failed:
                return
            thread = self._working[key] = threading.Thread(target=work, name="networks", daemon=True)
        thread.start()

    def progress(self, district: str, scenario: str = AS_IS) -> tuple[float, str]:
        """Give the share done, 0 to 1, of networks that are being computed, and what is going on."""
        return self._done.get((district, scenario), (0.0, ""))

    def retry(self, district: str, scenario: str = AS_IS) -> None:
        """Begin again what has failed."""
        with self._guard:
            self._failed.pop((district, scenario), None)
        self.begin(district, scenario)

    def failure(self, district: str, scenario: str = AS_IS) -> Exception | None:
        """Give the error that kept networks from being computed."""
        return self._failed.get((district, scenario))

    def causes(self, networks: NetworkView, element: str) -> pd.DataFrame:
        """Give what brings an element to its worst, as `twin.causes` does.

        Parameters
        ----------
        networks : NetworkView
            Of `open`.
        element : str
            Id of an element.
        """
        if element in networks.causes:
            return networks.causes[element]
        found: pd.DataFrame = twin.causes(self.full_year(networks), element)
        return found

    def full_year(self, networks: NetworkView) -> NetworkResults:
        """Give the whole year of networks; computed again where it was let go."""
        key = (networks.view.district.name, networks.view.scenario)
        with self._running:
            return self._years.get(key) or self._compute(key, networks.view)[1]

    def _compute(self, key: Key, view: View) -> tuple[Results, NetworkResults]:
        scenario = self._views.scenario(key[1])

        def report(share: float, what: str) -> None:
            self._done[key] = (share, what)

        results = twin.run(view.district, scenario, keep="hours")
        year = twin.run_networks(view.district, scenario, results=results, progress=report)
        self._years.put(key, year)
        return results, year


def _cut(view: View, results: Results, whole: NetworkResults) -> NetworkView:
    """Cut a year of networks down to what a map shows."""
    elements = whole.elements.to_crs("EPSG:4326")
    elements.index = elements.index.astype(str)
    elements["hours_over"] = elements["hours_over"].fillna(0).astype(np.int64)
    states = {name: state for name in QUANTITIES if (state := _state(whole, name)) is not None}
    time = pd.DatetimeIndex(whole.dataset["time"].to_numpy())
    worst = find_worst_hours(elements, states, time, view.district.timezone)
    elements = elements.assign(quantity=worst.quantity)
    over = elements["hours_over"].to_numpy() > 0
    problems = elements.drop(columns="geometry").assign(severity=worst.severity)[over]
    problems = pd.DataFrame(problems).sort_values(["severity", "hours_over"], ascending=False, kind="stable")
    told = worst_of_each(problem_groups(problems), _CAUSES)
    plan = plan_dates(
        time,
        view.district.timezone,
        view.district.country,
        {name: view.dates[name] for name in SPECIAL_DAYS} | _worst_dates(elements, worst, told),
    )
    return NetworkView(
        view=view,
        version="-networks",
        elements=elements,
        steps={name: _steps(name, state, elements, plan) for name, state in states.items()},
        rows=plan.rows,
        dates=plan.dates,
        worst=worst,
        problems=problems,
        causes={name: twin.causes(whole, name) for name in told},
        served=served_by(whole.dataset),
        kpis=twin.network_kpis(whole),
        flows=twin.energy_flows(results, whole),
        notes=whole.notes,
    )


def _state(whole: NetworkResults, name: str) -> Any:
    """Give a state of the networks; None where no network has it."""
    try:
        state = whole.state(name)
    except (KeyError, ValueError, twin.TwinError):
        return None
    return state if len(state.ids) else None


def _worst_dates(elements: Any, worst: WorstHours, names: Sequence[str]) -> dict[str, str]:
    """Choose the days on which the worst elements, and each network, have their worst hour."""
    chosen = list(names)
    for carrier in elements["carrier"].unique():
        mine = np.flatnonzero((elements["carrier"] == carrier).to_numpy() & (worst.hour >= 0))
        if mine.size:
            chosen.append(str(elements.index[mine[np.argmax(worst.reach[mine])]]))
    dates = {worst.date_of(elements.index.get_loc(name)) for name in chosen}
    return {date: date for date in sorted(dates - {""})}


def _steps(name: str, state: Any, elements: Any, plan: DayPlan) -> Steps:
    ids = pd.Index([str(one) for one in state.ids])
    factor = np.float32(100.0 if name in _SHARES else 1.0)
    average = _mean(plan, np.asarray(state.values)) * factor
    low, high = (limits_of(limit, len(ids)) * factor for limit in (state.limit_low, state.limit_high))
    place = elements.index.get_indexer(ids)
    own = np.flatnonzero(place >= 0)
    rows, values = [place[own]], [average[:, own]]
    lows, highs = [low[own]], [high[own]]
    for edges, start, end in _between(elements, ids, set(place[own].tolist())):
        # Of both ends the one that is farther from what is usual: a limit that one of them breaks is seen.
        usual = np.nanmean(average) if np.isfinite(average).any() else 0.0
        a, b = average[:, start], average[:, end]
        rows.append(edges)
        farther = (np.abs(a - usual) >= np.abs(b - usual)) | np.isnan(b)
        values.append(np.where(farther & ~np.isnan(a), a, b))
        lows.append(low[end])
        highs.append(high[end])
    return Steps(
        rows=np.concatenate(rows).astype(np.int64),
        values=np.concatenate(values, axis=1).astype(np.float32),
        low=np.concatenate(lows),
        high=np.concatenate(highs),
        unit="%" if name in _SHARES else str(state.unit),
    )


def _mean(plan: DayPlan, values: Any) -> Array:
    """Average over the steps of every day; hours without a state (nobody draws at a substation) count for nothing."""
    there = np.isfinite(values)
    if there.all():
        return plan.average(values)
    counted = plan.average(there)
    found = plan.average(np.where(there, values, 0.0)) / np.where(counted > 0, counted, np.nan)
    return np.asarray(found, dtype=np.float32)


def _between(elements: Any, ids: pd.Index, known: set[int]) -> list[tuple[Any, Any, Any]]:
    """Find the elements that have no state of their own, but lie between two nodes that have."""
    if "start" not in elements or "end" not in elements:
        return []
    start = ids.get_indexer(elements["start"].astype(str))
    end = ids.get_indexer(elements["end"].astype(str))
    between = (start >= 0) & (end >= 0)
    between[list(known)] = False
    edges = np.flatnonzero(between)
    return [(edges, start[edges], end[edges])] if edges.size else []
