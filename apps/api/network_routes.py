"""The web service's networks: layers of the map, key figures, problems with their causes, flows and files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import FastAPI, Query, Response

from apps._errors import UnknownElementError
from apps.api.responses import AcceptEncoding, IfNoneMatch, Language, Scenario, Stamp, geojson_answer
from apps.api.schemas import PROBLEMS, Element, Flow, Kpi, Kpis, NetworkNote, NetworkProblem
from apps.texts import DEFAULT_LANGUAGE, Texts, texts
from apps.views.building_export import as_csv
from apps.views.days import SPECIAL_DAYS
from apps.views.district_views import AS_IS
from apps.views.networks.element_export import network_table, networks_as_geojson
from apps.views.networks.element_geojson import Part, networks_answer
from apps.views.networks.element_states import Look
from apps.views.networks.element_wording import cause_text, element_title, problem_text, unit_of, worst_value
from apps.views.networks.network_views import Networks, NetworkView
from twin.texts import Note

_FIRST_DAY = SPECIAL_DAYS[1]
Carrier = Annotated[str, Query(description="electricity, heat, cold, gas or all")]


def add_networks(api: FastAPI, networks: Networks) -> None:
    """Add the networks to the web service.

    Parameters
    ----------
    api : fastapi.FastAPI
        It is changed.
    networks : Networks
        What the map has open; the service computes others when they are asked for.
    """
    _add_layer(api, networks)
    _add_figures(api, networks)

    @api.get("/districts/{district}/networks.{ending}", responses=PROBLEMS)
    def files(
        district: str,
        ending: Literal["geojson", "csv"],
        carrier: Carrier = "all",
        scenario: Scenario = AS_IS,
        language: Language = DEFAULT_LANGUAGE,
    ) -> Response:
        """Give every element of the networks with its size, its worst hour, and where it comes from."""
        found = networks.open(district, scenario)
        table = network_table(found, language, carrier=carrier)
        if ending == "csv":
            return Response(as_csv(table), media_type="text/csv")
        return Response(networks_as_geojson(found, table), media_type="application/geo+json")


def _add_layer(api: FastAPI, networks: Networks) -> None:
    @api.get("/districts/{district}/networks/{carrier}.geojson", responses=PROBLEMS)
    def layer(
        district: str,
        carrier: str,
        *,
        quantity: str = "loading",
        day: str = _FIRST_DAY,
        part: Part = "lines",
        low: float | None = None,
        high: float | None = None,
        scenario: Scenario = AS_IS,
        language: Language = DEFAULT_LANGUAGE,
        stamp: Stamp = "",
        if_none_match: IfNoneMatch = None,
        accept_encoding: AcceptEncoding = "",
    ) -> Response:
        """Give the elements of a network with a quantity's classes for every step of a day."""
        found = networks.open(district, scenario)
        # A scale of its own, or one that is shared with another scenario's networks.
        scale = None if low is None or high is None or not low < high else (low, high)
        packed = networks_answer(found, Look(carrier, quantity, day, scale), part, language)
        return geojson_answer(packed, found.stamp, stamp, if_none_match, accept_encoding)


def _add_figures(api: FastAPI, networks: Networks) -> None:
    @api.get("/districts/{district}/networks/kpis", responses=PROBLEMS)
    def kpis(district: str, scenario: Scenario = AS_IS) -> Kpis:
        """Give the key figures of the networks, with their limits."""
        found, fields = networks.open(district, scenario), set(Kpi.model_fields)
        figures = {
            name: Kpi(**{key: value for key, value in kpi.items() if key in fields}) for name, kpi in found.kpis.items()
        }
        return Kpis(district=district, scenario=scenario, kpis=figures)

    @api.get("/districts/{district}/networks/problems", responses=PROBLEMS)
    def problems(
        district: str, scenario: Scenario = AS_IS, language: Language = DEFAULT_LANGUAGE
    ) -> list[NetworkProblem]:
        """List what is beyond its limit at some hour of the year, the worst first, with the cause."""
        found, words = networks.open(district, scenario), texts(language)
        rows = [int(found.elements.index.get_loc(name)) for name in found.problems.index]
        return [
            NetworkProblem(
                element=str(name),
                title=element_title(found, str(name), words),
                carrier=str(found.problems.loc[name, "carrier"]),
                hours_over=int(found.problems.loc[name, "hours_over"]),
                description=problem_text(found, row, words),
                cause=cause_text(found, str(name), found.causes[str(name)], words) if name in found.causes else None,
            )
            for name, row in zip(found.problems.index, rows, strict=True)
        ]

    @api.get("/districts/{district}/networks/notes", responses=PROBLEMS)
    def notes(district: str, scenario: Scenario = AS_IS, language: Language = DEFAULT_LANGUAGE) -> list[NetworkNote]:
        """Tell what was assumed of the networks and plants, and what has not settled."""
        found = networks.open(district, scenario)
        return [NetworkNote(**note.plain(), text=note.told(language)) for note in found.notes]

    _add_elements(api, networks)


def _add_elements(api: FastAPI, networks: Networks) -> None:
    @api.get("/districts/{district}/networks/elements/{element}", responses=PROBLEMS)
    def one(district: str, element: str, scenario: Scenario = AS_IS, language: Language = DEFAULT_LANGUAGE) -> Element:
        """Give an element: what it is, its worst day and year, and what brings it there."""
        found, words = networks.open(district, scenario), texts(language)
        if element not in found.elements.index:
            raise UnknownElementError(f"The networks of {district} have no element {element!r}.")
        row = int(found.elements.index.get_loc(element))
        causes = networks.causes(found, element)
        table = found.elements.iloc[row]
        return Element(
            element=element,
            title=element_title(found, element, words),
            **{name: str(table[name]) for name in ("carrier", "kind", "size", "origin")},
            quantity=str(found.worst.quantity[row]),
            unit=unit_of(found, row),
            worst=_number(worst_value(found, row)),
            limit_low=_number(found.worst.limit_low[row]),
            limit_high=_number(found.worst.limit_high[row]),
            hours_over=int(table["hours_over"]),
            worst_date=found.worst.date_of(row),
            worst_day=[_number(value) for value in found.worst.day[row]],
            cause=cause_text(found, element, causes, words),
            causes=[{"asset": str(name), **_plain(row, words)} for name, row in causes.iterrows()],
        )

    @api.get("/districts/{district}/flows", responses=PROBLEMS)
    def flows(district: str, scenario: Scenario = AS_IS) -> list[Flow]:
        """Give the energies of the district's year, from where to where."""
        found: NetworkView = networks.open(district, scenario)
        return [
            Flow(source=str(row.source), target=str(row.target), carrier=str(row.carrier), kwh=float(row.kwh))
            for row in found.flows.itertuples()
        ]


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain(row: Any, words: Texts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, (int, float, np.integer, np.floating)):
            found[str(name)] = _number(value)
        else:
            found[str(name)] = value.told(words.language) if isinstance(value, Note) else str(value)
    return found
