"""The report's section on networks: the year's flows, key figures with their limits, what is beyond them, maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assets.carriers import NETWORKED
from twin._errors import TwinError
from twin.reporting.colours import CARRIERS, amounts
from twin.reporting.maps import Line, Maps
from twin.reporting.naming import ORIGINS, Naming, building_names, served_by, value_text
from twin.reporting.sankey import flow_key, flow_table, sankey
from twin.results.results import Results
from twin.texts import Texts, amount, scaled, spelled, with_unit

if TYPE_CHECKING:
    from twin.networks.results.results import NetworkResults

_LISTED, _LISTED_OF_EACH = 12, 4
_HELD = ("loading", "temperature", "voltage", "pressure")
"""States that have limits, in the order in which an element is told by them."""
_DASHES = {"laid": "5 2.5", "assumed": "1.5 2"}
"""What is mapped, imported or edited is drawn without gaps."""
_OVER, _EDITED = "#d55e00", "#009e73"


class NetworkPart:
    """Writes the section.

    Parameters
    ----------
    networks : mapping of str to NetworkResults
        By the scenario's name.
    results : mapping of str to Results
        Of the same scenarios.
    titles : mapping of str to str
        What people call each scenario.
    buildings : DataFrame
        For the names of buildings.
    words : Texts
        Language.
    """

    def __init__(
        self,
        networks: Mapping[str, NetworkResults],
        results: Mapping[str, Results],
        titles: Mapping[str, str],
        buildings: pd.DataFrame,
        words: Texts,
    ) -> None:
        self.networks, self.results, self.titles, self.words = networks, results, titles, words
        names = building_names(buildings, words)
        self.naming = {name: Naming(of.elements, served_by(of.dataset), names, words) for name, of in networks.items()}

    def html(self, maps: Maps) -> str:
        """Write the section; the maps' shared shapes stand on the page already."""
        words = self.words
        parts = [f"<h2>{escape(words('report.networks'))}</h2><p>{escape(words('report.networks.told'))}</p>"]
        parts += [self._flows(name) for name in self.networks]
        parts.append(self._figures())
        parts += [self._notes(name) for name in self.networks]
        parts += [self._problems(name) for name in self.networks]
        parts.append(self._maps(maps))
        return f"<section>{''.join(parts)}</section>"

    def _flows(self, name: str) -> str:
        from twin import energy_flows  # noqa: PLC0415  networks take seconds to load

        flows = energy_flows(self.results[name], self.networks[name])
        elements = self.networks[name].elements
        pieces = elements.index[elements["kind"].isin(["plant", "store", "entry"])]
        names = {str(one): self.naming[name].element(str(one)) for one in pieces}
        heading = escape(self.words("report.networks.flows", title=self.titles[name]))
        return (
            f'<div class="together"><h3>{heading}</h3>{flow_key(flows, self.words)}'
            f'{sankey(flows, self.words, names)}</div><details class="wide"><summary>'
            f"{escape(self.words('flows.caption'))}</summary>{flow_table(flows, self.words, names)}</details>"
        )

    def _figures(self) -> str:
        from twin import network_kpis  # noqa: PLC0415

        words = self.words
        found = {name: network_kpis(of) for name, of in self.networks.items()}
        heads = "".join(f"<th>{escape(self.titles[name])}</th>" for name in found)
        rows = []
        for key, about in next(iter(found.values())).items():
            each = {name: kpis[key] for name, kpis in found.items()}
            values = [kpi["value"] for kpi in each.values() if kpi.get("available", True) and kpi["value"] is not None]
            if not values:
                continue
            divisor, unit = scaled([float(value) for value in values], str(about["unit"]))
            cells = "".join(f"<td>{_cell(kpi, divisor, words)}</td>" for kpi in each.values())
            limit = about.get("limit")
            told = "" if limit is None else amount(float(limit) / divisor, words.language)
            label = words.get(f"network_kpi.{key}", str(about.get("label", key)))
            kind = words.get(f"kind.{about['kind']}", str(about["kind"]))
            under = " · ".join(part for part in (spelled(unit, words("per.year")), kind) if part)
            rows.append(
                f"<tr><td>{escape(label)}<small>{escape(under)}</small></td>{cells}<td>{escape(told)}</td></tr>"
            )
        return (
            f'<h3>{escape(words("report.networks.figures"))}</h3><div class="wide"><table><thead><tr>'
            f"<th>{escape(words('report.figure'))}</th>{heads}<th>{escape(words('report.networks.limit'))}</th>"
            f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )

    def _notes(self, name: str) -> str:
        """List what was assumed and what has not settled, beside what the scenario's own notes say."""
        of, words = self.networks[name], self.words
        own = [note for note in of.notes if note not in self.results[name].notes]
        if not own:
            return ""
        names = {one: self.naming[name].asset(one) for note in own for one in note.ids if one in of.elements.index}
        items = "".join(f"<li>{escape(note.told(words.language, names))}</li>" for note in own)
        heading = escape(words("report.networks.notes", title=self.titles[name]))
        return f"<h3>{heading}</h3><ul>{items}</ul>"

    def _problems(self, name: str) -> str:
        from twin import causes  # noqa: PLC0415

        words, of = self.words, self.networks[name]
        heading = f"<h3>{escape(words('report.networks.problems', title=self.titles[name]))}</h3>"
        over = of.elements[of.elements["hours_over"] > 0].sort_values("hours_over", ascending=False, kind="stable")
        # The worst of each kind: one cause that chills a hundred pipes must not hide the one cable that burns.
        listed = over.groupby(["carrier", "unit"], sort=False, dropna=False).head(_LISTED_OF_EACH).head(_LISTED)
        if over.empty:
            return f"{heading}<p>{escape(words('report.networks.none'))}</p>"
        timezone = str(self.results[name].dataset.attrs["timezone"])
        rows = []
        for element in listed.index:
            row = over.loc[element]
            why = self.naming[name].cause(causes(of, str(element)), timezone, _worst_hour(of, str(element)))
            cells = (
                value_text(float(row["worst"]), str(row["unit"]), words),
                value_text(float(row["limit"]), str(row["unit"]), words),
                with_unit(float(row["hours_over"]), "h", words.language),
            )
            origin = words(f"origin.{row['origin']}")
            rows.append(
                f"<tr><td>{escape(self.naming[name].element(str(element)))}<small>{escape(origin)}</small></td>"
                + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
                + f'<td class="why">{escape(why)}</td></tr>'
            )
        keys = ("element", "worst", "limit", "hours", "cause")
        heads = "".join(f"<th>{escape(words(f'report.networks.{key}'))}</th>" for key in keys)
        more = len(over) - len(listed)
        rest = f"<p><small>{escape(words('report.networks.more', count=more))}</small></p>" if more > 0 else ""
        return (
            f'{heading}<div class="wide"><table><thead><tr>{heads}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>{rest}"
        )

    def _maps(self, maps: Maps) -> str:
        words, figures = self.words, []
        for name, of in self.networks.items():
            crs = maps.district.crs
            elements = of.elements.to_crs(crs)
            for carrier in NETWORKED:
                mine = elements[(elements["carrier"] == carrier) & (elements.geometry.geom_type != "Point")]
                if mine.empty:
                    continue
                told = words("report.networks.map", network=words(f"network.{carrier}"), title=self.titles[name])
                figures.append(maps.lines(self._lines(mine), told, words("state.loading"), self._key(mine, carrier)))
        return f'<div class="figures">{"".join(figures)}</div>'

    def _lines(self, elements: Any) -> list[Line]:
        worst = elements["worst"].to_numpy(dtype=np.float64)
        colours = amounts(worst, 0.0, 1.0)
        over = elements["hours_over"].to_numpy() > 0
        order = np.argsort(np.nan_to_num(worst), kind="stable")
        shapes, origins = elements.geometry.to_numpy(), elements["origin"].to_numpy()
        thin = (elements["kind"] == "service").to_numpy()
        return [
            Line(
                shapes[k],
                _OVER if over[k] else colours[k],
                4.5 if over[k] else 1.2 if thin[k] else 2.2,
                _DASHES.get(str(origins[k]), ""),
                "#000" if over[k] else _EDITED if origins[k] == "edited" else "",
            )
            for k in order
        ]

    def _key(self, elements: Any, carrier: str) -> str:
        """Say which line is what: by its origin, and beyond the limit."""
        words = self.words
        colours = {name: _EDITED if name == "edited" else CARRIERS[carrier] for name in ORIGINS}
        there = [name for name in ORIGINS if name in set(elements["origin"])]
        items = [_sample(words(f"origin.{name}"), colours[name], _DASHES.get(name, ""), 2.2) for name in there]
        if (elements["hours_over"] > 0).any():
            items.append(_sample(words("report.networks.over"), _OVER, "", 4.5))
        return f'<p class="key">{"".join(items)}</p>'


