"""Read scenario files, telling every mistake at once with its line and the nearest right word."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from twin._errors import ScenarioError
from twin.scenario import schema
from twin.scenario.edits import EDITS
from twin.scenario.schema import Scenario


def list_presets() -> tuple[Scenario, ...]:
    """Scenarios that come with the twin, in the order a planner would go through them; `as-is` first."""
    return _presets()


@cache
def _presets() -> tuple[Scenario, ...]:
    folder = resources.files("twin.scenario") / "presets"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(parse_scenario(file.read_text(encoding="utf-8"), file.name) for file in files)


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario from a file, or by the name of a preset.

    Parameters
    ----------
    source : str or Path
        A YAML file, or the name of a preset such as `as-is`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Where there is no such file or preset, or with everything that is wrong in it.
    """
    path = Path(source)
    if path.is_file():
        scenario = parse_scenario(path.read_text(encoding="utf-8"), path.name)
        scenario._folder = path.resolve().parent
        return scenario
    presets = {scenario.name: scenario for scenario in list_presets()}
    if str(source) in presets:
        return presets[str(source)]
    near = _nearest(str(source), presets)
    raise ScenarioError([f"there is no scenario file or preset {source}{near}; the presets are {', '.join(presets)}"])


def parse_scenario(text: str, name: str = "scenario") -> Scenario:
    """Read a scenario from YAML text; `name` stands for the file in messages.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each with its line.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ScenarioError([f"{name}{line}: this is not YAML: {getattr(error, 'problem', error)}"]) from None
    if root is None or not isinstance(data, dict):
        raise ScenarioError([f"{name}, line 1: a scenario is a list of keys and values, beginning with `name:`"])
    findings = [f"{name}, line {line}: the key {key} stands twice" for key, line in _doubles(root)]
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        findings += [_told(name, root, item) for item in error.errors(include_url=False)]
    if findings:
        raise ScenarioError(findings)
    return scenario


def dump_scenario(scenario: Scenario) -> str:
    """Write a scenario as YAML text that reads back to an equal one."""
    data = scenario_data(scenario)
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110))


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """Give what a scenario says as plain data, without what goes without saying."""
    data: dict[str, Any] = scenario.model_dump(mode="json", exclude_defaults=True)
    data["edits"] = [
        {"what": edit.what, **edit.model_dump(mode="json", exclude_defaults=True)} for edit in scenario.edits
    ]
    if not data["edits"]:
        del data["edits"]
    return data


def save_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write a scenario to a file, all or nothing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(dump_scenario(scenario))
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    return path


def _told(name: str, root: yaml.Node, item: Any) -> str:
    """One finding of pydantic's in words, with the line it is about."""
    loc: tuple[str | int, ...] = item["loc"]
    kind, context = item["type"], item.get("ctx", {})
    place = f"{name}, line {_line(root, loc)}"
    if kind == "extra_forbidden":
        allowed = _model_at(loc[:-1]).model_fields
        near = _nearest(str(loc[-1]), allowed) or f"; the keys here are {', '.join(allowed)}"
        return f"{place}: there is no key {loc[-1]}{near}"
    if kind == "missing":
        return f"{place}: the key {loc[-1]} is missing"
    if kind == "union_tag_not_found":
        return f"{place}: an edit begins with `what:`, one of {', '.join(EDITS)}"
    if kind == "union_tag_invalid":
        near = _nearest(context["tag"], EDITS)
        return f"{place}: there is no edit {context['tag']}{near}; take one of {', '.join(EDITS)}"
    if kind == "literal_error":
        choices = [str(choice) for choice in _literals(_annotation_at(loc))]
        near = _nearest(str(item["input"]), choices)
        return f"{place}: {_key(loc)} cannot be {item['input']}{near}; take one of {', '.join(choices)}"
    if kind == "value_error":
        return f"{place}: {_key(loc)} {context['error']}"
    return f"{place}: {_key(loc)}: {_small(item['msg'])} (it says {item['input']!r})"


def _nearest(word: str, words: Any) -> str:
    close = difflib.get_close_matches(word.lower(), [str(w) for w in words], n=1, cutoff=0.5)
    return f", did you mean {close[0]}?" if close else ""


def _key(loc: Sequence[str | int]) -> str:
    names = [part for part in loc if isinstance(part, str)]
    return names[-1] if names else "the scenario"


def _small(message: str) -> str:
    return message[:1].lower() + message[1:]


def _doubles(node: yaml.Node | None) -> list[tuple[str, int]]:
    """Keys that stand twice in one mapping, which YAML readers pass over in silence."""
    found: list[tuple[str, int]] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                found.append((key.value, key.start_mark.line + 1))
            seen.add(key.value)
            found += _doubles(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            found += _doubles(value)
    return found


def _line(root: yaml.Node, loc: Sequence[str | int]) -> int:
    """Line of what a location points at; of the innermost thing that is there where it points at something missing."""
    node, line = root, root.start_mark.line
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, line = value, key.start_mark.line
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
    return int(line) + 1


def _model_at(loc: Sequence[str | int]) -> type[BaseModel]:
    model: type[BaseModel] = Scenario
    for part in loc:
        if part in EDITS and model is Scenario:
            model = EDITS[str(part)]
        elif part == "where":
            model = schema.Where
    return model


def _annotation_at(loc: Sequence[str | int]) -> Any:
    names = [part for part in loc if isinstance(part, str)]
    return _model_at(loc[:-1] if isinstance(loc[-1], str) else loc).model_fields[names[-1]].annotation


def _literals(annotation: Any) -> tuple[Any, ...]:
    """Choices of a Literal, wherever in an annotation it sits."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(choice for part in get_args(annotation) for choice in _literals(part))
