"""The twin: a district and a scenario joined to one table per kind of asset, before anything is computed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.heating_stock import DENSE_PLOT_RATIO, heating_as_it_is, plot_ratio
from assets.demand import archetypes
from assets.time_grid import TimeGrid
from twin._cache.memo import Memo, content_key
from twin._errors import DistrictDataError
from twin.model.building_edits import AS_IS_COLUMNS, SETPOINTS, edit_buildings, prices_and_factors
from twin.model.buildings import Stock, with_new_buildings, without_buildings
from twin.model.devices import device_table
from twin.model.geometry import land_around
from twin.model.ground import Site
from twin.model.prices import EmissionFactors, Prices
from twin.model.weather import edited_weather, shifted_weather
from twin.scenario import (
    AddBuildingsEdit,
    BuildingEdit,
    RemoveBuildingsEdit,
    Scenario,
    WeatherEdit,
)
from twin.scenario.schema import AS_IS
from twin.texts import Note

if TYPE_CHECKING:
    from gis_data.district import District
    from gis_data.weather import Weather


_AROUND_M = 200.0
_FALLBACK = "FI"
_CATALOGUES = ("uses", "heating_shares", "tariffs", "emission_factors")
"""What a country may have of its own, the archetypes first; the text `note.borrowed.<name>` says what each is."""


@dataclass(frozen=True, eq=False)
class Twin:
    """Everything that the models need of a district under a scenario; read-only by convention.

    Attributes
    ----------
    name, title, timezone, country, data_date : str
        Of the district.
    latitude, longitude : float
        Centre of the district [°].
    sources : tuple of str
        Attributions that every view and export must show.
    buildings : geopandas.GeoDataFrame
        The district's table with what `twin.model.building_edits.AS_IS_COLUMNS` names, `heating_system`,
        `heating_system_source` and `heated`; without buildings that a scenario tears down, with those that it builds.
    catalogue : str
        Country whose archetypes are used: the district's own where there is a catalogue for it.
    parameters : pandas.DataFrame
        Archetype of each building after the retrofits and other set-points.
    roofs : geopandas.GeoDataFrame
        The district's roof planes.
    walls : pandas.DataFrame
        The district's walls.
    chargers : geopandas.GeoDataFrame, optional
        The district's public charging stations.
    weather : Weather
        The year.
    prices, factors : Prices, EmissionFactors
        What energy costs and emits.
    scenario : Scenario
        What was edited.
    seed : int
        Seed of everything drawn.
    notes : tuple of Note
        What a reader of the results should know: edits that touch nothing, catalogues of another country.
    site : Site, optional
        What networks are laid in: streets, mapped pipes and cables, and the buildings as they are.
    """

    name: str
    title: str
    timezone: str
    country: str
    data_date: str
    latitude: float
    longitude: float
    sources: tuple[str, ...]
    buildings: gpd.GeoDataFrame
    catalogue: str
    parameters: pd.DataFrame
    roofs: gpd.GeoDataFrame
    walls: pd.DataFrame
    chargers: gpd.GeoDataFrame | None
    weather: Weather
    prices: Prices
    factors: EmissionFactors
    scenario: Scenario
    seed: int
    notes: tuple[Note, ...] = ()
    site: Site | None = None

    @cached_property
    def devices(self) -> pd.DataFrame:
        """Everything that takes, gives, stores or measures energy, by its id: see `twin.model.devices.device_table`.

        Examples
        --------
        >>> from twin import load_district, load_scenario, make_twin
        >>> twin = make_twin(load_district("helsinki-centre"), load_scenario("solar-batteries"))
        >>> twin.devices.query("kind == 'battery'")[["owner", "size", "unit"]]  # doctest: +SKIP
        """
        return device_table(self)

    @cached_property
    def time(self) -> TimeGrid:
        """Steps of the year that everything is computed in: those of the weather."""
        return TimeGrid.of_index(self.weather.table.index, self.timezone)


def make_twin(district: District, scenario: Scenario | None = None, *, seed: int = 0, memo: Memo | None = None) -> Twin:
    """Join a district and a scenario.

    Parameters
    ----------
    district : District
        As `gis_data.load_district` gives it; it is not changed.
    scenario : Scenario, optional
        The edits; without it, the district as it is.
    seed : int
        Seed of what is drawn: heating systems that nobody told, shares of buildings, synthetic weather.
    memo : Memo, optional
        Remembers the buildings as they are before any edit.

    Returns
    -------
    Twin

    Raises
    ------
    ScenarioError
        Where an edit does not fit the district.
    DistrictDataError
        Where the district has no buildings, or roofs and walls of buildings that it lacks.
    """
    scenario = scenario or AS_IS
    _check(district)
    catalogue, notes = _catalogue_of(district.country)
    if scenario.district not in {None, district.name}:
        notes.append(Note("elsewhere", values={"district": str(scenario.district)}))
    memo = memo or Memo(0)
    stock, touched, as_it_is = _edited_stock(district, scenario, seed, memo)
    notes += touched
    prices, factors = prices_and_factors(district.country, scenario)
    return Twin(
        name=district.name,
        title=district.title,
        timezone=district.timezone,
        country=district.country,
        data_date=district.data_date,
        latitude=district.latitude,
        longitude=district.longitude,
        sources=tuple(source.attribution for source in district.sources),
        buildings=stock.buildings,
        catalogue=catalogue,
        parameters=_parameters(stock.buildings, catalogue),
        roofs=stock.roofs,
        walls=stock.walls,
        chargers=district.tables.get("chargers"),
        weather=scenario_weather(district, scenario, seed),
        prices=prices,
        factors=factors,
        scenario=scenario,
        seed=seed,
        notes=tuple(notes),
        site=Site.of(district, as_it_is),
    )


def _catalogue_of(country: str) -> tuple[str, list[Note]]:
    """Choose the country whose catalogues are used, and tell which of them are not the district's own."""
    there = {entry.name for entry in (resources.files("assets") / "catalogue").iterdir()}
    lacking = tuple(name for name in _CATALOGUES if f"{name}_{country.lower()}.csv" not in there)
    catalogue = _FALLBACK if _CATALOGUES[0] in lacking else country
    return catalogue, [Note("borrowed", lacking, {"country": country or "none"})] if lacking else []


