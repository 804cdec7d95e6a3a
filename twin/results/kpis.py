"""Key figures of a year, made of the sums of its buildings and the district's balance; declared in kpis.csv."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.economics import abatement_cost, simple_payback
from twin._errors import ResultsError
from twin.results.balance import account_totals, at_the_border, bills_of
from twin.results.results import Results, plain, whole_file
from twin.results.sources import sources_of
from twin.results.totals import ENERGIES, Totals

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults

Array = npt.NDArray[np.float64]
Figures = dict[str, Array]
"""KPIs by their ids, a number for each building, or one for the district."""

_SOLAR = ("There are no solar panels here", "Add some: an edit `{what: pv, share: 0.6}` in a scenario")
_NO_ROOF = ("No roof here has room for solar panels", "Nothing to run: look at another building")
_NO_FACADE = ("No wall here is free of neighbours", "Nothing to run: look at another building")
_NO_USE = ("No electricity is used here", "Nothing to run: look at another building")
_NO_AREA = (
    "The floor area is not known",
    "Give the building levels or a height in OpenStreetMap and build the district anew",
)
_NO_NETWORK = (
    "Networks are a year of their own",
    "Run `twin networks`, or give `kpis` the networks of this scenario",
)
_NO_BASELINE = ("There is nothing to compare with", "Name a baseline: `twin compare as-is SCENARIO`")
_NOT_PAID = (
    "Nothing is invested, or the energy bill does not fall",
    "Change a measure, or compare with another baseline",
)
_NOT_AVOIDED = ("No emissions are avoided", "Change a measure, or compare with another baseline")
_WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "self_consumption": _SOLAR,
        "local_use": _SOLAR,
        "self_sufficiency": _NO_USE,
        "solar_irradiation_kwh_m2": _NO_ROOF,
        "facade_irradiation_kwh_m2": _NO_FACADE,
        **dict.fromkeys(
            ("network_loading", "energy_missing_kwh", "network_electricity_kwh", "operator_cost_eur"), _NO_NETWORK
        ),
        "payback_years": _NOT_PAID,
        "abatement_cost_eur_t": _NOT_AVOIDED,
        "peak_electricity_growth": ("The baseline draws no electricity", "Nothing to run: look at another building"),
        "overheated_buildings": ("No building is heated", "Build the district of another place"),
        **dict.fromkeys(
            ("heat_kwh_m2", "electricity_kwh_m2", "cooling_kwh_m2", "energy_cost_eur_m2", "co2_kg_m2"), _NO_AREA
        ),
    }
)
"""Why a figure can't be told where it can't, and what to run."""
AGAINST = ("payback_years", "abatement_cost_eur_t", "peak_electricity_growth")
"""Figures that need a baseline."""


@cache
def kpi_catalogue() -> pd.DataFrame:
    """Read what every KPI is.

    Returns
    -------
    pandas.DataFrame
        Index `id`; `label`, `unit`, `scale` (`amount` grows with the building, `intensity` and `share` do not),
        `better` (`lower` or `higher`), `carrier`, `level` (`building`, `district` or `both`), `kind` (`modelled`, or
        `assumed` where it rests on assumed prices, factors and costs), `rests_on` (words of
        `twin.results.sources.sources_of`), `description`.
    """
    with (resources.files("twin.results") / "kpis.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file).set_index("id")


def kpis(
    results: Results,
    baseline: Results | None = None,
    *,
    networks: NetworkResults | None = None,
    baseline_networks: NetworkResults | None = None,
) -> dict[str, dict[str, Any]]:
    """Compute every KPI of the district and of each building.

    Parameters
    ----------
    results : Results
        Of a run, or loaded.
    baseline : Results, optional
        What payback, abatement cost and growth of the peak are told against; they are not available without it.
    networks : NetworkResults, optional
        Of the same scenario. With them the district's cost, emissions, peak and energy bought are those at its border,
        with what plants take and give, what networks lose and what pumps take; a building's are those of what arrives,
        with the heat pump that it has on an ambient loop. See `twin.results.balance` for whose money it is.
    baseline_networks : NetworkResults, optional
        Of the baseline: where only one of the two has networks, both are held against each other without.

    Returns
    -------
    dict
        `district`: KPI by id; `buildings`: the same by building id. A KPI has `value`, `unit`, `label`, `label_key`
        (for translations), `kind` and `available`; where it can't be told, `value` is None and `reason` and `todo` say
        why and what to run. The district's figures tell in `rests_on` which sources they rest on, with the kind of each
        (`measured`, `modelled`, `assumed`, …); a building's rest on the same. Nothing in it but what JSON can hold.
    """
    now, told = _told_by(results, networks), (baseline, networks, baseline_networks)
    rows = now[0] | _against_baseline(results, now, told)[0]
    ids = [str(i) for i in results.dataset["building"].to_numpy()]
    names = _of_level("building")
    columns = [_told_column(name, rows[name], baseline is None) for name in names]
    return {
        "district": _told_district(results, now[1] | _against_baseline(results, now, told)[1], baseline is None),
        "buildings": {
            building: dict(zip(names, told, strict=True))
            for building, told in zip(ids, zip(*columns, strict=True), strict=True)
        },
    }


def save_kpis(results: Results, path: str | Path) -> dict[str, dict[str, Any]]:
    """Write what `kpis` gives as JSON, building by building: of a city, all at once would not fit into the memory.

    Parameters
    ----------
    results : Results
        Of a run, or loaded.
    path : str or Path
        Folders are made; an interrupted write leaves nothing behind.

    Returns
    -------
    dict
        KPIs of the district.
    """
    now, alone = _told_by(results, None), (None, None, None)
    against = _against_baseline(results, now, alone)
    values, told = now[0] | against[0], _told_district(results, now[1] | against[1], alone=True)
    names = _of_level("building")
    texts = [_text_column(name, values[name]) for name in names]
    ids = [json.dumps(str(i), ensure_ascii=False) for i in results.dataset["building"].to_numpy()]
    with whole_file(path) as part, part.open("w", encoding="utf-8") as file:
        file.write(f'{{\n "district": {_indented(told, 1)},\n "buildings": {{')
        for n, (building, *figures) in enumerate(zip(ids, *texts, strict=True)):
            file.write(("," if n else "") + f"\n  {building}: {{\n   " + ",\n   ".join(figures) + "\n  }")
        file.write("\n }\n}\n")
    return told


def _text_column(name: str, values: Array) -> Iterator[str]:
    """Write one figure of every building as JSON; all but the value is the same for those that can be told."""
    first, after = _indented({name: {"value": 0, **_frame(name), "available": True}}, 2)[1:-1].strip().split(": 0,", 1)
    for value in values.tolist():
        if math.isfinite(value):
            yield f"{first}: {value!r},{after}"
        else:
            yield _indented({name: _told(name, value)}, 2)[1:-1].strip()


def _indented(data: Any, depth: int) -> str:
    """Write JSON as `save_json` does, so many levels deep."""
    text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, indent=1)
    return text.replace("\n", "\n" + " " * depth)


def kpi_table(
    results: Results,
    baseline: Results | None = None,
    *,
    networks: NetworkResults | None = None,
    baseline_networks: NetworkResults | None = None,
) -> pd.DataFrame:
    """Compute the KPIs of every building as a table; the parameters are those of `kpis`.

    Returns
    -------
    pandas.DataFrame
        Index building id, a column per KPI; NaN where it can't be told. `attrs["units"]` holds the units.
    """
    now = _told_by(results, networks)
    values = now[0] | _against_baseline(results, now, (baseline, networks, baseline_networks))[0]
    names = _of_level("building")
    index = pd.Index([str(i) for i in results.dataset["building"].to_numpy()], name="building_id")
    table = pd.DataFrame({name: values[name] for name in names}, index=index)
    table.attrs["units"] = kpi_catalogue().loc[names, "unit"].to_dict()
    return table


def district_kpis(
    results: Results,
    baseline: Results | None = None,
    *,
    networks: NetworkResults | None = None,
    baseline_networks: NetworkResults | None = None,
) -> dict[str, Any]:
    """Compute the KPIs of the district alone, as in `kpis`."""
    now = _told_by(results, networks)
    against = _against_baseline(results, now, (baseline, networks, baseline_networks))[1]
    return _told_district(results, now[1] | against, baseline is None)


def _told_district(results: Results, values: Figures, alone: bool) -> dict[str, Any]:
    sources = sources_of(results.dataset)
    rests = kpi_catalogue()["rests_on"]
    return {
        name: _told(name, float(values[name][0]), alone)
        | {"rests_on": [sources[word] for word in str(rests[name]).split() if word in sources]}
        for name in _of_level("district")
    }


def _told_by(results: Results, networks: NetworkResults | None) -> tuple[Figures, Figures]:
    """Every KPI that needs no baseline: of each building, and of the district."""
    sums = account_totals(results, networks)
    district = _district_values(at_the_border(results, sums, networks))
    if networks is not None and "heat_edge" in networks.dataset.dims:
        district["network_loading"] = np.array([networks.pipe_use("heat")])
    return _values(sums[0] | bills_of(sums[0], results.dataset.attrs)), district


def _against_baseline(
    results: Results,
    now: tuple[Figures, Figures],
    told: tuple[Results | None, NetworkResults | None, NetworkResults | None],
) -> tuple[Figures, Figures]:
    """Figures against the baseline: both with their networks, or both without."""
    baseline, networks, before_networks = told
    if baseline is None:
        return _against(now[0], None), _against(now[1], None)
    if baseline.dataset.attrs["district"] != results.dataset.attrs["district"]:
        raise ResultsError("the baseline is of another district: run it on this one")
    if (networks is None) != (before_networks is None):
        now, before_networks = _told_by(results, None), None
    buildings, district = _told_by(baseline, before_networks)
    # A building that the baseline does not have has nothing to be held against.
    place = pd.Index(baseline.dataset["building"].to_numpy()).get_indexer(results.dataset["building"].to_numpy())
    rows = {name: np.where(place >= 0, values[place], np.nan) for name, values in buildings.items()}
    return _against(now[0], rows), _against(now[1], district)


def _against(values: Mapping[str, Array], before: Mapping[str, Array] | None) -> dict[str, Array]:
    """Payback, abatement cost and growth of the peak; all NaN without a baseline."""
    n = len(values["co2_t"])
    if before is None:
        return {name: np.full(n, np.nan) for name in AGAINST}
    added, saved, dearer, avoided = (
        values["investment_eur"] - before["investment_eur"],
        before["energy_cost_eur"] - values["energy_cost_eur"],
        values["annual_cost_eur"] - before["annual_cost_eur"],
        before["co2_t"] - values["co2_t"],
    )
    payback = [simple_payback(a, s) if a > 0.0 else np.nan for a, s in zip(added, saved, strict=True)]
    # A gram more or less is rounding.
    cost = [abatement_cost(c, t) if t > 1e-6 else np.nan for c, t in zip(dearer, avoided, strict=True)]
    growth = values["peak_electricity_kw"] - before["peak_electricity_kw"]
    return {
        "payback_years": np.asarray(payback, dtype=np.float64),
        "abatement_cost_eur_t": np.asarray(cost, dtype=np.float64),
        "peak_electricity_growth": _share(growth, before["peak_electricity_kw"]),
    }


def _district_values(district: Totals) -> dict[str, Array]:
    values = _values(district)
    values["local_use"] = _share(district["local_use_kwh"], district["pv_kwh"])
    unknown = np.full(1, np.nan)
    values["network_loading"] = unknown
    values["network_electricity_kwh"] = district.get("network_electricity_kwh", unknown)
    values["buildings_cost_eur"], values["operator_cost_eur"] = district["buildings_eur"], district["operator_eur"]
    values["overheated_buildings"] = _share(district["overheated"], district["heated"])
    return values


def _values(t: Totals) -> dict[str, Array]:
    """Every KPI as an array; NaN where it can't be told."""
    energy = {name: t[name] for name in ENERGIES}
    area = t["floor_area_m2"]
    heat = t["space_heat_kwh"] + t["hot_water_kwh"]
    power = t["appliances_kwh"] + t["lighting_kwh"] + t["cooling_electricity_kwh"]
    public = t.get("public_charging_kwh", np.zeros(len(area)))
    networks = t.get("network_electricity_kwh", np.zeros(len(area)))
    used = power + t["heating_electricity_kwh"] + t["ev_charging_kwh"] + public + networks
    lacking = t.get("missing_electricity_kwh", np.zeros(len(area)))
    own = t["pv_kwh"] - t["grid_export_kwh"]
    cost, co2 = t["cost_eur"], t["co2_kg"]
    return {
        **energy,
        "heat_kwh": heat,
        "electricity_kwh": used,
        "heat_kwh_m2": _ratio(heat, area),
        "electricity_kwh_m2": _ratio(used, area),
        "cooling_kwh_m2": _ratio(t["cooling_kwh"], area),
        "peak_heat_kw": t["peak_heat_kw"],
        "peak_electricity_kw": t["peak_electricity_kw"],
        "peak_cooling_kw": t["peak_cooling_kw"],
        "solar_irradiation_kwh_m2": _ratio(t["irradiation_kwh"], t["usable_m2"]),
        "facade_irradiation_kwh_m2": _ratio(t["facade_irradiation_kwh"], t["facade_m2"]),
        "pv_potential_kwp": t["pv_potential_kwp"],
        "pv_potential_kwh": t["pv_potential_kwh"],
        "pv_kwp": t["pv_kwp"],
        "self_consumption": _share(own, t["pv_kwh"]),
        "self_sufficiency": _share(np.maximum(used - lacking - t["grid_import_kwh"], 0.0), used),
        "ev_charging_kwh": t["ev_charging_kwh"],
        "public_charging_kwh": public,
        "district_cold_kwh": t["district_cold_kwh"],
        "battery_kwh": t["battery_kwh"],
        "battery_discharge_kwh": t["battery_discharge_kwh"],
        "storage_loss_kwh": t["battery_loss_kwh"] + t["tank_loss_kwh"],
        "investment_eur": t["investment_eur"],
        "annual_cost_eur": cost + t["investment_annuity_eur"],
        "energy_bought_kwh": t["bought_kwh"],
        "energy_missing_kwh": t["missing_kwh"],
        "energy_cost_eur": cost,
        "energy_cost_eur_m2": _ratio(cost, area),
        "co2_t": co2 / 1000.0,
        "co2_kg_m2": _ratio(co2, area),
        "overheating_kh": t.get("overheating_kh", np.full(len(area), np.nan)),
    }


