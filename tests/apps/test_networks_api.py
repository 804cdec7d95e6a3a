"""Networks in the web service: layers, limits, problems with their causes, flows, files."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
import shapely

from apps.api import create_api
from apps.api.network_hours import reach_of
from apps.api.network_states import ABOVE, ALL, BELOW, KIND, Look, drawn, quantities_of
from apps.api.network_views import Networks, NetworkView
from apps.api.quantities import CLASSES
from apps.texts import LANGUAGES, texts
from tests.apps.asking import Client
from twin.reporting.naming import ORIGINS, sizes, sizes_like

BASE = "/districts/four-buildings"
DAY = "winter_weekday"


@pytest.fixture
def client(small_networks: Networks) -> Client:
    return Client(create_api(small_networks._views, small_networks))


@pytest.fixture
def found(small_networks: Networks) -> NetworkView:
    return small_networks.open("four-buildings")


def features(client: Client, carrier: str, **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{BASE}/networks/{carrier}.geojson", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


def test_every_element_comes_with_a_class_and_words_for_each_hour(client: Client, found: NetworkView) -> None:
    elements = found.elements[found.elements["carrier"] == "electricity"]
    lines = features(client, "electricity", quantity="loading", day=DAY)
    points = features(client, "electricity", quantity="loading", day=DAY, part="points")
    assert {one["properties"]["id"] for one in (*lines, *points)} == set(elements.index)
    for one in (*lines, *points):
        told = one["properties"]
        assert len(told["c"]) == 24
        assert all(0 <= number <= ABOVE for number in told["c"])
        assert told["n"]
        assert told["o"] in ORIGINS
        assert told["t8"]
    strokes = features(client, "electricity", quantity="loading", day=DAY, part="strokes")
    assert len(strokes) == len(lines)
    assert "t8" not in strokes[0]["properties"], "the words are sent once"


def test_what_is_laid_is_drawn_in_strokes_and_what_is_mapped_in_one(client: Client) -> None:
    kinds = {one["properties"]["o"]: one["geometry"]["type"] for one in features(client, "heat", part="strokes")}
    assert kinds == {"mapped": "LineString", "laid": "MultiLineString"}
    whole = {one["properties"]["id"]: shapely.geometry.shape(one["geometry"]) for one in features(client, "heat")}
    for one in features(client, "heat", part="strokes"):
        shape, line = shapely.geometry.shape(one["geometry"]), whole[one["properties"]["id"]]
        assert shape.length <= line.length * 1.001
        assert shapely.hausdorff_distance(shape, line) < 5e-4


def test_what_is_beyond_its_limit_has_a_class_of_its_own(found: NetworkView) -> None:
    (cable,) = found.problems.index[found.problems["carrier"] == "electricity"]
    row = found.elements.index.get_loc(cable)
    date = found.hardest.date_of(row)
    assert date in found.hard_days, "its worst day can be shown"
    what = drawn(found, Look("electricity", "loading", date))
    place = int(np.flatnonzero(what.rows == row)[0])
    hour = found.hardest.time[found.hardest.hour[row]].hour
    assert what.classes[hour, place] == ABOVE
    shown = what.values[hour, place]
    assert shown == pytest.approx(100 * found.problems.loc[cable, "worst"], rel=1e-4)
    others = np.delete(what.classes, place, axis=1)
    assert (others != ABOVE).all()
    assert what.unit == "%"
    assert what.limits[1] == 100


def test_a_cold_substation_is_below_its_limit(found: NetworkView) -> None:
    (cold,) = found.problems.index[found.problems["carrier"] == "heat"]
    row = found.elements.index.get_loc(cold)
    what = drawn(found, Look("heat", "temperature", found.hardest.date_of(row)))
    assert (what.classes[:, np.flatnonzero(what.rows == row)[0]] == BELOW).any()
    assert found.hardest.quantity[row] == "temperature"


def test_states_of_nodes_colour_the_lines_between_them(found: NetworkView) -> None:
    what = drawn(found, Look("electricity", "voltage", DAY))
    cables = (found.elements["kind"].iloc[what.rows] == "cable").to_numpy()
    assert np.isfinite(what.values[:, cables]).all()
    low, high = what.scale
    assert low < 1.0 < high
    assert 1.0 - low == pytest.approx(high - 1.0), "all is well in the middle of the scale"


def test_the_worst_day_and_year_of_an_element_are_those_of_the_results(
    small_networks: Networks, found: NetworkView
) -> None:
    whole = small_networks.whole(found)
    state = whole.state("loading")
    for place, name in enumerate(state.ids):
        row = found.elements.index.get_loc(name)
        most = 100 * state.values[place].max()
        assert np.nanmax(found.hardest.year[row]) == pytest.approx(most, rel=1e-5)
        assert np.nanmax(found.hardest.day[row]) == pytest.approx(most, rel=1e-5)
    assert found.hardest.year.shape[1] in {365, 366}


@pytest.mark.parametrize(
    ("value", "low", "high", "reach"),
    [(1.3, np.nan, 1.0, 1.3), (0.95, 0.9, 1.1, 0.5), (1.1, 0.9, 1.1, 1.0), (60.0, 65.0, np.nan, 1 + 5 / 65)],
)
def test_reach_is_one_at_the_limit(value: float, low: float, high: float, reach: float) -> None:
    assert reach_of(np.array([value]), np.array([low]), np.array([high]))[0] == pytest.approx(reach)


def test_problems_come_the_worst_first_with_who_and_when(client: Client, found: NetworkView) -> None:
    for language in LANGUAGES:
        listed = client.get(f"{BASE}/networks/problems", params={"lang": language}).json()
        assert [one["carrier"] for one in listed] == ["electricity", "heat"]
        assert all(one["hours_over"] > 0 and one["cause"] for one in listed)
    assert "33" in listed[0]["told"]
    assert "Detached house" in client.get(f"{BASE}/networks/problems").json()[0]["cause"]


def test_one_element_tells_its_worst_day_and_whom_to_blame(client: Client, found: NetworkView) -> None:
    name = str(found.problems.index[0])
    told = client.get(f"{BASE}/networks/elements/{name}").json()
    assert told["origin"] in ORIGINS
    assert told["limit_high"] == 100
    assert len(told["worst_day"]) == 24
    assert max(told["worst_day"]) == pytest.approx(told["worst"])
    assert sum(one["share"] for one in told["causes"]) == pytest.approx(1)
    missing = client.get(f"{BASE}/networks/elements/nothing")
    assert missing.status_code == 404
    assert "nothing" in missing.json()["detail"]


def test_files_say_where_every_element_comes_from(client: Client, found: NetworkView) -> None:
    listed = client.get(f"{BASE}/networks.geojson").json()
    assert len(listed["features"]) == len(found.elements)
    assert {one["properties"]["origin"] for one in listed["features"]} <= set(ORIGINS)
    assert "laid" in listed["about"]["origin"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{BASE}/networks.csv").content.decode("utf-8-sig"))))
    assert {row["element"]: row["origin"] for row in rows} == found.elements["origin"].to_dict()
    assert client.get(f"{BASE}/networks.docx").status_code == 422


def test_flows_and_key_figures_are_told(client: Client) -> None:
    flows = client.get(f"{BASE}/flows").json()
    into, out = (sum(one["kwh"] for one in flows if one[end] == "network:heat") for end in ("target", "source"))
    assert into == pytest.approx(out)
    kpis = client.get(f"{BASE}/networks/kpis").json()["kpis"]
    assert kpis["branch_loading"]["exceeded"] is True
    assert kpis["branch_loading"]["limit"] == 100


def test_every_quantity_of_every_carrier_can_be_drawn(client: Client, found: NetworkView) -> None:
    assert found.carriers == ["electricity", "heat"]
    assert quantities_of(found, "heat") == ["loading", "temperature", "loss"]
    for carrier in (*found.carriers, ALL):
        for quantity in quantities_of(found, carrier):
            for day in (DAY, "peak_heat", "year", found.hard_days[0]):
                drawn_now = features(client, carrier, quantity=quantity, day=day)
                steps = {len(one["properties"]["c"]) for one in drawn_now}
                assert steps == ({12} if day == "year" else {24})
    kinds = {one["properties"]["a"]: one["properties"]["c"][0] for one in features(client, ALL, quantity=KIND)}
    assert kinds == {"electricity": 0, "heat": 1}
    assert all(number < CLASSES for number in kinds.values())


@pytest.mark.parametrize(
    ("query", "said"),
    [("steam.geojson", "steam"), ("heat.geojson?quantity=joy", "joy"), ("heat.geojson?day=doomsday", "doomsday")],
)
def test_what_is_not_there_is_told(client: Client, query: str, said: str) -> None:
    answer = client.get(f"{BASE}/networks/{query}")
    assert answer.status_code == 404
    assert said in answer.json()["detail"]


def test_a_size_can_be_changed_for_those_of_its_own_series() -> None:
    for name in ("AXMK 4x95", "steel_100_s1", "pe100_sdr11_63", "630 kVA 20/0.4 kV"):
        ranks = [one.rank for one in sizes_like(name)]
        assert ranks == sorted(ranks)
        assert name in [one.name for one in sizes_like(name)]
        assert len({one.series for one in sizes_like(name)}) == 1
    assert sizes_like("nothing") == []
    assert all("_" not in one.title for one in sizes().values())


def test_networks_are_computed_once_and_in_the_background(small_networks: Networks) -> None:
    first = small_networks.open("four-buildings")
    small_networks.begin("four-buildings")
    assert small_networks.ready("four-buildings", "as-is") is first
    assert small_networks.failure("four-buildings") is None
    assert small_networks.open("four-buildings") is first


def test_titles_are_there_in_every_language(client: Client) -> None:
    for language in LANGUAGES:
        names = {one["properties"]["n"] for one in features(client, "heat", lang=language, part="points")}
        assert not any("_" in name for name in names)
        assert texts(language)("origin.laid")
