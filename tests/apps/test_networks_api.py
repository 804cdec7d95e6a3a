"""Networks in the web service: layers, limits, problems with their causes, flows, files."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
import shapely

from apps.api import create_api
from apps.texts import LANGUAGES, texts
from apps.views.district_views import Views
from apps.views.networks.element_states import ABOVE, ALL, BELOW, KIND, Look, element_quantity, quantities_of
from apps.views.networks.network_views import Networks, NetworkView
from apps.views.networks.worst_hours import reach_of
from apps.views.quantities import CLASSES
from tests.apps.asking import Client
from tests.twin.districts import four_buildings
from twin.reporting.naming import ORIGINS, served_by, sizes, sizes_like

NAME = "four-buildings"
BASE = f"/districts/{NAME}"
DAY = "winter_weekday"


@pytest.fixture
def client(small_networks: Networks) -> Client:
    return Client(create_api(small_networks._views, small_networks))


@pytest.fixture
def as_is(small_networks: Networks) -> NetworkView:
    return small_networks.open(NAME)


@pytest.fixture
def found(small_networks: Networks) -> NetworkView:
    """Where cables are overloaded and a substation stays cold."""
    return small_networks.open(NAME, "overloaded")


def features(client: Client, carrier: str, **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{BASE}/networks/{carrier}.geojson", params={"scenario": "overloaded", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


def test_every_pipe_cable_and_transformer_comes_with_a_class_and_words_for_each_hour(
    client: Client, found: NetworkView
) -> None:
    elements = found.elements[found.elements["carrier"] == "electricity"]
    lines = features(client, "electricity", quantity="loading", day=DAY)
    points = features(client, "electricity", quantity="loading", day=DAY, part="points")
    drawn_ids = {one["properties"]["id"] for one in (*lines, *points)}
    assert drawn_ids == set(elements.index[~((elements["kind"] == "service") & (elements.geom_type == "Point"))])
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
        assert shape.length <= line.length * 1.01
        assert shapely.distance(shapely.points(shapely.get_coordinates(shape)), line).max() < 2e-6


def test_all_networks_at_once_lie_beside_each_other(client: Client, found: NetworkView) -> None:
    alone = {one["properties"]["id"]: one["geometry"] for one in features(client, "electricity")}
    beside = {one["properties"]["id"]: one["geometry"] for one in features(client, ALL)}
    name = next(iter(alone))
    away = shapely.hausdorff_distance(*(shapely.geometry.shape(which[name]) for which in (alone, beside)))
    assert 1.0 < away * 111_000 < 8.0, "metres, along a meridian; a parallel is half as long"
    assert set(alone) < set(beside)


def test_what_is_beyond_its_limit_has_a_class_of_its_own(found: NetworkView) -> None:
    cables = found.problems[found.problems["quantity"] == "loading"]
    assert len(cables)
    for cable in cables.index:
        row = found.elements.index.get_loc(cable)
        date = found.worst.date_of(row)
        assert date in found.worst_days, "its worst day can be shown"
        what = element_quantity(found, Look(str(cables.loc[cable, "carrier"]), "loading", date))
        place = int(np.flatnonzero(what.rows == row)[0])
        hour = found.worst.time[found.worst.hour[row]].hour
        assert what.classes[hour, place] == ABOVE
        shown = what.values[hour, place]
        assert shown == pytest.approx(100 * cables.loc[cable, "worst"], rel=1e-4)
        assert what.unit == "%"
        assert what.limits[1] == 100


def test_a_cold_substation_is_below_its_limit(found: NetworkView) -> None:
    cold = found.problems.index[found.problems["kind"] == "substation"]
    assert len(cold)
    row = found.elements.index.get_loc(cold[0])
    what = element_quantity(found, Look("heat", "temperature", found.worst.date_of(row)))
    assert (what.classes[:, np.flatnonzero(what.rows == row)[0]] == BELOW).any()
    assert found.worst.quantity[row] == "temperature"


def test_nothing_is_beyond_a_limit_in_networks_as_they_were_sized(as_is: NetworkView) -> None:
    assert as_is.problems.empty
    for carrier in as_is.carriers:
        for quantity in quantities_of(as_is, carrier):
            for day in as_is.rows:
                assert element_quantity(as_is, Look(carrier, quantity, day)).classes.max() <= CLASSES


def test_states_of_nodes_colour_the_lines_between_them(found: NetworkView) -> None:
    what = element_quantity(found, Look("electricity", "voltage", DAY))
    cables = (found.elements["kind"].iloc[what.rows] == "cable").to_numpy()
    assert np.isfinite(what.values[:, cables]).all()
    low, high = what.scale
    assert low < 1.0 < high
    assert 1.0 - low == pytest.approx(high - 1.0), "all is well in the middle of the scale"


def test_the_worst_day_and_year_of_an_element_are_those_of_the_results(
    small_networks: Networks, found: NetworkView
) -> None:
    state = small_networks.full_year(found).state("loading")
    for place, name in enumerate(state.ids):
        row = found.elements.index.get_loc(name)
        most = 100 * state.values[place].max()
        assert np.nanmax(found.worst.year[row]) == pytest.approx(most, rel=1e-5)
        assert np.nanmax(found.worst.day[row]) == pytest.approx(most, rel=1e-5)


def test_hours_and_worst_values_agree_with_the_twins_own(found: NetworkView) -> None:
    told = found.elements[found.elements["kind"].isin(["cable", "pipe", "substation"])]
    for name, row in told.iterrows():
        place = found.elements.index.get_loc(name)
        if found.worst.hour[place] < 0 or not np.isfinite(row["worst"]):
            continue
        factor = 100.0 if row["unit"] == "1" else 1.0
        worst = found.worst.day[place, found.worst.time[found.worst.hour[place]].hour]
        assert worst == pytest.approx(factor * row["worst"], rel=1e-4, abs=1e-3), name
        assert (found.worst.severity[place] > 0) == (row["hours_over"] > 0), name


@pytest.mark.parametrize(
    ("value", "low", "high", "reach"),
    [(1.3, np.nan, 1.0, 1.3), (0.95, 0.9, 1.1, 0.5), (1.1, 0.9, 1.1, 1.0), (60.0, 65.0, np.nan, 1 + 5 / 65)],
)
def test_reach_is_one_at_the_limit(value: float, low: float, high: float, reach: float) -> None:
    assert reach_of(np.array([value]), np.array([low]), np.array([high]))[0] == pytest.approx(reach)


def test_problems_come_the_worst_first_with_who_and_when(client: Client, found: NetworkView) -> None:
    for language in LANGUAGES:
        query = {"lang": language, "scenario": "overloaded"}
        listed = client.get(f"{BASE}/networks/problems", params=query).json()
        assert [one["element"] for one in listed] == found.problems.index.tolist()
        assert {one["carrier"] for one in listed} == {"electricity", "heat"}
        assert all(one["hours_over"] > 0 and one["cause"] for one in listed)
        assert not any("_" in one["title"] + one["description"] + one["cause"] for one in listed)
    english = client.get(f"{BASE}/networks/problems", params={"scenario": "overloaded"}).json()
    cable = next(one for one in english if found.problems.loc[one["element"], "kind"] == "cable")
    assert "Flats" in cable["cause"], "it is their heating that overloads it"


def test_one_element_tells_its_worst_day_and_whom_to_blame(client: Client, found: NetworkView) -> None:
    name = str(found.problems.index[0])
    told = client.get(f"{BASE}/networks/elements/{name}", params={"scenario": "overloaded"}).json()
    assert told["origin"] in ORIGINS
    assert told["limit_high"] == 100
    assert len(told["worst_day"]) == 24
    assert max(told["worst_day"]) == pytest.approx(told["worst"])
    assert sum(one["share"] for one in told["causes"]) == pytest.approx(1, abs=0.01)
    missing = client.get(f"{BASE}/networks/elements/nothing")
    assert missing.status_code == 404
    assert "nothing" in missing.json()["detail"]


def test_causes_of_what_was_let_go_are_computed_again(small_networks: Networks, found: NetworkView) -> None:
    small_networks._years.clear()
    quiet = next(str(name) for name in found.elements.index if str(name) not in found.causes)
    assert (
        small_networks.causes(found, quiet).columns.tolist() == found.causes[found.problems.index[0]].columns.tolist()
    )


def test_files_say_where_every_element_comes_from(client: Client, as_is: NetworkView) -> None:
    listed = client.get(f"{BASE}/networks.geojson").json()
    assert len(listed["features"]) == len(as_is.elements)
    origins = {one["properties"]["element"]: one["properties"]["origin"] for one in listed["features"]}
    assert origins == as_is.elements["origin"].to_dict()
    assert {"mapped", "laid", "assumed"} <= set(origins.values())
    assert "laid" in listed["about"]["origin"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{BASE}/networks.csv").content.decode("utf-8-sig"))))
    assert {row["element"]: row["origin"] for row in rows} == origins
    assert client.get(f"{BASE}/networks.docx").status_code == 422


def test_flows_and_key_figures_are_told(client: Client) -> None:
    flows = client.get(f"{BASE}/flows").json()
    into, out = (sum(one["kwh"] for one in flows if one[end] == "network:heat") for end in ("target", "source"))
    assert into == pytest.approx(out, rel=1e-6)
    kpis = client.get(f"{BASE}/networks/kpis", params={"scenario": "overloaded"}).json()["kpis"]
    assert kpis["branch_loading"]["exceeded"] is True
    assert kpis["branch_loading"]["limit"] == 100
    assert client.get(f"{BASE}/networks/kpis").json()["kpis"]["branch_loading"]["exceeded"] is False


def test_every_quantity_of_every_carrier_can_be_drawn(client: Client, found: NetworkView) -> None:
    assert found.carriers == ["electricity", "heat"]
    assert {"loading", "temperature", "return_temperature", "pressure", "flow", "loss"} <= set(
        quantities_of(found, "heat")
    )
    assert {"loading", "voltage", "loss"} <= set(quantities_of(found, "electricity"))
    for carrier in (*found.carriers, ALL):
        for quantity in quantities_of(found, carrier):
            for day in (DAY, "peak_heat", "year", found.worst_days[0]):
                steps = {len(one["properties"]["c"]) for one in features(client, carrier, quantity=quantity, day=day)}
                assert steps == ({12} if day == "year" else {24})
    kinds = {one["properties"]["a"]: one["properties"]["c"][0] for one in features(client, ALL, quantity=KIND)}
    assert kinds == {"electricity": 0, "heat": 1}


@pytest.mark.parametrize(
    ("query", "said"),
    [("steam.geojson", "steam"), ("heat.geojson?quantity=joy", "joy"), ("heat.geojson?day=doomsday", "doomsday")],
)
def test_what_is_not_there_is_told(client: Client, query: str, said: str) -> None:
    answer = client.get(f"{BASE}/networks/{query}")
    assert answer.status_code == 404
    assert said in answer.json()["detail"]


def test_a_size_can_be_changed_for_those_of_its_own_series(found: NetworkView) -> None:
    for name in ("AXMK 4x95", "steel_100_s1", "pe100_sdr11_63", "630 kVA 20/0.4 kV"):
        ranks = [one.rank for one in sizes_like(name)]
        assert ranks == sorted(ranks)
        assert name in [one.name for one in sizes_like(name)]
        assert len({one.series for one in sizes_like(name)}) == 1
    assert sizes_like("nothing") == []
    assert all("_" not in one.title for one in sizes().values())
    edges = found.elements[found.elements["kind"].isin(["cable", "pipe", "transformer"])]
    assert all(len(sizes_like(size)) > 3 for size in edges["size"])


def test_networks_are_computed_once_and_failures_are_told(small_networks: Networks) -> None:
    first = small_networks.open(NAME)
    small_networks.begin(NAME)
    assert small_networks.ready(NAME, "as-is") is first
    assert small_networks.failure(NAME) is None
    district = four_buildings()
    without = Networks(Views({district.name: district}))
    without.begin(NAME)
    without._working[NAME, "as-is"].join(60)
    assert "streets" in str(without.failure(NAME))
    assert without.ready(NAME) is None


def test_elements_are_named_in_every_language(found: NetworkView, small_networks: Networks, client: Client) -> None:
    served = served_by(small_networks.full_year(found).dataset)
    assert {one for of in served.values() for one in of} == set(found.view.buildings.index)
    for language in LANGUAGES:
        names = {
            one["properties"]["n"]
            for part in ("lines", "points")
            for one in features(client, "heat", lang=language, part=part, quantity="temperature")
        }
        assert not any("_" in name for name in names)
        connection = texts(language)("element.heat.point")
        assert f"{connection}: Street 2" in names
        assert f"{connection}: Flats" not in names, "they are heated by electricity here"


def test_what_the_networks_rest_on_is_told_in_every_language(client: Client) -> None:
    told = {language: client.get(f"{BASE}/networks/notes", params={"lang": language}).json() for language in LANGUAGES}
    english = told["en"]
    laid = next(note for note in english if note["kind"].startswith("laid") and note["values"]["carrier"] == "heat")
    assert laid["text"].startswith("Heat: the network is laid along the streets by an algorithm")
    assert laid["values"]["kw"] > 0.0
    for language in LANGUAGES:
        data = [{key: note[key] for key in ("kind", "ids", "values")} for note in told[language]]
        assert data == [{key: note[key] for key in ("kind", "ids", "values")} for note in english]
        assert all("{" not in note["text"] for note in told[language])
    assert {note["text"] for note in told["fi"]}.isdisjoint(note["text"] for note in english)
