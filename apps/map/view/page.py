"""The page: the map from edge to edge, panels floating on it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import cache
from html import escape
from importlib.resources import files

import streamlit as st

import gis_data
from apps._errors import AppError
from apps.api.days import DAYS
from apps.api.views import View
from apps.map.view import panel, session
from apps.map.view.camera import Frame, fit, frame_beside, frame_of
from apps.map.view.card import card
from apps.map.view.changing import change_panel
from apps.map.view.comparing import comparison_bar
from apps.map.view.deck import BUILDINGS, LAYERS_AT_FIRST, Picture, deck
from apps.map.view.decks import compare_maps
from apps.map.view.figures import figures
from apps.map.view.legend import quantity_title
from apps.map.view.link import restore
from apps.map.view.opening import Opening, chosen
from apps.map.view.timebar import FIRST_STEP, KEY, step_of, time_bar
from apps.map.view.workshop import tour, workshop_panel
from apps.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts, texts
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
        _first_state()
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
    for trouble in restore(st.query_params.to_dict(), opening):
        st.toast(words("trouble.link", why=trouble), icon=":material/link_off:")
    for name in list(st.query_params):
        if name not in {"lang", "workshop"}:
            del st.query_params[name]


def _first_state() -> None:
    first = {
        "group": "hour",
        "quantity_hour": "heat",
        "quantity_year": "heat_kwh_m2",
        "quantity_kind": "use",
        "day": DAYS[0],
        "first_step": FIRST_STEP,
        "layers": list(LAYERS_AT_FIRST),
        "selected": None,
        "card_part": "figures",
        "mode": "map",
        "changing": False,
        "several_by": "use",
        "change_part": "buildings",
        "change_topic": "prices",
        "folded": False,
        "workshop": False,
        "tour": 1 if st.session_state.get("workshop") else 0,
        "camera": None,
    }
    for key, value in first.items():
        # A widget that was hidden for a run loses its state unless it is written again.
        st.session_state[key] = st.session_state.get(key, value)


def _views(opening: Opening, words: Texts) -> tuple[View, View]:
    """Give what is shown and what it is held against; a step that cannot be computed is taken back and told."""
    district = st.session_state["district"]
    baseline = _opened(opening, district, opening.views.key_of(session.baseline()), words)
    try:
        view = _opened(opening, district, opening.views.key_of(session.present()), words)
    except TwinError as error:
        st.toast(words("trouble.scenario", why=str(error)), icon=":material/undo:")
        session.drop_step()
        view = _opened(opening, district, opening.views.key_of(session.present()), words)
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
            bar = st.progress(0.0, text=words("loading"))
        while worker.is_alive():
            share, what = views.progress(district, scenario)
            bar.progress(min(max(share, 0.0), 1.0), text=words.get(f"progress.{what}", words("loading")))
            time.sleep(_POLL_S)
        place.empty()
        if failed:
            raise failed[0]
    return views.open(district, scenario)


def _tell(words: Texts, error: Exception) -> None:
    with st.container(key="trouble"):
        st.html(
            f'<div class="cet-trouble" role="alert"><h2>{escape(words("error.title"))}</h2>'
            f"<p>{escape(str(error))}</p><p>{escape(words('error.todo'))}</p></div>"
        )


def _page(opening: Opening, view: View, baseline: View, words: Texts) -> None:
    workshop = bool(st.session_state["workshop"])
    if workshop:
        st.html(f"<style>{_style('workshop.css')}</style>")
    quantity = st.session_state[f"quantity_{st.session_state['group']}"]
    with st.container(key="kpis"):
        st.html(figures(view, baseline, session.title_of(session.baseline(), opening, words), words))
    with st.container(key="languages"):
        panel.languages(words)
    folded = bool(st.session_state["folded"]) and not workshop
    with st.container(key="panel_folded" if folded else "panel"):
        if workshop:
            workshop_panel(opening, view, words)
        else:
            panel.panel(opening, view, baseline, quantity, words)
    quantity = st.session_state[f"quantity_{st.session_state['group']}"]
    with st.container(key="days"):
        panel.days(view, words)
    picked = _right(view, words, workshop=workshop)
    if st.session_state["mode"] != "map":
        comparison_bar(opening, words)
    names = tuple(session.title_of(found, opening, words) for found in (session.baseline(), session.present()))
    _stage((baseline, view), names, quantity, picked, words)
    if workshop:
        tour(words)
    with st.container(key="credits"):
        st.html(panel.credits_line(view, words))


def _right(view: View, words: Texts, *, workshop: bool) -> tuple[str, ...]:
    """Show the card on the right; give the buildings that are chosen on it."""
    selected = st.session_state["selected"]
    if selected in view.buildings.index:
        with st.container(key="card"):
            st.button(
                words("card.close"), key="close_card", icon=":material/close:", on_click=_unselect, type="tertiary"
            )
            card(view, selected, st.session_state["day"], words, editable=not workshop)
    elif st.session_state["changing"] and not workshop:
        with st.container(key="card"):
            st.button(
                words("card.close"), key="close_card", icon=":material/close:", on_click=_unselect, type="tertiary"
            )
            return change_panel(view, words)
    elif st.session_state["mode"] == "map":
        with st.container(key="hint"):
            st.html(f'<div class="cet-hint">{escape(words("card.hint"))}</div>')
    return ()


def _unselect() -> None:
    st.session_state["selected"] = None
    st.session_state["changing"] = False


@st.fragment
def _stage(
    views: tuple[View, View], names: tuple[str, ...], quantity: str, picked: tuple[str, ...], words: Texts
) -> None:
    """Draw the map and the time bar: a move of the playhead runs this and nothing else."""
    view = views[1]
    day, mode = st.session_state["day"], st.session_state["mode"]
    step = step_of(st.session_state.get(KEY), day, int(st.session_state["first_step"]))
    with st.container(key="timebar_box"):
        bar = time_bar(view, quantity, day, step, words)
    screen = bar.get("screen") if bar else None
    frame = frame_of(float(screen[0]), float(screen[1]), workshop=st.session_state["workshop"]) if screen else Frame()
    picture = Picture(
        quantity, day, step, tuple(st.session_state["layers"]), st.session_state["selected"], chosen=picked
    )
    if mode != "map":
        with st.container(key="maps"):
            compare_maps(
                views,
                names,
                replace(picture, how=mode),
                st.session_state["camera"] or fit(tuple(view.district.bounds), frame_beside(frame, mode)),
                words,
            )
        return
    with st.container(key="map"):
        event = st.pydeck_chart(
            deck(view, picture, st.session_state["camera"] or fit(tuple(view.district.bounds), frame), words),
            height="stretch",
            on_select="rerun",
            selection_mode="single-object",
            key="deck",
            alt=_told(view, picture, words),
        )
    _select(event)


def _told(view: View, picture: Picture, words: Texts) -> str:
    """Say what the map shows, for those who cannot see it."""
    return words(
        "map.alt",
        district=view.district.title,
        buildings=len(view.buildings),
        quantity=quantity_title(picture.quantity, words),
    )


def _select(event: object) -> None:
    """Take over a click on a building; a click beside them closes the card."""
    objects = event["selection"]["objects"] if event else {}  # type: ignore[index]
    clicked = [found["properties"]["id"] for found in objects.get(BUILDINGS, []) if "id" in found.get("properties", {})]
    now = clicked[0] if clicked else None
    if now != st.session_state.get("clicked"):
        st.session_state["clicked"] = now
        st.session_state["selected"] = now
        st.rerun()
