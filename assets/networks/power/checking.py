"""What is wrong with a pandapower net, all of it at once, in sentences that name the element."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

_UNREAD = {
    "gen": "put it at an external grid's bus, or make it a static generator (sgen)",
    "trafo3w": "replace it by two transformers at a common bus",
    "impedance": "write it as a line",
    "ward": "write it as a load and a shunt",
    "xward": "write it as a load and a shunt",
    "dcline": "write its ends as loads",
    "motor": "write it as a load",
    "tcsc": "write it as a line",
    "svc": "write it as a shunt",
    "ssc": "write it as a static generator (sgen)",
    "vsc": "write it as a static generator (sgen)",
    "asymmetric_sgen": "write it as a negative asymmetric load",
}
"""Elements that no calculation here knows, and what to write instead."""
_BUS_COLUMNS = {
    "line": ("from_bus", "to_bus"),
    "trafo": ("hv_bus", "lv_bus"),
    "load": ("bus",),
    "sgen": ("bus",),
    "storage": ("bus",),
    "shunt": ("bus",),
    "ext_grid": ("bus",),
    "asymmetric_load": ("bus",),
    "switch": ("bus",),
}
_NUMBERS: dict[str, dict[str, tuple[float, bool]]] = {
    "bus": {"vn_kv": (0.0, False)},
    "line": {
        "length_km": (0.0, False),
        "r_ohm_per_km": (0.0, True),
        "x_ohm_per_km": (-np.inf, True),
        "max_i_ka": (0.0, False),
        "c_nf_per_km": (0.0, True),
    },
    "trafo": {
        "sn_mva": (0.0, False),
        "vn_hv_kv": (0.0, False),
        "vn_lv_kv": (0.0, False),
        "vk_percent": (0.0, False),
        "vkr_percent": (0.0, True),
        "pfe_kw": (0.0, True),
        "i0_percent": (0.0, True),
    },
    "ext_grid": {"vm_pu": (0.0, False)},
    "load": {"p_mw": (-np.inf, True), "q_mvar": (-np.inf, True)},
    "sgen": {"p_mw": (-np.inf, True), "q_mvar": (-np.inf, True)},
}
"""Least value of each number, and whether that itself is allowed."""


def _names(labels: Iterable[Any], most: int = 5) -> str:
    names = [str(label) for label in labels]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def net_findings(net: Any, *, phases: int = 1) -> list[str]:
    """Find what keeps a net from being calculated.

    Parameters
    ----------
    net : pandapowerNet
    phases : int
        3 looks for zero-sequence data too.

    Returns
    -------
    list of str
        One sentence for each thing that is wrong: element, index, remedy. Empty when all is well.
    """
    findings = [f"{table} {_names(net[table].index)}: not calculated here; {remedy}"
                for table, remedy in _UNREAD.items() if _live(net, table)]  # fmt: skip
    findings += _missing(net)
    if findings:
        return findings
    findings += _wrong_buses(net) + _wrong_numbers(net) + _wrong_trafos(net, phases) + _wrong_ends(net)
    if not net.ext_grid["in_service"].any():
        findings.append("ext_grid: the net has none in service; nothing holds its voltage: add one at the infeed bus")
    if phases == 3:
        findings += _no_zero_sequence(net)
    return findings


def _live(net: Any, table: str) -> bool:
    if table not in net or not isinstance(net[table], pd.DataFrame) or net[table].empty:
        return False
    return bool(net[table]["in_service"].any()) if "in_service" in net[table] else True


def _missing(net: Any) -> list[str]:
    found = []
    for table, columns in _NUMBERS.items():
        if table not in net:
            found.append(f"{table}: the net has no such table; write the file with pandapower.to_json")
        else:
            wanted = (*columns, "in_service", *_BUS_COLUMNS.get(table, ()))
            lacking = [name for name in wanted if name not in net[table]]
            if lacking:
                found.append(f"{table}: column {', '.join(lacking)} is missing; pandapower 3 writes it")
    if "bus" in net and net.bus.index.has_duplicates:
        found.append(
            f"bus {_names(net.bus.index[net.bus.index.duplicated()])}: the index stands twice; give each its own"
        )
    return found


def _wrong_buses(net: Any) -> list[str]:
    found = []
    for table, columns in _BUS_COLUMNS.items():
        for name in columns:
            known = net[table][name].isin(net.bus.index)
            found += [f"{table} {row}: its {name} {net[table].loc[row, name]} is not among the buses"
                      for row in net[table].index[~known]]  # fmt: skip
    tables = {"l": "line", "t": "trafo", "b": "bus"}
    for row, kind, element in zip(net.switch.index, net.switch["et"], net.switch["element"], strict=True):
        if kind not in tables:
            found.append(
                f"switch {row}: kind {kind!r} is not known; it stands between buses (b), at a line (l) or trafo (t)"
            )
        elif element not in net[tables[kind]].index:
            found.append(f"switch {row}: its {tables[kind]} {element} does not exist")
    return found


def _wrong_numbers(net: Any) -> list[str]:
    found = []
    for table, columns in _NUMBERS.items():
        for name, (least, equal) in columns.items():
            values = pd.to_numeric(net[table][name], errors="coerce").to_numpy(dtype=np.float64)
            good = np.isfinite(values) & ((values >= least) if equal else (values > least))
            bound = "a number" if least == -np.inf else f"{least:g} or more" if equal else f"more than {least:g}"
            found += [f"{table} {row}: {name} is {net[table].loc[row, name]}; it must be {bound}"
                      for row in net[table].index[~good]]  # fmt: skip
    return found


def _wrong_trafos(net: Any, phases: int) -> list[str]:
    trafo = net.trafo
    found = [f"trafo {row}: vkr_percent is larger than vk_percent; a resistance is a part of the impedance"
             for row in trafo.index[trafo["vkr_percent"] > trafo["vk_percent"]]]  # fmt: skip
    if "tap_dependency_table" in trafo:
        table = trafo["tap_dependency_table"].fillna(False).astype(bool)
        found += [f"trafo {row}: its impedance comes from a table of taps; write the values of its tap into the row"
                  for row in trafo.index[table]]  # fmt: skip
    if phases == 3:
        shift = pd.to_numeric(trafo["shift_degree"], errors="coerce").to_numpy(dtype=np.float64) / 30
        found += [f"trafo {row}: a shift of {30 * turn:g}° is no hour of the clock; take a multiple of 30°"
                  for row, turn in zip(trafo.index, shift, strict=True)
                  if not abs(turn - round(turn)) < 1e-6]  # fmt: skip
    return found


def _wrong_ends(net: Any) -> list[str]:
    """Lines between two voltages."""
    if net.line.empty:
        return []
    volt = net.bus["vn_kv"]
    both = net.line["from_bus"].isin(net.bus.index) & net.line["to_bus"].isin(net.bus.index)
    line = net.line[both]
    uneven = volt.loc[line["from_bus"]].to_numpy() != volt.loc[line["to_bus"]].to_numpy()
    return [
        f"line {row}: its buses have different voltages; put a transformer between them" for row in line.index[uneven]
    ]


def _no_zero_sequence(net: Any) -> list[str]:
    found = []
    for name in ("r0_ohm_per_km", "x0_ohm_per_km"):
        if name not in net.line:
            found.append(f"line: column {name} is missing; unbalanced calculations need the zero sequence of each line")
        else:
            found += [f"line {row}: {name} is missing; the unbalanced calculation needs it"
                      for row in net.line.index[net.line[name].isna()]]  # fmt: skip
    if len(net.trafo) and "vector_group" not in net.trafo:
        found.append("trafo: column vector_group is missing; it decides what the zero sequence sees: Dyn5 is usual")
    elif len(net.trafo):
        found += [
            f"trafo {row}: vector_group is missing; Dyn5 is usual"
            for row in net.trafo.index[net.trafo["vector_group"].isna()]
        ]
    return found
