"""Two scenarios side by side with one camera, or their difference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pydeck as pdk
import streamlit as st

from apps.map.view.deck.camera import Camera
from apps.map.view.deck.map_deck import Picture, deck
from apps.texts import Texts
from apps.views.networks.network_views import NetworkView
from apps.views.view import View

ADDRESS = "/api/decks"


@cache
def _script() -> str:
    return (files("apps.map.view.deck") / "compared_decks.js").read_text(encoding="utf-8")


def compare_maps(
    views: Sequence[View],
    names: Sequence[str],
    picture: Picture,
    camera: Camera,
    words: Texts,
    *,
    networks: Sequence[NetworkView | None] | None = None,
) -> None:
    """Show a view and its baseline.

    Parameters
    ----------
    views : sequence of View
        The baseline and what is held against it.
    names : sequence of str
        What people call them.
    picture : Picture
        What to show; its `how` tells whether both are shown, or the difference.
    camera : Camera
        Where the camera stands at first.
    words : Texts
        Language.
    networks : sequence of NetworkView or None, optional
        Of both, where networks are looked at: they are shown beside each other, for they have no difference.
    """
    first, second = views
    if networks is not None:
        drawn = [
            (name, deck(view, _of_networks(picture, one), camera, words))
            for name, view, one in zip(names, views, networks, strict=True)
        ]
    elif picture.how == "difference":
        drawn = [(f"{names[1]} \u2212 {names[0]}", deck(second, replace(picture, against=first), camera, words))]
    else:
        drawn = [
            (names[0], deck(first, replace(picture, against=second), camera, words)),
            (names[1], deck(second, replace(picture, against=first), camera, words)),
        ]
    component = st.components.v2.component(
        "city_energy_twin_decks", html='<div class="cet-decks"></div>', js=_script(), isolate_styles=False
    )
    component(
        key="decks",
        data={
            "address": ADDRESS,
            "told": words("compare.map", first=names[0], second=names[1]),
            "pictures": [{"name": name, "json": _json(made), "tooltip": made._tooltip} for name, made in drawn],
        },
    )


def _of_networks(picture: Picture, networks: NetworkView | None) -> Picture:
    # Each has days of its own on which it is at its worst.
    if networks is None or picture.look is None or picture.look.day in networks.rows:
        return replace(picture, networks=networks)
    return replace(picture, networks=networks, look=replace(picture.look, day="peak_electricity"))


def _json(made: pdk.Deck) -> str:
    """Write a deck without the marks that stand for settings which were not given."""
    told = json.loads(made.to_json())
    return json.dumps({key: value for key, value in told.items() if not str(value).startswith("__")})
