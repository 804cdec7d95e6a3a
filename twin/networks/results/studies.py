"""What the grid could take beside its year: room for panels, cars and heat pumps by feeder; and a ring that is cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from twin._errors import ResultsError
from twin.networks.results.results import NetworkResults

if TYPE_CHECKING:
    from assets.networks.power import GridLimits
    from twin.results.results import Results

Array = npt.NDArray[np.float64]

TECHNOLOGIES = ("pv", "ev", "heat_pump")
"""What room is sought for."""
LYING_FLAT = 0.9
"""Of the irradiance on level ground, what a kWp gives where the scenario has no panels: performance ratio, assumed."""
_NO_GRID = "these networks have no grid to study; run the networks of a district with streets"


def hosting_capacity(
    networks: NetworkResults,
    results: Results,
    technology: str,
    *,
    profile: npt.ArrayLike | None = None,
    limits: GridLimits | None = None,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """Find the most of a technology that each low-voltage feeder can take on top of a year as it is.

    One feeder after the other gets more, spread evenly over its buildings, while the others stay as they are.

    Parameters
    ----------
    networks : NetworkResults
    results : Results
        Of the same scenario: what an installed kW does in each hour is taken from its buildings.
    technology : str
        "pv", "ev" or "heat_pump".
    profile : array_like, shape (T,), optional
        Power of an installed kW in each hour [0 to 1]; by default of the scenario's own panels (without any: of panels
        that lie flat), of its charging cars or public stations, or of what all its buildings draw to keep warm.
    limits : GridLimits, optional
        What customers are entitled to (EN 50160: 90 to 110 %) and 100 % of loading by default.
    progress : callable, optional
        Takes the part done.

    Returns
    -------
    pandas.DataFrame
        Index `feeder`; `capacity_kw` (installed), `per_building_kw`, `buildings`, `limit` (what stops the next kW),
        `element` (its id), `hour` (UTC), `worst_loading`, `lowest_voltage`, `highest_voltage` (of the feeder as it is),
        `exceeded_before` (it is beyond a limit without it), `station`.

    Raises
    ------
    ResultsError
        There is no grid, or no charging from which a profile could be taken.
    InputError
        No such technology; a profile that is none.
    """
    from assets.networks import power  # noqa: PLC0415  takes seconds to load

    dataset, held = _grid_of(networks), limits or power.EN_50160
    shape = profile_of(results, technology) if profile is None else np.asarray(profile, dtype=np.float64)
    p, q = _loads(networks)
    found = power.hosting_capacity(
        networks.net, p, q, technology=technology, profile=shape, limits=held, progress=progress
    )
    state = _feeder_states(networks, held)
    table = found.drop(columns=["exceeded_before", "buses"]).join(state)
    table["element"] = [_element(networks, str(name)) for name in found["element"]]
    table["hour"] = pd.to_datetime(dataset["time"].to_numpy()[found["hour"].to_numpy()]).tz_localize("UTC")
    table.insert(1, "per_building_kw", table["capacity_kw"] / table["buildings"].where(table["buildings"] > 0))
    return table.sort_values("per_building_kw", kind="stable")


def contingencies(
    networks: NetworkResults, *, hours: npt.ArrayLike | None = None, limits: GridLimits | None = None
) -> pd.DataFrame:
    """Cut each section of the medium voltage in turn, close the open point that helps best, and see whether it holds.

    Parameters
    ----------
    networks : NetworkResults
    hours : array_like of int, optional
        Hours of the year, from 0; by default the three of the highest load.
    limits : GridLimits, optional
        EN 50160 and 100 % of loading by default.

    Returns
    -------
    pandas.DataFrame
        Index `section`, the cable's id; `title`, `tie` (id of what is closed; "" for none), `dark_kw` (without supply
        before switching), `unsupplied_kw` (after), `worst_loading`, `worst_branch`, `lowest_voltage`, `worst_bus`,
        `hour` (UTC), `limit` (what is broken; "" for nothing), `ok`.

    Raises
    ------
    ResultsError
        There is no grid.
    InputError
        No such hour.
    """
    from assets.networks import power  # noqa: PLC0415  takes seconds to load

    dataset, held = _grid_of(networks), limits or power.EN_50160
    p, q = _loads(networks)
    found = power.contingencies(networks.net, p, q, hours=hours, limits=held)
    branch = dataset["branch"].to_numpy()
    section = pd.Index([branch[k] for k in networks.net.line.index.get_indexer(found.index)], dtype=object)
    by_line = (found["line_percent"] >= found["trafo_percent"]).to_numpy(dtype=bool)
    worst = [_element(networks, str(name)) for name in np.where(by_line, found["worst_line"], found["worst_trafo"])]
    table = pd.DataFrame(
        {
            "title": networks.elements["title"].reindex(section).to_numpy(),
            "tie": [_element(networks, str(name)) for name in found["tie"]],
            "dark_kw": found["dark_kw"].to_numpy(),
            "unsupplied_kw": found["unsupplied_kw"].to_numpy(),
            "worst_loading": np.maximum(found["line_percent"], found["trafo_percent"]).to_numpy() / 100.0,
            "worst_branch": worst,
            "lowest_voltage": found["u_min_pu"].to_numpy(),
            "worst_bus": [_element(networks, str(name)) for name in found["worst_bus"]],
            "hour": pd.to_datetime(dataset["time"].to_numpy()[found["hour"].to_numpy(dtype=np.int64)]),
            "limit": found["limit"].to_numpy(),
            "ok": found["ok"].to_numpy(dtype=bool),
        },
        index=section.rename("section"),
    )
    table["hour"] = table["hour"].dt.tz_localize("UTC")
    return table


def profile_of(results: Results, technology: str) -> Array:
    """Power of an installed kW in each hour, with the diversity of all that the district has, shape (T,).

    Parameters
    ----------
    results : Results
    technology : str
        Of `TECHNOLOGIES`.

    Raises
    ------
    ResultsError
        No car is charged anywhere; no such technology.
    """
    data = results.dataset

    def values(name: str, dim: str = "building") -> Array:
        return np.asarray(data[name].transpose(dim, "time").to_numpy(), dtype=np.float64)

    if technology == "pv":
        installed = float(data["pv_kwp"].sum()) if "pv_kwp" in data else 0.0
        made = values("pv_kwh").sum(axis=0) / installed if installed > 0.0 else None
        flat = LYING_FLAT * data["ghi_w_m2"].to_numpy().astype(np.float64) / 1000.0
        return np.clip(flat if made is None else made, 0.0, 1.0)
    if technology == "heat_pump":
        return _diverse(values("space_heat_kwh") + values("hot_water_kwh"))
    if technology != "ev":
        raise ResultsError(f"there is no technology {technology}; take one of {', '.join(TECHNOLOGIES)}")
    for name, dim in (("ev_charging_kwh", "building"), ("station_charging_kwh", "station")):
        if name in data and float(data[name].sum()) > 0.0:
            return _diverse(values(name, dim))
    raise ResultsError("no car is charged here, so that there is no profile of it; give one, or add cars (`what: ev`)")


def _diverse(kwh: Array) -> Array:
    """Sum of all by the sum of their own peaks."""
    return np.asarray(kwh.sum(axis=0) / max(float(kwh.max(axis=1).sum()), 1e-9))


def _grid_of(networks: NetworkResults) -> Any:
    if networks.net is None or "bus" not in networks.dataset.dims:
        raise ResultsError(_NO_GRID)
    return networks.dataset


def _loads(networks: NetworkResults) -> tuple[Array, Array]:
    data = networks.dataset
    return (
        data["bus_load_kw"].to_numpy().astype(np.float64),
        data["bus_load_kvar"].to_numpy().astype(np.float64),
    )


def _element(networks: NetworkResults, name: str) -> str:
    """Id of what the grid's model calls "bus 3", "line 5", "trafo 2" or "switch 1"."""
    table, _, label = name.partition(" ")
    net, data = networks.net, networks.dataset
    if not label or table not in {"bus", "line", "trafo"}:
        return name
    row = int(net[table].index.get_loc(int(label)))
    if table == "bus":
        return str(data["bus"].to_numpy()[row])
    return str(data["branch"].to_numpy()[row + (len(net.line) if table == "trafo" else 0)])