def _cell(kpi: Mapping[str, Any], divisor: float, words: Texts) -> str:
    if not kpi.get("available", True) or kpi["value"] is None:
        return "–"
    text = escape(amount(float(kpi["value"]) / divisor, words.language))
    if kpi.get("limit") is None:
        return text
    mark, word = ("✗", "worse") if kpi["exceeded"] else ("✓", "better")
    return f'{text}<small class="{word}">{mark}</small>'


def _worst_hour(networks: NetworkResults, element: str) -> pd.Timestamp | None:
    """Give the hour at which an element is nearest to its limit, or farthest beyond it."""
    for quantity in _HELD:
        try:
            state = networks.state(quantity)
        except (KeyError, ValueError, TwinError):
            continue
        ids = [str(one) for one in state.ids]
        if element in ids:
            row = ids.index(element)
            values = np.asarray(state.values, dtype=np.float32)[row]
            low, high = (_limit(limit, row) for limit in (state.limit_low, state.limit_high))
            beyond = np.fmax(np.abs(values) - high, low - values)
            hour = int(np.nanargmax(beyond)) if np.isfinite(beyond).any() else 0
            return pd.Timestamp(networks.dataset["time"].to_numpy()[hour])
    return None


def _limit(limit: Any, row: int) -> float:
    found = np.atleast_1d(np.asarray(np.nan if limit is None else limit, dtype=np.float64))
    return float(found[row] if len(found) > 1 else found[0])