def _ratio(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0.0))


def _share(part: Array, whole: Array) -> Array:
    return np.asarray(100.0 * _ratio(part, whole))


@cache
def _of_level(level: str) -> list[str]:
    table = kpi_catalogue()
    return [str(name) for name in table.index[table["level"].isin([level, "both"])]]


@cache
def _frame(name: str) -> dict[str, Any]:
    row = kpi_catalogue().loc[name]
    return {"unit": row["unit"], "label": row["label"], "label_key": f"kpi.{name}", "kind": row["kind"]}


def _told_column(name: str, values: Array, alone: bool) -> list[dict[str, Any]]:
    """Tell one figure of every building; the frame of those that can be told is made once."""
    frame = {"value": None, **_frame(name), "available": True}
    column = []
    for value, there in zip(values.tolist(), np.isfinite(values).tolist(), strict=True):
        if there:
            told = frame.copy()
            told["value"] = value
        else:
            told = _told(name, value, alone)
        column.append(told)
    return column


def _told(name: str, value: float, alone: bool = True) -> dict[str, Any]:
    if np.isfinite(value):
        return {"value": value, **_frame(name), "available": True}
    reason, todo = _NO_BASELINE if alone and name in AGAINST else _WHY[name]
    return {"value": None, **_frame(name), "available": False, "reason": reason, "todo": todo}
