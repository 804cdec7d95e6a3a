"""The web service beside the map: districts, layers, key figures and series."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from typing import Annotated

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse

import gis_data
from apps._errors import (
    AppError,
    UnknownBuildingError,
)
from apps.api.comparing import How
from apps.api.days import DAYS
from apps.api.decks import add_decks
from apps.api.features import cached_buildings, cached_layer
from apps.api.models import PROBLEMS, DistrictInfo, Health, Kpi, Kpis, Problem, Series
from apps.api.quantities import HOURLY
from apps.api.values import building_curve, rows_of
from apps.api.views import AS_IS, Views
from apps.texts import DEFAULT_LANGUAGE
from twin import TwinError
from twin._errors import UnknownTextError
from twin._version import __version__

# An address that carries the view's stamp never changes its answer; any other one is asked for again.
_FOREVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"

Scenario = Annotated[str, Query(description="Name of a scenario, or the text of one from a link")]
Against = Annotated[str, Query(description="Scenario to hold it against, as `scenario`")]
Language = Annotated[str, Query(alias="lang", description="en, fi or sv")]
Stamp = Annotated[str, Query(alias="v", description="Stamp of the view: makes the answer cacheable for good")]
IfNoneMatch = Annotated[str | None, Header(description="ETag of the answer at hand")]
AcceptEncoding = Annotated[str, Header(description="gzip, if the client understands it")]


def create_api(views: Views) -> FastAPI:
    """Make the web service over a set of views.

    Parameters
    ----------
    views : Views
        What the map has open; the service opens others when they are asked for.
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
            name: Kpi(**{key: value for key, value in kpi.items() if key in fields})
            for name, kpi in view.kpis["district"].items()
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
            for quantity in HOURLY
            if any(name in view.steps for name in quantity.sources)
        }
        units = {quantity.key: "kW" if quantity.per_floor else quantity.unit for quantity in HOURLY}
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
        body = cached_layer(view, table, language)
        return _geojson(body, view.stamp, stamp, if_none_match, accept_encoding)

    @api.get("/districts/{district}/buildings.geojson", responses=PROBLEMS)
    def buildings(
        district: str,
        *,
        quantity: str = HOURLY[0].key,
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
        body = cached_buildings(view, quantity, day, language, baseline=baseline, how=how)
        version = view.stamp + (baseline.stamp if baseline else "")
        return _geojson(body, version, stamp, if_none_match, accept_encoding)


@lru_cache(maxsize=48)
def _packed(body: bytes) -> tuple[str, bytes]:
    """Fingerprint and compress an answer once."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"', gzip.compress(body, 6, mtime=0)


def _geojson(body: bytes, version: str, stamp: str, if_none_match: str | None, accept_encoding: str) -> Response:
    etag, packed = _packed(body)
    headers = {
        "ETag": etag,
        "Cache-Control": _FOREVER if stamp and stamp == version else _ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    # A proxy that repacks answers makes the tag a weak one, W/"…".
    if if_none_match and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    if "gzip" in accept_encoding:
        return Response(packed, media_type="application/geo+json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(body, media_type="application/geo+json", headers=headers)
