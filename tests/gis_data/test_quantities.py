"""Numbers as people write them into tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.quantities import (
    parse_count,
    parse_diameter_mm,
    parse_layer,
    parse_length_m,
    parse_power_kw,
    parse_quantity,
    parse_voltage_v,
)


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("2.5", 2.5),
        ("2.5 m", 2.5),
        ("2,5m", 2.5),
        ("250 cm", 2.5),
        ("3;4", 4.0),
        ("3; 4 m", 4.0),
        ("8'", 2.4384),
        ("8'6\"", 2.5908),
        ("7 ft", 2.1336),
        ('4"', 0.1016),
        ("~3", 3.0),
        ("0.4 km", 400.0),
        ("'block'", None),
        ("", None),
        (None, None),
        ("0", None),
        ("-2", None),
        ("5 stories", None),
        ("1e400", None),
        ("nan", None),
        ("wide", None),
    ],
)
def test_lengths(text: str | None, metres: float | None) -> None:
    assert parse_length_m(text) == (None if metres is None else pytest.approx(metres, abs=1e-9))


@pytest.mark.parametrize(
    ("text", "kilowatts"),
    [
        ("22 kW", 22.0),
        ("22kW", 22.0),
        ("50000 W", 50.0),
        ("50000", 50.0),
        ("11", 11.0),
        ("0.15 MW", 150.0),
        ("22 kVA", 22.0),
        ("3.7 kW;22 kW", 22.0),
        ("yes", None),
        ("0 kW", None),
    ],
)
def test_power(text: str, kilowatts: float | None) -> None:
    assert parse_power_kw(text) == (None if kilowatts is None else pytest.approx(kilowatts))


@pytest.mark.parametrize(
    ("text", "millimetres"), [("DN 200", 200.0), ("dn500", 500.0), ("300", 300.0), ("0.5 m", 500.0), ('8"', 203.2)]
)
def test_diameters(text: str, millimetres: float) -> None:
    assert parse_diameter_mm(text) == pytest.approx(millimetres)


def test_highest_voltage_counts() -> None:
    assert parse_voltage_v("110000;20000") == 110_000
    assert parse_voltage_v("20 kV") == 20_000
    assert parse_voltage_v("high") is None


def test_counts_are_whole_and_above_zero() -> None:
    assert [parse_count(text) for text in ("4", "2;3", "2.5", "0", "many", None)] == [4, 3, 2, None, None, None]


@pytest.mark.parametrize(
    ("tags", "layer"),
    [
        ({}, 0),
        ({"layer": "-2"}, -2),
        ({"tunnel": "yes"}, -1),
        ({"tunnel": "building_passage"}, 0),
        ({"bridge": "viaduct"}, 1),
        ({"layer": "77", "bridge": "yes"}, 1),
        ({"location": "underground"}, -1),
    ],
)
def test_layers(tags: dict[str, str], layer: int) -> None:
    assert parse_layer(tags) == layer


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (parse_length_m, parse_power_kw, parse_diameter_mm, parse_voltage_v, parse_count):
        value = parse(text)
        assert value is None or value > 0


@given(st.floats(min_value=0.01, max_value=9999, allow_nan=False))
def test_a_plain_number_is_read_as_written(value: float) -> None:
    assert parse_quantity(f"{value:.4f}", {"": 1.0}) == pytest.approx(value, abs=1e-4)
