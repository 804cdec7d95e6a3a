"""The catalogue of conversions: what there is, what it costs, which row of which table models it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]


def conversions() -> pd.DataFrame:
    """Catalogue of conversions, index `conversion`: family, model, limits, costs per kW of the main carrier."""
    return table("conversions").set_index("conversion")


def conversion_of(name: str) -> pd.Series[Any]:
    """Row of a conversion in `conversions.csv`.

    Raises
    ------
    InputError
        There is none of this name; the message lists what there is.
    """
    return _row(conversions(), name, "conversion")


def model_of(family: str, model: str) -> pd.Series[Any]:
    """Row of a model in `conversions_<family>.csv`.

    Raises
    ------
    InputError
        There is none of this name; the message lists what there is.
    """
    return _row(table(f"conversions_{family}").set_index("model"), model, f"model of {family.replace('_', ' ')}")


def models_of(family: str, models: Sequence[str]) -> pd.DataFrame:
    """Rows of models in `conversions_<family>.csv`, one for each of `models`.

    Raises
    ------
    InputError
        Some are not there; the message lists what there is.
    """
    known = table(f"conversions_{family}").set_index("model")
    unknown = sorted({str(name) for name in models} - set(known.index))
    if unknown:
        raise InputError(
            [f"no model of {family.replace('_', ' ')} {', '.join(unknown)}; take one of {', '.join(known.index)}"]
        )
    return known.loc[list(models)]


def column(rows: pd.DataFrame, name: str) -> Array:
    """Column of models as it is broadcast over hours, shape (m, 1)."""
    return np.asarray(rows[name].to_numpy(dtype=np.float64)[:, None])


def conversion_cost(name: str, size_kw: float) -> tuple[float, float, float, float]:
    """Cost of a conversion of the catalogue.

    Parameters
    ----------
    name : str
        Of `conversions.csv`.
    size_kw : float
        Power of its main carrier [kW].

    Returns
    -------
    investment_eur, lifetime_years, fixed_om_eur_a, variable_om_eur_mwh : float
        Investment, technical lifetime, yearly cost of operation and maintenance, and what comes on top by MWh of the
        main carrier.

    Raises
    ------
    InputError
        There is none of this name, or the size is negative.
    """
    row = conversion_of(name)
    check_size(name, size_kw)
    return (
        float(row["investment_eur_kw"]) * size_kw,
        float(row["lifetime_years"]),
        float(row["fixed_om_eur_kw_a"]) * size_kw,
        float(row["variable_om_eur_mwh"]),
    )


def check_size(name: str, size_kw: float) -> None:
    """Raise InputError where a size is not 0 or more."""
    if not (np.isfinite(size_kw) and size_kw >= 0.0):
        raise InputError([f"{name}: a size is 0 kW or more, not {size_kw:g}"])


def _row(known: pd.DataFrame, name: str, what: str) -> pd.Series[Any]:
    if name not in known.index:
        raise InputError([f"no {what} {name} in the catalogue; take one of {', '.join(known.index)}"])
    return known.loc[name]
