"""Pipes, water, friction and sizing against makers' figures, CoolProp, pygfunction and the implicit equations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from assets._errors import InputError
from assets.catalogue import table
from assets.networks.heat import WATER, Laying, heat_pipes, simultaneity, size_tree
from assets.networks.heat._tree_kernel import decay
from assets.networks.heat.friction import factor_of, fitted_factors, friction_factor, pressure_gradient_pa_m
from assets.networks.heat.pipes import casing_wall_m, twin_pipe_resistance
from tests.assets.heat_network_cases import tree_of_parents

FAMILIES = ("steel_single", "steel_twin", "pex_single", "pex_twin", "pe_bare_sdr11", "pe_bare_sdr17", "pe_insulated")


def test_catalogue_is_whole() -> None:
    rows, declared = table("heat_pipes"), table("attributes_heat_pipes")
    assert set(rows.columns) == set(declared["attribute"])
    assert declared["description"].notna().all()
    assert rows["source"].notna().all()
    assert rows["name"].is_unique
    assert set(rows["family"]) == set(FAMILIES)
    steel = rows[rows["family"] == "steel_single"]
    assert set(steel["nominal_mm"]) >= {20, 25, 32, 40, 50, 65, 80, 100, 125, 150, 200, 250, 300, 400, 500, 600}
    insulated = rows[rows["casing_mm"].notna()]
    foam = insulated["casing_mm"] - insulated["outer_diameter_mm"]
    assert (foam > 0).all()
    twin = rows[rows["clear_mm"].notna()]
    assert (2 * twin["outer_diameter_mm"] + twin["clear_mm"] < twin["casing_mm"]).all()


@pytest.mark.parametrize("series", [1, 2, 3])
def test_losses_are_the_makers(series: int) -> None:
    """isoplus' U of all 54 rigid pipes, DN 20 to 600 in three series, within 2.5 %."""
    rows = table("heat_pipes")
    stated = rows[(rows["family"] == "steel_single") & (rows["series"] == series)].sort_values("inner_diameter_mm")
    np.testing.assert_allclose(heat_pipes("steel_single", series).u_w_m_k, stated["published_u_w_m_k"], rtol=0.025)


def test_destest_pex_pipe() -> None:
    """The branch of DESTEST's network, PE-Xa 25 x 2.3: 0.123 W/(m K) for one pipe alone, 10 % more than of a pair."""
    assert heat_pipes("pex_single").u_w_m_k[0] == pytest.approx(0.12294, rel=0.1)


def test_twin_pipes_are_the_multipole_solution() -> None:
    """Twin pipes DN 20 to 200 in both series against pygfunction's multipole method of sixth order, within 0.5 %."""
    gt = pytest.importorskip("pygfunction")
    laying = Laying(soil_w_m_k=1.5)
    rows = table("heat_pipes")
    rows = rows[rows["family"] == "steel_twin"]
    for row in rows.itertuples():
        outer, casing, clear = (mm / 1000.0 for mm in (row.outer_diameter_mm, row.casing_mm, row.clear_mm))
        half = (outer + clear) / 2.0
        places = [(half, 0.0), (-half, 0.0)]
        inside, _ = gt.pipes.thermal_resistances(places, outer / 2.0, casing / 2.0, 1.5, 0.027, 1e-12, J=6)
        depth = laying.cover_m + casing / 2.0 + 0.0685 * 1.5
        expected = inside[0, 0] + inside[0, 1] + 2.0 * np.log(4.0 * depth / casing) / (2.0 * np.pi * 1.5)
        assert twin_pipe_resistance(outer, casing, clear, 0.027, laying) == pytest.approx(expected, rel=0.005)


