"""The page: the map from edge to edge, panels floating on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from html import escape
from importlib.resources import files

import streamlit as st

import gis_data
from apps._errors import AppError
from apps.map.view import panel, session
from apps.map.view.cards.building_card import card
from apps.map.view.cards.element_card import causing_buildings, element_card
from apps.map.view.cards.kpi_cards import figures
from apps.map.view.cards.problem_list import problems_panel
from apps.map.view.changes.change_panel import change_panel
from apps.map.view.changes.element_changes import plant_panel
from apps.map.view.changes.line_drawing import line_panel, sketched_line
from apps.map.view.changes.network_settings import network_panel
from apps.map.view.comparison_bar import comparison_bar
from apps.map.view.deck.camera import Frame, fit, frame_beside, frame_of
from apps.map.view.deck.compared_decks import compare_maps
from apps.map.view.deck.legend import quantity_title
from apps.map.view.deck.map_deck import BUILDINGS, Picture, deck
from apps.map.view.deck.network_layers import LINES, POINTS
from apps.map.view.networks.network_look import curve_of_networks, hour_day, network_look, networks_of
from apps.map.view.networks.network_panel import badge
from apps.map.view.networks.network_progress import poll_networks
from apps.map.view.opening import Opening, chosen
from apps.map.view.scenario_names import title_of
from apps.map.view.share.view_link import restore
from apps.map.view.state import ViewState
from apps.map.view.time_bar import present_step, time_bar
from apps.map.view.trouble import trouble_html
from apps.map.view.waiting import wait_while
from apps.map.view.workshop import tour, workshop_panel
from apps.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts, texts
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from twin import TwinError

_POLL_S = 0.15


@cache
def _style(name: str = "page.css") -> str:
    return (files("apps.map.view") / name).read_text(encoding="utf-8")


def show() -> None:
    """Run the page once: Streamlit calls this on every interaction."""
    st.set_page_config(page_title="City energy twin", page_icon=str(files("apps.map.view") / "icon.svg"), layout="wide")
    words = texts(_language())
    # The framework's own word on the button is English in every language.
    st.html(f'<style>{_style()}:root {{ --open-file: "{words("change.upload")}" }}</style>')
    opening = chosen()
    try:
        if not session.begun():
            _begin(opening, words)
        view, baseline = _views(opening, words)
    except (AppError, gis_data.GisDataError, TwinError) as error:
        _tell(words, error)
        return
    _page(opening, view, baseline, words)


def _language() -> str:
    """Give the language of the address, else of the browser, else English."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    browser = (st.context.locale or "")[:2]
    return browser if browser in LANGUAGES else DEFAULT_LANGUAGE


def _begin(opening: Opening, words: Texts) -> None:
    """Follow the address once; from then on the session has the word."""
    state, troubles = restore(st.query_params.to_dict(), opening)
    session.commit(state)
    for trouble in troubles:
        st.toast(words("trouble.link", why=trouble), icon=":material/link_off:")
    for name in list(st.query_params):
        if name not in {"lang", "workshop"}:
            del st.query_params[name]


def _views(opening: Opening, words: Texts) -> tuple[View, View]:
    """Give what is shown and what it is held against; a step that cannot be computed is taken back and told."""
    now = session.state()
    baseline = _opened(opening, now.district, opening.views.key_of(now.baseline), words)
    try:
        view = _opened(opening, now.district, opening.views.key_of(now.present), words)
    except TwinError as error:
        st.toast(words("trouble.scenario", why=str(error)), icon=":material/undo:")
        session.change(ViewState.drop_step)
        view = _opened(opening, now.district, opening.views.key_of(session.state().present), words)
    return view, baseline


def _opened(opening: Opening, district: str, scenario: str, words: Texts) -> View:
    """Give a view; while it is computed, tell how far it is."""
    views = opening.views
    if not views.is_ready(district, scenario):
        failed: list[Exception] = []

        def work() -> None:
            try:
                views.open(district, scenario)
            except Exception as error:  # noqa: BLE001  whatever it is, the page's own thread raises it
                failed.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        place = st.empty()
        with place.container(key=f"loading_{scenario}"):
            progress = partial(views.progress, district, scenario)
            wait_while(worker.is_alive, progress, words("loading"), words, every_s=_POLL_S)
        place.empty()
        if failed:
            raise failed[0]
    return views.open(district, scenario)


def _tell(words: Texts, error: Exception) -> None:
    with st.container(key="trouble"):
        st.html(trouble_html(words("error.title"), str(error), words("error.todo")))


