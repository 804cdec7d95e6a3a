"""Change networks by hand: an element or a plant on its card, a new or moved plant in the panel."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import streamlit as st

from apps.map.view import session
from apps.map.view.state import ViewState
from apps.texts import LANGUAGES, Texts, texts
from apps.views.layer_geojson import building_names
from apps.views.networks.element_wording import element_title
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from twin.model.plants import plant_kinds
from twin.reporting.naming import sizes_like
from twin.scenario import ElementEdit, PlantEdit

_PIECES = {"plant", "store", "entry"}
_LINES = {"pipe", "cable", "service"}
_PLACES = ("network", "building", "point")
_NOT_BUILT = {"building_mass", "network_water", "vehicle_to_grid", "battery_home", "hot_water_tank"}
"""Stores that are there without being built, or stand in buildings."""


def change_element(networks: NetworkView, element: str, words: Texts) -> None:
    """Show what can be changed of an element.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    element : str
        Its id.
    words : Texts
        Language.
    """
    row = networks.elements.loc[element]
    if row["kind"] in _PIECES:
        _change_plant(networks, element, words)
        return
    remember_title(networks, element)
    choice = sizes_like(str(row["size"]))
    if choice:
        titles = {one.name: one.title for one in choice}
        st.selectbox(
            words("element.size"),
            list(titles),
            format_func=lambda name: titles[name],
            help=words("element.size.help"),
            **session.form("element_size", str(row["size"]), _resize, element, str(row["size"])),
        )
    else:
        st.caption(words("element.fixed"))
    if row["kind"] in _LINES:
        st.button(
            words("line.other"),
            key="element_move",
            icon=":material/route:",
            help=words("line.other.help"),
            width="stretch",
            on_click=session.change,
            args=(ViewState.move_line, element),
        )
    st.button(
        words("element.remove"),
        key="element_remove",
        icon=":material/delete:",
        help=words("element.remove.help"),
        width="stretch",
        on_click=_remove,
        args=(ElementEdit(do="remove", id=element),),
    )


def remember_title(networks: NetworkView, element: str) -> None:
    """Keep what people call an element: the list of changes names it, even once it is gone."""
    known = session.state().element_titles
    if element in networks.elements.index and element not in known:
        titles = {language: element_title(networks, element, texts(language)) for language in LANGUAGES}
        session.update(element_titles={**known, element: titles})


def titles_of_edits(words: Texts) -> dict[str, str]:
    """Give what people call the plants and elements that the session's scenario changes, by id."""
    state, found, number = session.state(), dict[str, str](), 0
    known = state.element_titles
    for edit in state.present.edits:
        if isinstance(edit, PlantEdit) and edit.do == "add":
            found[edit.id] = words.get(f"plant_kind.{edit.kind}", edit.id)
        elif isinstance(edit, ElementEdit) and edit.do == "add":
            number += 1
            found[edit.id] = words("line.named", number=number)
        elif isinstance(edit, ElementEdit) and edit.id not in found:
            carrier = edit.id.split("-")[0]
            unnamed = words("line.part", network=words.get(f"network.{carrier}", carrier))
            found[edit.id] = known[edit.id][words.language] if edit.id in known else unnamed
    return found


def _resize(element: str, before: str) -> None:
    size = session.entered("element_size")
    if size and size != before:
        session.change(ViewState.apply, ElementEdit(do="resize", id=element, size=size))


def _remove(edit: ElementEdit | PlantEdit) -> None:
    session.change(ViewState.apply, edit)
    session.update(element=None)


def _change_plant(networks: NetworkView, element: str, words: Texts) -> None:
    built = plants_of(networks)
    if element not in built:
        st.caption(words("plant.outside"))
        return
    size, capacity = built[element]
    for key, value, field in (("plant_size", size, "size_kw"), ("plant_capacity", capacity, "capacity_kwh")):
        if value is not None:
            form = session.form(key, float(value), _resize_plant, element, key, field)
            st.number_input(words(f"plant.{field}"), 0.1, 1e7, format="%.0f", **form)
    st.button(
        words("plant.move"),
        key="plant_move",
        icon=":material/open_with:",
        width="stretch",
        on_click=session.change,
        args=(ViewState.move_plant, element),
    )
    st.button(
        words("plant.remove"),
        key="plant_remove",
        icon=":material/delete:",
        width="stretch",
        on_click=_remove,
        args=(PlantEdit(do="remove", id=element),),
    )


