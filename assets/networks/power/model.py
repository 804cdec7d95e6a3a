"""A plan as a pandapower net, and nets read from and written to files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from assets._errors import InputError
from assets.networks.power.checking import net_findings
from assets.networks.power.equipment import MEDIUM, cables, transformers
from assets.networks.power.plan import IMPORTED, PowerPlan


def pandapower_net(plan: PowerPlan) -> Any:
    """Make a pandapower net of a plan; its indices are those of the plan's tables.

    The tables bear the plan's columns origin, station, feeder, ring; the open points of the rings are open switches at
    the lines' from_bus. There are no loads in it: `power_year` takes them as arrays.

    Parameters
    ----------
    plan : PowerPlan

    Returns
    -------
    pandapowerNet
    """
    import pandapower as pp  # noqa: PLC0415 - takes seconds to load, and only grids need it

    rules = plan.rules
    net = pp.create_empty_network(name="laid", f_hz=50.0)
    kv = np.where(plan.buses["level"] == MEDIUM, rules.mv_kv, rules.lv_kv)
    names = [f"{kind} {bus}" for bus, kind in plan.buses["kind"].items()]
    pp.create_buses(net, len(kv), vn_kv=kv, name=names)
    for column in ("node", "level", "kind", "station", "feeder", "origin"):
        net.bus[column] = plan.buses[column].to_numpy()
    net.bus["x_m"] = plan.graph.x_m[plan.buses["node"].to_numpy()]
    net.bus["y_m"] = plan.graph.y_m[plan.buses["node"].to_numpy()]
    pp.create_ext_grid(
        net,
        plan.infeed_bus,
        vm_pu=rules.infeed_pu,
        s_sc_max_mva=rules.infeed_mva,
        rx_max=0.1,
        x0x_max=1.0,
        r0x0_max=0.1,
    )
    _add_lines(net, plan)
    _add_transformers(net, plan)
    return net


def _add_lines(net: Any, plan: PowerPlan) -> None:
    import pandapower as pp  # noqa: PLC0415

    if plan.lines.empty:
        return
    kinds = cables().loc[plan.lines["cable"]]
    pp.create_lines_from_parameters(
        net, plan.lines["from_bus"].to_numpy(), plan.lines["to_bus"].to_numpy(),
        length_km=plan.lines["length_m"].to_numpy() / 1e3,
        r_ohm_per_km=kinds["r_ohm_per_km"].to_numpy(), x_ohm_per_km=kinds["x_ohm_per_km"].to_numpy(),
        c_nf_per_km=kinds["c_nf_per_km"].to_numpy(), max_i_ka=kinds["max_current_a"].to_numpy() / 1e3,
        r0_ohm_per_km=kinds["r0_ohm_per_km"].to_numpy(), x0_ohm_per_km=kinds["x0_ohm_per_km"].to_numpy(),
        c0_nf_per_km=kinds["c0_nf_per_km"].to_numpy(), parallel=plan.lines["parallel"].to_numpy(),
        std_type=plan.lines["cable"].tolist(), type="cs",
    )  # fmt: skip
    for column in ("level", "station", "feeder", "ring", "mapped_m", "origin"):
        net.line[column] = plan.lines[column].to_numpy()
    ring = plan.lines[plan.lines["ring"] >= 0]
    if len(ring):
        pp.create_switches(
            net, ring["from_bus"].to_numpy(np.int64), ring.index.to_numpy(np.int64), "l",
            closed=ring["closed"].to_numpy(bool), type="LBS", name=[f"ring section {line}" for line in ring.index],
        )  # fmt: skip


def _add_transformers(net: Any, plan: PowerPlan) -> None:
    import pandapower as pp  # noqa: PLC0415

    if plan.transformers.empty:
        return
    kind = transformers().loc[plan.transformers["transformer"]]
    pp.create_transformers_from_parameters(
        net, plan.transformers["hv_bus"].to_numpy(), plan.transformers["lv_bus"].to_numpy(),
        sn_mva=kind["rated_kva"].to_numpy(float) / 1e3, vn_hv_kv=kind["rated_hv_kv"].to_numpy(float),
        vn_lv_kv=kind["rated_lv_kv"].to_numpy(float), vk_percent=kind["vk_percent"].to_numpy(float),
        vkr_percent=kind["vkr_percent"].to_numpy(float), pfe_kw=kind["iron_kw"].to_numpy(float),
        i0_percent=kind["i0_percent"].to_numpy(float), shift_degree=kind["shift_degree"].to_numpy(float),
        tap_side="hv", tap_neutral=0, tap_pos=0,
        tap_min=kind["tap_min"].to_numpy(), tap_max=kind["tap_max"].to_numpy(),
        tap_step_percent=kind["tap_step_percent"].to_numpy(float), tap_changer_type="Ratio",
        parallel=plan.transformers["parallel"].to_numpy(), std_type=plan.transformers["transformer"].tolist(),
        name=plan.transformers["station"].tolist(),
    )  # fmt: skip
    net.trafo["vector_group"] = kind["vector_group"].str.rstrip("0123456789").to_numpy()  # the hour is in the shift
    for column in ("station", "origin"):
        net.trafo[column] = plan.transformers[column].to_numpy()


def read_pandapower(path: str | Path) -> Any:
    """Read a net from a pandapower JSON file and check that it can be calculated.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    pandapowerNet
        `origin` is "imported" at all buses, lines and transformers that do not say otherwise.

    Raises
    ------
    InputError
        No such file, no pandapower net, or elements that cannot be calculated: all findings at once.
    """
    import pandapower as pp  # noqa: PLC0415

    place = Path(path)
    if not place.is_file():
        raise InputError([f"{place}: no such file; write one with pandapower.to_json or write_pandapower"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own conversions from older formats
        try:
            net = pp.from_json(str(place))
        except Exception as error:  # whatever its reader stumbles over
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(
                [f"{place.name}: not a pandapower net ({reason}); write it with pandapower.to_json"]
            ) from error
    if not isinstance(net, pp.pandapowerNet):
        raise InputError(
            [f"{place.name}: holds a {type(net).__name__}, no pandapower net; write it with pandapower.to_json"]
        )
    findings = net_findings(net)
    if findings:
        raise InputError([f"{place.name}: {finding}" for finding in findings])
    for name in ("bus", "line", "trafo"):
        frame = net[name]
        frame["origin"] = frame["origin"].fillna(IMPORTED) if "origin" in frame else IMPORTED
    return net


def write_pandapower(net: Any, path: str | Path) -> Path:
    """Write a net to a pandapower JSON file.

    Parameters
    ----------
    net : pandapowerNet
    path : str or Path

    Returns
    -------
    Path
    """
    import pandapower as pp  # noqa: PLC0415

    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    pp.to_json(net, str(place))
    return place
