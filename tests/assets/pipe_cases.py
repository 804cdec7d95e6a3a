"""The measured pipe of the University of Liège (IBPSA Modelica library, BSD-3), for tests and the benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.networks.heat.plug_flow import PlugFlow, PlugPipes, insulated_pipes, plug_state, run_plug_flow

RUNS = {"150801": 16.8, "151202": 18.2, "151204_1": 14.0}
"""Temperature of the outlet's water at the start [°C]."""
LENGTH_M, INNER_M, WALL_M, INSULATION_M, INSULATION_W_M_K, OUTSIDE_W_M2_K = 39.0, 0.05248, 0.0039, 0.013, 0.04, 5.0
AMBIENT_C = 18.0
DENSITY_KG_M3 = 992.0
"""Of water at 40 °C."""


@dataclass(frozen=True)
class Run:
    """One measured run; flow and temperatures are means of the steps between two readings."""

    step_s: np.ndarray
    flow_kg_s: np.ndarray
    inlet_c: np.ndarray
    outlet_c: np.ndarray
    start_c: float


def read_run(folder: Path, name: str) -> Run:
    """Columns t [s], mass flow [kg/s], T_pipe_out, T_water_out, T_pipe_in, T_water_in [°C]."""
    rows = np.loadtxt(folder / "cases" / "pipe_liege" / f"PipeDataULg{name}.mos", delimiter=",", skiprows=2)
    mean = (rows[1:] + rows[:-1]) / 2
    return Run(np.diff(rows[:, 0]), mean[:, 1], mean[:, 5], mean[:, 3], RUNS[name])


def liege_pipe() -> PlugPipes:
    """Its one pipe."""
    return insulated_pipes(
        [0],
        [1],
        LENGTH_M,
        INNER_M,
        wall_m=WALL_M,
        insulation_m=INSULATION_M,
        insulation_w_m_k=INSULATION_W_M_K,
        outside_w_m2_k=OUTSIDE_W_M2_K,
        wall_kg_m3=8000.0,
        wall_j_kg_k=500.0,
    )


def simulated(run: Run, cell_m: float = 1.0) -> PlugFlow:
    """Plug flow through it."""
    inlet = np.stack([run.inlet_c, np.full_like(run.inlet_c, np.nan)])
    pipe = liege_pipe()
    state = plug_state(pipe, run.start_c, cell_m=cell_m, cells=(4, 1000))
    return run_plug_flow(
        pipe,
        state,
        run.flow_kg_s[None],
        inlet_c=inlet,
        ambient_c=AMBIENT_C,
        step_s=run.step_s,
        density_kg_m3=DENSITY_KG_M3,
    )


def rmse(found: np.ndarray, run: Run) -> float:
    """Against the measured outlet [K]."""
    return float(np.sqrt(np.mean((found - run.outlet_c) ** 2)))