def plants_of(networks: NetworkView) -> dict[str, tuple[float | None, float | None]]:
    """Give size [kW] and capacity [kWh] of the plants that the session's scenario builds, by id.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`: plants that it has.
    """
    found: dict[str, tuple[float | None, float | None]] = {}
    for edit in session.state().present.edits:
        if not isinstance(edit, PlantEdit):
            continue
        if edit.do == "remove":
            found.pop(edit.id, None)
        elif edit.do == "add" or edit.id in found:
            before = found.get(edit.id, (None, None))
            found[edit.id] = (
                edit.size_kw if edit.size_kw is not None else before[0],
                edit.capacity_kwh if edit.capacity_kwh is not None else before[1],
            )
    return {name: sizes for name, sizes in found.items() if name in networks.elements.index}


def _resize_plant(plant: str, key: str, field: str) -> None:
    value = session.entered(key)
    if value:
        session.change(ViewState.apply, PlantEdit.model_validate({"do": "resize", "id": plant, field: float(value)}))


def plant_panel(view: View, words: Texts) -> None:
    """Ask for a new plant's kind, size and place; of one that moves, for its place alone.

    Parameters
    ----------
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    draft = session.state().plant
    moving = draft.moving
    title = words("plant.move.title" if moving else "plant.new")
    st.html(f'<div class="cet-card-title"><h2>{escape(title)}</h2></div>')
    given: dict[str, Any] = {} if moving else _kind_and_size(words)
    ways = _PLACES if not moving else _PLACES[1:]
    place = st.segmented_control(
        words("plant.place"),
        ways,
        format_func=lambda name: words(f"plant.place.{name}"),
        required=True,
        width="stretch",
        **session.bound("plant.place", value=draft.place if draft.place in ways else ways[0]),
    )
    at = _place(view, str(place), words)
    ready = place == "network" or at is not None
    st.button(
        words("plant.move.here" if moving else "plant.build"),
        key="plant_build",
        type="primary",
        width="stretch",
        disabled=not ready,
        on_click=_build,
        args=(given, at, moving),
    )


def _kind_and_size(words: Texts) -> dict[str, Any]:
    kinds = plant_kinds()
    options = [str(name) for name in kinds.index if name not in _NOT_BUILT]
    carrier = {name: str(kinds.loc[name, "carrier"]) for name in options}
    options.sort(key=lambda name: (carrier[name], words(f"plant_kind.{name}")))
    kind = st.selectbox(
        words("plant.kind"),
        options,
        index=options.index("heat_pump_water"),
        format_func=lambda name: f"{words(f'carrier.{carrier[name]}')}: {words(f'plant_kind.{name}')}",
        key="plant_kind",
    )
    given: dict[str, Any] = {"kind": kind}
    given["size_kw"] = st.number_input(
        words("plant.size_kw"),
        1.0,
        1e7,
        step=100.0,
        format="%.0f",
        **session.bound("plant.size_kw", key="new_plant_kw"),
    )
    if kinds.loc[kind, "family"] == "store":
        bound = session.bound("plant.capacity_kwh", key="new_plant_kwh")
        given["capacity_kwh"] = st.number_input(
            words("plant.capacity_kwh"), 1.0, 1e7, step=1000.0, format="%.0f", **bound
        )
    return given


def _place(view: View, place: str, words: Texts) -> tuple[float, float] | None:
    """Give longitude and latitude of the chosen place; None where nobody said."""
    if place == "network":
        st.caption(words("plant.place.network.told"))
        return None
    if place == "building":
        clicked = session.state().plant.building
        if clicked not in view.buildings.index:
            st.caption(words("plant.place.building.told"))
            return None
        name = building_names(view, words.language)[view.buildings.index.get_loc(clicked)]
        st.caption(words("plant.place.at", name=name))
        point = view.buildings.geometry.loc[clicked].representative_point()
        return round(point.x, 6), round(point.y, 6)
    west, south, east, north = (float(value) for value in view.district.bounds)
    left, right = st.columns(2, gap="small")
    with left:
        x = st.number_input(words("plant.longitude"), -180.0, 180.0, (west + east) / 2, format="%.5f", key="plant_lon")
    with right:
        y = st.number_input(words("plant.latitude"), -90.0, 90.0, (south + north) / 2, format="%.5f", key="plant_lat")
    return float(x), float(y)


def _build(given: dict[str, Any], at: tuple[float, float] | None, moving: str | None) -> None:
    if moving:
        edit = PlantEdit(do="move", id=moving, at=at)
    else:
        edit = PlantEdit.model_validate({"do": "add", "id": _free_id(str(given["kind"])), "at": at, **given})
    session.change(ViewState.apply, edit)
    session.change(ViewState.open_side, "")


def _free_id(kind: str) -> str:
    """Name a plant by its kind and the first number that is free."""
    base = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")
    taken = {edit.id for edit in session.state().present.edits if isinstance(edit, PlantEdit)}
    return next(name for number in range(1, 10_000) if (name := f"{base}-{number}") not in taken)