def _check(district: District) -> None:
    if not len(district.buildings):
        raise DistrictDataError(f"the district {district.name} has no buildings; build one of a larger area")
    for table in ("roofs", "walls"):
        strange = sorted(set(district.tables[table]["building_id"]) - set(district.buildings.index))
        if strange:
            some = ", ".join(map(str, strange[:5]))
            raise DistrictDataError(
                f"{table} of the district {district.name} are of {len(strange)} buildings that it lacks: {some}; "
                "build the district again"
            )


def _as_it_is(district: District, seed: int) -> gpd.GeoDataFrame:
    """Give the buildings the systems they have before any edit."""
    buildings = district.buildings.copy()
    dense = _plot_ratio(buildings) >= DENSE_PLOT_RATIO
    systems = heating_as_it_is(buildings, dense, country=district.country, seed=seed)
    buildings["heating_system"] = systems["heating_system"]
    buildings["heating_system_source"] = systems["heating_system_source"]
    buildings["heating_system_as_is"] = systems["heating_system"]
    for column, value in AS_IS_COLUMNS.items():
        buildings[column] = value
    buildings["heated"] = systems["heating_system"] != "none"
    country = _catalogue_of(district.country)[0]
    found = archetypes(buildings["use"].tolist(), buildings["construction_year"].to_numpy(), country)
    buildings["cooled"] = found["cooled"].to_numpy(dtype=bool)
    return buildings


def _edited_stock(
    district: District, scenario: Scenario, seed: int, memo: Memo
) -> tuple[Stock, list[Note], gpd.GeoDataFrame]:
    """Apply the edits of buildings in their order; tell those that touch nothing, and what there was before."""
    key = content_key(district.buildings, district.country, seed)
    as_it_is = memo.get("as it is", key, lambda: _as_it_is(district, seed))
    stock = Stock(as_it_is.copy(), district.roofs, district.walls)
    idle: list[Note] = []
    for number, edit in enumerate(scenario.edits, start=1):
        touched = True
        if isinstance(edit, AddBuildingsEdit):
            made_key = content_key(key, stock.buildings.index, edit.model_dump_json(), str(scenario.folder))
            before = stock
            make = partial(
                with_new_buildings,
                before,
                edit,
                district,
                folder=scenario.folder,
                furnish=partial(_furnished, district=district, seed=seed),
            )
            stock = memo.get(f"new buildings {number}", content_key(made_key, stock.buildings), make)
            stock = Stock(stock.buildings.copy(), stock.roofs, stock.walls)
        elif isinstance(edit, RemoveBuildingsEdit):
            stock, touched = without_buildings(stock, edit, seed)
        elif isinstance(edit, BuildingEdit):
            touched = edit_buildings(stock.buildings, edit, seed)
        if not touched:
            idle.append(Note("idle", values={"number": number, "what": edit.what}))
    return stock, idle, as_it_is


def scenario_weather(district: District, scenario: Scenario | None, seed: int = 0) -> Weather:
    """Take the last year that a scenario asks for, warmed by the last shift asked for since.

    Parameters
    ----------
    district : District
        With its own year.
    scenario : Scenario or None
        Without it, the district as it is.
    seed : int
        Seed of synthetic weather.
    """
    weather, shift = district.weather, None
    if scenario is None:
        return weather
    for edit in scenario.edits:
        if isinstance(edit, WeatherEdit):
            if edit.file is not None or edit.synthetic:
                weather = edited_weather(district.weather, edit, folder=scenario.folder, seed=seed)
            shift = edit
    return weather if shift is None else shifted_weather(weather, shift, district.timezone)


def _furnished(buildings: gpd.GeoDataFrame, district: District, seed: int) -> gpd.GeoDataFrame:
    """Give the last of these buildings, new ones, the systems that such buildings have."""
    return _as_it_is(dataclasses.replace(district, tables={**district.tables, "buildings": buildings}), seed)


def _plot_ratio(buildings: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    centre = buildings.geometry.centroid
    x, y = centre.x.to_numpy(), centre.y.to_numpy()
    land = land_around(x, y, tuple(buildings.total_bounds), _AROUND_M)
    area = buildings["floor_area_m2"].to_numpy(dtype=np.float64)
    return plot_ratio(x, y, area, radius_m=_AROUND_M, land_m2=np.maximum(land, 1.0))


def _parameters(buildings: gpd.GeoDataFrame, country: str) -> pd.DataFrame:
    found: Any = archetypes(
        buildings["use"].tolist(),
        buildings["construction_year"].to_numpy(),
        country,
        buildings["retrofit_level"].tolist(),
    )
    found = found.set_axis(buildings.index)
    found["cooled"] = buildings["cooled"].to_numpy(dtype=bool)
    for column in SETPOINTS:
        found[column] = buildings[column].fillna(found[column])
    # What the map says has no heating has none, and no hot water, whatever is typical of its use.
    found["heated"] = found["heated"].to_numpy(dtype=bool) & buildings["heated"].to_numpy()
    found.loc[~buildings["heated"].to_numpy(), ["hot_water_kwh_m2", "hot_water_loss_kwh_m2"]] = 0.0
    return found
