"""A page of maps with one camera, drawn by the deck.gl that ships with pydeck: nothing comes from outside."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

from fastapi import FastAPI, Response

from twin._version import __version__

_HEADERS = {"Cache-Control": "private, max-age=3600", "Content-Encoding": "gzip", "X-Version": __version__}


def add_decks(api: FastAPI) -> None:
    """Add the page and its scripts to the web service.

    Parameters
    ----------
    api : fastapi.FastAPI
        It is changed.
    """

    @api.get("/decks", include_in_schema=False)
    def page() -> Response:
        """Give the page; the map's own page puts it into a frame."""
        return Response((files("apps.api") / "decks.html").read_text(encoding="utf-8"), media_type="text/html")

    @api.get("/decks/page.js", include_in_schema=False)
    def script() -> Response:
        """Give the page's script."""
        return Response((files("apps.api") / "decks.js").read_text(encoding="utf-8"), media_type="text/javascript")

    @api.get("/decks/deck.js", include_in_schema=False)
    def bundle() -> Response:
        """Give deck.gl; every browser understands gzip."""
        return Response(_bundle(), media_type="text/javascript", headers=_HEADERS)


@cache
def _bundle() -> bytes:
    # Packed once: four megabytes become one.
    return gzip.compress((files("pydeck") / "nbextension" / "static" / "index.js").read_bytes(), 6, mtime=0)