def _feeder_states(networks: NetworkResults, limits: GridLimits) -> pd.DataFrame:
    """Return buildings, worst loading and voltages of each feeder as it is; index: feeder."""
    from assets.networks.power.conversion import convert  # noqa: PLC0415
    from assets.networks.power.topology import feeders_of  # noqa: PLC0415

    net, data = networks.net, networks.dataset
    feeder = feeders_of(net, convert(net)).to_numpy(dtype=object)
    at = data["electricity_node_of_building"].to_numpy()
    count = pd.Series(feeder[at[at >= 0]]).value_counts()
    voltage = data["voltage_pu"].to_numpy()
    buses = pd.DataFrame(
        {"lowest_voltage": np.nan_to_num(voltage).min(axis=1), "highest_voltage": np.nan_to_num(voltage).max(axis=1)}
    )
    table = buses.groupby(feeder).agg({"lowest_voltage": "min", "highest_voltage": "max"})
    end = data["branch_end"].to_numpy()[: len(net.line)]
    loading = np.nan_to_num(data["branch_loading"].to_numpy()[: len(net.line)], nan=np.inf).max(axis=1)
    table["worst_loading"] = pd.Series(loading).groupby(feeder[end]).max()
    table["buildings"] = count.reindex(table.index).fillna(0).astype(np.int64)
    table["station"] = pd.Series(net.bus["station"].to_numpy(dtype=object) if "station" in net.bus else "",
                                 index=net.bus.index).groupby(feeder).first()  # fmt: skip
    table["exceeded_before"] = (
        (table["worst_loading"] > limits.line_percent / 100.0)
        | (table["lowest_voltage"] < limits.u_min_pu)
        | (table["highest_voltage"] > limits.u_max_pu)
    )
    return table


