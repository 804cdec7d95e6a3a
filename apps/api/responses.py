"""How the service answers: what an address may carry, and GeoJSON that was packed and tagged once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Response

from apps.views.packed import Packed

# An address that carries the view's stamp never changes its answer; any other one is asked for again.
_FOREVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"

Scenario = Annotated[str, Query(description="Name of a scenario, or the text of one from a link")]
Against = Annotated[str, Query(description="Scenario to hold it against, as `scenario`")]
Language = Annotated[str, Query(alias="lang", description="en, fi or sv")]
Stamp = Annotated[str, Query(alias="v", description="Stamp of the view: makes the answer cacheable for good")]
IfNoneMatch = Annotated[str | None, Header(description="ETag of the answer at hand")]
AcceptEncoding = Annotated[str, Header(description="gzip, if the client understands it")]


def geojson_answer(
    packed: Packed, version: str, stamp: str, if_none_match: str | None, accept_encoding: str
) -> Response:
    """Answer with GeoJSON, packed where the client understands it, or say that the one at hand still holds.

    Parameters
    ----------
    packed : Packed
        GeoJSON.
    version : str
        Stamp of what it shows.
    stamp : str
        Stamp that the address carries; empty where it carries none.
    if_none_match, accept_encoding : str
        The client's headers.
    """
    headers = {
        "ETag": packed.etag,
        "Cache-Control": _FOREVER if stamp and stamp == version else _ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    # A proxy that repacks answers makes the tag a weak one, W/"…".
    if if_none_match and packed.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    if "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
        return Response(packed.gzipped, media_type="application/geo+json", headers=headers)
    return Response(packed.text(), media_type="application/geo+json", headers=headers)
