"""The electricity grid: laid along the streets or imported, and a year of it through power-grid-model.

A pandapower net is the model. Buses are in the order of `net.bus`, and so are the rows of all loads: `p_kw`, `q_kvar`
of shape (buses, T), taken positive, given negative.

- `lay_power(graph, consumers, substations=None, *, infeed=None, rules=None) -> PowerPlan` lays medium and low voltage
  along a street graph and sizes them; `consumers` is a table (index: asset) with columns node, peak_kw and, where
  known, customers, load, annual_mwh; `substations` a table (index: name) with node and, where known, kva.
- `pandapower_net(plan) -> net`: each bus, line and trafo bears `origin`, mapped, laid or imported;
  `plan.bus_of_consumer` says at which bus a consumer is. `read_pandapower(path)`, `write_pandapower(net, path)`.
- `power_year(net, p_kw, q_kvar, *, method="newton_raphson") -> PowerYear`: balanced hours; `method="sweep"` for radial
  nets, as laid ones are, takes a seventh of the time.
- `unbalanced_year(net, p_kw, q_kvar) -> UnbalancedYear`: three phases, loads of shape (buses, 3, T).
- `hosting_capacity(net, p_kw, q_kvar, *, technology, profile, ...) -> DataFrame`: the most that fits, by feeder.
- `contingencies(net, p_kw, q_kvar, *, hours=None, ...) -> DataFrame`: each ring section cut, and what follows.
- `causes(net, element, hours, p_kw, q_kvar, *, assets=None, asset_kw=None) -> DataFrame`: whose load it is that
  overloads an element.
"""

from assets.networks.power.coincidence import Diversity, diversity
from assets.networks.power.contributions import causes
from assets.networks.power.equipment import cable_capacity_kw, cables, transformers
from assets.networks.power.hosting import hosting_capacity
from assets.networks.power.layout import lay_power
from assets.networks.power.limits import EN_50160, GridLimits
from assets.networks.power.model import pandapower_net, read_pandapower, write_pandapower
from assets.networks.power.outages import contingencies
from assets.networks.power.plan import IMPORTED, LAID, MAPPED, LayoutRules, PowerPlan
from assets.networks.power.unbalanced import (
    UNBALANCE_LIMIT_PERCENT,
    UnbalancedYear,
    assign_phases,
    phase_loads,
    unbalanced_loads,
    unbalanced_year,
)
from assets.networks.power.year import PowerYear, net_loads, power_year

__all__ = [
    "EN_50160",
    "IMPORTED",
    "LAID",
    "MAPPED",
    "UNBALANCE_LIMIT_PERCENT",
    "Diversity",
    "GridLimits",
    "LayoutRules",
    "PowerPlan",
    "PowerYear",
    "UnbalancedYear",
    "assign_phases",
    "cable_capacity_kw",
    "cables",
    "causes",
    "contingencies",
    "diversity",
    "hosting_capacity",
    "lay_power",
    "net_loads",
    "pandapower_net",
    "phase_loads",
    "power_year",
    "read_pandapower",
    "transformers",
    "unbalanced_loads",
    "unbalanced_year",
    "write_pandapower",
]
