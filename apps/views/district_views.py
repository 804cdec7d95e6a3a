"""Views of districts in scenarios: computed once in a process, read by every session."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

import gis_data
from apps._errors import UnknownDistrictError, UnknownScenarioError
from apps.views.bounded_cache import VIEWS_SHARE, BoundedCache, share_of_budget
from apps.views.view import View
from apps.views.view_computation import compute_view, district_stamp, view_stamp
from gis_data import District
from twin.scenario import Scenario, decode_scenario, simplified

AS_IS = "as-is"
"""The baseline that every other scenario is held against: the district as it is."""

Progress = Callable[[float, str], None] | None

_LOOKED_AT = 2  # a view and what it is held against
_KNOWN = 400  # scenarios that sessions edited, of a few hundred bytes each
_AT_ONCE = 2  # runs at the same time: each takes memory, and all share the cores


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
                    found = compute_view(loaded, scenario, plan, stamps, report)
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
        return found[1][:16], view_stamp(found[1], name, scenario)

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
