"""What each building is used for: as tagged, else from contents, land use, neighbours and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gis_data.buildings.catalogue import feature_use, named_use
from gis_data.buildings.contents import Contents
from gis_data.buildings.neighbours import FloatArray, neighbour_votes
from gis_data.buildings.selection import building_value

OUTBUILDING_M2 = 50.0
"""An untold building without address, storeys or contents below this is a shed, a sauna or a garage, m²."""
HUT_M2 = 25.0
"""Smaller than this no one lives or works in it, whatever stands around, m²."""
PARK_HUT_M2 = 150.0
"""On green land an untold building below this is a hut, m²."""
BLOCK_M2 = 350.0
"""A house of this footprint or larger is a block of flats, m²."""
BLOCK_LEVELS = 3.0
ROW_M2 = 160.0
"""Houses that share walls and are smaller than this stand in a row, m²."""
ROW_SHORTEST_M = 25.0
"""A house of up to two storeys and at least this length, three times its depth, is a row in one piece, m."""
ROW_DEPTH_M = 11.0
DENSE_COVERAGE = 0.35
"""Share of built-over ground from which a quarter is a city centre of closed blocks."""
WING_M2 = 100.0

INSTITUTION_SHARE = 0.3
"""A hotel, a school or a theatre gives its use to a building of about three times its own usual floor area."""
RETAIL_SHARE = 0.5
LOW_RETAIL_SHARE = 0.1
"""Not every shop is mapped: in a building of up to two storeys this share of the floor is enough."""
OFFICE_SHARE = 0.15
OFFICE_COUNT = 3
_INSTITUTIONS = ("hotel", "school", "university", "hospital", "assembly", "transport", "sports", "industrial")
_CAMPUS = ("university", "hospital")
_VOTED = ("apartment_block", "detached_house", "row_house", "office", "industrial", "warehouse", *_CAMPUS)
CAMPUS_M2 = 500.0
"""On a campus untold buildings of this footprint or larger belong to it, m²."""
_GENERIC_VALUES: Mapping[str, str] = {
    "commercial": "office",
    "public": "assembly",
    "civic": "assembly",
    "residential": "residential",
    "house": "residential",
}
_HOUSES = ("detached_house", "row_house", "apartment_block")


@dataclass(frozen=True)
class Sizes:
    """What is known of the size of each building when its use is asked for; arrays of shape (n,).

    Attributes
    ----------
    footprint_m2 : array
        m².
    levels : array
        Storeys, the best guess so far.
    levels_known : array of bool
        False where they are a guess.
    coverage : array
        Share of the ground around that is built over.
    points : array of shape (n, 2)
        A point inside, m.
    shapes : array of shapely polygons
        The footprints.
    """

    footprint_m2: FloatArray
    levels: FloatArray
    levels_known: Any
    coverage: FloatArray
    points: FloatArray
    shapes: Any


def tagged_use(tags: Mapping[str, str]) -> str | None:
    """Use that the building's own tags tell, "residential" where the kind of house is open, or None."""
    value = building_value(tags)
    if value.use is not None:
        return value.use
    own = feature_use(tags)
    if own is not None:
        return own.use
    named = named_use(tags.get("name", ""))
    if named is not None:
        return named
    generic = next((v.strip().lower() for v in tags.get("building", "").split(";")), "")
    if generic in _GENERIC_VALUES:
        return _GENERIC_VALUES[generic]
    if any(key.endswith("-asuntoja") for key in tags) or "building:flats" in tags:
        # Finnish mappers tag blocks of owned (omistus-) and rented (vuokra-) flats so.
        return "apartment_block"
    return None


