"""What is looked at of networks: carrier, quantity and day that they have, the curve of an element, its worst hour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from apps.map.view import session
from apps.map.view.deck.camera import Frame, fit, fly_to, frame_of
from apps.map.view.deck.palette import CARRIERS
from apps.map.view.opening import Opening
from apps.map.view.time_bar import Curve, screen_now
from apps.texts import Texts
from apps.views.days import DAYS
from apps.views.networks.element_states import ALL, KIND, Look, element_quantity, on_one_scale, quantities_of
from apps.views.networks.element_wording import element_title
from apps.views.networks.network_views import NetworkView
from apps.views.view import View
from twin.reporting.naming import value_text

_FALLBACK_DAY = "peak_electricity"


def networks_of(opening: Opening, view: View) -> NetworkView | None:
    """Give a view's networks if they are computed."""
    return opening.networks.ready(view.district.name, view.scenario)


def network_look(networks: NetworkView | None, beside: NetworkView | None = None) -> Look:
    """Give what is looked at; what the networks do not have is left for what they have.

    Parameters
    ----------
    networks : NetworkView or None
        Those that are shown, once they are computed.
    beside : NetworkView or None
        Others that they are compared with: both are on one scale, on a day that both have.
    """
    state = session.state()
    carrier, quantity, day = state.network_carrier, state.network_quantity, state.day
    if networks is None:
        return Look(carrier, quantity, day)
    if carrier not in (ALL, *networks.carriers):
        carrier = ALL
    known = quantities_of(networks, carrier)
    if quantity not in known:
        quantity = "loading" if "loading" in known else known[0]
    if day not in networks.rows:
        day = next(iter(networks.worst_days), _FALLBACK_DAY)
    if beside is None or beside is networks:
        return Look(carrier, quantity, day)
    return on_one_scale((networks, beside), Look(carrier, quantity, day if day in beside.rows else _FALLBACK_DAY))


def hour_day(day: str) -> str:
    """Give a day that buildings have: not each of the networks' own."""
    return day if day in DAYS else _FALLBACK_DAY


def curve_of_networks(networks: NetworkView, look: Look, element: str | None, words: Texts) -> Curve:
    """Give the curve of the selected element, or of the one that is nearest to its limit at each hour.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What is looked at.
    element : str or None
        Id of the selected element.
    words : Texts
        Language.
    """
    if look.quantity == KIND:
        look = Look(look.carrier, "loading", look.day)
    what = element_quantity(networks, look)
    values: Any = what.values
    column = np.flatnonzero(networks.elements.index[what.rows] == element)
    if column.size and np.isfinite(values[:, column[0]]).all():
        curve = values[:, column[0]]
        name = element_title(networks, str(element), words)
    elif not np.isfinite(values).any():
        curve, name = np.zeros(len(values)), words(f"state.{look.quantity}")
    else:
        lowest = np.isfinite(what.limits[0])
        # Water that rests in a closed pipe is nobody's: where some are held to a limit, they alone are told.
        held = (networks.elements["quantity"].iloc[what.rows] == look.quantity).to_numpy() & np.isfinite(values).any(0)
        values = values[:, held] if held.any() else values
        curve = np.nanmin(values, axis=1) if lowest else np.nanmax(values, axis=1)
        title = words(f"state.{look.quantity}").lower()
        name = words("network.lowest" if lowest else "network.highest", quantity=title)
    return Curve(
        id=f"{look} {element}",
        values=[float(value) for value in curve],
        texts=[value_text(float(value), what.unit, words) for value in curve],
        colour=CARRIERS.get(look.carrier, CARRIERS[""]),
        from_zero=look.quantity in {"loading", "flow", "loss", "hydrogen"},
        name=name,
    )


def show_element(networks: NetworkView, element: str) -> None:
    """Select an element, fly to it, and show the day of its worst hour.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    element : str
        Its id.
    """
    row = int(networks.elements.index.get_loc(element))
    carrier, quantity = str(networks.elements["carrier"].iloc[row]), str(networks.worst.quantity[row])
    state = session.state()
    screen = screen_now()
    home = fit(networks.view.district.bounds, frame_of(*screen) if screen else Frame())
    bounds = networks.elements.geometry.iloc[row].bounds
    state = state.show_element(element, carrier, quantity or state.network_quantity)
    date = networks.worst.date_of(row)
    if date in networks.rows:
        state = replace(state, day=date).jump_to(int(networks.worst.time[networks.worst.hour[row]].hour))
    session.commit(state.fly(fly_to(bounds, home, again=bool(state.flights % 2))))
