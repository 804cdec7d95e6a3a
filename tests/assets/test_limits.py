"""Figures that several models share: declared, with a source, and those of water as CoolProp has them."""

from __future__ import annotations

import pytest
from CoolProp.CoolProp import PropsSI

from assets._errors import CatalogueError
from assets.catalogue import attributes, limit, table
from assets.networks.power import EN_50160, GridLimits


def test_the_table_is_declared_and_every_figure_has_its_source() -> None:
    rows = table("limits")
    assert list(rows.columns) == attributes("limits")["attribute"].tolist()
    assert rows.notna().all(axis=None)
    assert rows["id"].is_unique
    assert set(rows["kind"]) == {"published", "assumed"}


def test_an_unknown_figure_is_told_with_those_like_it() -> None:
    with pytest.raises(CatalogueError, match="no figure 'power_factor'; it has power_factor_load"):
        limit("power_factor")


def test_a_grid_that_is_planned_well_serves_its_customers() -> None:
    """EN 50160 allows 10 % either way; planners stay within."""
    planned = GridLimits()
    assert (EN_50160.u_min_pu, EN_50160.u_max_pu) == (0.9, 1.1)
    assert EN_50160.u_min_pu < planned.u_min_pu < 1.0 < planned.u_max_pu < EN_50160.u_max_pu


@pytest.mark.parametrize(
    ("name", "quantity", "temps_c", "rel"),
    [
        ("water_caloric_cp", "C", (10.0, 35.0, 60.0, 90.0), 5e-3),
        ("water_mean_cp", "C", (10.0, 75.0), 2e-3),
        ("water_cold_cp", "C", (5.0,), 2e-3),
        ("water_cool_density", "D", (4.0, 10.0), 5e-4),
        ("water_room_density", "D", (20.0,), 5e-4),
        ("water_warm_density", "D", (60.0,), 5e-4),
    ],
)
def test_water_is_coolprops(name: str, quantity: str, temps_c: tuple[float, ...], rel: float) -> None:
    """IAPWS-95 at one atmosphere, at the temperatures that its row names; kJ/(kg K) and kg/m³."""
    scale = 1000.0 if quantity == "C" else 1.0
    found = [PropsSI(quantity, "T", temp + 273.15, "P", 101325.0, "Water") / scale for temp in temps_c]
    assert found == pytest.approx([limit(name)] * len(found), rel=rel)
