"""What buildings and public chargers draw of each network, and what buildings give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assets.conversions import large_heat_pump_cop
from assets.hours_on_disk import hours_array, is_large, let_go, row_blocks, row_sums

if TYPE_CHECKING:
    from assets.time_grid import TimeGrid
    from twin.networks.layout.plan import NetworkPlan
    from twin.networks.layout.temperatures import Temperatures
    from twin.results.results import Results

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

LOOP_SUPPLY_C, LOOP_RETURN_C = 50.0, 40.0
"""What heat pumps on an ambient loop make of it in the buildings: radiators and hot water together, assumed."""
LOOP_MODEL = "ground"
"""Row of conversions_heat_pumps.csv that such heat pumps are like."""


@dataclass(frozen=True, eq=False)
class Cut:
    """What buildings that an edit has cut off would have drawn, or fed in.

    Attributes
    ----------
    rows : ndarray of int64
        Of the buildings.
    kw : ndarray, shape (rows, T)
    """

    rows: Index
    kw: Any


@dataclass(frozen=True, eq=False)
class Loads:
    """What the buildings draw and give, arrays of shape (buildings, T) in kW, and public chargers (stations, T).

    Attributes
    ----------
    time : TimeGrid
        T steps.
    import_kw, export_kw, heat_kw, cold_kw, gas_kw : ndarray
    oil_kw, wood_kw : ndarray, shape (T,)
        Of all buildings together: lorries bring them.
    public_kw : ndarray, optional
    booster_kw : ndarray, shape (buildings, T), optional
        Electricity of the heat pumps that draw on an ambient loop; in `import_kw` as well. None without a loop.
    missed, unfed : mapping of str to Cut
        By carrier, what buildings that an edit has cut off would have drawn, and would have fed in: both are in none of
        the others.
    """

    time: TimeGrid
    import_kw: Any
    export_kw: Any
    heat_kw: Any
    cold_kw: Any
    gas_kw: Any
    oil_kw: Array
    wood_kw: Array
    public_kw: Any
    booster_kw: Any
    missed: Mapping[str, Cut]
    unfed: Mapping[str, Cut]


def loads_of(results: Results, plans: Mapping[str, NetworkPlan], heat: Temperatures, time: TimeGrid) -> Loads:
    """Read what the buildings draw out of their results; on an ambient loop, heat pumps come between."""
    dataset = results.dataset
    shape = dataset["grid_import_kwh"].shape
    nothing = np.broadcast_to(np.float32(0.0), shape)

    def of(name: str) -> Any:
        if name not in dataset:
            return nothing
        variable = dataset[name]
        if not is_large(*variable.shape):
            return time.kw_of(variable.to_numpy())
        found = hours_array(*variable.shape)
        for row in row_blocks(*variable.shape):
            found[row] = time.kw_of(variable[row].to_numpy())
            let_go(found)
        return found

    bought, drawn = of("grid_import_kwh"), of("district_heat_kwh")
    booster = None
    if "heat" in plans and str(plans["heat"].design.get("generation", "3")) == "5":
        cop = large_heat_pump_cop(
            LOOP_MODEL,
            supply_temp_c=LOOP_SUPPLY_C,
            return_temp_c=LOOP_RETURN_C,
            source_temp_c=heat.supply_c,
            return_limit_c=float(heat.return_c.min()),
        ).astype(np.float32)
        booster = drawn / cop
        drawn, bought = drawn - booster, bought + booster
    public = of("station_charging_kwh") if "station_charging_kwh" in dataset else nothing[:0]
    bought, no_power = _without(bought, plans.get("electricity"))
    sold, unfed = _without(of("grid_export_kwh"), plans.get("electricity"))
    gas, no_gas = _without(of("gas_kwh"), plans.get("gas"))
    return Loads(
        time=time,
        import_kw=bought,
        export_kw=sold,
        heat_kw=drawn,
        cold_kw=of("district_cold_kwh"),
        gas_kw=gas,
        oil_kw=total(of("oil_kwh")),
        wood_kw=total(of("wood_kwh")),
        public_kw=public,
        booster_kw=booster,
        missed={"electricity": no_power, "gas": no_gas},
        unfed={"electricity": unfed},
    )


def _without(power: Any, plan: NetworkPlan | None) -> tuple[Any, Cut]:
    """Take out what an edit has cut off: what is left, and what the others would have had."""
    rows = np.empty(0, dtype=np.int64) if plan is None else plan.cut_off
    if not len(rows):
        return power, Cut(rows, power[:0])
    left = np.array(power)
    left[rows] = 0.0
    return left, Cut(rows, power[rows])


def total(power: Any) -> Array:
    """Sum of all rows by the step, in double precision, shape (T,)."""
    return row_sums(power)
