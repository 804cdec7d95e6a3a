"""What every variable of the saved results is: read from `variables.csv`, where each is declared once.

Datasets take their attributes from here, exports and the map their lists, the documentation its tables. A row whose
name holds a placeholder in braces stands for several variables, one for each word of its column `of`:

- `{carrier}`: a carrier's id; the words may be a group of `assets.carriers`: "carriers" (all that plants give or take),
  "networks" (those with one) or "water" (those whose networks move water);
- `{variable}`: another declared variable, whose `{title}`, `{unit}`, `{carrier}`, `{sign}` and `{needs}` the row may
  repeat.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import xarray as xr

from assets.carriers import BOUGHT, FREE, NETWORKED, REJECTED, WATERBORNE
from twin._errors import ResultsError

PARTS = ("buildings", "hours", "sums", "networks")
"""What a variable belongs to: figures of buildings and of the district's hours, which every year of buildings has;
their hours, or in the place of those their sums; and the networks' year."""
FORMAT = "city-energy-twin results 2"
"""What a file of results says it is; another number is not read."""
ID = "id"
"""Kind of the coordinates that name things: they have no unit."""
WEATHER = "weather"
"""Kind of what is as good as the weather is: measured, modelled or synthetic."""
_FILE = "variables.csv"
_TEXTS = ("unit", "kind", "title", "carrier", "sign", "needs")


@dataclass(frozen=True)
class Variable:
    """A variable of the results, as declared.

    Attributes
    ----------
    name : str
    parts : tuple of str
        Of `PARTS`.
    dimensions : tuple of str
        Empty for a single figure.
    unit : str
        "1" for shares; empty for texts, ids and counts.
    kind : str
        "modelled", "assumed", "input", `ID` or `WEATHER`.
    title : str
        In words.
    carrier : str
        Of `assets.carriers`; empty where it is of none, or of several.
    sign : str
        What a positive value means where there are negative ones too, or what direction it has; empty where it is never
        below zero and has none.
    needs : str
        What has to be there for the variable to be; empty where it always is.
    declared : str
        Name of its row in `variables.csv`, with its placeholder.
    """

    name: str
    parts: tuple[str, ...]
    dimensions: tuple[str, ...]
    unit: str
    kind: str
    title: str
    carrier: str
    sign: str
    needs: str
    declared: str


@cache
def variables() -> Mapping[str, Variable]:
    """Read every variable that results may have.

    Returns
    -------
    mapping of str to Variable
        By name, in the order of the file.

    Raises
    ------
    ResultsError
        A name stands twice, or a row is of an unknown part; the message names it.
    """
    found: dict[str, Variable] = {}
    text = (files("twin.results") / _FILE).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for variable in _of_row(row, found):
            if variable.name in found:
                raise ResultsError(f"{_FILE} declares {variable.name} twice; remove one of the rows")
            if not variable.parts or not set(variable.parts) <= set(PARTS):
                raise ResultsError(f"{_FILE}: {variable.name} is of no part of {', '.join(PARTS)}; name one")
            found[variable.name] = variable
    return MappingProxyType(found)


def variable_of(name: str) -> Variable:
    """Look a variable up.

    Raises
    ------
    ResultsError
        It is not declared; the message says where to.
    """
    found = variables().get(name)
    if found is None:
        raise ResultsError(f"results have no variable {name}: declare it in twin/results/{_FILE}, or mend the name")
    return found


@cache
def names_of(part: str, *dimensions: str, of: str = "") -> tuple[str, ...]:
    """Names of the variables of a part that have these dimensions, in the order of the file.

    Parameters
    ----------
    part : str
        Of `PARTS`.
    *dimensions : str
        All of them, in their order; without any, those of every shape.
    of : str, optional
        Only variables that this row of `variables.csv` declares: "total_{variable}".
    """
    return tuple(
        variable.name
        for variable in variables().values()
        if part in variable.parts
        and (not dimensions or variable.dimensions == dimensions)
        and of in {"", variable.declared}
    )


