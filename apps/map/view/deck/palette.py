"""Colours: cividis for amounts, Okabe–Ito for kinds, each carrier its own, a quiet ground."""

from __future__ import annotations

from collections.abc import Sequence

from apps.views.quantities import CLASSES
from assets.carriers import carriers

RGB = tuple[int, int, int]

# Cividis in 32 steps: Nuñez, Anderton and Renslow (2018), PLoS ONE 13(7) e0199239.
CIVIDIS: tuple[RGB, ...] = (
    (0, 37, 84), (0, 43, 98), (0, 48, 112), (18, 53, 112), (33, 59, 110), (45, 65, 109), (54, 70, 108),
    (63, 76, 108), (71, 81, 108), (79, 87, 108), (86, 92, 109), (94, 98, 110), (101, 104, 112), (108, 109, 114),
    (114, 115, 116), (121, 121, 119), (128, 127, 120), (136, 133, 120), (144, 139, 120), (151, 145, 119),
    (159, 151, 117), (167, 157, 115), (175, 164, 113), (184, 170, 110), (192, 177, 106), (200, 184, 102),
    (209, 191, 97), (218, 198, 91), (226, 205, 84), (235, 212, 75), (245, 220, 65), (254, 228, 52),
)  # fmt: skip

# Diverging RdBu of ColorBrewer in eleven steps, blue first: Brewer, Hatchard and Harrower (2003), CaGIS 30(1) 5–32.
_BLUE_RED: tuple[RGB, ...] = (
    (5, 48, 97), (33, 102, 172), (67, 147, 195), (146, 197, 222), (209, 229, 240), (247, 247, 247),
    (253, 219, 199), (244, 165, 130), (214, 96, 77), (178, 24, 43), (103, 0, 31),
)  # fmt: skip

# Okabe and Ito (2008), "Color Universal Design".
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE, BLACK = "#0072B2", "#D55E00", "#CC79A7", "#3B3B3B"

CARRIERS = {carrier.id: carrier.colour for carrier in carriers().values()} | {"": "#6B665E"}
"""One colour a carrier, in every chart."""

USES = {
    "living": ORANGE,
    "office": BLUE,
    "retail": VERMILLION,
    "hotel": PURPLE,
    "education": SKY,
    "health": BLACK,
    "culture": GREEN,
    "industry": YELLOW,
    "other": "#B9B3A9",
}
HEATING = {
    "district_heating": VERMILLION,
    "direct_electric": ORANGE,
    "electric_boiler": YELLOW,
    "gas_boiler": PURPLE,
    "oil_boiler": BLACK,
    "wood_boiler": GREEN,
    "ground_source_heat_pump": BLUE,
    "air_water_heat_pump": SKY,
    "none": "#B9B3A9",
}
"""Heating systems of the catalogue; one it does not name is drawn as having no value."""

NO_VALUE: RGB = (200, 195, 187)
PLAIN_BUILDING: RGB = (226, 221, 213)
LAND: RGB = (232, 228, 220)
PARK: RGB = (212, 224, 200)
WATER: RGB = (198, 218, 230)
STREET: RGB = (255, 255, 255)
FOOTWAY: RGB = (243, 240, 234)
TREE: RGB = (172, 198, 152)
PARKING: RGB = (214, 209, 201)
QUIET_BUILDING = (230, 226, 219, 140)
"""While networks are looked at, see-through."""
CASING: RGB = (253, 251, 248)
EDITED: RGB = (0, 158, 115)
BEYOND: RGB = (213, 94, 0)
BEYOND_EDGE: RGB = (0, 0, 0)
BEYOND_AT_TIMES: RGB = (178, 60, 0)
"""What is beyond its limit is thicker and edged in black: nobody needs to tell colours apart to find it."""


def rgb(colour: str) -> RGB:
    """Turn "#RRGGBB" into three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def kind_colours(quantity: str, kinds: Sequence[str]) -> list[RGB]:
    """Give each kind its colour.

    Parameters
    ----------
    quantity : str
        "use" or "heating".
    kinds : sequence of str
        Names of the kinds, in the order of their numbers.
    """
    if quantity == "use":
        return [rgb(USES.get(kind, USES["other"])) for kind in kinds]
    return [rgb(HEATING[kind]) if kind in HEATING else NO_VALUE for kind in kinds]


def ramp(kinds: Sequence[RGB] = ()) -> list[RGB]:
    """List the colours of classes 0 to `CLASSES`: the last is "no value"."""
    colours = list(kinds) if kinds else list(CIVIDIS)
    return colours + [NO_VALUE] * (CLASSES + 1 - len(colours))


def _between(anchors: Sequence[RGB], share: float) -> RGB:
    place = share * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    mix = [round(a + (b - a) * (place - first)) for a, b in zip(anchors[first], anchors[first + 1], strict=True)]
    return mix[0], mix[1], mix[2]


DIVERGING: tuple[RGB, ...] = tuple(_between(_BLUE_RED, (number + 0.5) / CLASSES) for number in range(CLASSES))
"""Less is blue, more is red, zero in the middle; unchanged is drawn as no value."""


def gradient(colours: Sequence[RGB] = CIVIDIS) -> str:
    """Give a colour scale as a CSS gradient, for the legend.

    Parameters
    ----------
    colours : sequence of RGB
        From the lowest to the highest.
    """
    stops = ", ".join(f"rgb({r},{g},{b})" for r, g, b in [*colours[::3], colours[-1]])
    return f"linear-gradient(90deg, {stops})"
