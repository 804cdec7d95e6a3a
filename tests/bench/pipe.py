"""Outlet of a measured pipe in transient operation: plug flow against pandapipes' transient mode and quasi-static.

The three runs of the University of Liège's test bench, each with the same inlet, flow, pipe and insulation. The figures
are RMSE against the measured outlet; pandapipes gets as many sections as plug flow has cells, and the readings' own
steps. Quasi-static is pandapipes' steady state of each reading.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandapipes

from tests.assets.pipe_cases import (
    AMBIENT_C,
    INNER_M,
    LENGTH_M,
    RUNS,
    Run,
    liege_pipe,
    read_run,
    rmse,
    simulated,
)

KELVIN = 273.15
SECTIONS = 39
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def pandapipes_outlet(run: Run, transient: bool) -> np.ndarray:
    """Outlet [°C] of pandapipes' water pipe, step by step; it knows no heat capacity of the wall."""
    net = pandapipes.create_empty_network(fluid="water")
    start, end = (pandapipes.create_junction(net, 3.0, run.start_c + KELVIN) for _ in range(2))
    pandapipes.create_ext_grid(net, start, 3.0, run.inlet_c[0] + KELVIN)
    pandapipes.create_sink(net, end, run.flow_kg_s[0])
    pandapipes.create_pipe_from_parameters(
        net,
        start,
        end,
        LENGTH_M / 1000,
        inner_diameter_mm=INNER_M * 1000,
        k_mm=0.05,
        sections=SECTIONS if transient else 1,
        u_w_per_m2k=float(liege_pipe().loss_w_m_k[0]) / (np.pi * INNER_M),
        text_k=AMBIENT_C + KELVIN,
    )
    found = np.empty(run.step_s.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' remarks on pandapipes' tables
        for t, seconds in enumerate(run.step_s):
            net.ext_grid["t_k"] = run.inlet_c[t] + KELVIN
            net.sink["mdot_kg_per_s"] = run.flow_kg_s[t]
            course = {"transient": True, "dt": seconds, "simulation_time_step": t} if transient else {}
            pandapipes.pipeflow(net, mode="sequential", **course)
            found[t] = net.res_junction["t_k"].to_numpy()[end] - KELVIN
    return found


def run() -> Iterator[dict[str, Any]]:
    """Give the RMSE of plug flow beside that of each peer, for each of the three runs."""
    for name in RUNS:
        measured = read_run(DATA, name)
        plug = simulated(measured).node_c[1]
        ours = rmse(plug, measured)
        for transient, words in ((True, f"transient, {SECTIONS} sections"), (False, "quasi-static")):
            outlet = pandapipes_outlet(measured, transient)
            peer = rmse(outlet, measured)
            apart = float(np.sqrt(np.mean((outlet - plug) ** 2)) / np.ptp(measured.outlet_c))
            yield {
                "name": f"Liège pipe, run {name}",
                "ours": round(ours, 3),
                "peer": round(peer, 3),
                "peer_name": f"pandapipes {pandapipes.__version__}, {words}",
                "unit": "K",
                "ratio": round(peer / ours, 1),
                "error": float(f"{apart:.2g}"),
            }
