"""Streets and mapped pipes as a graph, services to buildings, imported networks: by hand and on real districts."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from assets.networks.graph import Graph, positions
from assets.networks.routing import route
from gis_data import GeoJsonError, build_district, load_district
from gis_data.chains import merge_chains
from gis_data.readers.network_geojson import read_network_geojson
from gis_data.services import connect
from gis_data.street_graph import StreetGraph, of_carrier, street_graph

CRS = "EPSG:3067"


def streets(*lines: list[tuple[float, float]], kind: str = "residential", layers: tuple[int, ...] = ()) -> Any:
    layer = [*layers, *[0] * (len(lines) - len(layers))]
    data = {"kind": [kind] * len(lines), "layer": layer, "geometry": [LineString(line) for line in lines]}
    return gpd.GeoDataFrame(data, index=[f"w{k}" for k in range(1, len(lines) + 1)], crs=CRS)


def pipes(*lines: list[tuple[float, float]], carrier: str = "heat") -> Any:
    data = {"carrier": [carrier] * len(lines), "geometry": [LineString(line) for line in lines]}
    return gpd.GeoDataFrame(data, index=[f"p{k}" for k in range(1, len(lines) + 1)], crs=CRS)


def places(graph: StreetGraph) -> set[tuple[float, float]]:
    return set(zip(graph.x_m.tolist(), graph.y_m.tolist(), strict=True))


def peer(graph: StreetGraph) -> nx.MultiGraph:
    made = nx.MultiGraph()
    made.add_nodes_from(range(len(graph.x_m)))
    made.add_edges_from(zip(graph.start.tolist(), graph.end.tolist(), strict=True))
    return made


def is_sound(graph: StreetGraph) -> None:
    """Every edge has a length, and its line leads from its start to its end."""
    assert (graph.start != graph.end).all()
    assert (graph.length_m > 0.0).all()
    np.testing.assert_allclose(graph.length_m, shapely.length(graph.lines))
    for at, node in ((0, graph.start), (-1, graph.end)):
        tips = shapely.get_coordinates(shapely.get_point(graph.lines, at))
        np.testing.assert_allclose(tips, np.column_stack([graph.x_m[node], graph.y_m[node]]), atol=1e-6)


def as_graph(graph: StreetGraph, carrier: str) -> Graph:
    return Graph(graph.x_m, graph.y_m, graph.start, graph.end, graph.length_m, graph.mapped(carrier))


def test_streets_are_cut_where_they_cross_and_where_they_meet() -> None:
    """A cross, with or without a shared vertex, and a street that ends on another."""
    found = street_graph(streets([(0, 0), (100, 0)], [(50, -50), (50, 50)], [(80, 0), (80, 40)]))
    is_sound(found)
    assert places(found) == {(0, 0), (50, 0), (80, 0), (100, 0), (50, -50), (50, 50), (80, 40)}
    assert len(found.start) == 6
    assert sorted(found.length_m) == pytest.approx([20, 30, 40, 50, 50, 50])
    assert nx.is_connected(peer(found))
    assert [found.ways[k] for k in range(6)].count(("w1",)) == 3


def test_a_bridge_passes_over_and_is_joined_at_its_ends() -> None:
    """The bridge w2 crosses w1 with a vertex right above it, and goes on as w3 and w4 on the ground."""
    table = streets(
        [(0, 0), (50, 0), (100, 0)],
        [(50, -20), (50, 0), (50, 20)],
        [(50, -60), (50, -20)],
        [(50, 20), (50, 60)],
        layers=(0, 1),
    )
    found = street_graph(table)
    is_sound(found)
    assert (50.0, 0.0) not in places(found)
    parts = {frozenset(part) for part in nx.connected_components(peer(found))}
    assert sorted(len(part) for part in parts) == [2, 4]
    assert found.layer[[way == ("w2",) for way in found.ways]].tolist() == [1]


def test_a_street_that_ends_on_the_middle_of_a_bridge_is_joined_only_at_a_shared_vertex() -> None:
    shared = street_graph(streets([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 40)], layers=(1, 0)))
    assert nx.is_connected(peer(shared))
    under = street_graph(streets([(0, 0), (100, 0)], [(50, 0), (50, 40)], layers=(1, 0)))
    assert not nx.is_connected(peer(under))


def test_tunnels_motorways_and_unwanted_kinds_are_left_out() -> None:
    table = streets([(0, 0), (100, 0)], [(0, 10), (100, 10)], [(0, 20), (100, 20)], layers=(0, -1, 0))
    table.loc["w3", "kind"] = "motorway"
    assert street_graph(table).ways == (("w1",),)
    assert len(street_graph(table, tunnels=True).start) == 2
    assert len(street_graph(table, kinds=["footway"]).start) == 0


def test_a_loop_and_a_lollipop_have_no_edge_from_a_node_to_itself() -> None:
    loop = [(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)]
    is_sound(street_graph(streets(loop)))
    found = street_graph(streets([(-50, 0), *loop]))
    is_sound(found)
    assert len(found.start) == 3
    assert found.length_m.sum() == pytest.approx(250.0)


def test_streets_that_lie_on_each_other_count_once_with_both_names() -> None:
    found = street_graph(streets([(0, 0), (100, 0)], [(0, 0), (100, 0)]))
    assert found.ways == (("w1", "w2"),)
    mapped = street_graph(streets([(0, 0), (100, 0)]), pipes([(0, 0), (100, 0)]))
    assert sorted(mapped.kind) == ["mapped", "street"]


def test_a_pipe_meets_the_streets_that_it_crosses_and_its_loose_ends_are_joined() -> None:
    """It crosses w1 at 20 m, ends 3 m from w1 on one side, and 40 m from anything on the other."""
    found = street_graph(streets([(0, 0), (100, 0)]), pipes([(20, -40), (20, 3), (30, 3)]))
    is_sound(found)
    assert (20.0, 0.0) in places(found)
    assert found.length_m[found.mapped("heat")].sum() == pytest.approx(53.0)
    gap = found.kind == "gap"
    assert found.length_m[gap].tolist() == [3.0]
    assert found.ways[int(np.flatnonzero(gap)[0])] == ("p1",)
    assert [problem.what for problem in found.problems] == ["a gap of 3.0 m to w1"]


def test_a_pipe_far_from_all_is_joined_where_it_is_nearest_and_told() -> None:
    found = street_graph(streets([(0, 0), (100, 0)]), pipes([(20, 60), (20, 200)], [(20, 200), (50, 200)]))
    assert nx.is_connected(peer(found))
    assert found.length_m[found.kind == "gap"].tolist() == [60.0]
    assert "a gap of 60.0 m to w1" in found.problems[0].what


def test_pipes_of_two_carriers_share_no_node_but_a_street_and_each_carrier_has_its_own_graph() -> None:
    heat, gas = pipes([(0, 5), (100, 5)]), pipes([(50, -10), (50, 30)], carrier="gas")
    gas.index = ["g1"]
    table = gpd.GeoDataFrame(np.concatenate([heat, gas]), columns=heat.columns, index=["p1", "g1"], geometry="geometry")
    found = street_graph(streets([(0, 0), (100, 0)]), table.set_crs(CRS))
    is_sound(found)
    assert (50.0, 5.0) not in places(found)
    only = of_carrier(found, "gas")
    assert set(only.carrier) == {"", "gas"}
    assert only.length_m[only.mapped("gas")].sum() == pytest.approx(40.0)
    is_sound(only)
    with pytest.raises(ValueError, match="no carrier 'steam'"):
        of_carrier(found, "steam")


def test_cables_of_distribution_count_and_those_of_trams_and_transmission_do_not() -> None:
    lines = [LineString([(0, y), (100, y)]) for y in (5, 6, 7, 8)]
    data = {"kind": ["cable", "minor_line", "cable", "line"], "voltage_v": [20e3, 600.0, 110e3, np.nan]}
    power = gpd.GeoDataFrame(data | {"geometry": lines}, index=["a", "b", "c", "d"], crs=CRS)
    found = street_graph(streets([(0, 0), (100, 0)]), power=power)
    assert found.length_m[found.mapped("electricity")].sum() == pytest.approx(100.0)
    assert {problem.feature_id for problem in found.problems if problem.done == "dropped"} == {"b", "c"}


def test_no_streets_give_an_empty_graph_and_no_connection() -> None:
    found = street_graph(streets([(0, 0), (1, 0)]).iloc[:0])
    assert len(found.x_m) == 0
    joined = connect(found, gpd.GeoSeries([box(0, 0, 10, 10)], index=["b"], crs=CRS))
    assert joined.node.tolist() == [-1]
    assert joined.problems[0].feature_id == "b"


def test_a_service_leads_from_the_nearest_wall() -> None:
    graph = street_graph(streets([(0, 0), (100, 0)]))
    shapes = gpd.GeoSeries([box(20, 6, 30, 16), box(60, -20, 70, -4), Point(90, 9)], index=["a", "b", "c"], crs=CRS)
    found = connect(graph, shapes)
    is_sound(found.graph)
    assert found.graph.length_m[found.edge].tolist() == [6.0, 4.0, 9.0]
    assert (found.graph.kind[found.edge] == "service").all()
    assert nx.is_connected(peer(found.graph))
    assert found.graph.length_m[found.graph.kind == "street"].sum() == pytest.approx(100.0)
    assert found.problems == ()


def test_a_service_goes_round_a_neighbour_where_it_can_and_tells_where_it_cannot() -> None:
    """The house behind is 30 m from the street in front, under a neighbour of 10 m, and 45 m from another street."""
    lines = [(0, 0), (100, 0)], [(0, 0), (0, 95)], [(0, 95), (100, 95)]
    shapes = gpd.GeoSeries([box(40, 30, 60, 50), box(30, 10, 70, 20)], index=["behind", "front"], crs=CRS)
    round_it = connect(street_graph(streets(*lines)), shapes)
    assert round_it.graph.length_m[round_it.edge[0]] == pytest.approx(40.0)
    assert round_it.crosses == {}
    under = connect(street_graph(streets(lines[0])), shapes)
    assert under.graph.length_m[under.edge[0]] == pytest.approx(30.0)
    assert under.crosses == {"behind": ("front",)}
    assert "passes under front" in under.problems[0].what


def test_a_building_over_the_street_stands_on_it_and_neighbours_share_a_node() -> None:
    graph = street_graph(streets([(0, 0), (100, 0)]))
    shapes = gpd.GeoSeries([box(20, -5, 30, 5), box(50, 4, 60, 9), box(50, -9, 60, -4)], crs=CRS)
    found = connect(graph, shapes)
    is_sound(found.graph)
    assert found.edge[0] == -1
    assert found.node[0] >= 0
    assert found.graph.end[found.edge[1]] == found.graph.end[found.edge[2]]


def test_what_is_too_far_is_told_and_islands_are_the_last_choice() -> None:
    """A footway of 4 m in the yard leads nowhere: the service goes to the street."""
    graph = street_graph(streets([(0, 0), (500, 0)], [(50, 30), (54, 30)]))
    shapes = gpd.GeoSeries([box(50, 35, 60, 45), box(50, 900, 60, 910)], index=["yard", "far"], crs=CRS)
    found = connect(graph, shapes)
    assert found.graph.length_m[found.edge[0]] == pytest.approx(35.0)
    assert found.node[1] == -1
    assert [(problem.feature_id, problem.done) for problem in found.problems] == [("far", "dropped")]


@st.composite
def grids(draw: st.DrawFn) -> StreetGraph:
    """Streets at random on a grid, cut where they cross."""
    spot = st.tuples(st.integers(0, 6), st.integers(0, 6))
    lines = draw(st.lists(st.lists(spot, min_size=2, max_size=5), min_size=1, max_size=8))
    told = [[(10.0 * x, 10.0 * y) for x, y in line] for line in lines]
    told = [[here for here, _ in itertools.groupby(line)] for line in told]
    return street_graph(streets(*[line for line in told if len(line) > 1] or [[(0, 0), (10, 0)]]))


@given(grids())
def test_any_streets_become_a_sound_graph_of_their_length(graph: StreetGraph) -> None:
    """No two edges cross inside; what lies twice counts once."""
    is_sound(graph)
    union = shapely.union_all(graph.lines)
    assert graph.length_m.sum() == pytest.approx(union.length, rel=1e-6)
    for one, other in itertools.combinations(range(len(graph.start)), 2):
        shared = shapely.intersection(graph.lines[one], graph.lines[other])
        if not shared.is_empty:
            ends = shapely.multipoints([Point(x, y) for x, y in zip(graph.x_m, graph.y_m, strict=True)])
            assert shapely.difference(shared, shapely.buffer(ends, 0.01)).length < 1e-6
            assert shapely.distance(shapely.points(shapely.get_coordinates(shared)), ends).max() < 0.01


@given(grids(), st.integers(0, 10_000))
def test_chains_are_merged_without_loss(graph: StreetGraph, seed: int) -> None:
    rng = np.random.default_rng(seed)
    keep = rng.choice(len(graph.x_m), size=min(2, len(graph.x_m)), replace=False)
    merged, node = merge_chains(graph, keep)
    is_sound(merged)
    assert merged.length_m.sum() == pytest.approx(graph.length_m.sum())
    assert (node[keep] >= 0).all()
    np.testing.assert_array_equal(merged.x_m[node[node >= 0]], graph.x_m[node >= 0])
    before, after = peer(graph), peer(merged)
    assert nx.number_connected_components(before) == nx.number_connected_components(after)
    gone = [k for k in range(len(graph.x_m)) if node[k] < 0]
    assert all(before.degree(k) == 2 for k in gone)


def laid(district: Any, carrier: str) -> tuple[Any, Any]:
    graph = of_carrier(street_graph(district.streets, district.pipes, district.power), carrier)
    found = connect(graph, district.buildings.geometry)
    merged, node = merge_chains(found.graph, found.node[found.node >= 0])
    is_sound(found.graph)
    is_sound(merged)
    seats = node[found.node]
    return found, route(as_graph(merged, carrier), seats, seats[:1])


@pytest.mark.parametrize("carrier", ["heat", "cold", "gas"])
def test_the_default_districts_network_reaches_all_and_follows_what_is_mapped(carrier: str) -> None:
    """Every mapped metre is laid, every building reached, no gap bridged; 429 services of 70 m at most."""
    district = load_district("helsinki-centre")
    found, network = laid(district, carrier)
    assert (found.node >= 0).all()
    assert network.left_out.size == 0
    assert network.followed_share > 0.99
    mapped = district.pipes[district.pipes["carrier"] == carrier].length.sum()
    assert network.mapped_length_m == pytest.approx(mapped, rel=0.01)
    assert not network.bridge.any()
    assert found.graph.length_m[found.edge[found.edge >= 0]].max() < 70.0
    assert len(found.crosses) < 0.12 * len(district.buildings)
    assert (positions(network.tree, network.tree.nodes) >= 0).all()


def test_the_default_district_has_every_mapped_pipe_that_the_extract_holds() -> None:
    """21 ways of heat, 5 of cold, 10 of gas; of one of heat (w83604137) the extract has a single node, and says so."""
    district = load_district("helsinki-centre")
    assert district.pipes["carrier"].value_counts().to_dict() == {"heat": 20, "gas": 10, "cold": 5}
    (entry,) = [entry for entry in district.report["problems"] if "pipeline" in entry["what"]]
    assert entry["ids"] == ["w83604137"]
    assert entry["done"] == "dropped"
    assert (district.power["kind"] == "substation").sum() == 1


def test_otaniemis_network_reaches_all_and_follows_what_is_mapped(otaniemi_osm: Path) -> None:
    district = build_district("otaniemi", osm=otaniemi_osm, weather="synthetic")
    found, network = laid(district, "heat")
    assert (found.node >= 0).all()
    assert network.left_out.size == 0
    assert network.followed_share > 0.99
    assert network.length_m < 25_000.0


def geojson(path: Path, *features: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def line(coordinates: Any, kind: str = "LineString", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def test_an_imported_network_becomes_mapped_ways(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "heat.geojson",
        line([[24.94, 60.17], [24.941, 60.17]], id="main", diameter_mm=200, operator="Helen"),
        line(
            [[[24.94, 60.17], [24.94, 60.171]], [[24.95, 60.17], [24.95, 60.171]]], "MultiLineString", diameter="DN 80"
        ),
        line([[24.94, 60.17], [24.939, 60.17, 5.0]]),
    )
    found = read_network_geojson(path, "heat", crs=CRS)
    assert found.index.tolist() == ["main", "g2-1", "g2-2", "g3"]
    assert found["diameter_mm"].tolist()[:3] == [200.0, 80.0, 80.0]
    assert np.isnan(found["diameter_mm"].iloc[3])
    assert found.crs.to_epsg() == 3067
    assert found.length.iloc[0] == pytest.approx(55.5, rel=0.01)
    district = load_district("helsinki-centre")
    graph = of_carrier(street_graph(district.streets, found), "heat")
    assert graph.length_m[graph.mapped("heat")].sum() == pytest.approx(found.length.sum())
    again = street_graph(district.streets, read_network_geojson(path, "heat"))
    assert again.length_m[again.mapped("heat")].sum() == pytest.approx(found.length.sum(), rel=1e-5)


def test_every_mistake_of_an_imported_network_is_told_with_its_feature(tmp_path: Path) -> None:
    good = [[24.94, 60.17], [24.941, 60.17]]
    path = geojson(
        tmp_path / "bad.geojson",
        line(good, id="a", diameter_mm=-5),
        line(good, id="b", diameter="wide"),
        line(good, id="c", carrier="gas"),
        line([24.94, 60.17], "Point", id="d"),
        line([[386_000.0, 6_672_000.0], [386_001.0, 6_672_000.0]], id="e"),
        line([[24.94, 60.17], [24.94, 60.17]], id="f"),
        line([[24.94]], id="g"),
        line(good, id="h"),
        line(good, id="h"),
        {"type": "Feature", "geometry": None, "properties": [1]},
        "no feature",
    )
    with pytest.raises(GeoJsonError) as caught:
        read_network_geojson(path, "heat")
    told = str(caught.value)
    for words in (
        "feature a (row 1): diameter_mm is -5",
        "feature b (row 2): diameter is 'wide'",
        "feature c (row 3): its carrier is 'gas', not 'heat'",
        "feature d (row 4): the geometry is Point",
        "feature e (row 5): the coordinate 386000, 6.672e+06 is not in degrees",
        "feature f (row 6): a line has no length",
        "feature g (row 7)",
        "feature h (row 9): another has the same id",
        "feature g10 (row 10)",
        "feature g11 (row 11): not a Feature",
    ):
        assert words in told
    with pytest.raises(GeoJsonError, match="no carrier 'steam'"):
        read_network_geojson(path, "steam")
    with pytest.raises(GeoJsonError, match="no such file"):
        read_network_geojson(tmp_path / "none.geojson", "gas")
