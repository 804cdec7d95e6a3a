"""Transformers of a pandapower net as branches of power-grid-model: taps, the T as a π, vector groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.networks.power.tables import Array, Ints, column, end_status, filled, rows_of

Complex = npt.NDArray[np.complex128]
Branches = tuple[npt.NDArray[Any], Ints]
"""Rows for power-grid-model, and the row of each transformer, -1 if it has none."""


def tapped(net: Any) -> tuple[Array, Array, Array]:
    """Rated voltages [kV] and phase shift [°] of each transformer at its tap, shapes (trafos,).

    As pandapower 3.3 has it (`build_branch._calc_tap_from_dataframe`): "Ratio" and "Symmetrical" changers add a phasor,
    "Ideal" ones turn the phase alone.
    """
    trafo = net.trafo
    volt = {"hv": trafo["vn_hv_kv"].to_numpy(float).copy(), "lv": trafo["vn_lv_kv"].to_numpy(float).copy()}
    shift = column(trafo, "shift_degree", 0.0)
    for mark in ("", "2"):
        if f"tap{mark}_pos" not in trafo or f"tap{mark}_changer_type" not in trafo:
            continue
        steps = column(trafo, f"tap{mark}_pos", 0.0) - column(trafo, f"tap{mark}_neutral", 0.0)
        percent, degree = column(trafo, f"tap{mark}_step_percent", 0.0), column(trafo, f"tap{mark}_step_degree", 0.0)
        changer, side = trafo[f"tap{mark}_changer_type"], trafo[f"tap{mark}_side"]
        for name, sign in (("hv", 1.0), ("lv", -1.0)):
            here = (side == name).to_numpy()
            adds = here & changer.isin(["Ratio", "Symmetrical"]).to_numpy()
            turned = 1 + percent / 100 * steps * np.exp(1j * np.radians(degree))
            volt[name] = np.where(adds, volt[name] * np.abs(turned), volt[name])
            shift += np.where(adds, sign * np.degrees(np.angle(turned)), 0.0)
            ideal = 2 * np.degrees(np.arcsin(steps * percent / 200))
            turns = here & (changer == "Ideal").to_numpy()
            shift += np.where(turns, sign * np.where(degree != 0, steps * degree, ideal), 0.0)
    return volt["hv"], volt["lv"], shift


def trafo_pi(net: Any, model: str) -> tuple[Complex, Complex]:
    """Series impedance [Ω] and whole shunt admittance [S] of the transformers' π, at the low-voltage side.

    The T of pandapower has half of the leakage at each side of the magnetising branch; as a chain of two-ports
    (A = 1 + z y / 2, B = z (1 + z y / 4)) it is the π with z' = z (1 + z y / 4) and y' = y / (1 + z y / 4).
    """
    trafo = net.trafo
    many, sn_va = column(trafo, "parallel", 1.0), 1e6 * trafo["sn_mva"].to_numpy(float)
    _, lv_kv, _ = tapped(net)
    base = (1e3 * lv_kv) ** 2 / sn_va
    r = trafo["vkr_percent"].to_numpy(float) / 100
    x = np.sqrt((trafo["vk_percent"].to_numpy(float) / 100) ** 2 - r**2)
    z = (r + 1j * x) * base / many
    g = 1e3 * trafo["pfe_kw"].to_numpy(float) / sn_va
    b = np.sqrt(np.maximum((trafo["i0_percent"].to_numpy(float) / 100) ** 2 - g**2, 0.0))
    y = (g - 1j * b) / base * many
    scale = 1 + z * y / 4 if model == "t" else np.ones_like(z)
    return z * scale, y / scale


def balanced_trafos(net: Any, node_of_bus: Ints, first_id: int, model: str) -> Branches:
    """Give generic branches: the π behind an ideal transformer with any ratio and shift."""
    a = node_of_bus[rows_of(net.bus.index, net.trafo["hv_bus"])]
    b = node_of_bus[rows_of(net.bus.index, net.trafo["lv_bus"])]
    kept = (a >= 0) & (b >= 0)
    hv_kv, lv_kv, shift = tapped(net)
    rated = net.bus["vn_kv"].to_numpy(float)
    nominal = rated[rows_of(net.bus.index, net.trafo["hv_bus"])] / rated[rows_of(net.bus.index, net.trafo["lv_bus"])]
    z, y = trafo_pi(net, model)
    from_status, to_status = end_status(net, "trafo", "t", ("hv_bus", "lv_bus"))
    values = {
        "from_node": a, "to_node": b, "from_status": from_status, "to_status": to_status, "r1": z.real, "x1": z.imag,
        "g1": y.real, "b1": y.imag, "k": hv_kv / lv_kv / nominal, "theta": np.radians(shift),
        "sn": 1e6 * net.trafo["sn_mva"].to_numpy(float) * column(net.trafo, "parallel", 1.0),
    }  # fmt: skip
    rows = filled("generic_branch", int(kept.sum()), {"id": first_id + np.arange(kept.sum())})
    for name, value in values.items():
        rows[name] = value[kept]
    return rows, np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int64)


def unbalanced_trafos(net: Any, node_of_bus: Ints, first_id: int, model: str) -> Branches:
    """power-grid-model's own transformers: their windings decide what the zero sequence sees."""
    trafo = net.trafo
    a = node_of_bus[rows_of(net.bus.index, trafo["hv_bus"])]
    b = node_of_bus[rows_of(net.bus.index, trafo["lv_bus"])]
    kept = (a >= 0) & (b >= 0)
    hv_kv, lv_kv, shift = tapped(net)
    z, y = trafo_pi(net, model)
    sn = 1e6 * trafo["sn_mva"].to_numpy(float) * column(trafo, "parallel", 1.0)
    base = (1e3 * lv_kv) ** 2 / sn
    windings = [parse_vector_group(group) for group in trafo["vector_group"]]
    from_status, to_status = end_status(net, "trafo", "t", ("hv_bus", "lv_bus"))
    values = {
        "from_node": a, "to_node": b, "from_status": from_status, "to_status": to_status,
        "u1": 1e3 * hv_kv, "u2": 1e3 * lv_kv, "sn": sn, "uk": np.abs(z) / base, "pk": z.real / base * sn,
        "i0": np.abs(y) * base, "p0": y.real * base * sn,
        "winding_from": np.array([high for high, _ in windings], dtype=np.int8),
        "winding_to": np.array([low for _, low in windings], dtype=np.int8),
        "clock": (np.round(shift / 30) % 12).astype(np.int8),
        "tap_side": np.zeros(len(trafo), dtype=np.int8), "tap_pos": np.zeros(len(trafo), dtype=np.int8),
        "tap_min": np.zeros(len(trafo), dtype=np.int8), "tap_max": np.zeros(len(trafo), dtype=np.int8),
        "tap_size": np.zeros(len(trafo)),
    }  # fmt: skip
    rows = filled("transformer", int(kept.sum()), {"id": first_id + np.arange(kept.sum())})
    for name, value in values.items():
        rows[name] = value[kept]
    return rows, np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int64)


def parse_vector_group(group: str) -> tuple[int, int]:
    """Windings of a vector group ("Dyn5", "YNd") as power-grid-model numbers them: Y 0, YN 1, D 2, Z 3, ZN 4."""
    kinds = {"Y": 0, "YN": 1, "D": 2, "Z": 3, "ZN": 4}
    letters = str(group).rstrip("0123456789")
    high = letters.rstrip("ynzd")
    low = letters[len(high):].upper()  # fmt: skip
    if high.upper() not in kinds or low not in kinds or high != high.upper():
        raise InputError([f"vector group {group!r} is not known: write it like Dyn5, YNd11 or Yzn5"])
    return kinds[high], kinds[low]


def trafo_limits(net: Any) -> Array:
    """Return the current of 100 % at both sides, at rated voltage of the untapped winding [A]."""
    sn_va = (
        1e6 * net.trafo["sn_mva"].to_numpy(float) * column(net.trafo, "df", 1.0) * column(net.trafo, "parallel", 1.0)
    )
    volt = 1e3 * net.trafo[["vn_hv_kv", "vn_lv_kv"]].to_numpy(float)
    return np.asarray(sn_va[:, None] / (np.sqrt(3) * volt))
