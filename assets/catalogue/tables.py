"""Read the catalogue's tables from wherever the package is installed."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import StringIO

import pandas as pd

from assets._errors import CatalogueError

_FOLDER = "assets.catalogue"


@lru_cache(maxsize=64)
def _read(name: str) -> pd.DataFrame:
    resource = files(_FOLDER) / f"{name}.csv"
    if not resource.is_file():
        known = sorted(entry.name for entry in files(_FOLDER).iterdir() if entry.name.endswith(".csv"))
        raise CatalogueError(f"The catalogue has no table {name}.csv; it has {', '.join(known)}.")
    return pd.read_csv(StringIO(resource.read_text(encoding="utf-8")), keep_default_na=False, na_values=[""])


def table(name: str) -> pd.DataFrame:
    """Return a table of the catalogue, a fresh copy each time.

    Parameters
    ----------
    name : str
        File name without `.csv`: "mass_classes".

    Returns
    -------
    DataFrame
        As in the file; empty cells are NaN.

    Raises
    ------
    CatalogueError
        No such file; the message lists what there is.
    """
    return _read(name).copy()


def country_table(kind: str, country: str) -> pd.DataFrame:
    """Return a country's table.

    Parameters
    ----------
    kind : str
        "archetypes", "uses", "retrofit", "profiles", "months" or "published_consumption".
    country : str
        ISO 3166 alpha-2, "FI".

    Returns
    -------
    DataFrame
        As in the file.

    Raises
    ------
    CatalogueError
        The catalogue has no such table for this country.
    """
    name = f"{kind}_{country.lower()}"
    if not (files(_FOLDER) / f"{name}.csv").is_file():
        raise CatalogueError(
            f"The catalogue has no {kind} for the country {country!r}: add assets/catalogue/{name}.csv with the "
            f"columns of {kind}_fi.csv, or give the country of a catalogue that fits ('FI')."
        )
    return table(name)


def attributes(name: str | None = None) -> pd.DataFrame:
    """Return what the columns of the catalogue's tables mean.

    Parameters
    ----------
    name : str, optional
        Table, without the country: "uses". All tables by default.

    Returns
    -------
    DataFrame
        Columns table, attribute, type, unit, default, description, source.
    """
    declared = table("attributes")
    return declared if name is None else declared[declared["table"] == name].reset_index(drop=True)


def check_tables(country: str = "FI") -> list[str]:
    """Compare a country's demand tables with `attributes.csv`.

    Parameters
    ----------
    country : str
        ISO 3166 alpha-2.

    Returns
    -------
    list of str
        One sentence for each column that is missing, undeclared or not of its type; empty when all is well.
    """
    found = []
    for kind in ("archetypes", "uses", "retrofit", "profiles", "months", "published_consumption"):
        frame, declared = country_table(kind, country), attributes(kind)
        have, want = set(frame.columns), set(declared["attribute"])
        found += [f"{kind}_{country.lower()}.csv lacks the column {name}" for name in sorted(want - have)]
        found += [f"{kind}_{country.lower()}.csv has a column {name} that attributes.csv does not declare"
                  for name in sorted(have - want)]  # fmt: skip
        numeric = declared[declared["type"].isin(["float", "int", "bool"])]["attribute"]
        found += [
            f"{kind}_{country.lower()}.csv: the column {name} must hold numbers"
            for name in numeric
            if name in have and not pd.api.types.is_numeric_dtype(frame[name])
        ]
        if frame["source"].isna().any():
            rows = [str(row + 2) for row in frame.index[frame["source"].isna()]]
            found.append(f"{kind}_{country.lower()}.csv: no source in line {', '.join(rows)}")
    return found