def _page(opening: Opening, view: View, baseline: View, words: Texts) -> None:
    workshop = session.state().workshop
    if workshop:
        st.html(f"<style>{_style('workshop.css')}</style>")
    with st.container(key="kpis"):
        st.html(figures(view, baseline, title_of(session.state().baseline, opening, words), words))
    if not workshop:
        badge(opening, view, words)
    with st.container(key="languages"):
        panel.languages(words)
    folded = session.state().folded and not workshop
    with st.container(key="panel_folded" if folded else "panel"):
        if workshop:
            workshop_panel(opening, view, words)
        else:
            panel.panel(opening, view, baseline, words)
    # What the panel found out of date it has put right.
    now = session.state()
    networks = networks_of(opening, view) if now.networks_shown else None
    # What changes are held against is computed only where it is drawn too.
    alone = now.mode == "map"
    beside = networks_of(opening, baseline) if now.networks_shown and not alone else None
    with st.container(key="days"):
        panel.days(view, networks, beside, words)
    picked = _right(opening, view, networks, words)
    if not alone:
        comparison_bar(opening, words)
    names = tuple(title_of(found, opening, words) for found in (now.baseline, now.present))
    if now.networks_shown:
        both = (networks if alone else beside, networks)
        _stage((baseline, view), names, picked, words, networks=both)
        if networks is None:
            poll_networks(opening, view, words)
        elif both[0] is None:
            poll_networks(opening, baseline, words)
    else:
        _stage((baseline, view), names, picked, words)
    if workshop:
        tour(words)
    with st.container(key="credits"):
        st.html(panel.credits_line(view, words))


def _right(opening: Opening, view: View, networks: NetworkView | None, words: Texts) -> tuple[str, ...]:
    """Show the card on the right; give the buildings that are chosen on it."""
    state = session.state()
    editable = not state.workshop
    side = state.side if state.networks_shown and editable else ""
    if state.selected is not None and state.selected in view.buildings.index:
        with _card(words):
            card(view, state.selected, hour_day(state.day), words, editable=editable)
    elif networks is not None and state.element is not None and state.element in networks.elements.index:
        with _card(words):
            element_card(opening, networks, state.element, words, editable=editable)
        return causing_buildings(networks, state.element) if state.element_part == "why" else ()
    elif side == "problems" and networks is not None:
        with _card(words):
            problems_panel(networks, words)
    elif side == "plant":
        with _card(words):
            plant_panel(view, words)
        return (state.plant.building,) if state.plant.building and state.plant.place == "building" else ()
    elif side == "network":
        with _card(words):
            network_panel(networks, words)
    elif side == "line" and networks is not None:
        with _card(words):
            line_panel(networks, words)
    elif state.changing and editable:
        with _card(words):
            return change_panel(view, words)
    elif state.mode == "map":
        with st.container(key="hint"):
            told = words("network.hint" if state.networks_shown else "card.hint")
            st.html(f'<div class="cet-hint">{escape(told)}</div>')
    return ()


@contextmanager
def _card(words: Texts) -> Iterator[None]:
    with st.container(key="card"):
        st.button(
            words("card.close"),
            key="close_card",
            icon=":material/close:",
            on_click=session.change,
            args=(ViewState.open_side, ""),
            type="tertiary",
        )
        yield


@st.fragment
def _stage(
    views: tuple[View, View],
    names: tuple[str, ...],
    picked: tuple[str, ...],
    words: Texts,
    *,
    networks: tuple[NetworkView | None, NetworkView | None] | None = None,
) -> None:
    """Draw the map and the time bar: a move of the playhead runs this and nothing else."""
    view, state = views[1], session.state()
    look = None if networks is None else network_look(networks[1], networks[0])
    day, mode = state.day if look is None else look.day, state.mode
    step = present_step(day)
    curve = None
    if networks is not None and networks[1] is not None and look is not None:
        curve = curve_of_networks(networks[1], look, state.element, words)
    with st.container(key="timebar_box"):
        bar = time_bar(view, state.quantity, day if look is None or curve else hour_day(day), step, words, curve=curve)
    screen = bar.get("screen") if bar else None
    frame = frame_of(float(screen[0]), float(screen[1]), workshop=state.workshop) if screen else Frame()
    picture = Picture(state.quantity, hour_day(day), step, state.layers, state.selected, chosen=picked)
    if networks is not None:
        selected = state.line.moving if state.side == "line" else state.element
        picture = replace(picture, look=look, networks=networks[1], element=selected, sketch=sketched_line(networks[1]))
    if mode != "map":
        with st.container(key="maps"):
            compare_maps(
                views,
                names,
                replace(picture, how=mode),
                state.camera or fit(view.district.bounds, frame_beside(frame, mode)),
                words,
                networks=networks,
            )
        return
    with st.container(key="map"):
        event = st.pydeck_chart(
            deck(view, picture, state.camera or fit(view.district.bounds, frame), words),
            height="stretch",
            on_select="rerun",
            selection_mode="single-object",
            key="deck",
            alt=_told(view, picture, words),
        )
    _select(event)


def _told(view: View, picture: Picture, words: Texts) -> str:
    """Say what the map shows, for those who cannot see it."""
    title = quantity_title(picture.quantity, words)
    if picture.look is not None:
        title = f"{words('network.title')}: {words(f'state.{picture.look.quantity}')}"
    return words("map.alt", district=view.district.title, buildings=len(view.buildings), quantity=title)


def _select(event: object) -> None:
    """Take over a click on a building or on an element of a network; a click beside them closes the card."""
    objects = event["selection"]["objects"] if event else {}  # type: ignore[index]
    clicked = [
        (layer, found["properties"]["id"])
        for layer in (POINTS, LINES, BUILDINGS)
        for found in objects.get(layer, [])
        if "id" in found.get("properties", {})
    ]
    now = clicked[0] if clicked else None
    if now == session.state().clicked:
        return
    layer, name = now or ("", None)
    session.change(ViewState.click, layer, name, building=layer == BUILDINGS)
    st.rerun()