def test_insulation_and_soil() -> None:
    """Thicker series lose less, wet soil more, twin pipes less than two single ones, bare pipes most."""
    for family, series in (("steel_single", (1, 2, 3)), ("steel_twin", (1, 2))):
        losses = [heat_pipes(family, s).u_w_m_k for s in series]
        assert all((thin > thick).all() for thin, thick in pairwise(losses))
    twin = heat_pipes("steel_twin", 1)
    assert (twin.u_w_m_k < heat_pipes("steel_single", 1).u_w_m_k[: len(twin.name)]).all()
    dry, wet = (heat_pipes("pe_bare_sdr11", laying=Laying(soil_w_m_k=soil)).u_w_m_k for soil in (0.8, 2.0))
    assert (wet > 1.5 * dry).all()
    assert dry.min() > heat_pipes("pe_insulated").u_w_m_k.max()
    np.testing.assert_allclose(1000.0 * casing_wall_m([0.09, 0.2, 0.45, 0.8]), [2.2, 3.2, 5.2, 7.9], atol=0.25)


def test_water_is_coolprops() -> None:
    """IAPWS-IF97 at 10 bar, 1 to 159 °C: enthalpy 0.01 K, cp 0.3 %, density 1e-4, viscosity 2e-4."""
    properties = pytest.importorskip("CoolProp.CoolProp").PropsSI
    temps = np.linspace(1.0, 159.0, 80)
    get = lambda name: np.array([properties(name, "T", t + 273.15, "P", 1e6, "IF97::Water") for t in temps])  # noqa: E731
    enthalpy = (get("H") - properties("H", "T", 273.15, "P", 1e6, "IF97::Water")) / 1000.0
    np.testing.assert_allclose(WATER.caloric_c(temps), enthalpy / WATER.cp_kj_kg_k, atol=0.01)
    np.testing.assert_allclose(WATER.heat_capacity_kj_kg_k(temps), get("C") / 1000.0, rtol=3e-3)
    np.testing.assert_allclose(WATER.density_kg_m3(temps), get("D"), rtol=1e-4)
    np.testing.assert_allclose(WATER.viscosity_pa_s(temps), get("V"), rtol=2e-4)
    np.testing.assert_allclose(WATER.temp_c(WATER.caloric_c(temps)), temps, atol=1e-4)


def test_water_is_pandapipes() -> None:
    """Its tables of water, 10 to 110 °C: density 0.1 %, specific heat 0.2 %, viscosity 2 %."""
    from pandapipes.properties.fluids import call_lib

    water, temps = call_lib("water"), np.linspace(10.0, 95.0, 30)
    np.testing.assert_allclose(WATER.density_kg_m3(temps), water.get_density(temps + 273.15), rtol=1e-3)
    np.testing.assert_allclose(
        WATER.heat_capacity_kj_kg_k(temps), water.get_heat_capacity(temps + 273.15) / 1e3, rtol=2e-3
    )
    np.testing.assert_allclose(WATER.viscosity_pa_s(temps), water.get_viscosity(temps + 273.15), rtol=0.02)


@given(reynolds=st.floats(4000.0, 1e7), roughness=st.floats(1e-6, 0.02))
def test_turbulent_friction_solves_colebrooks_equation(reynolds: float, roughness: float) -> None:
    def misfit(x: float) -> float:
        return x + 2.0 * np.log10(2.51 * x / reynolds + roughness / 3.71)

    expected = brentq(misfit, 1.0, 20.0, xtol=1e-12) ** -2
    assert float(friction_factor(reynolds, roughness)) == pytest.approx(expected, rel=1e-9)
    assert factor_of(fitted_factors(roughness)[0], reynolds) == pytest.approx(expected, rel=2e-3)


def test_friction_of_laminar_flow_and_between() -> None:
    """Hagen and Poiseuille up to 2000; pressure grows with flow throughout; the fit follows."""
    assert float(friction_factor(1000.0, 1e-3)) == pytest.approx(0.064)
    flow = np.geomspace(1e-4, 3.0, 400)
    gradient = pressure_gradient_pa_m(flow, 0.05, 1e-4, 980.0, 4e-4)
    assert (np.diff(gradient) > 0.0).all()
    np.testing.assert_allclose(pressure_gradient_pa_m(-flow, 0.05, 1e-4, 980.0, 4e-4), -gradient)
    reynolds = np.geomspace(1e-3, 1e7, 300)
    terms = fitted_factors(2e-3)[0]
    fitted = np.array([factor_of(terms, value) for value in reynolds])
    expected = np.where(reynolds < 1.0, 64.0 / reynolds, friction_factor(reynolds, 2e-3))
    np.testing.assert_allclose(fitted, expected, rtol=2e-3)


