"""Scenarios in links: a short text that an address can hold."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from pydantic import ValidationError

from twin._errors import ScenarioError
from twin.scenario.loading import parse_scenario, scenario_data
from twin.scenario.schema import Scenario

VERSION = "1"
_MOST_CHARACTERS = 60_000
_MOST_BYTES = 400_000


def encode_scenario(scenario: Scenario) -> str:
    """Write a scenario as a text of letters, digits, `-` and `_` that `decode_scenario` reads back to an equal one.

    Parameters
    ----------
    scenario : Scenario
        Without files: a link cannot carry them.

    Returns
    -------
    str
        The version, then the compressed scenario.

    Raises
    ------
    ScenarioError
        Where an edit names a file, or drawn areas and new buildings make it too long for a link.
    """
    _no_files(scenario)
    text = json.dumps(scenario_data(scenario), ensure_ascii=False, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(packed) > _MOST_CHARACTERS or len(text) > _MOST_BYTES // 4:
        raise ScenarioError(["the scenario is too long for a link: save it to a file and share that"])
    return VERSION + packed


def decode_scenario(text: str) -> Scenario:
    """Read a scenario from the text of a link.

    Parameters
    ----------
    text : str
        As `encode_scenario` writes it. It may come from anyone: it is held to the schema and to a size.

    Raises
    ------
    ScenarioError
        In words, where it is cut off, of another version, or not a scenario.
    """
    text = text.strip()
    if text[:1] != VERSION:
        raise ScenarioError([f"the link is of version {text[:1]!r}, this program reads {VERSION}: ask for a new link"])
    data = _unpacked(text[1:])
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError:
        # Written anew as YAML, so that the findings are told in words.
        scenario = parse_scenario(json.dumps(data, indent=1), "the link")
    _no_files(scenario)
    return scenario


def _unpacked(packed: str) -> Any:
    broken = "the link is cut off or changed: copy it whole"
    try:
        if len(packed) > _MOST_CHARACTERS:
            raise ScenarioError(["the link is too long to be one of ours"])
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        opened = zlib.decompressobj()
        content = opened.decompress(raw, _MOST_BYTES)
        if opened.unconsumed_tail or not opened.eof:
            raise ScenarioError([broken])
        data = json.loads(content.decode())
    except (binascii.Error, zlib.error, UnicodeError, ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError([broken]) from error
    if not isinstance(data, dict):
        raise ScenarioError([broken])
    return data


def _no_files(scenario: Scenario) -> None:
    files = [getattr(edit, "file", None) for edit in scenario.edits]
    named = [file for file in files if file is not None]
    if named:
        raise ScenarioError([f"a link cannot carry files ({', '.join(named)}): share the scenario's file with them"])
