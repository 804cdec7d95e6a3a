"""One carrier, step by step: the cheapest units first, stores smoothing what a step costs."""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numba as nb
import numpy as np

_TINY = 1e-9


@nb.njit(cache=True, error_model="numpy")
def fill(wanted, capacity, order, least, given):
    """Share out what is wanted to units in their order of cost; return what nobody could give.

    A unit whose share lies below its least load is passed over at first; what then is still missing is given by units
    that switch on and off within the step.
    """
    missing = wanted
    for k in range(len(order)):
        unit = order[k]
        share = min(missing, capacity[unit])
        if share <= _TINY or share < least[unit] * capacity[unit]:
            continue
        given[unit] = share
        missing -= share
    for k in range(len(order)):
        if missing <= _TINY:
            break
        unit = order[k]
        more = min(missing, capacity[unit] - given[unit])
        given[unit] += more
        missing -= more
    return max(missing, 0.0)


@nb.njit(cache=True, error_model="numpy")
def marginal(demand, capacity, cost, orders, price):
    """Write the cost of the dearest unit that each hour needs; the dearest of all where something is missing."""
    units, hours = capacity.shape
    for t in range(hours):
        order = np.argsort(cost[:, t])
        missing, price[t] = demand[t], 0.0
        for k in range(units):
            unit = order[k]
            orders[t, k] = unit
            if missing > _TINY and capacity[unit, t] > _TINY:
                price[t] = cost[unit, t]
                missing -= capacity[unit, t]
        if missing > _TINY and units:
            price[t] = cost[order[units - 1], t]


@nb.njit(cache=True, error_model="numpy")
def centred_mean(values, window, out):
    """Write the mean of a window of steps around each; the time is a ring."""
    hours = len(values)
    half = min(window, hours) // 2
    width = 2 * half + 1
    if width >= hours:
        out[:] = values.mean()
        return
    total = 0.0
    for k in range(-half, half + 1):
        total += values[k % hours]
    for t in range(hours):
        out[t] = total / width
        total += values[(t + half + 1) % hours] - values[(t - half) % hours]


@nb.njit(cache=True, error_model="numpy")
def run_carrier(demands, offers, stores, worth, step_h, out):
    """Meet a carrier's demand.

    `demands` are the demand and what units give that cannot wait, (T,) kW; `offers` capacity and cost (units, T) and
    least loads (units,); `stores` the rows capacity [kWh], charge, discharge [kW], efficiencies, loss of a step, start,
    rest, (8, m); `worth` (m, T) of a kWh held. Writes into `out`: given (units, T), charge, discharge [kW], level [kWh]
    (m, T), missing and surplus [kW] (T,); the last two are the order of the units (T, units) and the price (T,).
    """
    demand, must = demands
    capacity, cost, least = offers
    given, charge, discharge, level, missing, surplus, orders, price = out
    units, hours = capacity.shape
    m = stores.shape[1]
    held = stores[6].copy()
    load = np.zeros(units)
    for t in range(hours):
        net = demand[t] - must[t]
        spare = max(-net, 0.0)
        net = max(net, 0.0)
        for s in range(m):
            size, into, off, eff_in, eff_out, loss, _start, rest = stores[:, s]
            held[s] -= loss * (held[s] - rest)
            room = min(into, max(size - held[s], 0.0) / eff_in / step_h)
            ready = min(off, max(held[s], 0.0) * eff_out / step_h)
            # What runs anyway goes in first: it costs nothing more.
            taken = min(room, spare)
            spare -= taken
            limit = worth[s, t] * eff_in * eff_out
            if taken <= _TINY and net > 0.0 and price[t] > worth[s, t] * (1.0 + 1e-6):
                discharge[s, t] = min(ready, net)
                net -= discharge[s, t]
            elif price[t] <= limit * (1.0 - 1e-6):
                free = -net
                for unit in range(units):
                    if cost[unit, t] <= limit:
                        free += capacity[unit, t]
                more = max(min(room - taken, free), 0.0)
                taken += more
                net += more
            charge[s, t] = taken
        load[:] = 0.0
        missing[t] = fill(net, capacity[:, t], orders[t], least, load)
        for s in range(m):
            # Nobody goes without while a store holds something.
            if missing[t] > _TINY:
                eff_out = stores[4, s]
                back = min(charge[s, t], missing[t])
                charge[s, t] -= back
                missing[t] -= back
                if charge[s, t] <= _TINY:
                    ready = min(stores[2, s], max(held[s], 0.0) * eff_out / step_h) - discharge[s, t]
                    more = max(min(ready, missing[t]), 0.0)
                    discharge[s, t] += more
                    missing[t] -= more
            held[s] += (charge[s, t] * stores[3, s] - discharge[s, t] / stores[4, s]) * step_h
            level[s, t] = held[s]
        given[:, t] = load
        surplus[t] = spare
