"""Take networks along: what the picture's caption says, the files, and the lines of Python."""

from __future__ import annotations

from dataclasses import dataclass

from apps.map.view.deck.network_layers import colours_of_look
from apps.map.view.deck.palette import RGB
from apps.texts import Texts
from apps.views.building_export import as_csv
from apps.views.networks.element_export import network_table, networks_as_geojson
from apps.views.networks.element_states import ALL, KIND, Look, element_quantity
from apps.views.networks.network_views import NetworkView
from apps.views.quantities import CLASSES
from twin.reporting.naming import value_text


@dataclass(frozen=True, eq=False)
class Export:
    """What is seen, for the files and the picture.

    Attributes
    ----------
    title : str
        What it is.
    key : str
        For the files' names.
    colours : list of RGB
        Of the scale; empty where there is none.
    marks : list of str
        Its ends and its middle.
    geojson, csv : bytes
        The rows.
    """

    title: str
    key: str
    colours: list[RGB]
    marks: list[str]
    geojson: bytes
    csv: bytes


def network_export(networks: NetworkView, look: Look, step: int, words: Texts) -> Export:
    """Prepare the networks that are looked at for taking along.

    Parameters
    ----------
    networks : NetworkView
        Of `Networks.open`.
    look : Look
        What is looked at.
    step : int
        Place of the playhead.
    words : Texts
        Language.
    """
    what = element_quantity(networks, look)
    low, high = what.scale
    ends = [value_text(low + (high - low) * share, what.unit, words) for share in (0.0, 0.5, 1.0)]
    table = network_table(networks, words.language, carrier=look.carrier, seen=(look, step))
    network = words("network.title") if look.carrier == ALL else words(f"network.{look.carrier}")
    return Export(
        title=f"{network}: {words(f'state.{look.quantity}')}",
        key=f"{look.carrier}-{look.quantity}".replace("_", "-"),
        colours=[] if look.quantity == KIND else colours_of_look(look)[:CLASSES],
        marks=[] if look.quantity == KIND else ends,
        geojson=networks_as_geojson(networks, table),
        csv=as_csv(table),
    )
