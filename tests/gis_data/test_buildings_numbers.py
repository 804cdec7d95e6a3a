"""Numbers and dates as mappers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.buildings.quantities import count, length_m
from gis_data.buildings.years import tagged_year, year_of


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("12", 12.0), ("2.5 m", 2.5), ("12.13 m", 12.13), ("12,5", 12.5), ("40'", 12.192), ("40 ft", 12.192),
        ("5'6\"", 1.6764), ("250 cm", 2.5), ("3;4", 4.0), ("10-12", 12.0), ("~20", 20.0), ("20 metres", 20.0),
        ("-3", None), ("high", None), ("", None), (None, None), ("inf", None), ("nan", None),
    ],
)  # fmt: skip
def test_lengths(text: str | None, metres: float | None) -> None:
    assert length_m(text) == (pytest.approx(metres) if metres is not None else None)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("3", 3.0), ("3;4", 4.0), ("1-3", 3.0), ("2.5", 2.5), ("2,5", 2.5), ("3, 4", None), ("0", 0.0), ("-1", None),
        ("2.5 m", None), ("'block'", None), (" 6 ", 6.0), ("~3", 3.0),
    ],
)  # fmt: skip
def test_counts(text: str, levels: float | None) -> None:
    assert count(text) == levels


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1906", 1906), ("1906-05-01", 1906), ("1938-10", 1938), ("~1920", 1920), ("2012?", 2012), ("C19", 1850),
        ("early C19", 1816), ("1930s", 1935), ("late 1950s", 1958), ("1900s", 1950), ("before 1900", 1890),
        ("after 1911", 1921), ("1906..1910", 1908), ("after 1905..1908", 1916), ("1923-1924", 1923),
        ("08-1966..10-1966", 1966), ("1865;1890", 1865), ("18th century", 1750), ("yes", None), ("100 BC", None),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_years(text: str | None, year: int | None) -> None:
    assert year_of(text) == year


def test_the_first_key_that_tells_a_year_counts() -> None:
    assert tagged_year({"start_date": "unknown", "year_of_construction": "1972"}) == 1972


@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (length_m, count):
        value = read(text)
        assert value is None or value >= 0
    year = year_of(text)
    assert year is None or year >= 1000