def uses_of(tags: pd.Series, sizes: Sizes, contents: Contents, has_address: Any) -> tuple[Any, Any]:
    """Use of each building and where it comes from.

    Parameters
    ----------
    tags : pandas.Series of dict
        Index building_id.
    sizes : Sizes
        Known or guessed sizes, rows as in `tags`.
    contents : Contents
        What is inside and around, rows as in `tags`.
    has_address : array of bool
        Whether the building has an address of its own.

    Returns
    -------
    use, source : arrays of str, shape (n,)
        Source is tagged, from footprint, from contents, from land use, from neighbours or default.
    """
    n = len(tags)
    use = np.full(n, "", dtype=object)
    source = np.full(n, "", dtype=object)
    stages = (
        ("tagged", lambda: np.array([tagged_use(own) or "" for own in tags], dtype=object)),
        ("from contents", lambda: _from_contents(sizes, contents)),
        ("from footprint", lambda: _too_small_to_live_in(sizes, has_address)),
        ("from land use", lambda: _from_land(sizes, contents)),
    )
    for name, stage in stages:
        found = stage()
        new = (use == "") & (found != "")
        use[new], source[new] = found[new], name
    _settle_houses(use, source, sizes)
    for name, found in (("from neighbours", _from_adjoining(use, sizes)), ("from neighbours", None)):
        answer = _from_vote(use, sizes, contents) if found is None else found
        new = (use == "") & (answer != "")
        use[new], source[new] = answer[new], name
    left = use == ""
    use[left], source[left] = "residential", "default"
    _settle_houses(use, source, sizes)
    return use, source


def _from_contents(sizes: Sizes, contents: Contents) -> Any:
    """Judge by what is inside: a street-level shop fills one floor, or two, and leaves the flats above be."""
    n = len(sizes.levels)
    use = np.full(n, "", dtype=object)
    floor = sizes.footprint_m2 * sizes.levels
    area = {name: contents.areas[name].to_numpy() for name in contents.areas.columns}
    zero = np.zeros(n)
    low = sizes.levels <= 2.0
    retail = np.minimum(area.get("retail", zero), sizes.footprint_m2 * np.minimum(sizes.levels, 2.0))
    homes = contents.homes.to_numpy()
    offices = contents.offices.to_numpy()
    office_area = area.get("office", zero)
    is_office = (office_area >= OFFICE_SHARE * floor) | (offices >= OFFICE_COUNT)
    # Shops below and offices above: what isn't mapped there is offices too, unless stair doors lead to flats.
    is_office |= (offices >= 1) & (retail >= 0.3 * sizes.footprint_m2) & (homes == 0)
    # The later assignment wins.
    use[homes > 0] = "apartment_block"
    use[is_office & (office_area > 300.0 * homes)] = "office"
    is_retail = retail >= np.where(low, LOW_RETAIL_SHARE, RETAIL_SHARE) * floor
    use[is_retail & (retail > 0) & (retail >= office_area)] = "retail"
    institutions = np.array([area.get(name, zero) for name in _INSTITUTIONS])
    best = institutions.argmax(axis=0)
    strongest = institutions.max(axis=0)
    others = np.maximum(retail, office_area)
    is_institution = (strongest >= INSTITUTION_SHARE * floor) & (strongest > others) & (strongest > 0)
    use[is_institution] = np.array(_INSTITUTIONS, dtype=object)[best[is_institution]]
    return use


def _too_small_to_live_in(sizes: Sizes, has_address: Any) -> Any:
    low = ~sizes.levels_known | (sizes.levels <= 1.0)
    hut = (sizes.footprint_m2 < HUT_M2) & low
    small = hut | (sizes.footprint_m2 < OUTBUILDING_M2) & low & ~np.asarray(has_address)
    return np.where(small, "outbuilding", "").astype(object)


def _from_land(sizes: Sizes, contents: Contents) -> Any:
    use = contents.land_use.to_numpy(dtype=object).copy()
    use[(use == "outbuilding") & (sizes.footprint_m2 >= PARK_HUT_M2)] = ""
    return use


def _settle_houses(use: Any, source: Any, sizes: Sizes) -> None:
    """Split "residential" into detached houses, rows and blocks by size and shared walls."""
    rows = np.flatnonzero(use == "residential")
    if rows.size == 0:
        return
    use[rows] = house_kind(rows, sizes)
    # Between the closed blocks of a city centre an untold house is a wing in a courtyard, not a villa.
    wing = (source[rows] != "tagged") & (sizes.coverage[rows] >= DENSE_COVERAGE) & (sizes.footprint_m2[rows] >= WING_M2)
    use[rows[wing]] = "apartment_block"
    source[rows[source[rows] == "tagged"]] = "from footprint"


