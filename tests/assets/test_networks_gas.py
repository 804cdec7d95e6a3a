"""Gas and hydrogen networks: catalogue, blends, sizing, years of trees and meshes, against pandapipes and by hand."""

from __future__ import annotations

import numpy as np
import pandapipes
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandapipes.properties.properties_toolbox import (
    calculate_mass_fraction_from_molar_fraction,
    calculate_mixture_density,
    calculate_mixture_viscosity,
)

from assets._errors import InputError
from assets.catalogue import table
from assets.fluids.gases import NORMAL_BAR, viscosity_at
from assets.networks.gas import (
    HYDROGEN_LIMITS,
    GasLimits,
    GasMesh,
    GasPipes,
    Injection,
    blend,
    gas_mesh_hours,
    gas_pipe_models,
    gas_pipes,
    gas_year,
    gases,
    size_gas_tree,
)
from assets.networks.graph import Tree

NO_LIMITS = GasLimits(hydrogen_share_max=1.0)
# ISO 6976:2016: kJ/mol at 25 °C higher and lower, g/mol, summation factor at 0 °C.
COMPONENTS = {
    "ch4": ("Methane", 890.58, 802.55, 16.04246, 0.04886),
    "c2h6": ("Ethane", 1560.69, 1428.65, 30.06904, 0.0997),
    "c3h8": ("Propane", 2219.17, 2043.12, 44.09562, 0.1465),
    "c4h10": ("n-Butane", 2877.40, 2657.34, 58.1222, 0.2022),
    "h2": ("Hydrogen", 285.83, 241.82, 2.01588, -0.0100),
    "n2": ("Nitrogen", 0.0, 0.0, 28.0134, 0.0214),
    "co2": ("CarbonDioxide", 0.0, 0.0, 44.0095, 0.0821),
    "o2": ("Oxygen", 0.0, 0.0, 31.9988, 0.0276),
}


def tree_of(parent: list[int] | np.ndarray, length: float | np.ndarray) -> Tree:
    above = np.asarray(parent, dtype=np.int64)
    own = np.arange(above.size)
    return Tree(own, above, np.where(above < 0, -1, own), np.where(above < 0, 0.0, length))


def pipes_of(tree: Tree, diameter: float | np.ndarray) -> GasPipes:
    piped = tree.parent >= 0
    return GasPipes(("",) * piped.size, np.where(piped, diameter, 0.0), np.where(piped, 1e-5, 0.0))


def random_tree(count: int, rng: np.random.Generator) -> Tree:
    parent = [-1, *(max(0, i - int(rng.integers(1, 4))) for i in range(1, count))]
    return tree_of(parent, rng.uniform(10, 200, count))


def mesh_of(tree: Tree, pipes: GasPipes) -> GasMesh:
    rows = np.flatnonzero(tree.parent >= 0)
    return GasMesh(
        tree.parent[rows],
        rows,
        tree.length_m[rows],
        pipes.inner_diameter_m[rows],
        pipes.roughness_m[rows],
        tree.parent.size,
    )


# Catalogue


@pytest.mark.parametrize("name", ["network_gases", "gas_pipes"])
def test_every_column_is_declared_and_every_row_has_its_source(name: str) -> None:
    declared = table("attributes_gas")
    assert list(declared.loc[declared["table"] == name, "attribute"]) == list(table(name).columns)
    assert table(name)["source"].str.len().min() > 10
    assert set(table(name)["kind"]) <= {"published", "modelled", "assumed"}


