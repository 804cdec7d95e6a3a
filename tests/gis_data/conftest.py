"""A server on loopback that answers as Overpass and Nominatim do, from a file of raw OSM."""

from __future__ import annotations

import gzip
import json
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlparse
from xml.sax.saxutils import escape as _escape

import pytest

from gis_data import build_district
from gis_data.store import DATA_ENV


def escape(text: str) -> str:
    """Text for an XML attribute."""
    return _escape(text, {'"': "&quot;"})


Elements = dict[tuple[str, int], dict[str, Any]]


@pytest.fixture(scope="session")
def otaniemi_osm(shared_data: Path) -> Path:
    """Raw OSM of Otaniemi."""
    return shared_data / "otaniemi" / "otaniemi.osm.gz"


def elements_of(path: Path) -> Elements:
    """Objects of an OSM file as Overpass's JSON holds them."""
    elements: Elements = {}
    with gzip.open(path) as file:
        root = ET.parse(file).getroot()  # noqa: S314  our own test data
    for child in root:
        if child.tag not in {"node", "way", "relation"}:
            continue
        element: dict[str, Any] = {"type": child.tag, "id": int(child.attrib["id"])}
        if child.tag == "node":
            element |= {"lat": float(child.attrib["lat"]), "lon": float(child.attrib["lon"])}
        elif child.tag == "way":
            element["nodes"] = [int(nd.attrib["ref"]) for nd in child.findall("nd")]
        else:
            element["members"] = [
                {"type": m.attrib["type"], "ref": int(m.attrib["ref"]), "role": m.attrib["role"]}
                for m in child.findall("member")
            ]
        if tags := {tag.attrib["k"]: tag.attrib["v"] for tag in child.findall("tag")}:
            element["tags"] = tags
        elements[child.tag, element["id"]] = element
    return elements


def answer_query(query: str, elements: Elements) -> list[dict[str, Any]]:
    """Objects that an Overpass query of osmnx asks for by key or by key and value, and all that they are made of."""
    keys = set(re.findall(r"\['([^']+)'\]\(poly:", query))
    pairs = set(re.findall(r"\['([^']+)'='([^']+)'\]\(poly:", query))
    found = [
        key
        for key, element in elements.items()
        if keys & set(tags := element.get("tags", {})) or pairs & set(tags.items())
    ]
    chosen: dict[tuple[str, int], None] = {}
    while found:
        key = found.pop()
        if key in chosen or key not in elements:
            continue
        chosen[key] = None
        found += [("node", ref) for ref in elements[key].get("nodes", ())]
        found += [(member["type"], member["ref"]) for member in elements[key].get("members", ())]
    return [elements[key] for key in chosen]