def _sample(told: str, colour: str, dashes: str, width: float) -> str:
    line = f'<path d="M0 6H28" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"/>'
    return (
        f'<span><svg class="sample" viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">{line}</svg> '
        f"{escape(told)}</span>"
    )


def by_name(networks: Sequence[NetworkResults], results: Mapping[str, Results]) -> dict[str, NetworkResults]:
    """Give networks the names of the results that they are of; those of other scenarios are left out.

    Parameters
    ----------
    networks : sequence of NetworkResults
        In any order.
    results : mapping of str to Results
        By name, the baseline first.
    """
    found = {}
    for name, result in results.items():
        told = str(result.dataset.attrs["scenario"])
        mine = [of for of in networks if str(of.dataset.attrs.get("scenario")) == told]
        if mine:
            found[name] = mine[0]
    return found


def titles_in(networks: Mapping[str, NetworkResults], buildings: pd.DataFrame, words: Texts) -> dict[str, str]:
    """Give what people call the plants and elements that scenarios change, by id.

    Parameters
    ----------
    networks : mapping of str to NetworkResults
        Those that are known, by the scenario's name; what one has lost, another may still have.
    buildings : DataFrame
        For the names of buildings.
    words : Texts
        Language.
    """
    found: dict[str, str] = {}
    changed = {getattr(edit, "id", "") for of in networks.values() for edit in of.scenario.edits}
    for of in networks.values():
        naming = Naming(of.elements, served_by(of.dataset), building_names(buildings, words), words)
        found |= {name: naming.element(name) for name in changed if name in of.elements.index and name not in found}
    return found
