"""The catalogues of PV modules, mountings and losses that lie in assets/catalogue."""

from __future__ import annotations

import functools
import math
from importlib.resources import as_file, files

import pandas as pd

from assets.solar._errors import SolarInputError


@functools.cache
def _read(name: str) -> pd.DataFrame:
    with as_file(files("assets") / "catalogue" / f"{name}.csv") as path:
        table = pd.read_csv(path)
    return table.set_index(table.columns[0])


def pv_modules() -> pd.DataFrame:
    """Read the module types: kWp per m² of module, temperature coefficient [1/K], kind of glass, source."""
    return _read("pv_modules").copy()


def pv_mountings() -> pd.DataFrame:
    """Read the mountings: temperature coefficients, tilt of racks [°], module area per usable area, source."""
    return _read("pv_mounting").copy()


def pv_losses() -> pd.DataFrame:
    """Read the system losses [%] one by one, and whether a computed horizon takes their place."""
    return _read("pv_losses").copy()


def system_losses(*, horizon: bool = False) -> float:
    """Share of the DC energy that the losses of the catalogue take together.

    Parameters
    ----------
    horizon : bool
        True where the shading is computed: the catalogue's flat loss for shading falls away.

    Returns
    -------
    float
        0.1408 as in PVWatts, 0.1142 with a computed horizon.
    """
    table = _read("pv_losses")
    if horizon:
        table = table[table["modelled_by_horizon"] == "no"]
    return float(1.0 - math.prod(1.0 - loss / 100.0 for loss in table["loss_pct"]))


def known(table: pd.DataFrame, names: set[str], what: str) -> None:
    """Refuse names that a catalogue doesn't have, all at once."""
    unknown = sorted(names - set(table.index))
    if unknown:
        raise SolarInputError(f"No {what} {', '.join(unknown)} in the catalogue: take one of {', '.join(table.index)}.")