class OsmServer:
    """Overpass and Nominatim on loopback.

    Attributes
    ----------
    url : str
    queries : list of str
        What Overpass was asked.
    places : dict
        Nominatim's answer to each place; any other is unknown.
    """

    def __init__(self, elements: Elements) -> None:
        self.queries: list[str] = []
        self.places: dict[str, list[dict[str, Any]]] = {}
        self.elements = elements
        self.status = 200
        self.remark = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and wait for the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(server: OsmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlparse(self.path)
            place = parse_qs(asked.query).get("q", [""])[0]
            self._send(server.places.get(place, []) if asked.path.endswith("/search") else {"status": "OK"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = unquote_plus(body.removeprefix("data="))
            server.queries.append(query)
            answer: dict[str, Any] = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2025-03-01T00:00:00Z"}}
            answer["elements"] = answer_query(query, server.elements)
            if server.remark:
                answer |= {"elements": [], "remark": server.remark}
            self._send(answer)

        def _send(self, answer: Any) -> None:
            data = json.dumps(answer).encode()
            self.send_response(server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            """Stay quiet."""

    return Handler


@pytest.fixture
def osm_server(otaniemi_osm: Path) -> Iterator[OsmServer]:
    """Overpass and Nominatim that know Otaniemi."""
    server = OsmServer(elements_of(otaniemi_osm))
    yield server
    server.stop()


class OsmText:
    """Raw OSM written by hand: objects in metres around a place in Helsinki.

    `node`, `way` and `relation` return the id, `area` and `line` make the nodes of a way as well.
    """

    LON, LAT = 24.94, 60.17
    METRE_LON, METRE_LAT = 1 / 55_450.0, 1 / 111_410.0

    def __init__(self) -> None:
        self.parts: dict[str, dict[int, str]] = {"node": {}, "way": {}, "relation": {}}
        self.next_id = 0
        self.stamp = ""

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a place, m east and north."""
        return self.LON + x * self.METRE_LON, self.LAT + y * self.METRE_LAT

    def node(self, x: float, y: float, number: int | None = None, **tags: str) -> int:
        number = self._number(number)
        lon, lat = self.place(x, y)
        return self._add("node", number, f'lat="{lat:.7f}" lon="{lon:.7f}"', "", tags)

    def way(self, refs: list[int], number: int | None = None, **tags: str) -> int:
        body = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        return self._add("way", self._number(number), "", body, tags)

    def relation(self, members: list[tuple[str, int, str]], number: int | None = None, **tags: str) -> int:
        body = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        return self._add("relation", self._number(number), "", body, tags)

    def line(self, points: list[tuple[float, float]], **tags: str) -> int:
        return self.way([self.node(*point) for point in points], **tags)

    def area(self, points: list[tuple[float, float]], **tags: str) -> int:
        refs = [self.node(*point) for point in points]
        return self.way([*refs, refs[0]], **tags)

    def box(self, x: float, y: float, width: float, depth: float, **tags: str) -> int:
        return self.area([(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)], **tags)

    def text(self, bounds: tuple[float, float, float, float] | None = None) -> str:
        """XML, with bounds in metres (west, south, east, north) if told."""
        head = ""
        if bounds is not None:
            (west, south), (east, north) = self.place(*bounds[:2]), self.place(*bounds[2:])
            head = f'<bounds minlat="{south:.7f}" minlon="{west:.7f}" maxlat="{north:.7f}" maxlon="{east:.7f}"/>'
        body = "\n".join(text for kind in self.parts.values() for text in kind.values())
        return f'<?xml version="1.0"?>\n<osm version="0.6">{head}\n{body}\n</osm>\n'

    def write(self, path: Path, bounds: tuple[float, float, float, float] | None = None) -> Path:
        """Write `.osm` or `.osm.gz`."""
        data = self.text(bounds).encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    def _number(self, number: int | None) -> int:
        if number is None:
            self.next_id += 1
            return self.next_id
        return number

    def _add(self, kind: str, number: int, attributes: str, body: str, tags: dict[str, str]) -> int:
        told = "".join(f'<tag k="{key.replace("__", ":")}" v="{escape(value)}"/>' for key, value in tags.items())
        stamp = f' timestamp="{self.stamp}" version="1"' if self.stamp else ""
        self.parts[kind][number] = f'<{kind} id="{number}"{stamp} {attributes}>{body}{told}</{kind}>'
        return number


@pytest.fixture
def osm() -> OsmText:
    """Raw OSM to be written by hand."""
    return OsmText()


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A district of some houses, a shop, a school, streets, trees and water."""
    osm = OsmText()
    osm.stamp = "2024-06-01T12:00:00Z"
    for row in range(4):
        for column in range(5):
            levels = {"building:levels": str(1 + row)} if column % 2 else {}
            osm.box(30 * column, 25 * row, 18, 12, building="yes" if column else "house", **levels)
    osm.box(0, 120, 60, 25, building="school", name="Koulu", height="11 m", start_date="1958")
    osm.node(40, 5, shop="bakery", name="Leipomo")
    osm.line([(-50, -10), (300, -10)], highway="residential", name="Kylätie")
    osm.line([(-50, 110), (300, 110)], highway="footway")
    osm.box(-40, -40, 300, 250, landuse="residential")
    osm.box(200, 100, 40, 30, natural="water", name="Lampi")
    osm.node(180, 50, natural="tree")
    osm.node(190, 50, amenity="charging_station", capacity="2")
    osm.box(150, 130, 30, 20, amenity="parking")
    osm.line([(0, -20), (100, -20)], man_made="pipeline", substance="hot_water")
    osm.node(170, 20, power="substation")
    path = osm.write(tmp_path_factory.mktemp("village") / "village.osm.gz", bounds=(-60, -60, 300, 220))
    return build_district("village", osm=path, title="The village")


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep tests away from the districts of whoever runs them."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv(DATA_ENV, str(folder))
    return folder