def house_kind(rows: Any, sizes: Sizes) -> Any:
    """Kind of house of the given rows: detached_house, row_house or apartment_block."""
    area, levels, known = sizes.footprint_m2[rows], sizes.levels[rows], sizes.levels_known[rows]
    kind = np.full(len(rows), "detached_house", dtype=object)
    box = shapely.oriented_envelope(sizes.shapes[rows])
    half = shapely.length(box) / 2
    root = np.sqrt(np.maximum(half**2 - 4 * shapely.area(box), 0.0))
    length, depth = (half + root) / 2, (half - root) / 2
    # A slab of flats is deeper than a row of houses.
    shallow = depth < np.where(known, 15.0, ROW_DEPTH_M)
    long_row = (length >= ROW_SHORTEST_M) & (length > 3 * depth) & shallow & ((levels <= 2) | ~known)
    kind[(area >= BLOCK_M2) | (known & (levels >= BLOCK_LEVELS))] = "apartment_block"
    kind[long_row] = "row_house"
    kind[(area < ROW_M2) & ((levels < BLOCK_LEVELS) | ~known) & (_wall_mates(rows, sizes) > 0)] = "row_house"
    tower = known & (levels >= 4)
    kind[tower] = "apartment_block"
    return kind


def _wall_mates(rows: Any, sizes: Sizes) -> Any:
    """Count of adjoining buildings of like size."""
    pieces = sizes.shapes[rows]
    own, other = shapely.STRtree(sizes.shapes).query(pieces, predicate="dwithin", distance=0.3)
    alike = rows[own] != other
    ratio = sizes.footprint_m2[other] / sizes.footprint_m2[rows[own]]
    alike &= (ratio > 0.6) & (ratio < 1.7)
    return np.bincount(own[alike], minlength=len(rows))


def _from_adjoining(use: Any, sizes: Sizes) -> Any:
    """Low annexes in the courtyard belong to the house that they lean on."""
    answer = np.full(len(use), "", dtype=object)
    rows = np.flatnonzero((use == "") & sizes.levels_known & (sizes.levels <= 1.0))
    if rows.size == 0:
        return answer
    own, other = shapely.STRtree(sizes.shapes).query(sizes.shapes[rows], predicate="dwithin", distance=0.3)
    told = (use[other] != "") & (use[other] != "outbuilding") & (rows[own] != other)
    own, other = own[told], other[told]
    floor = sizes.footprint_m2 * sizes.levels
    for pair in np.lexsort((-other, floor[other])):
        answer[rows[own[pair]]] = use[other[pair]]
    return answer


def _from_vote(use: Any, sizes: Sizes, contents: Contents) -> Any:
    """Majority of the neighbours of like size among the uses that come in quarters."""
    answer = np.full(len(use), "", dtype=object)
    takers = np.flatnonzero(use == "")
    votes = np.column_stack([(use == name).astype(float) for name in _VOTED])
    givers = np.flatnonzero(votes.any(axis=1))
    floor = np.maximum(sizes.footprint_m2 * sizes.levels, 1.0)
    total = neighbour_votes(sizes.points, floor, votes, takers, givers)
    # What is inside weighs as one neighbour next door, though too little to decide alone.
    total[:, _VOTED.index("office")] += (contents.offices.to_numpy()[takers] > 0) / 20.0
    # A use that doesn't fit the size is out: a villa of 2000 m².
    levels, area = sizes.levels[takers], sizes.footprint_m2[takers]
    large = (area >= BLOCK_M2) | (levels >= BLOCK_LEVELS)
    for name in ("detached_house", "row_house"):
        total[large, _VOTED.index(name)] = 0.0
    # Between blocks a low small building is an annex of unknown use, not a block.
    total[~large & (levels < 2.0), _VOTED.index("apartment_block")] *= 0.25
    total[~large, _VOTED.index("apartment_block")] *= 0.5
    for name in _CAMPUS:
        column = total[:, _VOTED.index(name)]
        column[(area < CAMPUS_M2) | (column < 0.5 * total.sum(axis=1))] = 0.0
    decided = total.max(axis=1, initial=0.0) > 0
    answer[takers[decided]] = np.array(_VOTED, dtype=object)[total[decided].argmax(axis=1)]
    return answer
