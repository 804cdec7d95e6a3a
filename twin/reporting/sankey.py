"""A year's energies as a Sankey diagram: where they come from, what they are turned into, and where they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from twin.reporting.colours import CARRIERS
from twin.texts import Texts, amount, scaled, spelled

_NODE, _GAP, _TOP = 13.0, 17.0, 8.0
_LAST = 186.0  # for the names of the last column
_LETTER, _TWO_LINES = 6.4, 30.0  # width of a letter of a label; height of a node with room for two lines of it
_ROUNDS = 12
_LOOP = 34.0
_SMALL = 2e-4  # of all that flows: less than that no eye sees


@dataclass(eq=False)
class _Node:
    """A box of the diagram, or a place where a long band passes a column; its height is found in the end."""

    name: str
    column: int
    size: float
    y: float = 0.0
    passing: bool = False


def sankey(
    flows: pd.DataFrame,
    words: Texts,
    names: Mapping[str, str] | None = None,
    *,
    width: float = 1000.0,
    height: float = 520.0,
) -> str:
    """Draw energies from source to target as bands, each as wide as its energy.

    Parameters
    ----------
    flows : pandas.DataFrame
        Columns source, target, carrier, kwh [kWh/a].
    words : Texts
        Language.
    names : Mapping[str, str], optional
        What people call a node; without it, the text `flow.<node>`.
    width, height : float
        Of the drawing.

    Returns
    -------
    str
        SVG; every text in it is escaped.
    """
    seen = visible(flows)
    told = words("flows.alt")
    head = f'<svg class="cet-sankey" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(told)}">'
    if seen.empty:
        return f"{head}</svg>"
    divisor, unit = scaled(seen["kwh"].tolist(), "kWh/a")
    # Of a year it is anyway: names stand close to each other.
    unit = spelled(unit.removesuffix("/a"), "")
    nodes = _nodes(seen)
    segments = _segments(seen, nodes)
    per_kwh = _arrange(nodes, segments, height)
    columns = max(node.column for node in nodes.values()) or 1
    telling = (words, names, divisor, unit)
    widest = max(len(" ".join(_labels(node, telling))) for node in nodes.values() if node.column == columns)
    step = (width - _NODE - min(max(_LAST, 8.0 + widest * _LETTER), width / 3)) / columns

    def told_of(flow: Any) -> str:
        ends = " → ".join(node_name(str(flow[end]), words, names) for end in ("source", "target"))
        figure = f"{amount(float(flow['kwh']) / divisor, words.language)}\u00a0{unit}"
        return f"{ends}, {carrier_name(str(flow['carrier']), words)}: {figure}"

    titles = [told_of(flow) for _, flow in seen.iterrows()]
    parts = _bands(seen, segments, nodes, (per_kwh, step), titles)
    parts += [_box(node, per_kwh, step, telling, last=node.column == columns) for node in nodes.values()]
    return f"{head}{''.join(parts)}</svg>"


def _labels(node: _Node, telling: tuple[Texts, Any, float, str]) -> tuple[str, str]:
    """Write a node's name and figure; nothing where a band only passes."""
    if node.passing:
        return "", ""
    words, names, divisor, unit = telling
    return node_name(node.name, words, names), f"{amount(node.size / divisor, words.language)}\u00a0{unit}"


def _box(node: _Node, per_kwh: float, step: float, telling: tuple[Texts, Any, float, str], *, last: bool) -> str:
    """Draw a node with its name and figure: below each other, or the name alone, where the next node is near."""
    if node.passing:
        return ""
    x, tall = node.column * step, max(node.size * per_kwh, 1.0)
    label, figure = _labels(node, telling)
    at, middle = x + _NODE + 5, node.y + tall / 2 + 4
    told = f'<tspan class="cet-figure">{escape(figure)}</tspan>'
    if last or len(f"{label} {figure}") * _LETTER <= step - _NODE - 8:
        text = f'<text x="{at:.1f}" y="{middle:.1f}">{escape(label)} {told}</text>'
    elif tall >= _TWO_LINES:
        text = f'<text x="{at:.1f}" y="{middle - 7:.1f}">{escape(label)}</text>'
        text += f'<text x="{at:.1f}" y="{middle + 8:.1f}">{told}</text>'
    else:
        text = f'<text x="{at:.1f}" y="{middle:.1f}">{escape(label)}</text>'
    return (
        f'<rect x="{x:.1f}" y="{node.y:.1f}" width="{_NODE}" height="{tall:.1f}" fill="#3b3b3b">'
        f"<title>{escape(label)}: {escape(figure)}</title></rect>{text}"
    )


