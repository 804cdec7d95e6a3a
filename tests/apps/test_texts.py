"""Every word on the screen is there in three languages, and numbers are written as each language does."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import twin
from apps.map.view.cards.building_card import _FIGURES
from apps.map.view.cards.kpi_cards import CARDS
from apps.map.view.deck import palette
from apps.map.view.deck.legend import quantity_title
from apps.map.view.deck.map_deck import LAYERS
from apps.texts import LANGUAGES, amount, texts, with_unit
from apps.views.days import DAYS
from apps.views.networks.network_views import QUANTITIES as STATES
from apps.views.quantities import HOURLY, KINDS, USE_GROUPS
from apps.views.yearly_quantities import YEARLY
from assets.carriers import carriers
from gis_data import USES
from twin._errors import UnknownTextError
from twin.model.plants import plant_kinds
from twin.networks.results.kpis import network_kpi_catalogue
from twin.reporting.naming import ORIGINS
from twin.results.schema import names_of

ROOT = Path(__file__).resolve().parents[2]
APPS, TWIN = ROOT / "apps", ROOT / "twin"
ROWS = [
    row
    for package in (TWIN, APPS)
    for row in csv.DictReader((package / "texts" / "texts.csv").read_text(encoding="utf-8").splitlines())
]
NBSP = "\u00a0"


def test_every_key_is_there_once_in_every_language() -> None:
    keys = [row["key"] for row in ROWS]
    assert len(keys) == len(set(keys))
    assert set(ROWS[0]) == {"key", *LANGUAGES}
    assert [row["key"] for row in ROWS if not all(row[language].strip() for language in LANGUAGES)] == []


def test_languages_fill_in_the_same_places() -> None:
    wrong = [
        row["key"]
        for row in ROWS
        if len({tuple(sorted(re.findall(r"{(\w+)}", row[language]))) for language in LANGUAGES}) > 1
    ]
    assert wrong == []


def test_every_text_that_the_code_names_is_there() -> None:
    keys = {row["key"] for row in ROWS}
    named = set()
    for file in (*APPS.rglob("*.py"), *TWIN.rglob("*.py")):
        named |= set(re.findall(r"""words\(\s*["']([\w. -]+)["']""", file.read_text(encoding="utf-8")))
    assert named - keys == set()
    assert len(named) > 100


def test_everything_that_data_bring_along_has_a_text() -> None:
    keys = {row["key"] for row in ROWS}
    wanted = {f"use.{use}" for use in USES} | {f"use_group.{group}" for group in USE_GROUPS}
    wanted |= {f"day.{day}" for day in DAYS} | {f"layer.{layer}" for layer in LAYERS}
    wanted |= {f"heating.{system}" for system in palette.HEATING} | {f"month.{month}" for month in range(1, 13)}
    wanted |= {f"kpi.{name}{part}" for name in twin.kpi_catalogue().index for part in ("", ".help")}
    wanted |= {f"network_kpi.{name}" for name in network_kpi_catalogue().index}
    wanted |= {f"plant_kind.{name}" for name in plant_kinds().index} | {f"origin.{name}" for name in ORIGINS}
    wanted |= {f"state.{name}{part}" for name in STATES for part in ("", ".short")}
    wanted |= {f"kpi.{name}.short" for name in (*CARDS, "pv_potential_kwh")} | {f"card.{name}" for name in _FIGURES}
    wanted |= {f"weather.{kind}" for kind in ("measured", "typical", "synthetic")}
    wanted |= {f"kind.{kind}" for kind in ("measured", "modelled", "assumed", "synthetic")}
    sources = (
        "tagged", "from levels", "from height", "from part", "from contents", "from land use", "from neighbours",
        "from footprint", "default", "edited", "input",
    )  # fmt: skip
    wanted |= {f"source.{source}" for source in sources}
    assert wanted - keys == set()
    for language in LANGUAGES:
        assert all(quantity_title(item.key, texts(language)) for item in (*HOURLY.values(), *YEARLY, *KINDS))


def test_every_preset_has_a_title_and_a_description_in_every_language() -> None:
    for preset in twin.list_presets():
        for of in (preset.title, preset.title_fi, preset.title_sv):
            assert of.strip(), preset.name
        for language in LANGUAGES:
            assert all(preset.told(language)) or preset.name == "as-is", preset.name


def test_no_raw_names_are_shown() -> None:
    shown = [row[language] for row in ROWS for language in LANGUAGES]
    assert [text for text in shown if re.search(r"[a-z]_[a-z]", re.sub(r"{\w+}", "", text))] == []


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (302241.5, "en", "302,000"),
        (302241.5, "fi", f"302{NBSP}000"),
        (1234.5, "sv", f"1{NBSP}230"),
        (0.0456789, "fi", "0,0457"),
        (0.0456789, "en", "0.0457"),
        (9.999, "en", "10.0"),
        (999.6, "en", "1,000"),
        (-12.34, "fi", "\u221212,3"),
        (0, "en", "0"),
        (None, "en", "–"),
        (float("nan"), "sv", "–"),
    ],
)
def test_numbers_have_three_digits_and_the_languages_separators(
    value: float | None, language: str, written: str
) -> None:
    assert amount(value, language) == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (302241542.0, "kWh/a", f"302{NBSP}000{NBSP}MWh"),
        (39691.9, "kW", f"39,7{NBSP}MW"),
        (121.3, "kWh/m²a", f"121{NBSP}kWh/m²"),
        (56556.5, "tCO2/a", f"56{NBSP}600{NBSP}t CO₂"),
        (22.7, "kgCO2/m²a", f"22,7{NBSP}kg CO₂/m²"),
        (54970406.0, "EUR/a", f"55,0{NBSP}M€"),
        (12345.0, "EUR/a", f"12{NBSP}300{NBSP}€"),
        (12.0, "%", f"12,0{NBSP}%"),
    ],
)
def test_a_district_is_told_in_large_units(value: float, unit: str, written: str) -> None:
    assert with_unit(value, unit, "fi", large=True) == written


def test_a_missing_text_or_language_is_told() -> None:
    with pytest.raises(UnknownTextError, match=r"no\.such\.key"):
        texts("en")("no.such.key")
    with pytest.raises(UnknownTextError, match="xx"):
        texts("xx")


def test_the_hours_of_the_map_are_declared_hours() -> None:
    named = {name for quantity in HOURLY.values() for name in quantity.sources}
    assert named <= set(names_of("hours", "building", "time"))


def test_every_carrier_has_its_name_in_every_language() -> None:
    assert {name: texts("en")(f"carrier.{name}") for name in carriers()} == {
        name: carrier.title for name, carrier in carriers().items()
    }
    assert all(texts(language)(f"carrier.{name}") for language in LANGUAGES for name in carriers())
