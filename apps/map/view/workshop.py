"""The workshop: large type, presets as big buttons, a tour, and nothing that can break."""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.map.view import session
from apps.map.view.opening import Opening
from apps.map.view.scenario_names import name_of, named_scenarios
from apps.map.view.state import ViewState
from apps.texts import Texts
from apps.views.view import View

STEPS = 4
"""Steps of the tour."""


def start_workshop() -> None:
    """Turn the page into the workshop's; its address says so."""
    session.change(ViewState.begin_workshop)
    st.query_params["workshop"] = "1"


def leave_workshop() -> None:
    """Give the planner's page back."""
    session.change(ViewState.leave_workshop)
    st.query_params.pop("workshop", None)


def workshop_panel(opening: Opening, view: View, words: Texts) -> None:
    """Show the presets as big buttons.

    Parameters
    ----------
    opening : Opening
        What can be opened.
    view : View
        District and scenario.
    words : Texts
        Language.
    """
    title, question = escape(view.district.title), escape(words("workshop.question"))
    st.html(f'<div class="cet-brand"><h1>{title}</h1><div>{question}</div></div>')
    now = name_of(session.state().present, opening)
    with st.container(key="presets", gap="small"):
        for name, preset in named_scenarios(opening).items():
            st.button(
                str(preset.told(words.language)[0]),
                key=f"preset_{name}",
                help=str(preset.told(words.language)[1]) or None,
                type="primary" if name == now else "secondary",
                width="stretch",
                on_click=session.change,
                args=(ViewState.go_to, preset),
            )
    with st.container(key="workshop_tools", horizontal=True, gap="small"):
        st.button(
            words("workshop.reset"),
            key="start_again",
            icon=":material/restart_alt:",
            on_click=session.change,
            args=(ViewState.restart_workshop,),
        )
        st.button(words("workshop.leave"), key="leave_workshop", type="tertiary", on_click=leave_workshop)


def tour(words: Texts) -> None:
    """Show the tour's present step, if it is under way.

    Parameters
    ----------
    words : Texts
        Language.
    """
    step = session.state().tour
    if not 1 <= step <= STEPS:
        return
    count = escape(words("workshop.step", step=step, steps=STEPS))
    with st.container(key="tour"):
        st.html(
            f'<div class="cet-tour" role="status"><small>{count}</small>'
            f"<h2>{escape(words(f'workshop.{step}.title'))}</h2><p>{escape(words(f'workshop.{step}.text'))}</p></div>"
        )
        with st.container(horizontal=True, gap="small"):
            if step > 1:
                st.button(words("workshop.back"), key="tour_back", on_click=_go, args=(step - 1,))
            last = step == STEPS
            st.button(
                words("workshop.done" if last else "workshop.next"),
                key="tour_next",
                type="primary",
                on_click=_go,
                args=(0 if last else step + 1,),
            )


def _go(step: int) -> None:
    session.update(tour=step)
