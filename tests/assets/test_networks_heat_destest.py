"""The steady heat network of IBPSA's DESTEST (project 1, network exercise): 16 buildings on two strings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.networks.heat import Consumers, HeatYear, PipeSizes, Producers, constant_liquid, heat_year
from tests.assets.clock import clock
from tests.assets.heat_network_cases import tree_of_parents

FLOW_KG_S, CP = 0.153610, 4.180
PLANT, H, G, F, E = range(5)
DISTRICT_1 = 9 + 2 * 3
"""First of the two buildings at e: two at each of the nodes h to e and d to a, behind the 9 nodes."""


def destest(heat_kw: float) -> HeatYear:
    string = [(36.0, 3), (24.0, 2), (24.0, 2), (24.0, 1)]  # i-h, h-g, g-f, f-e, as i-d, d-c, c-b, b-a
    parent, length, size = [-1], [0.0], [0]
    for _ in range(2):
        for place, (metres, kind) in enumerate(string):
            parent.append(0 if place == 0 else len(parent) - 1)
            length.append(metres)
            size.append(kind)
    for node in range(1, 9):
        parent, length, size = parent + [node] * 2, length + [12.0] * 2, size + [0] * 2
    tree, _ = tree_of_parents(np.array(parent), np.array(length))
    sizes = PipeSizes(
        name=("20.4", "26.2", "32.6", "40.8"),
        inner_diameter_m=np.array([20.4, 26.2, 32.6, 40.8]) / 1000.0,
        roughness_m=np.full(4, 7e-6),
        u_w_m_k=np.array([0.12294, 0.15255, 0.19262, 0.19884]),
        max_velocity_m_s=np.full(4, 3.0),
        max_temp_c=np.full(4, 90.0),
        investment_eur_m=np.zeros(4),
    )
    consumers = Consumers(np.arange(9, 25), np.full((16, 1), heat_kw), drop_k=heat_kw / (FLOW_KG_S * CP))
    water = constant_liquid(CP, 988.0, 988.0 * 5.5e-7)
    keep = ["supply_temp_c", "return_temp_c", "pressure_kpa", "mass_flow_kg_s"]
    return heat_year(
        tree,
        size,
        consumers,
        Producers([0]),
        70.0,
        10.0,
        sizes=sizes,
        water=water,
        keep=keep,
        time=clock(consumers.heat_kw),
    )


@pytest.fixture
def published(shared_data: Path) -> pd.DataFrame:
    """First hour of each tool's results, a row each."""
    folder = shared_data / "cases" / "destest_network_0"
    rows = {path.stem: pd.read_csv(path).iloc[0].to_numpy() for path in sorted(folder.glob("*_Network_0.csv"))}
    return pd.DataFrame.from_dict(rows, orient="index")


def supply_and_pressure_as_simvicus(year: HeatYear, row: np.ndarray) -> None:
    """0.02 K at the nodes and the building, 3 % of the pressure, 0.2 % of the trunk's loss and the flow."""
    np.testing.assert_allclose(year.supply_temp_c[[PLANT, H, G, F, E, DISTRICT_1], 0], row[5:11], atol=0.02)
    one_way = (year.pressure_kpa[PLANT, 0] - year.pressure_kpa[E, 0]) * 1000.0 / 2.0
    assert one_way == pytest.approx(row[2], rel=0.03)
    trunk = year.mass_flow_kg_s[H, 0] * CP * (year.supply_temp_c[PLANT, 0] - year.supply_temp_c[H, 0]) * 1000.0
    assert trunk == pytest.approx(row[17], rel=0.002)
    assert year.producer_flow_kg_s[0, 0] * 3600.0 == pytest.approx(row[1], rel=0.0002)


def test_network_as_described(published: pd.DataFrame) -> None:
    """30 K at each consumer: SIM-VICUS' supply, pressure and loss; heat within 0.2 % of TRNSYS' and AAU's."""
    year = destest(FLOW_KG_S * CP * 30.0)
    supply_and_pressure_as_simvicus(year, published.loc["SIM_VICUS_Network_0"].to_numpy())
    for tool in ("TRNSYS_TUD_2022_Network_0", "Modelica_Buildings_AAU_Martin_Network_0"):
        assert year.producer_heat_kw[0, 0] * 1000.0 == pytest.approx(published.loc[tool].to_numpy()[18], rel=0.002)


def test_network_as_simvicus_ran_it(published: pd.DataFrame) -> None:
    """Its building cools 69.4305 to 39.8398 °C: 19.00 kW, not 30 K. With that, every temperature and the heat."""
    row = published.loc["SIM_VICUS_Network_0"].to_numpy()
    year = destest(19.0)
    supply_and_pressure_as_simvicus(year, row)
    np.testing.assert_allclose(year.return_temp_c[[PLANT, H, G, F, E], 0], row[11:16], atol=0.02)
    assert year.producer_heat_kw[0, 0] * 1000.0 == pytest.approx(row[18], rel=0.002)


def test_readme_figures() -> None:
    """The figures of the case's README, which stand where the folder is absent: SIM-VICUS 0.02 K, 3 %, 0.2 %."""
    year = destest(FLOW_KG_S * CP * 30.0)
    expected = [69.9165, 69.8446, 69.7371, 69.5671, 69.4305]
    np.testing.assert_allclose(year.supply_temp_c[[H, G, F, E, DISTRICT_1], 0], expected, atol=0.02)
    assert (year.pressure_kpa[PLANT, 0] - year.pressure_kpa[E, 0]) / 2.0 == pytest.approx(25.399, rel=0.03)