@pytest.mark.parametrize("gas", gases().index)
def test_gases_are_the_sum_of_their_parts(gas: str) -> None:
    """ISO 6976:2016 from the composition within 0.1 %; CoolProp's density within 0.1 %, compressibility 0.2 %."""
    row = gases().loc[gas]
    share = {name: row[f"{name}_share"] for name in COMPONENTS if row[f"{name}_share"] > 0}
    assert sum(share.values()) == pytest.approx(1.0, abs=1e-9)
    higher, lower, mass, factor = (sum(x * COMPONENTS[n][c] for n, x in share.items()) for c in (1, 2, 3, 4))
    volume = 22.41397 * (1 - factor**2)
    assert row["hhv_kwh_m3"] == pytest.approx(higher / volume / 3.6, rel=1e-3)
    assert row["lhv_kwh_m3"] == pytest.approx(lower / volume / 3.6, rel=1e-3)
    assert row["density_kg_m3"] == pytest.approx(mass / volume, rel=1e-3)
    assert row["wobbe_kwh_m3"] == pytest.approx(blend(gas).wobbe_kwh_m3, abs=2e-3)
    fluid = "&".join(f"{COMPONENTS[n][0]}[{x}]" for n, x in share.items())
    assert row["density_kg_m3"] == pytest.approx(PropsSI("D", "T", 273.15, "P", 101325, fluid), rel=1e-3)
    for bar in (4.0, 9.0):
        z = PropsSI("Z", "T", 283.15, "P", bar * 1e5, fluid) / PropsSI("Z", "T", 273.15, "P", 101325, fluid)
        assert 1 + row["compressibility_per_bar"] * bar == pytest.approx(z, abs=0.002)


def test_gases_against_published_figures() -> None:
    """Finland: 10.0 kWh/m³, 0.732 kg/m³ (KTM, VTT) within 1 %; biomethane: 10.6 and 13.9 kWh/m³ (DVGW G 260)."""
    finnish, bio = blend("natural_gas_fi"), blend("biomethane")
    assert (finnish.lhv_kwh_m3, finnish.density_kg_m3) == pytest.approx((10.0, 0.732), rel=0.01)
    assert (bio.hhv_kwh_m3, bio.wobbe_kwh_m3) == pytest.approx((10.6, 13.9), rel=0.005)


@pytest.mark.parametrize(("gas", "library"), [("hydrogen", "hydrogen"), ("methane", "methane")])
def test_gases_against_pandapipes(gas: str, library: str) -> None:
    """Heating values by mass within 0.3 %, density 1.5 %, viscosity 5 % of pandapipes' library."""
    ours, theirs = blend(gas), pandapipes.call_lib(library)
    higher, lower = (float(np.squeeze(theirs.get_property(name))) for name in ("hhv", "lhv"))
    assert ours.hhv_kwh_m3 / ours.density_kg_m3 == pytest.approx(higher, rel=0.003)
    assert ours.lhv_kwh_m3 / ours.density_kg_m3 == pytest.approx(lower, rel=0.003)
    assert ours.density_kg_m3 == pytest.approx(float(theirs.get_density(273.15)), rel=0.015)
    assert viscosity_at(ours.viscosity_pa_s, 20.0) == pytest.approx(float(theirs.get_viscosity(293.15)), rel=0.05)


def test_a_blend_by_hand_and_by_pandapipes() -> None:
    """A fifth of hydrogen in methane: 14 % less energy by volume, 7 % by the Wobbe index less 5 %."""
    mix, shares = blend({"methane": 0.8, "hydrogen": 0.2}), np.array([0.8, 0.2])
    pure = [blend("methane"), blend("hydrogen")]
    assert mix.lhv_kwh_m3 == pytest.approx(0.8 * 9.9699 + 0.2 * 2.9949, rel=1e-6)
    assert mix.wobbe_kwh_m3 == pytest.approx(14.11, abs=0.02)
    assert mix.hydrogen_share == pytest.approx(0.2)
    molar = np.array([gas.root_molar_mass**2 for gas in pure])
    density = np.array([gas.density_kg_m3 for gas in pure])
    mass = calculate_mass_fraction_from_molar_fraction(shares, molar)
    assert mix.density_kg_m3 == pytest.approx(calculate_mixture_density(density, mass), rel=0.002)
    viscosity = np.array([gas.viscosity_pa_s for gas in pure])
    assert mix.viscosity_pa_s == pytest.approx(calculate_mixture_viscosity(viscosity, shares, molar), rel=1e-9)


