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

import pytest

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
