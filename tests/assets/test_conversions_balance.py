"""Conversions: over any random sequence of inputs energy is conserved to 1e-6 and limits are honoured."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets._errors import InputError
from assets.conversions import (
    ConversionSite,
    ConversionYear,
    absorption_technology,
    absorption_year,
    back_pressure_year,
    boiler_year,
    chiller_technology,
    chiller_year,
    chp_technology,
    condenser_heat,
    conversion_kinds,
    conversions,
    electrolyser_year,
    extraction_limits,
    extraction_year,
    free_cooling_technology,
    free_cooling_year,
    fuel_cell_year,
    heat_pump_technology,
    large_heat_pump_year,
    methanation_year,
    recoverable_kwh,
    recovery_source,
    technology_of,
    trigeneration_year,
)
from assets.conversions.absorption_chiller import absorption_of_site
from assets.conversions.conversion_year import run
from assets.conversions.trigeneration import ENGINE_WATER_C
from assets.sources import air_source
from tests.assets.clock import clock
from tests.assets.conversion_cases import HOURS, assert_conserved, assert_within, site, sites, wanted

EXAMPLES = settings(max_examples=25)
SIZE = np.array([800.0, 1000.0])
SOURCES = ["ground", "water", "wastewater", "waste_heat", "air"]
TEMPERATURES = ("air_temp_c", "supply_temp_c", "return_temp_c", "cold_supply_temp_c")
MACHINES = ["phoenix", "eaw_15"]
shares = arrays(np.float64, 2, elements=st.floats(0.0, 0.9))
hourly_shares = arrays(np.float64, HOURS, elements=st.floats(0.0, 1.0))
ramps = arrays(np.float64, 2, elements=st.one_of(st.floats(0.05, 1.5), st.just(np.inf)))


@EXAMPLES
@given(
    place=sites(),
    asked=wanted(),
    least=shares,
    ramp=ramps,
    name=st.sampled_from(["ground", "water", "wastewater", "waste_heat", "air"]),
)
def test_heat_pumps(place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray, name: str) -> None:
    source = place.source(name)
    year = large_heat_pump_year(
        [name, name], SIZE, asked, place, source, least_share=least, ramp_per_h=ramp, time=clock(asked)
    )
    full = [heat_pump_technology(name, float(size), place, source) for size in SIZE]
    assert_conserved(year)
    assert_within(year, asked, np.stack([each.capacity_kw for each in full]), least, ramp)
    # No more is drawn than there is.
    assert (year.taken_kwh[name] <= source.available_kw * (1 + 1e-9) + 1e-9).all()


@EXAMPLES
@given(place=sites(), asked=wanted(), least=shares, ramp=ramps)
def test_boilers(place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray) -> None:
    for models in (["gas", "wood_chips"], ["oil", "electric"]):
        year = boiler_year(models, SIZE, asked, place, least_share=least, ramp_per_h=ramp, time=clock(asked))
        assert_conserved(year)
        assert_within(year, asked, np.broadcast_to(SIZE[:, None], asked.shape), least, ramp)


@EXAMPLES
@given(place=sites(), asked=wanted(), least=shares, ramp=ramps)
def test_back_pressure(place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray) -> None:
    for models in (["gas_engine", "gas_turbine"], ["gas_combined", "wood_chips"], ["waste", "wood_chips"]):
        year = back_pressure_year(models, SIZE, asked, place, least_share=least, ramp_per_h=ramp, time=clock(asked))
        full = [chp_technology(name, float(size), place) for name, size in zip(models, SIZE, strict=True)]
        assert_conserved(year)
        assert_within(year, asked, np.stack([each.capacity_kw for each in full]), least, ramp)


@EXAMPLES
@given(place=sites(), heat=wanted(), power=wanted(), least=shares, ramp=ramps)
def test_extraction_stays_in_its_iron_diagram(
    place: ConversionSite, heat: np.ndarray, power: np.ndarray, least: np.ndarray, ramp: np.ndarray
) -> None:
    year = extraction_year(
        ["gas_extraction"] * 2, SIZE, heat, power, place, least_share=least, ramp_per_h=ramp, time=clock(heat)
    )
    cb, cv = extraction_limits("gas_extraction", place.supply_temp_c)
    given_heat, given_power = year.given_kwh["heat"], year.given_kwh["electricity"]
    assert_conserved(year)
    assert (given_heat <= heat + 1e-9).all()
    assert (given_power >= cb * given_heat - 1e-6).all()
    whole = given_power + cv * given_heat
    assert (whole <= SIZE[:, None] * (1 + 1e-9)).all()
    assert ((whole <= 1e-9) | (whole >= least[:, None] * SIZE[:, None] * (1 - 1e-9))).all()


@EXAMPLES
@given(place=sites(), asked=wanted(), least=shares, ramp=ramps, by_water=st.booleans())
def test_chillers(
    place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray, *, by_water: bool
) -> None:
    water = place.sources["water"] if by_water else None
    for models in (["centrifugal", "screw"], ["air_cooled_scroll", "screw"]):
        year = chiller_year(models, SIZE, asked, place, water, least_share=least, ramp_per_h=ramp, time=clock(asked))
        full = [chiller_technology(name, float(size), place, water) for name, size in zip(models, SIZE, strict=True)]
        assert_conserved(year)
        assert_within(year, asked, np.stack([each.capacity_kw for each in full]), least, ramp)
        assert condenser_heat(year) == pytest.approx(year.main_kwh + year.taken_kwh["electricity"], abs=1e-6)
    year = absorption_year(MACHINES, SIZE, asked, place, water, least_share=least, ramp_per_h=ramp, time=clock(asked))
    machines = [
        absorption_technology(name, float(size), place, water) for name, size in zip(MACHINES, SIZE, strict=True)
    ]
    assert_conserved(year)
    assert_within(year, asked, np.stack([each.capacity_kw for each in machines]), least, ramp)
    assert (year.taken_kwh["heat"] >= year.main_kwh).all(), "single-effect machines need more heat than they give cold"


@EXAMPLES
@given(place=sites(), asked=wanted(), least=shares, ramp=ramps)
def test_free_cooling(place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray) -> None:
    for name, medium in (("water", place.sources["water"]), ("dry_cooler", air_source(place.air_temp_c))):
        year = free_cooling_year(
            [name] * 2, SIZE, asked, place, medium, least_share=least, ramp_per_h=ramp, time=clock(asked)
        )
        full = [free_cooling_technology(name, float(size), place, medium) for size in SIZE]
        assert_conserved(year)
        assert_within(year, asked, np.stack([each.capacity_kw for each in full]), least, ramp)
        # Less flow never takes more power.
        at_full = np.stack([each.inputs["electricity"] for each in full]) * year.main_kwh
        assert (year.taken_kwh["electricity"] <= at_full + 1e-9).all()


@EXAMPLES
@given(place=sites(), asked=wanted(), least=shares, ramp=ramps)
def test_electrolysers_fuel_cells_and_methanation(
    place: ConversionSite, asked: np.ndarray, least: np.ndarray, ramp: np.ndarray
) -> None:
    limits = {"least_share": least, "ramp_per_h": ramp}
    years = [
        electrolyser_year(["alkaline", "pem_electrolyser"], SIZE, asked, place, **limits, time=clock(asked)),
        fuel_cell_year(["pem_fuel_cell", "solid_oxide"], SIZE, asked, place, **limits, time=clock(asked)),
        methanation_year(SIZE, asked, place, **limits, time=clock(asked)),
    ]
    for year in years:
        assert_conserved(year)
        assert_within(year, asked, np.broadcast_to(SIZE[:, None], asked.shape), least, ramp)


@EXAMPLES
@given(place=sites(), heat=wanted(), cold=wanted(), least=shares, ramp=ramps)
def test_trigeneration(
    place: ConversionSite, heat: np.ndarray, cold: np.ndarray, least: np.ndarray, ramp: np.ndarray
) -> None:
    plant = np.array([900.0, 1500.0])
    year = trigeneration_year(
        "gas_engine",
        "phoenix",
        place,
        plant_heat_kw=plant,
        chiller_kw=SIZE,
        heat_wanted_kwh=heat,
        cold_wanted_kwh=cold,
        least_share=least,
        ramp_per_h=ramp,
        time=clock(heat),
    )
    assert_conserved(year)
    share, _ = absorption_of_site("phoenix", place, ENGINE_WATER_C)
    own = 0.04 * year.main_kwh
    from_plant = year.given_kwh["heat"] + year.given_kwh["rejected_heat"] - own
    assert (year.main_kwh <= np.minimum(cold, SIZE[:, None] * share) + 1e-9).all()
    assert (from_plant <= plant[:, None] * (1 + 1e-9)).all()
    assert ((from_plant <= 1e-6) | (from_plant >= least[:, None] * plant[:, None] * (1 - 1e-9))).all()


@EXAMPLES
@given(
    place=sites(),
    share=arrays(np.float64, HOURS, elements=st.floats(0.0, 1.0)),
    kind=st.sampled_from(conversion_kinds()),
)
def test_every_technology_of_the_catalogue_conserves_energy_and_gives_its_waste_heat(
    place: ConversionSite, share: np.ndarray, kind: str
) -> None:
    technology = technology_of(kind, 1000.0, place)
    main = share * technology.capacity_kw
    flows = technology.flows(main)
    loss = flows.pop("loss")
    passes = np.maximum(sum(np.abs(values) for values in flows.values()), 1e-9)
    assert (np.abs(sum(flows.values()) + loss) <= 1e-6 * passes).all()
    assert (technology.loss >= -1e-9).all()
    assert technology.least_share == conversions().loc[kind, "least_share"]
    recovered = recoverable_kwh(kind, technology, main)
    rejected = technology.outputs.get("rejected_heat", 0.0) + (technology.main == "cold")
    assert (recovered <= (rejected + technology.loss) * main + 1e-9).all()
    assert (recovered >= 0.0).all()


def test_linear_form_and_year_agree_at_full_load() -> None:
    place = site()
    asked = np.full((1, HOURS), 1e6)
    water, air = place.sources["water"], air_source(place.air_temp_c)
    sewage = place.sources["wastewater"]
    pairs: list[tuple[str, ConversionYear]] = [
        (
            "heat_pump_wastewater",
            large_heat_pump_year(["wastewater"], [1000.0], asked, place, sewage, time=clock(asked)),
        ),
        ("boiler_gas", boiler_year(["gas"], [1000.0], asked, place, time=clock(asked))),
        ("boiler_biomass", boiler_year(["wood_chips"], [1000.0], asked, place, time=clock(asked))),
        ("chp_waste", back_pressure_year(["waste"], [1000.0], asked, place, time=clock(asked))),
        ("chiller_air", chiller_year(["air_cooled_scroll"], [1000.0], asked, place, time=clock(asked))),
        ("chiller_screw", chiller_year(["screw"], [1000.0], asked, place, water, time=clock(asked))),
        ("chiller_absorption", absorption_year(["phoenix"], [1000.0], asked, place, water, time=clock(asked))),
        ("free_cooling_water", free_cooling_year(["water"], [1000.0], asked, place, water, time=clock(asked))),
        ("free_cooling_air", free_cooling_year(["dry_cooler"], [1000.0], asked, place, air, time=clock(asked))),
        ("electrolyser_alkaline", electrolyser_year(["alkaline"], [1000.0], asked, place, time=clock(asked))),
        ("fuel_cell_solid_oxide", fuel_cell_year(["solid_oxide"], [1000.0], asked, place, time=clock(asked))),
        ("methanation", methanation_year([1000.0], asked, place, time=clock(asked))),
    ]
    for kind, year in pairs:
        technology = technology_of(kind, 1000.0, place)
        assert year.main_kwh[0] == pytest.approx(technology.capacity_kw), kind
        flows = technology.flows(technology.capacity_kw)
        for name, ratio in technology.inputs.items():
            assert year.taken_kwh[name][0] == pytest.approx(ratio * technology.capacity_kw, rel=1e-9), (kind, name)
        assert year.loss_kwh[0] == pytest.approx(flows["loss"], abs=1e-6), kind


def test_recovered_heat_drives_a_heat_pump() -> None:
    place = site()
    electrolyser = technology_of("electrolyser_alkaline", 2000.0, place)
    source = recovery_source("electrolyser_alkaline", electrolyser, electrolyser.capacity_kw)
    # 0.264 kWh of heat by kWh of electricity: Danish Energy Agency, sheet 86 AEC 100 MW, 2025.
    assert source.available_kw == pytest.approx(0.264 * 2000.0 / 0.5874, rel=0.01)
    pump = heat_pump_technology("waste_heat", 1e6, place, source)
    drawn = pump.inputs["waste_heat"] * pump.capacity_kw
    assert (drawn <= source.available_kw * (1 + 1e-9)).all()
    assert (pump.capacity_kw > 0.0).all()
    chiller = technology_of("chiller_centrifugal", 1000.0, place)
    condenser = recovery_source("chiller_centrifugal", chiller, np.full(HOURS, 100.0))
    assert condenser.available_kw == pytest.approx(0.95 * 100.0 * (1 + chiller.inputs["electricity"]))
    with pytest.raises(InputError, match="no heat to recover"):
        recovery_source("boiler_electric", technology_of("boiler_electric", 1.0, place), np.zeros(HOURS))


def test_a_site_goes_to_another_process_and_back() -> None:
    alone = site(sources={})
    back = pickle.loads(pickle.dumps(ConversionSite(*(getattr(alone, name) for name in TEMPERATURES))))  # noqa: S301  our own bytes
    assert back.sources == {}
    assert back.source("air").temp_c.tolist() == alone.air_temp_c.tolist()


def test_run_by_hand() -> None:
    asked = np.array([[50.0, 5.0, 100.0, 100.0, 100.0, 0.0, 100.0]])
    given = run(asked, 100.0, clock(asked), least_share=0.2, ramp_per_h=0.3)
    # A least load of 20: started at a ramp of 30, off below 20, then 30 more each hour.
    assert given.tolist() == [[30.0, 0.0, 30.0, 60.0, 90.0, 0.0, 30.0]]
    assert run(asked, 100.0, clock(asked), least_share=0.5, ramp_per_h=0.3)[0, 0] == 50.0, (
        "it may start at its least load"
    )
    assert run(asked, 100.0, clock(asked), ramp_per_h=np.nan).tolist() == asked.tolist()


def test_errors_tell_all_findings() -> None:
    with pytest.raises(InputError) as failure:
        run(np.array([[-1.0]]), np.array([[-1.0]]), clock(np.array([[-1.0]])), least_share=[0.1, 0.2])
    assert len(failure.value.findings) == 3
    with pytest.raises(InputError, match="give a row for each device"):
        run(np.array([1.0]), 1.0, clock(np.array([1.0])))
    with pytest.raises(InputError, match="no conversion steam_engine in the catalogue; take one of heat_pump_air"):
        technology_of("steam_engine", 1.0, site())
    with pytest.raises(InputError, match="a size is 0 kW or more, not -1"):
        technology_of("boiler_gas", -1.0, site())
    with pytest.raises(InputError, match="the site has no source ground; it has air"):
        technology_of("heat_pump_ground", 1.0, site(sources={}))
    with pytest.raises(InputError, match="swap them"):
        site(return_temp_c=np.full(HOURS, 99.0))
    with pytest.raises(InputError) as failure:
        site(supply_temp_c=np.zeros(3), cold_supply_temp_c=np.full(HOURS, np.nan))
    assert len(failure.value.findings) == 2
    with pytest.raises(InputError, match="no electrolyser; take another model"):
        electrolyser_year(["solid_oxide"], [1.0], np.zeros((1, HOURS)), site(), time=clock(HOURS))
    with pytest.raises(InputError, match="not a plant of extraction"):
        extraction_limits("gas_engine", 80.0)