def test_pipes_against_pandapipes_std_types_and_en_1555() -> None:
    """Inner diameters within 0.3 mm; pressure 20 MRS / (C (SDR − 1)) with MRS 10 MPa, C 2."""
    types = pandapipes.create_empty_network(fluid="hgas").std_types["pipe"]
    compared = 0
    for model, row in gas_pipe_models().iterrows():
        assert row["inner_diameter_mm"] == pytest.approx(row["outer_diameter_mm"] - 2 * row["wall_mm"], abs=0.051)
        series = str(model).split("_")
        if series[0] == "pe100":
            sdr = int(series[1].removeprefix("sdr"))
            assert row["max_pressure_bar"] == pytest.approx(20 * 10 / (2 * (sdr - 1)))
            theirs = types.get(f"{row['nominal_mm']}_PE_100_SDR_{sdr}")
            if theirs is not None:
                assert row["inner_diameter_mm"] == pytest.approx(theirs["inner_diameter_mm"], abs=0.3)
                compared += 1
    assert compared > 30


# Sizing


@pytest.mark.parametrize(
    ("gas", "entry", "least"), [("natural_gas_fi", 4.0, 3.0), ("hydrogen", 4.0, 3.0), ("sng", 0.1, 0.05)]
)
def test_a_sized_tree_keeps_its_pressure(gas: str, entry: float, least: float) -> None:
    rng = np.random.default_rng(3)
    tree = random_tree(120, rng)
    load = rng.uniform(0, 80, 120)
    pipes = size_gas_tree(tree, load, gas=gas, entry_bar=entry, least_bar=least)
    limits = GasLimits(pressure_min_bar=least, hydrogen_share_max=1.0)
    year = gas_year(tree, pipes, load[:, None], entry_gas=gas, entry_bar=entry, limits=limits)
    assert least <= year.pressure_bar.min()
    assert year.velocity_m_s.max() <= 20.0
    assert year.pressure_bar.min() < least + 0.7 * (entry - least), "the fall that is allowed is used"


def test_hydrogen_needs_larger_pipes() -> None:
    """Three times the volume at an eighth of the density: a size or two more for the same energy."""
    tree = tree_of([-1, 0, 1, 2], 400.0)
    load = np.array([0, 500.0, 500, 1500])
    plain, rich = (size_gas_tree(tree, load, gas=gas).inner_diameter_m for gas in ("natural_gas_fi", "hydrogen"))
    assert (rich[1:] > plain[1:]).all()
    assert (rich[1:] < 1.8 * plain[1:]).all()


# Pressures and flows of trees


@pytest.mark.parametrize("gas", ["natural_gas_fi", "hydrogen"])
@pytest.mark.parametrize("entry", [0.1, 4.0, 9.0])
def test_a_tree_against_pandapipes(gas: str, entry: float) -> None:
    """Pressures within 1e-5 bar and 0.1 % of the fall, flows within 1e-5, where pandapipes has the same gas."""
    rng = np.random.default_rng(7)
    tree = random_tree(40, rng)
    load = rng.uniform(5, 60, 40) * (1.0 + 5.0 * entry)
    pipes = size_gas_tree(tree, load, gas=gas, entry_bar=entry, least_bar=0.6 * entry, max_velocity_m_s=200.0)
    demand = load[:, None] * np.array([1.0, 0.4])
    year = gas_year(tree, pipes, demand, entry_gas=gas, entry_bar=entry, limits=NO_LIMITS)
    mesh = gas_mesh_hours(mesh_of(tree, pipes), demand, {0: entry}, entry_gas=gas)
    fall = (entry - year.pressure_bar).max()
    assert fall > 0.1 * entry
    assert_allclose(year.pressure_bar, mesh.pressure_bar, atol=1e-5 + 1e-3 * fall)
    assert_allclose(year.flow_m3_h[1:], mesh.flow_m3_h, rtol=1e-5)
    assert_allclose(year.entry_kw, mesh.entry_kw, rtol=1e-6)


