"""Deep geothermal heat: a pair of wells, water up from one, through a heat exchanger, and down the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.fluids.water import COOL_KG_M3, MEAN_KJ_KG_K
from assets.sources.heat_source import HeatSource, direct_heat_technology
from assets.technology import Technology

Array = npt.NDArray[np.float64]

YEAR_S = 8760 * 3600.0


@dataclass(frozen=True)
class Doublet:
    """A production and an injection well into one layer.

    Attributes
    ----------
    depth_m : float
        Of the layer [m].
    flow_kg_s : float
        Water that circulates [kg/s].
    reinjection_c : float
        The coldest that it goes down again [°C].
    gradient_k_m : float
        Rise of the rock's temperature with depth [K/m].
    surface_c : float
        Rock's temperature at the surface, mean of the year [°C].
    spacing_m, layer_m, porosity : float
        Distance between the wells where they meet the layer [m], its thickness [m], its share of water.
    productivity_kg_s_bar : float
        Water per bar of drawdown, and per bar pressed down the other well [kg/(s bar)].
    pump_efficiency : float
        Of the pumps and their motors.
    rock_w_m_k, rock_diffusivity_m2_s, well_radius_m : float
        For the heat that the rising water loses to the rock [W/(m K), m²/s, m].
    rock_mj_m3_k : float
        Heat capacity of the layer's rock [MJ/(m³ K)].
    """

    depth_m: float
    flow_kg_s: float
    reinjection_c: float
    gradient_k_m: float
    surface_c: float = 7.5
    spacing_m: float = 1000.0
    layer_m: float = 100.0
    porosity: float = 0.15
    productivity_kg_s_bar: float = 5.0
    pump_efficiency: float = 0.6
    rock_w_m_k: float = 3.0
    rock_diffusivity_m2_s: float = 1.3e-6
    well_radius_m: float = 0.11
    rock_mj_m3_k: float = 2.3

    def __post_init__(self) -> None:
        least = {
            "depth_m": 100.0,
            "flow_kg_s": 0.0,
            "gradient_k_m": 0.0,
            "spacing_m": 10.0,
            "layer_m": 1.0,
            "productivity_kg_s_bar": 1e-3,
            "pump_efficiency": 0.05,
            "rock_w_m_k": 0.1,
            "rock_diffusivity_m2_s": 1e-8,
            "well_radius_m": 0.03,
            "rock_mj_m3_k": 0.5,
            "porosity": 0.0,
            "reinjection_c": 0.0,
            "surface_c": -30.0,
        }
        most = {"porosity": 1.0, "pump_efficiency": 1.0, "reinjection_c": 200.0}
        findings = [
            f"{name} is {getattr(self, name)}: give {low:g} or more"
            + (f", up to {most[name]:g}" if name in most else "")
            for name, low in least.items()
            if not low <= getattr(self, name) <= most.get(name, np.inf)
        ]
        if findings:
            raise InputError(findings)

    @property
    def rock_temp_c(self) -> float:
        """Temperature of the layer [°C]."""
        return self.surface_c + self.gradient_k_m * self.depth_m


def deep_wells() -> pd.DataFrame:
    """Wells that are known, index `well`: depth, temperature, flow, heat, whether they are in use, source."""
    return table("deep_wells").set_index("well")


def production_temperature(doublet: Doublet, years: npt.ArrayLike = 10.0) -> Array:
    """Temperature of the water that comes up, after some years of flow [°C].

    Parameters
    ----------
    doublet : Doublet
    years : array_like
        Since the flow began [a]; a hundredth or more.

    Notes
    -----
    Ramey, Journal of Petroleum Technology 14, 1962, eq. 1 for a liquid: the well loses heat to rock that it warms,
    T = T0 + g A (1 − exp(−H/A)) with A = ṁ c f(t)/(2πk) and f = ln(2 √(α t)/r) − 0.29. Before the cold water of
    the other well breaks through (`breakthrough_years`), the layer gives its own temperature.
    """
    time = np.maximum(np.asarray(years, dtype=np.float64), 0.01) * YEAR_S
    f = np.log(2 * np.sqrt(doublet.rock_diffusivity_m2_s * time) / doublet.well_radius_m) - 0.29
    a = doublet.flow_kg_s * MEAN_KJ_KG_K * 1000.0 * f / (2 * np.pi * doublet.rock_w_m_k)
    # -H/A of standing water is minus infinity: it comes up as cold as the surface.
    share = np.divide(doublet.depth_m, a, out=np.full_like(a, np.inf), where=a > 0.0)
    return np.asarray(doublet.surface_c + doublet.gradient_k_m * a * -np.expm1(-share))


def breakthrough_years(doublet: Doublet) -> float:
    """Years until the first water that was pressed down comes up again, colder than the layer; infinite with no flow.

    Notes
    -----
    Gringarten and Sauty, Journal of Geophysical Research 80, 1975: t = π D² h (ρc)_layer / (3 Q (ρc)_water), without
    the heat that the rock above and below gives.
    """
    if not doublet.flow_kg_s:
        return np.inf
    water = COOL_KG_M3 * MEAN_KJ_KG_K * 1000.0
    layer = doublet.porosity * water + (1 - doublet.porosity) * doublet.rock_mj_m3_k * 1e6
    flow_m3_s = doublet.flow_kg_s / COOL_KG_M3
    return float(np.pi * doublet.spacing_m**2 * doublet.layer_m * layer / (3 * flow_m3_s * water) / YEAR_S)


def deep_source(doublet: Doublet, hours: int = 8760, *, years: float = 10.0) -> HeatSource:
    """Doublet as a heat source, the same in every hour.

    Parameters
    ----------
    doublet : Doublet
    hours : int
        T.
    years : float
        Since the flow began [a].

    Returns
    -------
    HeatSource
        `pump_share` is the work of pressing the water through the layer, twice the drawdown.

    Raises
    ------
    InputError
        The cold water has come through by then: what the layer gives is not modelled any more.
    """
    through = breakthrough_years(doublet)
    if years > through:
        raise InputError(
            [f"cold water comes through after {through:.3g} years, before {years:g}: set the wells further apart"]
        )
    temp = float(production_temperature(doublet, years))
    heat = doublet.flow_kg_s * MEAN_KJ_KG_K * max(temp - doublet.reinjection_c, 0.0)
    pressure_kpa = 2 * 100.0 * doublet.flow_kg_s / doublet.productivity_kg_s_bar
    pump = pressure_kpa * doublet.flow_kg_s / COOL_KG_M3 / doublet.pump_efficiency
    if pump >= heat > 0.0:
        raise InputError([f"the pumps take {pump:.3g} kW, the water gives {heat:.3g} kW: let less water flow"])
    return HeatSource(
        "deep_ground",
        np.full(hours, temp),
        np.full(hours, heat),
        doublet.reinjection_c,
        pump / heat if heat > 0.0 else 0.0,
    )


def deep_technology(
    doublet: Doublet, supply_temp_c: npt.ArrayLike, return_temp_c: npt.ArrayLike, *, years: float = 10.0
) -> Technology:
    """Doublet that heats a network through a heat exchanger, with its pumps' electricity.

    Parameters
    ----------
    doublet : Doublet
    supply_temp_c, return_temp_c : array_like, shape (T,)
        Of the network [°C].
    years : float
        Since the flow began [a].
    """
    source = deep_source(doublet, len(np.asarray(supply_temp_c)), years=years)
    return direct_heat_technology(source, supply_temp_c, return_temp_c)
