"""When a later edit makes an earlier one void, so that scenarios stay as short as what they do."""

from __future__ import annotations

from collections.abc import Sequence

from twin.scenario.edits import (
    AddBuildingsEdit,
    AnyEdit,
    EmissionFactorsEdit,
    HeatingEdit,
    HotWaterTankEdit,
    PricesEdit,
    RemoveBuildingsEdit,
    SetpointsEdit,
    WeatherEdit,
)
from twin.scenario.network_edits import CoolingEdit, ElementEdit, NetworkEdit, PlantEdit
from twin.scenario.parts import Where

_SETS = (PricesEdit, EmissionFactorsEdit)
"""Edits whose values stand side by side: a later one replaces those that it gives."""
_APART = (AddBuildingsEdit, RemoveBuildingsEdit, *_SETS)
"""Edits that none of their kind makes void."""
_SHARED = (PlantEdit, NetworkEdit, ElementEdit)
"""Edits of one thing that has a name."""


def simplified(edits: Sequence[AnyEdit]) -> tuple[AnyEdit, ...]:
    """Leave out what later edits make void; what the edits do together stays the same.

    Parameters
    ----------
    edits : sequence of edits
        In their order.
    """
    before, after = tuple(edits), _once(edits)
    while after != before:
        before, after = after, _once(after)
    return after


def _once(edits: Sequence[AnyEdit]) -> tuple[AnyEdit, ...]:
    kept: list[AnyEdit] = []
    for edit in edits:
        rest = list(kept)
        for place in range(len(kept) - 1, -1, -1):
            if overrides(edit, kept[place], kept[place + 1 :]):
                rest.pop(place)
        kept = [*rest, _merged(rest, edit)]
        if isinstance(edit, _SETS):
            kept = [old for old in kept[:-1] if old.what != edit.what] + kept[-1:]
    return tuple(kept)


def overrides(later: AnyEdit, earlier: AnyEdit, between: Sequence[AnyEdit] = ()) -> bool:
    """Whether nothing is left of an earlier edit after a later one, with other edits between the two."""
    if later.what != earlier.what or isinstance(later, _APART):
        return False
    if isinstance(later, _SHARED):
        return _says_anew(later, earlier, between)
    if isinstance(later, WeatherEdit) and isinstance(earlier, WeatherEdit):
        return later.file is not None or later.synthetic or (earlier.file is None and not earlier.synthetic)
    where = where_of(later)
    if where != where_of(earlier) or _depends(where, later) or not _same_choice(later, between):
        return False
    if _leaves_something(later, earlier, between):
        return False
    if later.what in {"pv", "chargers", "charging"}:
        return True
    return float(getattr(later, "share", 1.0)) >= float(getattr(earlier, "share", 1.0))


def _leaves_something(later: AnyEdit, earlier: AnyEdit, between: Sequence[AnyEdit]) -> bool:
    """Whether an earlier edit of the same buildings does something that the later one does not replace."""
    if isinstance(later, HeatingEdit):
        return any(_asks_for_heating(where_of(edit)) for edit in between)
    if isinstance(later, CoolingEdit):
        return later.begin or later.system == "none" or bool(getattr(earlier, "begin", False))
    return (
        isinstance(later, SetpointsEdit)
        and isinstance(earlier, SetpointsEdit)
        and not (_names(earlier) <= _names(later))
    )


def thing_of(edit: AnyEdit) -> str:
    """Name of the one thing that an edit is about: a plant, a network, an element; empty for edits of buildings."""
    name = getattr(edit, "carrier", "") if isinstance(edit, NetworkEdit) else getattr(edit, "id", "")
    return str(name) if isinstance(edit, _SHARED) else ""


def _says_anew(later: AnyEdit, earlier: AnyEdit, between: Sequence[AnyEdit]) -> bool:
    """Whether a later edit of a named thing says all that an earlier one did, with nothing done to it in between."""
    if thing_of(later) != thing_of(earlier) or any(thing_of(edit) == thing_of(later) for edit in between):
        return False
    same = getattr(later, "do", None) == getattr(earlier, "do", None)
    return same and earlier.model_fields_set <= later.model_fields_set


def where_of(edit: AnyEdit) -> Where:
    """Which buildings an edit touches; all of them where it is about none."""
    found: Where = getattr(edit, "where", Where())
    return found


def _merged(kept: Sequence[AnyEdit], edit: AnyEdit) -> AnyEdit:
    """Join a set of prices or factors with the last one before it."""
    before = [old for old in kept if old.what == edit.what]
    if not isinstance(edit, _SETS) or not before:
        return edit
    given = edit.model_dump(exclude_none=True)
    old = before[-1].model_dump(exclude_none=True)
    if given.keys() & _ELECTRICITY:
        old = {name: value for name, value in old.items() if name not in _ELECTRICITY}
    return type(edit)(**{**old, **given})


_ELECTRICITY = {"electricity_eur_kwh", "electricity_tariff"}
"""Each stands in the place of the other."""


def _depends(where: Where, edit: AnyEdit) -> bool:
    """Whether the selection changes with edits of the same kind."""
    return isinstance(edit, HeatingEdit) and _asks_for_heating(where)


def _asks_for_heating(where: Where) -> bool:
    return where.heating_system is not None


def _same_choice(later: AnyEdit, between: Sequence[AnyEdit]) -> bool:
    """Whether nothing between changes which buildings an edit touches: stock, or the heating that it asks for."""
    if any(isinstance(edit, AddBuildingsEdit | RemoveBuildingsEdit) for edit in between):
        return False
    asks = _asks_for_heating(where_of(later)) or isinstance(later, HotWaterTankEdit)
    return not asks or not any(isinstance(edit, HeatingEdit) for edit in between)


def _names(edit: SetpointsEdit) -> set[str]:
    return set(edit.model_dump(exclude_none=True, exclude={"what", "where", "share"}))