@pytest.mark.parametrize(("gas", "library"), [("methane", "methane"), ("hydrogen", "hydrogen")])
def test_a_pipe_against_pandapipes_own_gas(gas: str, library: str) -> None:
    """With pandapipes' properties of the gas instead of ours, and its default friction: the fall within 6 %."""
    tree, bar = tree_of([-1, 0], 2000.0), 4.0
    pipes = pipes_of(tree, 0.09)
    year = gas_year(tree, pipes, [[0.0], [6000.0]], entry_gas=gas, entry_bar=bar, ground_c=10.0, limits=NO_LIMITS)
    net = pandapipes.create_empty_network(fluid=library)
    start, end = (pandapipes.create_junction(net, bar, 283.15) for _ in range(2))
    pandapipes.create_ext_grid(net, start, bar, 283.15)
    mass = 6000.0 / float(np.squeeze(net.fluid.get_property("lhv"))) / 3600.0
    pandapipes.create_sink(net, end, mass)
    pandapipes.create_pipe_from_parameters(net, start, end, 2.0, inner_diameter_mm=90.0, k_mm=0.01)
    pandapipes.pipeflow(net, friction_model="colebrook", use_numba=False)
    assert bar - year.pressure_bar[1, 0] == pytest.approx(bar - net.res_junction.p_bar[end], rel=0.03)


@pytest.mark.parametrize(("kw", "diameter"), [(500.0, 0.0514), (5000.0, 0.09), (20000.0, 0.1472)])
def test_a_pipe_against_renouard(kw: float, diameter: float) -> None:
    """p₁² − p₂² = 48600 s L Q^1.82 / D^4.82 (bar, km, m³/h, mm): a law on the safe side, by up to 20 % in smooth PE."""
    tree = tree_of([-1, 0], 1000.0)
    year = gas_year(tree, pipes_of(tree, diameter), [[0.0], [kw]], ground_c=15.0)
    gas = blend("natural_gas_fi")
    squares = 48600 * gas.density_kg_m3 / 1.2929 * (kw / gas.lhv_kwh_m3) ** 1.82 / (diameter * 1000) ** 4.82
    low = year.pressure_bar[1, 0] + NORMAL_BAR
    assert 0.8 * squares < (4.0 + NORMAL_BAR) ** 2 - low**2 < squares


def test_slow_flow_is_laminar() -> None:
    """Hagen and Poiseuille, Δp = 128 η L V / (π d⁴), within 0.5 %."""
    tree = tree_of([-1, 0], 500.0)
    year = gas_year(tree, pipes_of(tree, 0.026), [[0.0], [3.0]], entry_bar=0.03, ground_c=10.0)
    gas = blend("natural_gas_fi")
    flow = 3.0 / gas.lhv_kwh_m3 / 3600 * NORMAL_BAR / (NORMAL_BAR + 0.03) * 283.15 / 273.15
    fall = 128 * gas.viscosity_pa_s * 500.0 * flow / (np.pi * 0.026**4) / 1e5
    assert 0.03 - year.pressure_bar[1, 0] == pytest.approx(fall, rel=0.005)


# Blends


def test_leaner_gas_flows_faster() -> None:
    """The same energy: the volume rises by the heating values' ratio."""
    tree = tree_of([-1, 0], 300.0)
    demand, pipes = [[0.0, 0.0], [900.0, 900.0]], pipes_of(tree, 0.09)
    mixed = {"natural_gas_fi": np.array([1.0, 0.8]), "hydrogen": np.array([0.0, 0.2])}
    year = gas_year(tree, pipes, demand, entry_gas=mixed)
    ratio = blend("natural_gas_fi").lhv_kwh_m3 / blend({"natural_gas_fi": 0.8, "hydrogen": 0.2}).lhv_kwh_m3
    assert year.flow_m3_h[1, 1] / year.flow_m3_h[1, 0] == pytest.approx(ratio, rel=1e-6)
    assert_allclose(year.hydrogen_share[1], [0.0, 0.2], atol=1e-6)
    assert_allclose(year.flow_m3_h[1] * year.lhv_kwh_m3[1], 900.0, rtol=1e-6)


