"""The web service beside the map: districts, layers, key figures and series."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

import gis_data
from apps._errors import (
    AppError,
    UnknownBuildingError,
)
from apps.api.decks import add_decks
from apps.api.network_routes import add_networks
from apps.api.responses import AcceptEncoding, Against, IfNoneMatch, Language, Scenario, Stamp, geojson_answer
from apps.api.schemas import PROBLEMS, DistrictInfo, Health, Kpi, Kpis, Problem, Series
from apps.texts import DEFAULT_LANGUAGE
from apps.views.days import DAYS
from apps.views.district_views import AS_IS, Views
from apps.views.layer_geojson import buildings_answer, layer_answer, layer_stamp
from apps.views.map_comparison import How
from apps.views.map_quantities import building_curve, rows_of
from apps.views.networks.network_views import Networks
from apps.views.quantities import FIRST_QUANTITY, HOURLY
from twin import TwinError
from twin._errors import UnknownTextError
from twin._version import __version__


def create_api(views: Views, networks: Networks | None = None) -> FastAPI:
    """Make the web service over a set of views.

    Parameters
    ----------
    views : Views
        What the map has open; the service opens others when they are asked for.
    networks : Networks, optional
        Those that the map has open; without them, the service has its own.
    """
    # The interactive pages would fetch their scripts from outside: the bare description is served instead.
    api = FastAPI(title="city-energy-twin", version=__version__, docs_url=None, redoc_url=None)

    @api.exception_handler(AppError)
    @api.exception_handler(UnknownTextError)
    def _tell(_request: Request, error: Exception) -> JSONResponse:
        return JSONResponse(Problem(detail=str(error)).model_dump(), status_code=404)

    @api.exception_handler(TwinError)
    def _tell_words(_request: Request, error: TwinError) -> JSONResponse:
        return JSONResponse(Problem(detail=str(error)).model_dump(), status_code=422)

    _add_figures(api, views)
    add_decks(api)
    _add_layers(api, views)
    add_networks(api, networks if networks is not None else Networks(views))
    return api


def _add_figures(api: FastAPI, views: Views) -> None:
    @api.get("/health")
    def health() -> Health:
        """Tell whether the service stands."""
        return Health(status="ok", version=__version__)

    @api.get("/districts")
    def districts() -> list[DistrictInfo]:
        """List the districts that can be opened."""
        known = {info.name: info.title for info in gis_data.list_districts()}
        ready = {view.district.name: view.district.title for view in views.ready()}
        return [
            DistrictInfo(name=name, title=title, open=name in ready) for name, title in sorted((known | ready).items())
        ]

    @api.get("/districts/{district}/kpis", responses=PROBLEMS)
    def kpis(district: str, scenario: Scenario = AS_IS) -> Kpis:
        """Give the key figures of a district."""
        view = views.open(district, scenario)
        fields = set(Kpi.model_fields)
        figures = {
            name: Kpi(**{key: value for key, value in kpi.items() if key in fields}) for name, kpi in view.kpis.items()
        }
        return Kpis(district=district, scenario=scenario, kpis=figures)

    @api.get("/districts/{district}/series/{building}", responses=PROBLEMS)
    def series(district: str, building: str, day: str = DAYS[0], scenario: Scenario = AS_IS) -> Series:
        """Give one building's day or year: heat, electricity, cooling, solar, grid and indoor temperature."""
        view = views.open(district, scenario)
        rows_of(view, day)
        if building not in view.buildings.index:
            raise UnknownBuildingError(f"{view.district.title} has no building {building!r}.")
        curves = {
            quantity.key: building_curve(view, quantity.key, day, building).tolist()
            for quantity in HOURLY.values()
            if any(name in view.steps for name in quantity.sources)
        }
        units = {quantity.key: "kW" if quantity.per_floor else quantity.unit for quantity in HOURLY.values()}
        return Series(
            building=building,
            day=day,
            date=view.dates.get(day),
            unit={key: units[key] for key in curves},
            series=curves,
        )


def _add_layers(api: FastAPI, views: Views) -> None:
    @api.get("/districts/{district}/layers/{table}.geojson", responses=PROBLEMS)
    def layer(
        district: str,
        table: str,
        *,
        scenario: Scenario = AS_IS,
        language: Language = DEFAULT_LANGUAGE,
        stamp: Stamp = "",
        if_none_match: IfNoneMatch = None,
        accept_encoding: AcceptEncoding = "",
    ) -> Response:
        """Give one table of the district as GeoJSON."""
        view = views.open(district, scenario)
        packed, version = layer_answer(view, table, language), layer_stamp(view, table)
        return geojson_answer(packed, version, stamp, if_none_match, accept_encoding)

    @api.get("/districts/{district}/buildings.geojson", responses=PROBLEMS)
    def buildings(
        district: str,
        *,
        quantity: str = FIRST_QUANTITY,
        day: str = DAYS[0],
        scenario: Scenario = AS_IS,
        against: Against = "",
        how: How = "beside",
        language: Language = DEFAULT_LANGUAGE,
        stamp: Stamp = "",
        if_none_match: IfNoneMatch = None,
        accept_encoding: AcceptEncoding = "",
    ) -> Response:
        """Give the buildings with a quantity's classes for every step of a day, alone or held against a baseline."""
        view = views.open(district, scenario)
        baseline = views.open(district, against) if against else None
        packed = buildings_answer(view, quantity, day, language, baseline=baseline, how=how)
        version = view.stamp + (baseline.stamp if baseline else "")
        return geojson_answer(packed, version, stamp, if_none_match, accept_encoding)