def visible(flows: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is too small to be seen."""
    most = float(flows["kwh"].max()) if len(flows) else 0.0
    return flows[flows["kwh"] > _SMALL * most].reset_index(drop=True)


def node_name(node: str, words: Texts, names: Mapping[str, str] | None = None) -> str:
    """Give a node's name for people.

    Parameters
    ----------
    node : str
        Of a table of flows: a kind and what it is of, with a colon between.
    words : Texts
        Language.
    names : Mapping[str, str], optional
        What people call plants.
    """
    kind, _, rest = node.partition(":")
    if names and rest in names:
        return names[rest]
    whole = words.table.get(f"flow.{kind}.{rest}")
    if whole is not None:
        return whole
    # "network of heat", "to air": what is lost or stored where.
    first, _, last = rest.rpartition(" ")
    if first == "network of" or kind == "network":
        what = words.get(f"network.{last}", carrier_name(last, words))
    elif first == "to":
        what = carrier_name(last, words)
    else:
        what = words.get(f"flow.what.{rest}", carrier_name(rest, words))
    template = f"flow.{kind}"
    return words(template, what=what) if template in words.table else what


def flow_table(flows: pd.DataFrame, words: Texts, names: Mapping[str, str] | None = None) -> str:
    """Write the same energies as a table, for screen readers and for whoever wants the figures.

    Parameters
    ----------
    flows : pandas.DataFrame
        As of `sankey`.
    words : Texts
        Language.
    names : Mapping[str, str], optional
        As of `sankey`.
    """
    divisor, unit = scaled(flows["kwh"].tolist(), "kWh/a")
    heads = ("flows.from", "flows.to", "flows.carrier")
    head = "".join(f'<th scope="col">{escape(words(key))}</th>' for key in heads)
    unit = spelled(unit, words("per.year"))
    rows = [
        f'<tr><th scope="row">{escape(node_name(str(row.source), words, names))}</th>'
        f"<td>{escape(node_name(str(row.target), words, names))}</td>"
        f"<td>{escape(carrier_name(str(row.carrier), words))}</td>"
        f"<td>{escape(amount(float(row.kwh) / divisor, words.language))}</td></tr>"
        for row in flows.sort_values("kwh", ascending=False).itertuples()
        if row.kwh > 0
    ]
    return (
        f"<table><caption>{escape(words('flows.caption'))}</caption><thead><tr>{head}"
        f'<th scope="col">{escape(unit)}</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def flow_key(flows: pd.DataFrame, words: Texts) -> str:
    """Write which colour is which carrier."""
    there = list(dict.fromkeys(visible(flows)["carrier"].astype(str)))
    order = [name for name in CARRIERS if name in there] + [name for name in there if name not in CARRIERS]
    items = "".join(
        f'<span class="cet-swatch"><i style="background:{colour_of(name)}"></i>'
        f"{escape(carrier_name(name, words))}</span>"
        for name in order
    )
    return f'<p class="key">{items}</p>'


def carrier_name(carrier: str, words: Texts) -> str:
    """Give a carrier's name for people."""
    return words.get(f"carrier.{carrier}", carrier.replace("_", " "))


def colour_of(carrier: str) -> str:
    """Give the colour of a carrier, the same in every chart."""
    return CARRIERS.get(carrier, "#8a8378")


def _nodes(flows: pd.DataFrame) -> dict[str, _Node]:
    """Give each node its column: behind all that it takes from; what gives nothing on stands in the last one."""
    out: dict[str, list[str]] = {}
    for row in flows.itertuples():
        out.setdefault(str(row.source), []).append(str(row.target))
    names = list(dict.fromkeys([*flows["source"].astype(str), *flows["target"].astype(str)]))
    fed = set(flows["target"].astype(str))
    column: dict[str, int] = dict.fromkeys(names, 0)
    starts = [name for name in names if name not in fed] or names[:1]
    # Stores give back to the network that fills them: a way back to where one comes from moves nobody on.
    for start in starts:
        _push(start, out, column, (start,))
    for name in names:
        if name not in out:
            column[name] = max(column.values())
    taken = flows.groupby("target")["kwh"].sum()
    given = flows.groupby("source")["kwh"].sum()
    return {
        name: _Node(name, column[name], max(float(taken.get(name, 0.0)), float(given.get(name, 0.0)))) for name in names
    }


def _push(name: str, out: Mapping[str, Sequence[str]], column: dict[str, int], way: tuple[str, ...]) -> None:
    for target in out.get(name, ()):
        if target not in way and column[target] < column[name] + 1:
            column[target] = column[name] + 1
            _push(target, out, column, (*way, target))


def _segments(flows: pd.DataFrame, nodes: dict[str, _Node]) -> pd.DataFrame:
    """Cut flows over several columns into pieces of one each, so that room is left for them on their way.

    Returns
    -------
    pandas.DataFrame
        flow (row of `flows`), source, target, kwh; places that are passed are put into `nodes`.
    """
    rows: list[tuple[int, str, str, float]] = []
    for row, flow in enumerate(flows.itertuples()):
        source, target, kwh = str(flow.source), str(flow.target), float(flow.kwh)
        before = source
        for column in range(nodes[source].column + 1, nodes[target].column):
            place = f"{row}|{column}"
            nodes[place] = _Node(place, column, kwh, passing=True)
            rows.append((row, before, place, kwh))
            before = place
        rows.append((row, before, target, kwh))
    return pd.DataFrame(rows, columns=["flow", "source", "target", "kwh"])


def _arrange(nodes: Mapping[str, _Node], segments: pd.DataFrame, height: float) -> float:
    """Stack the nodes of each column, near to what they are linked with; give the height of a kWh."""
    columns: dict[int, list[_Node]] = {}
    for node in sorted(nodes.values(), key=lambda one: -one.size):
        columns.setdefault(node.column, []).append(node)
    room = height - 2 * _TOP
    per_kwh = min((room - _gaps(of)) / max(sum(n.size for n in of), 1e-9) for of in columns.values())
    per_kwh = max(per_kwh, 1e-12)
    for of in columns.values():
        _stack(of, per_kwh, room)
    for number in range(_ROUNDS):
        ends = ("source", "target") if number % 2 == 0 else ("target", "source")
        for column in sorted(columns, reverse=number % 2 == 1):
            of = columns[column]
            wish = {node.name: _wish(node, nodes, segments, ends, per_kwh) for node in of}
            of.sort(key=lambda node: wish[node.name])
            _stack(of, per_kwh, room)
    return float(per_kwh)


def _wish(
    node: _Node, nodes: Mapping[str, _Node], segments: pd.DataFrame, ends: tuple[str, str], per_kwh: float
) -> float:
    """Give the height at which a node's neighbours on one side stand in the mean."""
    mine = segments[segments[ends[1]] == node.name]
    if mine.empty:
        return node.y + node.size * per_kwh / 2
    middle = np.array([nodes[str(name)].y + nodes[str(name)].size * per_kwh / 2 for name in mine[ends[0]]])
    return float(np.average(middle, weights=mine["kwh"]))


def _gaps(nodes: Sequence[_Node]) -> float:
    """Least room between the nodes of a column: a name needs a line."""
    return sum(_gap(one, other) for one, other in pairwise(nodes))


def _gap(one: _Node, other: _Node) -> float:
    return _GAP / 2 if one.passing or other.passing else _GAP


def _stack(nodes: Sequence[_Node], per_kwh: float, room: float) -> None:
    tall = sum(node.size for node in nodes) * per_kwh
    least = _gaps(nodes)
    wide = min(max((room - tall) / max(least, 1e-9), 1.0), 2.5)
    y = _TOP + max((room - tall - wide * least) / 2, 0.0)
    for place, node in enumerate(nodes):
        node.y = y
        y += node.size * per_kwh
        y += wide * _gap(node, nodes[place + 1]) if place + 1 < len(nodes) else 0.0


def _bands(
    flows: pd.DataFrame,
    segments: pd.DataFrame,
    nodes: Mapping[str, _Node],
    scale: tuple[float, float],
    titles: Sequence[str],
) -> list[str]:
    """Draw the bands: at each node they are ordered as what they lead to."""
    per_kwh, step = scale
    begin, end = ({name: node.y for name, node in nodes.items()} for _ in range(2))
    pieces: list[dict[str, Any]] = segments.to_dict("records")
    for piece in sorted(pieces, key=lambda one: nodes[one["target"]].y):
        piece["from_y"] = begin[piece["source"]] + piece["kwh"] * per_kwh / 2
        begin[piece["source"]] += piece["kwh"] * per_kwh
    for piece in sorted(pieces, key=lambda one: nodes[one["source"]].y):
        piece["to_y"] = end[piece["target"]] + piece["kwh"] * per_kwh / 2
        end[piece["target"]] += piece["kwh"] * per_kwh
    paths: dict[int, str] = {}
    for piece in pieces:
        x0 = nodes[piece["source"]].column * step + _NODE
        x1 = nodes[piece["target"]].column * step
        y0, y1 = piece["from_y"], piece["to_y"]
        begun = paths.get(piece["flow"])
        start = f"M{x0:.1f} {y0:.1f}" if begun is None else f"{begun}L{x0:.1f} {y0:.1f}"
        if x1 > x0:
            bend = (x1 - x0) / 2
            way = f"C{x0 + bend:.1f} {y0:.1f} {x1 - bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        else:
            # What is given back (of a store, of panels to the grid) goes round below both.
            ends = [nodes[piece[end]] for end in ("source", "target")]
            low = max(node.y + node.size * per_kwh for node in ends) + 9 + piece["kwh"] * per_kwh / 2
            way = (
                f"C{x0 + _LOOP:.1f} {y0:.1f} {x0 + _LOOP:.1f} {low:.1f} {x0:.1f} {low:.1f}"
                f"L{x1:.1f} {low:.1f}C{x1 - _LOOP:.1f} {low:.1f} {x1 - _LOOP:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            )
        paths[piece["flow"]] = start + way
    kwh, carrier = flows["kwh"].to_numpy(dtype=float), flows["carrier"].astype(str).tolist()
    return [
        f'<path d="{paths[row]}" fill="none" stroke="{colour_of(carrier[row])}" stroke-opacity=".5" '
        f'stroke-width="{max(kwh[row] * per_kwh, 1.0):.1f}"><title>{escape(titles[row])}</title></path>'
        for row in sorted(range(len(flows)), key=lambda one: -kwh[one])
    ]