def test_a_blend_goes_downstream_only() -> None:
    """Hydrogen at node 2 of 0 − 1 − 2 − 3 with a branch 1 − 4: by hand 100 kW of 400 kW at nodes 2 and 3."""
    tree = tree_of([-1, 0, 1, 2, 1], 100.0)
    demand = np.array([[0.0], [50], [150], [250], [70]])
    year = gas_year(tree, pipes_of(tree, 0.1), demand, [Injection(2, "hydrogen", [100.0])], limits=NO_LIMITS)
    volumes = 100.0 / 2.9949, 300.0 / 9.9482
    expected = volumes[0] / sum(volumes)
    assert_allclose(year.hydrogen_share[:, 0], [0, 0, expected, expected, 0], atol=1e-6)
    assert_allclose(year.flow_kw[:, 0], [420, 420, 300, 250, 70], rtol=1e-6)
    assert year.flow_m3_h[3, 0] == pytest.approx(250.0 / 400.0 * sum(volumes), rel=1e-6)


def test_biomethane_turns_the_flow_round() -> None:
    """A plant at the end feeds all nodes but the root's: flow towards the root, pressure highest at the plant."""
    tree = tree_of([-1, 0, 1, 2], 500.0)
    demand = np.array([[0.0], [200], [100], [50]])
    year = gas_year(tree, pipes_of(tree, 0.04), demand, [Injection(3, "biomethane", [300.0])])
    assert_allclose(year.flow_kw[:, 0], [50, 50, -150, -250], rtol=1e-6)
    assert year.pressure_bar[3, 0] > year.pressure_bar[2, 0] > year.pressure_bar[1, 0] < 4.0
    assert year.lhv_kwh_m3[3, 0] == year.lhv_kwh_m3[2, 0] == pytest.approx(9.5867)
    volumes = 150 / 9.5867, 50 / 9.9482
    assert year.lhv_kwh_m3[1, 0] == pytest.approx(200 / sum(volumes), rel=1e-6)
    assert year.curtailed_kw[0, 0] == 0


def test_nothing_leaves_at_the_root() -> None:
    tree = tree_of([-1, 0, 1], 100.0)
    plants = [Injection(2, "biomethane", [300.0]), Injection(1, "sng", [100.0])]
    year = gas_year(tree, pipes_of(tree, 0.1), [[0.0], [50], [150]], plants)
    assert_allclose(year.injected_kw[:, 0], [150, 50])
    assert_allclose(year.curtailed_kw[:, 0], [150, 50])
    assert year.entry_kw[0, 0] == 0


def test_hydrogen_is_held_to_its_limit() -> None:
    """The most that keeps a fifth by volume: by hand, and it is reached."""
    tree = tree_of([-1, 0, 1], 100.0)
    demand = np.array([[0.0], [400], [600]])
    year = gas_year(tree, pipes_of(tree, 0.1), demand, [Injection(1, "hydrogen", [500.0])])
    share = 0.2 * 2.9949 / (0.2 * 2.9949 + 0.8 * 9.9482)
    assert year.injected_kw[0, 0] == pytest.approx(1000 * share, rel=1e-6)
    assert year.hydrogen_share.max() == pytest.approx(0.2, abs=1e-6)
    assert not year.violations()["hydrogen_share_max"].any()
    none = gas_year(
        tree,
        pipes_of(tree, 0.1),
        demand,
        [Injection(1, "hydrogen", [500.0])],
        entry_gas={"natural_gas_fi": 0.75, "hydrogen": 0.25},
    )
    assert none.injected_kw[0, 0] == 0, "what enters holds more than the limit already"
    assert none.violations()["hydrogen_share_max"].all()