def test_decay_is_the_exponential() -> None:
    x = np.r_[0.0, np.geomspace(1e-12, 59.0, 500)]
    np.testing.assert_allclose([decay(value) for value in x], np.exp(-x), atol=1e-9)
    assert decay(1e12) < 1e-20


def test_sizes_hold_friction_and_velocity_and_no_smaller_would() -> None:
    rng = np.random.default_rng(2)
    parent = np.array([-1] + [int(rng.integers(max(0, i - 4), i)) for i in range(1, 60)])
    tree, _ = tree_of_parents(parent, np.where(parent < 0, 0.0, 30.0))
    heat = rng.uniform(0.0, 300.0, 60)
    sizes = heat_pipes("steel_single", 2)
    chosen = size_tree(tree, heat, sizes=sizes, supply_temp_c=85.0, return_temp_c=45.0, max_gradient_pa_m=100.0)
    assert chosen[0] == -1
    load = heat.copy()
    for node in range(59, 0, -1):
        load[parent[node]] += load[node]
    flow = load / (4.186 * float(WATER.caloric_c(85.0) - WATER.caloric_c(45.0)))

    def fits(node: int, size: int) -> bool:
        d, k = sizes.inner_diameter_m[size], sizes.roughness_m[size]
        steep = max(
            float(
                pressure_gradient_pa_m(flow[node], d, k, float(WATER.density_kg_m3(t)), float(WATER.viscosity_pa_s(t)))
            )
            for t in (45.0, 85.0)
        )
        speed = flow[node] / float(WATER.density_kg_m3(85.0)) / (np.pi / 4.0 * d**2)
        return steep <= 100.0 * (1 + 1e-9) and speed <= sizes.max_velocity_m_s[size] * (1 + 1e-9)

    for node in range(1, 60):
        assert fits(node, chosen[node])
        assert chosen[node] == 0 or not fits(node, chosen[node] - 1)
        assert parent[node] == 0 or chosen[parent[node]] >= chosen[node]


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), factor=st.floats(1.0, 3.0))
def test_sizes_grow_with_load(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    parent = np.array([-1] + [int(rng.integers(0, i)) for i in range(1, 25)])
    tree, _ = tree_of_parents(parent, np.where(parent < 0, 0.0, 30.0))
    heat, common = (
        rng.uniform(0.0, 100.0, 25),
        {"sizes": heat_pipes("steel_twin"), "supply_temp_c": 70.0, "return_temp_c": 40.0},
    )
    base = size_tree(tree, heat, **common)
    assert (size_tree(tree, factor * heat, **common) >= base).all()
    assert (size_tree(tree, heat, **common, max_gradient_pa_m=250.0) <= base).all()
    assert (size_tree(tree, heat, **common, consumers=np.ones(25)) <= base).all()
    assert (size_tree(tree, heat, **common, feed_in_kw=np.full(25, 50.0)) >= base).all()


def test_simultaneity_of_winter() -> None:
    """1 for one, 0.45 for very many, and falling in between (Winter, Haslauer, Obernberger 2001)."""
    n = np.arange(1, 1000)
    assert simultaneity(1) == pytest.approx(1.0, abs=0.001)
    assert simultaneity(200) == pytest.approx(0.50, abs=0.01)
    assert (np.diff(simultaneity(n)) <= 0.0).all()


def test_refusals_say_what_to_do() -> None:
    tree, _ = tree_of_parents(np.array([-1, 0]), np.array([0.0, 10.0]))
    with pytest.raises(InputError, match="no pipes copper"):
        heat_pipes("copper")
    with pytest.raises(InputError, match="no series 9"):
        heat_pipes("steel_twin", 9)
    with pytest.raises(InputError, match="split the network"):
        size_tree(tree, [0.0, 1e6], sizes=heat_pipes("pex_single"), supply_temp_c=70.0, return_temp_c=40.0)
    with pytest.raises(InputError) as caught:
        size_tree(tree, [0.0, -1.0], sizes=heat_pipes("pex_single"), supply_temp_c=40.0, return_temp_c=40.0)
    assert len(caught.value.findings) == 2
