"""GeoJSON that is packed as it is written: the whole text never lies in memory."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

_DECIMALS = 6  # of a degree: a tenth of a metre
_LEVEL = 4  # half the time of the usual 6, for a twentieth more bytes
_GZIP = 31  # window bits that stand for gzip's own header
_AT_ONCE = 1024  # shapes


@dataclass(frozen=True)
class Packed:
    """An answer, compressed.

    Attributes
    ----------
    gzipped : bytes
        The text.
    etag : str
        Fingerprint of it.
    """

    gzipped: bytes
    etag: str

    def text(self) -> bytes:
        """Give the text itself, for who does not understand gzip."""
        return zlib.decompress(self.gzipped, _GZIP)

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return len(self.gzipped)


def pack(parts: Iterable[str]) -> Packed:
    """Compress a text part by part.

    Parameters
    ----------
    parts : iterable of str
        Of the text, in order.
    """
    packer, digest, found = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP), hashlib.sha256(), []
    for part in parts:
        body = part.encode()
        digest.update(body)
        found.append(packer.compress(body))
    return Packed(b"".join([*found, packer.flush()]), f'"{digest.hexdigest()[:32]}"')


def collection(geometry: Any, properties: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write shapes in WGS84 and their properties as a FeatureCollection, to a tenth of a metre.

    Parameters
    ----------
    geometry : numpy.ndarray
        Shapes [°].
    properties : iterable of mapping
        One for each; asked for as they are written.

    Yields
    ------
    str
        Parts of the text.
    """
    yield '{"type":"FeatureCollection","features":['
    rows, comma = iter(properties), ""
    for start in range(0, len(geometry), _AT_ONCE):
        features = []
        for shape, values in zip(_shapes(geometry[start : start + _AT_ONCE]), rows, strict=False):
            if shape is not None:
                told = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
                features.append(f'{{"type":"Feature","geometry":{shape},"properties":{told}}}')
        if features:
            yield comma + ",".join(features)
            comma = ","
    yield "]}"


def _shapes(geometry: Any) -> Any:
    rounded = shapely.transform(geometry, lambda points: np.round(points, _DECIMALS), include_z=True)
    # Points without a height would come back as nan: only those that have one keep it.
    flat = ~shapely.has_z(geometry)
    rounded[flat] = shapely.force_2d(rounded[flat])
    return shapely.to_geojson(rounded)