def test_a_second_plant_downstream_has_what_the_first_leaves() -> None:
    tree = tree_of([-1, 0, 1, 2], 100.0)
    demand = np.array([[0.0], [500], [0], [500]])
    plants = [Injection(1, "hydrogen", [30.0]), Injection(2, "hydrogen", [400.0])]
    year = gas_year(tree, pipes_of(tree, 0.1), demand, plants)
    assert_allclose(year.hydrogen_share[2:, 0], 0.2, atol=1e-6)
    assert 0 < year.hydrogen_share[1, 0] < 0.2
    assert year.curtailed_kw[0, 0] == 0


def test_wobbe_limits_are_told() -> None:
    """Biomethane with a fifth of hydrogen is below EASEE-gas' 13.6 kWh/m³, methane with it is not."""
    tree = tree_of([-1, 0], 100.0)
    for gas, told in (("biomethane", True), ("methane", False)):
        year = gas_year(tree, pipes_of(tree, 0.1), [[0.0], [50.0]], entry_gas={gas: 0.8, "hydrogen": 0.2})
        assert year.violations()["wobbe_min_kwh_m3"].all() == told


def test_a_hydrogen_network() -> None:
    tree = tree_of([-1, 0, 1], 200.0)
    load = np.array([0.0, 800, 400])
    pipes = size_gas_tree(tree, load, gas="hydrogen", max_velocity_m_s=60.0)
    year = gas_year(tree, pipes, load[:, None], entry_gas="hydrogen", limits=HYDROGEN_LIMITS)
    assert not any(flag.any() for flag in year.violations().values())
    assert_allclose(year.hydrogen_share, 1.0)


# Standing gas, linepack, limits


def test_standing_gas_keeps_its_blend_and_pressure() -> None:
    tree = tree_of([-1, 0, 1], 100.0)
    demand = np.array([[0.0, 0, 0], [100, 0, 100], [100, 0, 0]])
    plant = Injection(1, "hydrogen", [20.0, 0.0, 0.0])
    year = gas_year(tree, pipes_of(tree, 0.05), demand, [plant], entry_bar=[2.5], limits=NO_LIMITS)
    assert_allclose(year.pressure_bar[:, 1], 2.5, rtol=1e-6)
    assert_allclose(year.hydrogen_share[1:, 1], year.hydrogen_share[1:, 0])
    assert year.hydrogen_share[1, 2] == 0
    assert year.hydrogen_share[2, 2] == year.hydrogen_share[2, 0] > 0.25
    assert np.isfinite(year.wobbe_kwh_m3).all()
    assert_allclose(year.flow_kw[:, 1], 0.0)


def test_linepack_by_hand() -> None:
    """1 km of 0.2 m at 4 bar and 10 °C: 31.4 m³ by p/pₙ, Tₙ/T and the factor of compressibility."""
    tree = tree_of([-1, 0], 1000.0)
    year = gas_year(tree, pipes_of(tree, 0.2), [[0.0], [0.0]], ground_c=10.0)
    normal = np.pi / 4 * 0.2**2 * 1000 * 5.01325 / 1.01325 * 273.15 / 283.15 / (1 - 0.00183 * 5.01325)
    assert year.linepack_kwh[0] == pytest.approx(normal * 9.9482, rel=1e-6)
    least = normal * 4.01325 / 5.01325 * (1 - 0.00183 * 5.01325) / (1 - 0.00183 * 4.01325)
    assert year.linepack_least_kwh[0] == pytest.approx(least * 9.9482, rel=1e-6)


def test_an_overloaded_tree_says_so() -> None:
    tree = tree_of([-1, 0, 1], 2000.0)
    year = gas_year(tree, pipes_of(tree, 0.026), [[0.0], [0], [3000.0]])
    assert year.violations()["pressure_min_bar"][2, 0]
    assert year.pressure_bar[2, 0] < -0.9
    with pytest.raises(InputError, match="more than the pipes carry"):
        gas_mesh_hours(mesh_of(tree, pipes_of(tree, 0.026)), [[0.0], [0], [3000.0]], {0: 4.0})


# Meshes


def ring(nodes: int = 6) -> GasMesh:
    own = np.arange(nodes)
    return GasMesh(own, (own + 1) % nodes, np.full(nodes, 300.0), np.full(nodes, 0.06), np.full(nodes, 1e-5), nodes)


