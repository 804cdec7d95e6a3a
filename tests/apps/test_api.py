"""The web service: what it serves, how it is kept, what it says when asked for what is not there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twin
from apps.api import create_api
from apps.views.district_views import Views
from apps.views.layer_geojson import TABLES
from apps.views.map_quantities import QUANTITIES, district_curve, map_quantity
from apps.views.quantities import CLASSES
from apps.views.view import View
from tests.apps.asking import Client

BASE = "/districts/helsinki-centre"


@pytest.fixture(scope="module")
def client(views: Views, view: View) -> Client:
    return Client(create_api(views))


def test_health_and_the_list_of_districts(client: Client) -> None:
    assert client.get("/health").json() == {"status": "ok", "version": twin.__version__}
    listed = {info["name"]: info for info in client.get("/districts").json()}
    assert listed["helsinki-centre"]["open"] is True


def test_every_building_comes_once_with_a_class_and_words_for_each_hour(client: Client, view: View) -> None:
    answer = client.get(f"{BASE}/buildings.geojson", params={"quantity": "heat", "day": "winter_weekday", "lang": "fi"})
    features = answer.json()["features"]
    assert [feature["properties"]["id"] for feature in features] == view.district.buildings.index.tolist()
    west, south, east, north = view.district.bounds
    for feature in features:
        assert len(feature["properties"]["c"]) == 24
        assert all(0 <= number <= CLASSES for number in feature["properties"]["c"])
        polygon = feature["geometry"]["coordinates"]
        ring = polygon[0] if feature["geometry"]["type"] == "Polygon" else polygon[0][0]
        # A building on the edge may stand partly outside.
        assert west - 0.005 < ring[0][0] < east + 0.005
        assert south - 0.005 < ring[0][1] < north + 0.005
    assert any("," in feature["properties"]["t8"] for feature in features), "Finnish writes a decimal comma"


def test_classes_follow_what_the_run_computed(view: View) -> None:
    # The same mean by pandas from the run itself: weekdays of December to February, eight o'clock in Helsinki.
    data = twin.run(view.district).dataset
    local = pd.DatetimeIndex(data["time"].to_numpy()).tz_localize("UTC").tz_convert("Europe/Helsinki")
    resting = {"2025-01-01", "2025-01-06", "2025-12-25", "2025-12-26"}
    chosen = local.month.isin([12, 1, 2]) & (local.dayofweek < 5) & (local.hour == 8)
    chosen &= ~local.strftime("%Y-%m-%d").isin(list(resting))
    heat = (data["space_heat_kwh"] + data["hot_water_kwh"]).to_numpy()[:, chosen].mean(axis=1)
    expected = heat * 1000 / data["floor_area_m2"].to_numpy()
    eight = map_quantity(view, "heat", "winter_weekday").values[8]  # noqa: PD011  not a frame
    found = np.nan_to_num(eight)
    # Christmas Eve is no public holiday in every version of the calendar: one day of 62 may differ.
    assert found == pytest.approx(expected, rel=0.03, abs=0.05)


def test_the_year_adds_up_to_the_key_figures(view: View) -> None:
    hours = np.array([744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744])
    for key, kpi in (("heat", "heat_kwh"), ("electricity", "electricity_kwh"), ("cooling", "cooling_kwh")):
        total = float((district_curve(view, key, "year") * hours).sum())
        assert total == pytest.approx(view.kpis[kpi]["value"], rel=2e-3)


def test_every_quantity_can_be_drawn(client: Client) -> None:
    for key in QUANTITIES:
        answer = client.get(f"{BASE}/buildings.geojson", params={"quantity": key, "day": "year"})
        assert answer.status_code == 200, key
        steps = {len(feature["properties"]["c"]) for feature in answer.json()["features"]}
        assert steps == ({12} if QUANTITIES[key].group == "hour" else {1}), key


def test_layers_come_whole_and_roofs_lie_in_space(client: Client, view: View) -> None:
    for table in TABLES:
        answer = client.get(f"{BASE}/layers/{table}.geojson")
        assert answer.status_code == 200, table
        assert answer.headers["content-type"] == "application/geo+json"
    roofs = client.get(f"{BASE}/layers/roofs.geojson").json()["features"]
    assert len(roofs) == len(view.district.roofs)
    shape = roofs[0]["geometry"]
    point = shape["coordinates"][0][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0][0]
    assert point[2] == pytest.approx(view.district.roofs["height_m"].iloc[0], abs=30)


def test_a_south_roof_falls_to_the_south(client: Client, view: View) -> None:
    roofs = view.district.roofs
    steep = np.flatnonzero((roofs["tilt_deg"] > 15) & (np.abs(roofs["azimuth_deg"] - 180) < 30))
    assert len(steep), "the default district has pitched roofs"
    features = client.get(f"{BASE}/layers/roofs.geojson").json()["features"]
    for place in steep[:20]:
        shape = features[place]["geometry"]
        ring = np.array(shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0])
        assert ring[ring[:, 1].argmin(), 2] < ring[ring[:, 1].argmax(), 2]


def test_tunnels_are_not_drawn_on_the_ground(client: Client, view: View) -> None:
    streets = client.get(f"{BASE}/layers/streets.geojson").json()["features"]
    assert len(streets) == int((view.district.tables["streets"]["layer"] >= 0).sum())


def test_answers_are_packed_tagged_and_kept(client: Client, view: View) -> None:
    address = f"{BASE}/buildings.geojson"
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()
    stamped = client.get(address, params={"v": view.stamp})
    assert "immutable" in stamped.headers["cache-control"]
    assert "immutable" not in client.get(address, params={"v": "of-yesterday"}).headers["cache-control"]


def test_key_figures_are_those_of_the_twin(client: Client, view: View) -> None:
    answer = client.get(f"{BASE}/kpis").json()
    expected = twin.kpis(twin.run(view.district))["district"]
    assert answer["kpis"].keys() == expected.keys()
    for name, kpi in answer["kpis"].items():
        assert kpi["available"] == expected[name]["available"]
        assert kpi["value"] == (None if expected[name]["value"] is None else pytest.approx(expected[name]["value"]))
        assert kpi["available"] or kpi["reason"]


def test_a_buildings_series(client: Client, view: View) -> None:
    building = view.buildings.index[0]
    day = client.get(f"{BASE}/series/{building}", params={"day": "peak_heat"}).json()
    assert {len(values) for values in day["series"].values()} == {24}
    assert day["date"] == view.dates["peak_heat"]
    assert day["unit"]["heat"] == "kW"
    assert day["unit"]["indoor"] == "°C"
    year = client.get(f"{BASE}/series/{building}", params={"day": "year"}).json()
    assert {len(values) for values in year["series"].values()} == {12}
    assert year["date"] is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/districts/atlantis/kpis", "twin district build"),
        ("/districts/..%5C..%5Cetc/kpis", "helsinki-centre"),
        (f"{BASE}/layers/unicorns.geojson", "unicorns"),
        (f"{BASE}/buildings.geojson?quantity=joy", "joy"),
        (f"{BASE}/buildings.geojson?day=doomsday", "doomsday"),
        (f"{BASE}/buildings.geojson?lang=xx", "xx"),
        (f"{BASE}/series/w0", "w0"),
        (f"{BASE}/kpis?scenario=nothing", "as-is"),
    ],
)
def test_what_is_not_there_is_told_in_plain_words(client: Client, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.json()["detail"]


def test_the_description_is_served_and_no_page_that_would_fetch_scripts_from_outside(client: Client) -> None:
    described = client.get("/openapi.json").json()
    assert f"{BASE}/kpis".replace("helsinki-centre", "{district}") in described["paths"]
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