@cache
def study_kpi_catalogue() -> pd.DataFrame:
    """Read what every key figure of the studies is; the columns are those of `network_kpi_catalogue`."""
    with (resources.files("twin.networks.results") / "grid_study_kpis.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file).set_index("id")


def study_kpis(
    hosting: Mapping[str, pd.DataFrame] | None = None, outages: pd.DataFrame | None = None
) -> dict[str, dict[str, Any]]:
    """Compute the key figures of studies, each with what it is held against.

    Parameters
    ----------
    hosting : mapping of str to DataFrame, optional
        By technology, of `hosting_capacity`.
    outages : DataFrame, optional
        Of `contingencies`.

    Returns
    -------
    dict
        By id, in the form of `network_kpis`: `value`, `unit`, `label`, `limit`, `limit_side`, `exceeded`, `kind`;
        only of what was studied.
    """
    values: dict[str, float] = {}
    for technology, table in (hosting or {}).items():
        room = table["per_building_kw"].dropna()
        if len(room):
            values[f"{technology}_room"] = float(room.min())
            values[f"{technology}_room_median"] = float(room.median())
    if outages is not None and len(outages):
        values["n1_failing"] = float((~outages["ok"]).sum())
        values["n1_unsupplied"] = float(outages["unsupplied_kw"].max())
        values["n1_loading"] = 100.0 * float(outages["worst_loading"].max())
        values["n1_voltage"] = 100.0 * float(outages["lowest_voltage"].min())
    told = {}
    for name, row in study_kpi_catalogue().iterrows():
        if str(name) in values:
            told[str(name)] = _told(values[str(name)], row)
    return told


def _told(value: float, row: pd.Series[Any]) -> dict[str, Any]:
    limit, side = float(row["limit"]), str(row["limit_side"])
    over = value > limit + 1e-6 if side == "most" else value < limit - 1e-6
    return {
        "value": value,
        "unit": "" if pd.isna(row["unit"]) else row["unit"],
        "label": row["label"],
        "kind": row["kind"],
        "carrier": row["carrier"],
        "limit": limit if np.isfinite(limit) else None,
        "limit_side": side,
        "available": True,
        "exceeded": side != "none" and bool(over),
        "description": row["description"],
    }