def test_a_ring_shares_its_load_between_both_ways() -> None:
    """Symmetry by hand: half each way, and the tree that is cut opposite the entry has the same pressures."""
    demand = np.array([[0.0], [100], [100], [200], [100], [100]])
    hours = gas_mesh_hours(ring(), demand, {0: 4.0})
    assert_allclose(hours.flow_m3_h[:3, 0], -hours.flow_m3_h[:2:-1, 0], rtol=1e-6)
    tree = tree_of([-1, 0, 1, 0, 3, 2], 300.0)
    half = np.array([[0.0], [100], [100], [100], [100], [100]])
    year = gas_year(tree, pipes_of(tree, 0.06), half)
    assert_allclose(hours.pressure_bar[[0, 1, 2, 3], 0], year.pressure_bar[[0, 1, 2, 5], 0], atol=1e-4)


def test_blends_meet_in_a_ring() -> None:
    """Energy and hydrogen conserved to 1e-6 in a ring with two plants, one of them pushing the flow round."""
    demand = np.array([[0.0, 0.0], [150, 0], [300, 0], [100, 0], [250, 90], [200, 0]])
    plants = [Injection(2, "hydrogen", [60.0, 0.0]), Injection(4, "biomethane", [400.0, 60.0])]
    hours = gas_mesh_hours(ring(), demand, {0: 4.0}, plants)
    given = np.array([460.0, 60.0])
    assert_allclose(hours.entry_kw.sum(axis=0) + given, demand.sum(axis=0), rtol=1e-6)
    drawn = (demand / hours.lhv_kwh_m3 * hours.hydrogen_share).sum(axis=0)
    assert_allclose(drawn, [60.0 / 2.9949, 0.0], rtol=1e-6, atol=1e-9)
    assert hours.flow_m3_h.min() < 0 < hours.flow_m3_h.max()
    assert np.isfinite(hours.pressure_bar).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blended_trees_against_pandapipes(seed: int) -> None:
    """Two plants, reversed flow: pressures within 0.1 % of the fall, blends within 1e-6 of the mesh's mixing."""
    rng = np.random.default_rng(seed)
    tree = random_tree(30, rng)
    load = rng.uniform(5, 60, 30)
    pipes = size_gas_tree(tree, load, entry_bar=0.5, least_bar=0.2)
    demand = load[:, None] * np.array([1.0, 0.5, 0.0])
    plants = [
        Injection(20, "hydrogen", [90.0, 10.0, 0.0]),
        Injection(12, "biomethane", [40.0, 500.0, 0.0]),
    ]
    year = gas_year(tree, pipes, demand, plants, entry_bar=0.5, limits=NO_LIMITS)
    taken = [Injection(plant.node, plant.gas, given) for plant, given in zip(plants, year.injected_kw, strict=True)]
    mesh = gas_mesh_hours(mesh_of(tree, pipes), demand, {0: 0.5}, taken)
    fall = np.abs(0.5 - year.pressure_bar).max()
    assert_allclose(year.pressure_bar, mesh.pressure_bar, atol=1e-3 * fall)
    assert_allclose(year.hydrogen_share[:, :2], mesh.hydrogen_share[:, :2], atol=1e-6)
    assert_allclose(year.flow_m3_h[1:], mesh.flow_m3_h, rtol=1e-4, atol=1e-4)
    assert (year.flow_kw[:, 1] < 0).any()


# Conservation


