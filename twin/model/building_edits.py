"""Edits applied to the table of buildings, to prices and to factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np

from assets.building_systems.supply import heating_systems
from assets.carriers import RETAIL
from assets.catalogue import table
from twin._errors import ScenarioError
from twin.model.prices import EXPORT, EmissionFactors, Prices, emission_factors_of, prices_of
from twin.scenario import (
    BatteryEdit,
    BuildingEdit,
    CoolingEdit,
    EmissionFactorsEdit,
    HeatingEdit,
    HotWaterTankEdit,
    PricesEdit,
    PvEdit,
    RetrofitEdit,
    Scenario,
    SetpointsEdit,
    selected,
)

SETPOINTS = ("heating_setpoint_c", "heating_setback_k", "cooling_setpoint_c")
"""Columns of the archetypes' parameters that a scenario may set; NaN in the buildings' table leaves the archetype's."""

AS_IS_COLUMNS: Mapping[str, Any] = {
    "retrofit_level": "none",
    "retrofit_source": "default",
    "pv_share": 0.0,
    "pv_share_source": "default",
    "battery_kwh": 0.0,
    "battery_kwh_kwp": 0.0,
    "tank_days": 0.0,
    "tank_control": "night",
    "ev_share": 0.0,
    "charging": "uncontrolled",
    "cooling_system": "chiller",
    **dict.fromkeys(SETPOINTS, np.nan),
}
"""What buildings have before any edit, beside their heating: nothing."""


def edit_buildings(buildings: gpd.GeoDataFrame, edit: BuildingEdit, seed: int) -> bool:
    """Apply one edit to a table of one's own.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        It is changed.
    edit : edit of buildings
        What to do, and where.
    seed : int
        Decides which buildings make up a share.

    Returns
    -------
    bool
        Whether it touches any building.
    """
    candidates = buildings
    if isinstance(edit, RetrofitEdit | HeatingEdit | SetpointsEdit):
        candidates = buildings[buildings["heated"]]
    elif isinstance(edit, CoolingEdit):
        candidates = buildings[buildings["heated"] if edit.begin else buildings["cooled"]]
    elif isinstance(edit, HotWaterTankEdit):
        electric = heating_systems().index[heating_systems()["carrier"] == "electricity"]
        candidates = buildings[buildings["heating_system"].isin(electric)]
    share = 1.0 if isinstance(edit, PvEdit) else getattr(edit, "share", 1.0)
    rows = candidates.index[selected(candidates, edit.where, share=share, seed=seed)]
    for column, value in _columns(edit).items():
        buildings.loc[rows, column] = value
    return bool(len(rows))


def _columns(edit: BuildingEdit) -> dict[str, Any]:
    """Columns of the buildings' table that an edit sets."""
    given = {name: getattr(edit, key) for name, key in _SETS.get(edit.what, {}).items()}
    told = {name: value for name, value in given.items() if value is not None or edit.what != "setpoints"}
    if isinstance(edit, BatteryEdit):
        return {name: value or 0.0 for name, value in told.items()}
    if isinstance(edit, CoolingEdit):
        return {"cooled": False} if edit.system == "none" else told | {"cooled": True}
    return told | dict.fromkeys(_EDITED.get(edit.what, ()), "edited")


_SETS: Mapping[str, Mapping[str, str]] = {
    "pv": {"pv_share": "share"},
    "retrofit": {"retrofit_level": "level"},
    "heating": {"heating_system": "system"},
    "cooling": {"cooling_system": "system"},
    "hot_water_tank": {"tank_days": "days", "tank_control": "control"},
    "battery": {"battery_kwh": "kwh", "battery_kwh_kwp": "kwh_per_kwp"},
    "chargers": {"ev_share": "cars"},
    "charging": {"charging": "control"},
    "setpoints": dict(zip(SETPOINTS, ("heating_c", "setback_k", "cooling_c"), strict=True)),
}
"""Columns of the buildings' table by the kind of edit that sets them, and the key of the edit that they take."""
_EDITED: Mapping[str, tuple[str, ...]] = {
    "pv": ("pv_share_source",),
    "retrofit": ("retrofit_source",),
    "heating": ("heating_system_source",),
}
"""Columns that tell where a value comes from."""


def prices_and_factors(country: str, scenario: Scenario) -> tuple[Prices, EmissionFactors]:
    """Give what energy costs and emits under a scenario.

    Parameters
    ----------
    country : str
        ISO 3166 code of the district's country.
    scenario : Scenario
        With or without edits of them.
    """
    prices, factors = prices_of(country), emission_factors_of(country)
    for edit in scenario.edits:
        if isinstance(edit, PricesEdit):
            prices = edited_prices(prices, edit)
        elif isinstance(edit, EmissionFactorsEdit):
            factors = edited_factors(factors, edit)
    return prices, factors


def edited_prices(prices: Prices, edit: PricesEdit) -> Prices:
    """Return the prices with those that an edit gives.

    Raises
    ------
    ScenarioError
        There is no such tariff.
    """
    if edit.electricity_tariff is not None:
        known = sorted(set(table("time_of_use")["tariff"]))
        if edit.electricity_tariff not in known:
            raise ScenarioError(
                [f"prices: there is no tariff {edit.electricity_tariff} in time_of_use.csv; take {' or '.join(known)}"]
            )
        prices = prices.with_tariff(edit.electricity_tariff)
    for key, value in _given(edit, "_eur_kwh").items():
        prices = prices.with_price(key, value)
    return prices


def edited_factors(factors: EmissionFactors, edit: EmissionFactorsEdit) -> EmissionFactors:
    """Return the emission factors with those that an edit gives."""
    for key, value in _given(edit, "_kgco2_kwh").items():
        factors = factors.with_factor(key, value)
    return factors


def _given(edit: PricesEdit | EmissionFactorsEdit, suffix: str) -> Mapping[str, float]:
    values = edit.model_dump(exclude={"what", "electricity_tariff"}, exclude_none=True)
    return {carrier_of_key(key.removesuffix(suffix)): value for key, value in values.items()}


def carrier_of_key(key: str) -> str:
    """Id of the carrier, or `EXPORT`, that an edit of prices or factors names by what buildings buy it as."""
    return _OF_KEY[key]


_OF_KEY: Mapping[str, str] = {retail: carrier for carrier, retail in RETAIL.items()} | {"export": EXPORT}