def attrs_of(name: str, kind: str = "") -> dict[str, str]:
    """Give the attributes that a variable is saved with: `units`, `long_name` and `kind`; of ids, `long_name` alone.

    Parameters
    ----------
    name : str
        Of a declared variable.
    kind : str, optional
        In the place of the declared one: what the weather is.

    Raises
    ------
    ResultsError
        It is not declared, or its kind is the weather's and none is given.
    """
    variable = variable_of(name)
    if variable.kind == ID:
        return {"long_name": variable.title}
    if variable.kind == WEATHER and not kind:
        raise ResultsError(f"{name} is as good as the weather is; say whether that is measured, modelled or synthetic")
    return {"units": variable.unit, "long_name": variable.title, "kind": kind or variable.kind}


def as_declared(arrays: Mapping[str, Any], weather_kind: str = "") -> dict[str, Any]:
    """Dress arrays as xarray takes them: by name, with the dimensions and attributes that are declared.

    Parameters
    ----------
    arrays : mapping of str to array
        Of declared variables.
    weather_kind : str, optional
        Kind of those that are as good as the weather is.
    """
    found = {}
    for name, array in arrays.items():
        variable = variable_of(name)
        found[name] = (variable.dimensions, array, attrs_of(name, weather_kind if variable.kind == WEATHER else ""))
    return found


def check_declared(dataset: xr.Dataset, *parts: str) -> None:
    """Hold a dataset to the declaration.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of results, as made or as read back from a file.
    *parts : str
        Of `PARTS`: what the dataset is made of.

    Raises
    ------
    ResultsError
        With every variable that is not declared, has other dimensions or attributes than declared, or is not there
        although nothing but the part is needed for it; and what to do.
    """
    mine = {name: variable for name, variable in variables().items() if set(parts) & set(variable.parts)}
    found = [line for name in dataset.variables for line in _faults(dataset, str(name), mine, parts)]
    found += [
        f"{name} is missing; every year of {' and '.join(parts)} has it: run the scenario again"
        for name, variable in mine.items()
        if not variable.needs and name not in dataset.variables
    ]
    if found:
        raise ResultsError("\n".join(found))


def _faults(dataset: xr.Dataset, name: str, mine: Mapping[str, Variable], parts: tuple[str, ...]) -> Iterator[str]:
    if name not in mine:
        yield f"{name} is not declared for {' and '.join(parts)}: declare it in twin/results/{_FILE}, or leave it out"
        return
    variable, found = mine[name], dataset[name]
    if found.dims != variable.dimensions:
        yield f"{name} has the dimensions {found.dims}, declared are {variable.dimensions}: mend either"
    kind = str(found.attrs.get("kind", "")) if variable.kind == WEATHER else ""
    for attr, value in attrs_of(name, kind or variable.kind).items():
        if found.attrs.get(attr) != value:
            yield f"{name}: {attr} is {found.attrs.get(attr)!r}, declared is {value!r}: take it from `attrs_of`"


def _of_row(row: Mapping[str, str], known: Mapping[str, Variable]) -> Iterator[Variable]:
    """Expand a row of the file into its variables."""
    groups = {"carriers": (*BOUGHT, *FREE, REJECTED), "networks": NETWORKED, "water": WATERBORNE}
    words = [word for part in row["of"].split() for word in groups.get(part, (part,))]
    for word in words or [""]:
        base = known.get(word)
        places = {"carrier": word, "variable": word}
        if base is not None:
            places |= {field: getattr(base, field) for field in ("title", "unit", "carrier", "sign", "needs")}
        told = {name: text.format_map(places) for name, text in row.items()}
        yield Variable(
            name=told["name"],
            parts=tuple(told["part"].split()),
            dimensions=tuple(told["dimensions"].split()),
            declared=row["name"],
            **{name: told[name] for name in _TEXTS},
        )