@st.composite
def networks(draw: st.DrawFn) -> tuple[Tree, np.ndarray, list[Injection], float]:
    count, hours = draw(st.integers(2, 12)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    roots = min(draw(st.integers(1, 2)), count - 1)
    parent = [-1] * roots + [int(rng.integers(0, i)) for i in range(roots, count)]
    demand = rng.uniform(0, 500, (count, hours)) * (rng.random((count, hours)) < 0.6)
    plants = [
        Injection(int(rng.integers(0, count)), gas, rng.uniform(0, 800, hours) * (rng.random(hours) < 0.7))
        for gas in rng.choice(["hydrogen", "biomethane", "sng"], draw(st.integers(0, 4)))
    ]
    return tree_of(parent, rng.uniform(5, 300, count)), demand, plants, draw(st.sampled_from([0.02, 0.2, 1.0]))


@given(networks())
@settings(max_examples=200)
def test_energy_mass_and_hydrogen_are_conserved(case: tuple[Tree, np.ndarray, list[Injection], float]) -> None:
    """To 1e-6 of what passes: energy of all, volume at each node, hydrogen of all; the limit is never passed."""
    tree, demand, plants, limit = case
    year = gas_year(tree, pipes_of(tree, 0.1), demand, plants, limits=GasLimits(hydrogen_share_max=limit))
    scale = 1e-6 * (1.0 + demand.sum(axis=0))
    given_kw = year.injected_kw.sum(axis=0)
    assert (np.abs(year.entry_kw.sum(axis=0) + given_kw - demand.sum(axis=0)) <= scale).all()
    offered = np.array([plant.power_kw for plant in plants]).reshape(len(plants), demand.shape[1])
    assert_allclose(year.injected_kw + year.curtailed_kw, offered, atol=1e-9)
    assert (year.injected_kw >= 0).all()
    assert (year.curtailed_kw >= 0).all()
    assert (year.entry_kw >= 0).all()

    drawn = demand / year.lhv_kwh_m3
    balance = -drawn
    hydrogen = np.zeros(demand.shape[1])
    for plant, kw in zip(plants, year.injected_kw, strict=True):
        gas = blend(plant.gas)
        balance[plant.node] += kw / gas.lhv_kwh_m3
        hydrogen += kw / gas.lhv_kwh_m3 * gas.hydrogen_share
    flow = year.flow_m3_h.astype(np.float64)
    balance += flow
    np.subtract.at(balance, tree.parent[tree.parent >= 0], flow[tree.parent >= 0])
    assert (np.abs(balance) <= scale).all(), "volume at each node"
    assert (np.abs((drawn * year.hydrogen_share).sum(axis=0) - hydrogen) <= scale).all()

    passed = np.abs(year.flow_kw) + demand > 1e-6
    # Standing gas may be older than this hour; what flows keeps the limit.
    assert (year.hydrogen_share[passed] <= max(limit, 0.0) + 1e-5).all()
    assert np.isfinite(year.pressure_bar).all()


# Findings


def test_findings_are_told_at_once() -> None:
    tree = tree_of([-1, 0], 100.0)
    with pytest.raises(InputError) as told:
        gas_year(
            tree,
            GasPipes(("", ""), np.zeros(2), np.zeros(2)),
            -np.ones((2, 3)),
            [Injection(5, "hydrogen", [1.0])],
            entry_bar=0.0,
            ground_c=[1.0, 2.0],
            entry_gas={"methane": 0.5},
        )
    assert len(told.value.findings) == 7
    with pytest.raises(InputError, match="no gas town_gas"):
        blend("town_gas")
    with pytest.raises(InputError, match="add up to 1"):
        blend({"methane": 0.5})
    with pytest.raises(InputError, match="no gas pipe lead"):
        gas_pipes(("", "lead"))
    with pytest.raises(InputError, match="no pipe of pe100_sdr11 carries"):
        size_gas_tree(tree, [0.0, 1e8])
    with pytest.raises(InputError, match=r"no pipes of series pe100_sdr17 for 8.0 bar .* steel \(to 64 bar\)"):
        size_gas_tree(tree, [0.0, 1.0], series="pe100_sdr17", entry_bar=8.0)
    with pytest.raises(InputError, match=r"least_bar 5.0 must be above 0 and below"):
        size_gas_tree(tree, [0.0, 1.0], least_bar=5.0)
    with pytest.raises(InputError) as told:
        gas_mesh_hours(ring(), np.ones((5, 1)), {9: 4.0}, [Injection(7, "hydrogen", [1.0])])
    assert len(told.value.findings) == 4
