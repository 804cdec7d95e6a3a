"""The district's balance of a year, carrier by carrier, and whose money it is.

Three accounts make the district's:

- *buildings* pay retail prices for what they get of each carrier, less what they get for what they feed in;
- *charging stations* pay the retail price of electricity;
- the *operator* of networks and plants pays at the border for what he buys there, gets what he sells there, and gets
  what buildings and charging stations pay for what his networks bring them. Without networks he is not there:
  everybody buys at the border.

What one pays another inside the district cancels out, so the three add up to what crosses the border. Oil and wood come
by lorry: buildings buy them at the border themselves. What does not arrive is not paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from assets.carriers import RETAIL, WATERBORNE
from twin._errors import ResultsError
from twin.model.prices import FLAT
from twin.results.totals import Totals, totals

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults
    from twin.results.results import Results

Array = npt.NDArray[np.float64]

BOUGHT_AS: Mapping[str, str] = {**RETAIL, "electricity": "grid_import"}
"""What results call what buildings buy of each carrier, without its unit."""
ACCOUNTS = ("buildings", "charging stations", "operator")
INTO = ("bought_kwh", "given_kwh", "fed_in_kwh", "discharged_kwh", "missing_kwh")
OUT = (
    "drawn_kwh", "public_kwh", "taken_kwh", "pumps_kwh", "charged_kwh", "sold_kwh", "spilt_kwh", "lost_kwh",
    "stored_kwh",
)  # fmt: skip
AT_THE_BORDER = ("peak_kw", "cost_eur", "income_eur", "co2_kg")
_IN_THE_BOOK = {"lost_kwh": "network_loss_kwh", "stored_kwh": "network_stored_kwh"}
_BORDER = {"cost_eur": "border_cost_eur", "income_eur": "border_income_eur", "co2_kg": "border_co2_kg"}


def balance(results: Results, networks: NetworkResults | None = None) -> pd.DataFrame:
    """Tell what came into the district, what went out, was lost and stored of every carrier in the year.

    Parameters
    ----------
    results : Results
        Of a run, or loaded.
    networks : NetworkResults, optional
        Of the same scenario: with them plants, stores, pumps and the networks' losses are counted; without, what the
        buildings and the charging stations buy and sell is all there is.

    Returns
    -------
    pandas.DataFrame
        Index `carrier`. Into the district's networks: `bought_kwh` at the border, `given_kwh` by plants, `fed_in_kwh`
        by buildings, `discharged_kwh` from stores, and `missing_kwh`, which nobody could give. Out of them: `drawn_kwh`
        (asked for) by buildings, `public_kwh` by charging stations, `taken_kwh` by plants, `pumps_kwh`, `charged_kwh`,
        `sold_kwh` at the border, `spilt_kwh`, `lost_kwh` and `stored_kwh` by the networks themselves: both sides are
        equal. At the border: `peak_kw`, the highest hour bought, `cost_eur`, `income_eur` and `co2_kg`.
    """
    return balance_of(results, account_totals(results, networks), networks)


def accounts(results: Results, networks: NetworkResults | None = None) -> pd.DataFrame:
    """Tell who pays what in the year; the parameters are those of `balance`.

    Returns
    -------
    pandas.DataFrame
        Index: `buildings`, `charging stations`, `operator`; a column per carrier and `total`: paid less got [EUR/a].
        The three add up to cost less income of `balance`.
    """
    sums = account_totals(results, networks)
    table = balance_of(results, sums, networks)
    border = table["cost_eur"] - table["income_eur"]
    found = pd.DataFrame(0.0, index=pd.Index(ACCOUNTS, name="account"), columns=table.index)
    for carrier, cost in _bills(sums[0], results.dataset.attrs).items():
        found.loc["buildings", carrier] = float(cost.sum())
    found.loc["charging stations", "electricity"] = _public(results.dataset)[1]
    found.loc["operator"] = border - found.sum()
    found["total"] = found.sum(axis=1)
    return found


def account_totals(results: Results, networks: NetworkResults | None = None) -> tuple[Totals, Totals]:
    """Sum the year up by what each building gets and pays for; the parameters are those of `balance`.

    Returns
    -------
    buildings, district : Totals
        As `twin.results.totals.totals` gives them, of what networks bring: a building cut off buys nothing, one on an
        ambient loop draws less heat and, for its heat pump, more electricity. `missing_kwh` and
        `missing_electricity_kwh` beside them: what of that it asked for and did not get (NaN without networks).

    Raises
    ------
    ResultsError
        The networks are of another scenario or district, or the results do not hold the buildings' hours.
    """
    if networks is None:
        found, whole = totals(results.dataset)
        unknown = np.full(results.dataset.sizes["building"], np.nan)
        return found | {"missing_kwh": unknown}, whole | {"missing_kwh": np.full(1, np.nan)}
    found, whole = totals(_delivered(results.dataset, networks.dataset))
    missing = networks.missing
    lacking = {
        "missing_kwh": missing.sum(axis=1).to_numpy(dtype=np.float64),
        "missing_electricity_kwh": missing["electricity"].to_numpy(dtype=np.float64),
    }
    return found | lacking, whole | {name: np.array([values.sum()]) for name, values in lacking.items()}


def at_the_border(results: Results, sums: tuple[Totals, Totals], networks: NetworkResults | None) -> Totals:
    """Give what the district as a whole takes and pays for, in the place of the sum of its buildings.

    Parameters
    ----------
    results : Results
    sums : tuple of Totals
        Of `account_totals`.
    networks : NetworkResults, optional

    Returns
    -------
    Totals
        Sums and peaks of the district, by the names of `totals`; `cost_eur` and `co2_kg` of all carriers, `bought_kwh`
        of all, `buildings_eur` and `operator_eur` of the accounts, `network_electricity_kwh` that plants, pumps and
        losses take.
    """
    table = balance_of(results, sums, networks)
    found = dict(sums[1])
    for carrier, name in BOUGHT_AS.items():
        found[f"{name}_kwh"] = np.array([table.loc[carrier, "bought_kwh"]])
    power = table.loc["electricity"]
    found["grid_export_kwh"] = np.array([power["sold_kwh"]])
    found["peak_electricity_kw"] = np.array([power["peak_kw"]])
    paid = table["cost_eur"].sum() - table["income_eur"].sum()
    found |= {"cost_eur": np.array([paid]), "co2_kg": np.array([table["co2_kg"].sum()])}
    found["bought_kwh"] = np.array([table["bought_kwh"].sum()])
    bills = sum(float(cost.sum()) for cost in _bills(sums[0], results.dataset.attrs).values())
    found["buildings_eur"] = np.array([bills + _public(results.dataset)[1]])
    found["operator_eur"] = np.full(1, np.nan) if networks is None else paid - found["buildings_eur"]
    if networks is not None:
        own = power[["taken_kwh", "pumps_kwh", "lost_kwh"]].sum()
        found["network_electricity_kwh"] = np.array([own])
        found["local_use_kwh"] = found["pv_kwh"] - _leaving(networks.dataset)
    return found


def bills_of(buildings: Totals, attrs: Mapping[str, Any]) -> Totals:
    """Give what each building pays, emits and buys of all carriers together: `cost_eur`, `co2_kg`, `bought_kwh`."""
    bought = [buildings[f"{name}_kwh"] for name in BOUGHT_AS.values()]
    return {
        "cost_eur": np.sum(list(_bills(buildings, attrs).values()), axis=0),
        "co2_kg": buildings["import_co2_kg"] + buildings["fuel_co2_kg"],
        "bought_kwh": np.sum(bought, axis=0),
    }


def balance_of(results: Results, sums: tuple[Totals, Totals], networks: NetworkResults | None) -> pd.DataFrame:
    """Make the table of `balance` of sums that are known."""
    dataset, (buildings, whole) = results.dataset, sums
    table = pd.DataFrame({carrier: _bought_apart(dataset, carrier, buildings, whole) for carrier in BOUGHT_AS}).T
    if networks is not None:
        book = _book(networks.dataset)
        there = [c for c in book.index if c not in WATERBORNE or f"{c}_node" in networks.dataset.dims]
        # A carrier that only plants give or take, without a network of it, stands beside what the buildings buy.
        added = book.drop(index=there).add(table.reindex(book.index.difference(there)), fill_value=0.0)
        table = pd.concat([table.drop(index=book.index, errors="ignore"), book.loc[there], added])
    columns = [*INTO, *OUT, *AT_THE_BORDER]
    return table.reindex(columns=columns).astype(np.float64).fillna(0.0).rename_axis("carrier")


def _bought_apart(dataset: xr.Dataset, carrier: str, buildings: Totals, whole: Totals) -> pd.Series[float]:
    """Tell what buildings, each for itself, and charging stations buy and sell of a carrier at the border."""
    name, attrs = BOUGHT_AS[carrier], dataset.attrs
    bought = float(buildings[f"{name}_kwh"].sum())
    row = {"bought_kwh": bought, "drawn_kwh": bought}
    if carrier == "electricity":
        public, price, co2 = _public(dataset)
        sold = float(buildings["grid_export_kwh"].sum())
        row |= {"bought_kwh": bought + public, "public_kwh": public, "fed_in_kwh": sold, "sold_kwh": sold}
        row["peak_kw"] = float(whole["peak_electricity_kw"][0])
        row["cost_eur"] = float(buildings["import_cost_eur"].sum()) + price
        row["income_eur"] = float(buildings["export_income_eur"].sum())
        row["co2_kg"] = float(buildings["import_co2_kg"].sum()) + co2
    else:
        row["cost_eur"] = float(_bills(buildings, attrs)[carrier].sum())
        row["co2_kg"] = bought * float(attrs.get(f"{name}_co2_kg_kwh", 0.0))
        row["peak_kw"] = float(whole[f"peak_{name}_kw"][0])
    return pd.Series(row)


def _book(networks: xr.Dataset) -> pd.DataFrame:
    """Read the year's balance of each carrier out of networks."""
    names = {word: _IN_THE_BOOK.get(word, word) for word in (*INTO, *OUT)}
    sums = {word: networks[name].sum("time").to_numpy() for word, name in names.items()}
    sums |= {word: networks[name].to_numpy() for word, name in _BORDER.items()}
    sums["peak_kw"] = networks["bought_kwh"].max("time").to_numpy()
    return pd.DataFrame(sums, index=[str(name) for name in networks["carrier"].to_numpy()])


