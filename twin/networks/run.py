"""From a district and a scenario to a year of all its networks and plants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from twin._cache.memo import Memo, content_key
from twin._errors import ResultsError
from twin.model.twin import make_twin
from twin.networks.operation.coupled_year import coupled_year
from twin.networks.results.dataset import dataset_of
from twin.networks.results.elements import elements_with_states
from twin.networks.results.results import NetworkResults
from twin.results.totals import keeps_hours
from twin.simulation.run import MEMO, run

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.model.twin import Twin
    from twin.networks.layout.plan import NetworkPlan
    from twin.results.results import Results
    from twin.scenario import Scenario

Progress = Callable[[float, str], None]


def run_networks(
    district: District,
    scenario: Scenario | None = None,
    *,
    results: Results | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    memo: Memo | None = None,
) -> NetworkResults:
    """Compute a year of every network and plant of a district under a scenario, coupled, hour by hour.

    Buildings draw heat, cold, gas and electricity; networks lose some of it; plants give it by the order of their
    costs, stores smoothing the hours; what they and the pumps take is drawn from the grid. Every carrier's balance
    holds in every hour. Networks are those of the district as it is; a scenario's edits change them,
    and what its buildings draw more shows as overload.

    Parameters
    ----------
    district : District
        As `load_district` gives it.
    scenario : Scenario, optional
        Without it, the district as it is.
    results : Results, optional
        Of `twin.run` under the same scenario; computed where they are not given.
    seed : int
        Seed of everything drawn.
    progress : callable, optional
        Takes the share done, 0 to 1, and a few words on what is going on.
    memo : Memo, optional
        Where stages are remembered; this process's own by default.

    Returns
    -------
    NetworkResults

    Raises
    ------
    ScenarioError
        Where the scenario does not fit the district or its networks.
    ResultsError
        Where the results hold yearly figures alone.
    BalanceError
        Where energy would be lost or made from nothing; it never should.
    """
    report = progress or (lambda _share, _what: None)
    memo = MEMO if memo is None else memo

    def part(low: float, high: float) -> Progress:
        return lambda share, what: report(low + (high - low) * share, what)

    if results is None:
        results = run(district, scenario, keep="hours", seed=seed, progress=part(0.0, 0.25), memo=memo)
    if not keeps_hours(results.dataset):
        raise ResultsError(
            "networks need every hour of every building, and these results keep yearly figures alone: "
            'run the scenario with `--keep hours` (`keep="hours"`)'
        )
    twin = make_twin(district, scenario, seed=seed, memo=memo)
    plans = plans_of(district, twin, results, memo, part(0.25, 0.45))
    return networks_of(twin, results, plans, memo=memo, progress=part(0.45, 1.0))


def plans_of(
    district: District, twin: Twin, results: Results, memo: Memo, report: Progress
) -> Mapping[str, NetworkPlan]:
    """Plan the networks: sized for the district as it is, edited by the scenario."""
    from twin.networks.layout.design_loads import design_loads  # noqa: PLC0415  what plans need takes its time to load
    from twin.networks.layout.planning import plan_networks  # noqa: PLC0415

    as_it_is = results
    if twin.scenario.edits:
        as_it_is = run(district, None, keep="hours", seed=twin.seed, memo=memo)
    before, now = (
        memo.get("design loads", content_key(*_read(of)), partial(design_loads, of)) for of in (as_it_is, results)
    )
    return plan_networks(twin, before, now=now, memo=memo, progress=report)


def _read(results: Results) -> list[str]:
    """Digest what design loads are made of, one variable after the other."""
    names = ("grid_import_kwh", "cooling_kwh", "space_heat_kwh", "hot_water_kwh", "district_heat_kwh", "gas_kwh",
             "heating_system", "use", "station_charging_kwh", "building")  # fmt: skip
    return [content_key(name, results.dataset[name].to_numpy()) for name in names if name in results.dataset]


def networks_of(
    twin: Twin,
    results: Results,
    plans: Mapping[str, NetworkPlan],
    *,
    memo: Memo | None = None,
    progress: Progress | None = None,
) -> NetworkResults:
    """Run networks that are planned already through the year; the parameters are those of `run_networks`.

    Parameters
    ----------
    twin : Twin
    results : Results
    plans : mapping of str to NetworkPlan
        By carrier.
    """
    report = progress or (lambda _share, _what: None)
    memo = Memo(0) if memo is None else memo
    year = coupled_year(twin, results, plans, memo=memo, report=report)
    report(0.97, "writing the results")
    dataset = dataset_of(year, results)
    elements = elements_with_states(year, dataset)
    net = plans["electricity"].net if "electricity" in plans else None
    report(1.0, "done")
    return NetworkResults(dataset, elements, net)
