"""The district's year as a Sankey diagram, with the same figures as a table beside it."""

from __future__ import annotations

from html import escape

import streamlit as st

import twin
from apps._errors import AppError
from apps.map.view.cards.charts import show_svg
from apps.map.view.networks.network_look import networks_of
from apps.map.view.networks.network_progress import await_networks
from apps.map.view.opening import Opening
from apps.texts import Texts
from apps.views.networks.element_wording import element_title
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from twin.reporting.sankey import flow_key, flow_table, sankey


def flows_dialog(opening: Opening, view: View, words: Texts) -> None:
    """Open the diagram over the map; the networks are computed first where nobody has looked at them.

    Parameters
    ----------
    opening : Opening
        Gives the networks.
    view : View
        District and scenario.
    words : Texts
        Language.
    """

    @st.dialog(words("flows.title", district=view.district.title), width="large")
    def dialog() -> None:
        try:
            networks = networks_of(opening, view) or await_networks(opening, view, words)
        except (AppError, twin.TwinError) as error:
            st.warning(words("flows.failed", why=str(error)))
            return
        names = plant_names(networks, words)
        st.html(f'<p class="cet-told">{escape(words("flows.told"))}</p>{flow_key(networks.flows, words)}')
        show_svg(sankey(networks.flows, words, names, width=1200.0, height=455.0), "flows")
        with st.expander(words("flows.table")):
            st.html(f'<div class="cet-table" tabindex="0">{flow_table(networks.flows, words, names)}</div>')

    dialog()


def plant_names(networks: NetworkView, words: Texts) -> dict[str, str]:
    """Give what people call plants and stores, by id.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    words : Texts
        Language.
    """
    elements = networks.elements
    pieces = elements[elements["kind"].isin(["plant", "store", "entry"])]
    return {str(name): element_title(networks, str(name), words) for name in pieces.index}
