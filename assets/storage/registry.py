"""Stores by their kind and capacity alone: what a plan or a scenario needs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.storage.borehole_store import borehole_stores
from assets.storage.gas_store import gas_stores
from assets.storage.ice_store import ice_stores
from assets.storage.pit_store import pit_stores
from assets.storage.store import Store
from assets.storage.stratified_tank import stratified_tanks

Array = npt.NDArray[np.float64]


def store_kinds() -> pd.DataFrame:
    """Catalogue of all kinds of stores, index `store`: carrier, title, figures, price and lifetime."""
    return table("stores").set_index("store")


def store_of(
    kind: str,
    capacity_kwh: npt.ArrayLike,
    *,
    charge_kw: npt.ArrayLike | None = None,
    discharge_kw: npt.ArrayLike | None = None,
    start_share: npt.ArrayLike | None = None,
    outside_c: float | None = None,
) -> Store:
    """Return stores of a kind, in the common form.

    Parameters
    ----------
    kind : str
        Of the catalogue `stores.csv`: `store_kinds().index`.
    capacity_kwh : array_like, shape (m,)
        Energy between empty and full [kWh].
    charge_kw, discharge_kw : array_like, broadcast to (m,), optional
        Highest powers [kW]; by default those that usually go with the capacity.
    start_share : array_like, broadcast to (m,), optional
        Energy at the start by the capacity; the catalogue's by default.
    outside_c : float, optional
        What tanks, pits and ice stand in [°C]; the catalogue's by default.

    Returns
    -------
    Store
        Losses of water, ground and ice and the compressors' electricity come out of the model of each, sized to the
        capacity.

    Raises
    ------
    InputError
        There is no such kind, or a figure is not possible; all findings at once.
    """
    known = store_kinds()
    if kind not in known.index:
        raise InputError([f"no store {kind} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[kind]
    capacity = np.atleast_1d(np.asarray(capacity_kwh, dtype=np.float64))
    wrong = np.flatnonzero(~((capacity >= 0) & np.isfinite(capacity)))
    if len(wrong):
        raise InputError([f"{kind} {i}: a capacity of {capacity[i]:g} kWh; give 0 or more" for i in wrong])
    around = float(row["outside_c"]) if outside_c is None else float(outside_c)
    loss, electricity = _of_model(row, capacity, around)

    def power(name: str, other: npt.ArrayLike | None) -> Array:
        values = float(row[name]) * capacity if other is None else np.asarray(other, dtype=np.float64)
        return np.array(np.broadcast_to(values, capacity.shape))

    share = float(row["start_share"]) if start_share is None else np.asarray(start_share, dtype=np.float64)
    return Store(
        row["carrier"],
        capacity,
        power("charge_per_h", charge_kw),
        power("discharge_per_h", discharge_kw),
        np.asarray(float(row["charge_efficiency"])),
        np.asarray(float(row["discharge_efficiency"])),
        loss,
        share * capacity,
        float(row["rest_share"]) * capacity,
        electricity,
    )


def _of_model(row: pd.Series, capacity: Array, outside_c: float) -> tuple[Array, Array]:
    """Loss by the hour and electricity by kWh charged, of the model of the kind's physics, shape (m,)."""
    family, model = row["family"], row["model"]
    loss, work = np.zeros(len(capacity)), np.zeros(len(capacity))
    some = capacity > 0
    size = capacity[some]
    if family == "plain":
        loss[:] = float(row["loss_per_h"])
    elif not some.any():
        pass
    elif family in {"tank", "pit"}:
        one = stratified_tanks(model) if family == "tank" else pit_stores(model)
        volume = one.volume_m3[0] * size / one.capacity_kwh[0]
        layered = stratified_tanks(model, volume) if family == "tank" else pit_stores(model, volume)
        loss[some] = layered.equivalent(outside_c).loss_per_h
    elif family == "borehole":
        field = borehole_stores(model)
        count = np.maximum(np.rint(field.boreholes[0] * size / field.capacity_kwh[0]), 1.0)
        loss[some] = borehole_stores(model, count).standing_loss_per_h
    elif family == "ice":
        loss[some] = ice_stores(model, size).equivalent(outside_c).loss_per_h
    else:
        work[some] = gas_stores(model, size).equivalent().electricity_per_charge
    return loss, work