def _bills(buildings: Totals, attrs: Mapping[str, Any]) -> dict[str, Array]:
    """Tell what each building pays less what it gets, by carrier [EUR/a]."""
    found = {"electricity": buildings["import_cost_eur"] - buildings["export_income_eur"],
             "heat": buildings["district_heat_cost_eur"]}  # fmt: skip
    for carrier, name in FLAT.items():
        found[carrier] = buildings[f"{name}_kwh"] * float(attrs.get(f"{name}_price_eur_kwh", 0.0))
    return found


def _public(dataset: xr.Dataset) -> tuple[float, float, float]:
    """Sum up what charging stations take [kWh], pay [EUR] and emit [kgCO2]."""
    if "station_charging_kwh" not in dataset:
        return 0.0, 0.0, 0.0
    taken = dataset["station_charging_kwh"].to_numpy().sum(axis=0, dtype=np.float64)
    price, co2 = (dataset[name].to_numpy() for name in ("electricity_price_eur_kwh", "electricity_co2_kg_kwh"))
    return float(taken.sum()), float(taken @ price), float(taken @ co2)


def _delivered(dataset: xr.Dataset, networks: xr.Dataset) -> xr.Dataset:
    """Hours of the buildings as their meters show them behind the networks."""
    _check(dataset, networks)

    def of(name: str) -> Any:
        return networks[name].to_numpy() if name in networks else 0.0

    booster = of("building_booster_kwh")
    changes = {
        "grid_import_kwh": booster - of("building_missing_electricity_kwh"),
        "heating_electricity_kwh": booster,
        "grid_export_kwh": -of("building_unfed_kwh"),
        "district_heat_kwh": -booster - of("building_missing_heat_kwh"),
        "district_cold_kwh": -of("building_missing_cold_kwh"),
        "gas_kwh": -of("building_missing_gas_kwh"),
    }
    changed = {
        name: (("building", "time"), dataset[name].to_numpy() + change)
        for name, change in changes.items()
        if name in dataset and np.ndim(change)
    }
    return dataset.assign(changed)


def _check(dataset: xr.Dataset, networks: xr.Dataset) -> None:
    same = all(dataset.attrs[name] == networks.attrs[name] for name in ("district", "scenario", "seed"))
    if not same or not np.array_equal(dataset["building"].to_numpy(), networks["building"].to_numpy()):
        raise ResultsError("the networks are of another district or scenario: run them on these results")
    if "grid_import_kwh" not in dataset:
        raise ResultsError("these results hold no hours of the buildings; run them with every hour for their networks")


def _leaving(networks: xr.Dataset) -> float:
    """Electricity of the buildings' modules that leaves the district or is spilt, hour by hour [kWh]."""
    row = list(networks["carrier"].to_numpy()).index("electricity")
    fed, sold, spilt = (networks[f"{word}_kwh"].to_numpy()[row] for word in ("fed_in", "sold", "spilt"))
    return float(np.minimum(fed, sold + spilt).sum())
