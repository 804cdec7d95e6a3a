"""The compiled loop of the 5R1C zone: all buildings, all hours, no temporaries of their product.

Symbols and equation numbers are those of ISO 13790:2008, Annex C. Where the standard divides by the ventilation
conductance, the equations are rewritten so that an airtight zone (zero ventilation) works too.
"""

# ruff: noqa: PLR0917 - compiled code takes plain arrays by position, and calls in the loop cost time
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

# Order of the columns of the parameter matrix.
PARAMETERS = (
    "h_tr_w_w_k",
    "h_tr_em_w_k",
    "h_ground_w_k",
    "h_tr_ms_w_k",
    "h_tr_is_w_k",
    "c_m_j_k",
    "a_m_m2",
    "a_t_m2",
    "h_ve_on_w_k",
    "h_ve_off_w_k",
    "heat_recovery",
    "h_infiltration_w_k",
    "h_airing_w_k",
    "heating_setpoint_c",
    "heating_setback_k",
    "cooling_setpoint_c",
    "airing_setpoint_c",
    "heating_max_kw",
    "cooling_max_kw",
    "sky_loss_w",
    "shading_factor",
)
SHADING_THRESHOLD_W_M2 = 300.0
"""Movable shading is drawn above this irradiance on the window (ISO 13790:2008, G.5.2.1)."""
H_MS_W_M2K = 9.1
"""Coefficient between mass and surface nodes (ISO 13790:2008, 12.2.2)."""

_COMPILE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(**_COMPILE)
def _solar_gains(gains, planes, plane_of, window, opaque, shading):
    """Add the sun through windows and on opaque parts to `gains` (W): 11.3.2 and 11.4."""
    for k in range(plane_of.shape[0]):
        row = plane_of[k]
        if row < 0 or (window[k] == 0.0 and opaque[k] == 0.0):
            continue
        open_m2 = window[k] + opaque[k]
        drawn_m2 = window[k] * shading + opaque[k]
        plane = planes[row]
        for t in range(gains.shape[0]):
            sun = plane[t]
            gains[t] += sun * (drawn_m2 if sun > SHADING_THRESHOLD_W_M2 else open_m2)


@njit(**_COMPILE)
def _coefficients(hve, h_is, h_w, h_ms, h_em, capacity):
    """Return what depends on the ventilation conductance alone (C.6 to C.8), and what 1 W at the air node does."""
    to_air = 1.0 / (h_is + hve)
    a = h_is * to_air  # share of a watt at the air node that reaches the surface node
    h2 = hve * a + h_w
    to_surface = 1.0 / (h_ms + h2)
    r = h_ms * to_surface  # H_tr3 / H_tr2
    h3 = h2 * r
    to_mass = 1.0 / (capacity + 0.5 * (h3 + h_em))
    keep = capacity - 0.5 * (h3 + h_em)
    mass_per_w = r * a * to_mass
    air_per_w = (h_is * (h_ms * 0.5 * mass_per_w + a) * to_surface + 1.0) * to_air
    return to_air, a, to_surface, r, to_mass, keep, mass_per_w, air_per_w


@njit(**_COMPILE)
def _opened_windows(
    hve, wanted, air, surface, mass_next, mass, phi_m, phi_st, at_inside, outdoor, h_is, h_w, h_ms, h_em, capacity
):
    """Open windows as far as it takes to come down to the set-point: a mix of the solutions with them shut and open."""
    to_air, a, to_surface, r, to_mass, keep, _, _ = _coefficients(hve, h_is, h_w, h_ms, h_em, capacity)
    at_air = at_inside + hve * outdoor
    at_surface = phi_st + a * at_air
    open_mass = (mass * keep + phi_m + r * at_surface) * to_mass
    open_surface = (h_ms * 0.5 * (mass + open_mass) + at_surface) * to_surface
    open_air = (h_is * open_surface + at_air) * to_air
    share = (air - wanted) / (air - open_air) if open_air < wanted else 1.0
    return (
        air + share * (open_air - air),
        surface + share * (open_surface - surface),
        mass_next + share * (open_mass - mass_next),
    )


@njit(**_COMPILE)
def _zone_year(
    p, gains, internal, air_temp, ground_temp, recovery_limit, operating, warmup, step_s, start, heat, cool, temp, nodes
):
    """Run one zone through the year; `gains` holds its solar gains (W).

    `start` is the mass temperature before anything, NaN for the set-point's. Returns that of the first step's start and
    of the last one's end.
    """
    h_w, h_em_air, h_ground, h_ms, h_is = p[0], p[1], p[2], p[3], p[4]
    hours = air_temp.shape[0]
    if h_is <= 0.0 or p[5] <= 0.0:  # no zone at all: a building without floor area
        heat[:] = 0.0
        cool[:] = 0.0
        temp[:] = air_temp
        return air_temp[0], air_temp[-1]
    capacity = p[5] / step_s
    mass_share = p[6] / p[7]
    surface_share = 1.0 - mass_share - h_w / (H_MS_W_M2K * p[7])
    on, off, recovery, infiltration, airing = p[8], p[9], p[10], p[11], p[12]
    setpoint, setback, cool_set, airing_set = p[13], p[14], p[15], p[16]
    heat_max, cool_max, sky_loss = p[17] * 1e3, p[18] * 1e3, p[19]
    h_em = h_em_air + h_ground

    mass = setpoint if np.isnan(start) else start
    initial = mass
    hve_before = -1.0
    to_air, a, to_surface, r, to_mass, keep, mass_per_w, air_per_w = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for step in range(-warmup, hours):
        t = step if step >= 0 else hours + step
        if step == 0:
            initial = mass
        outdoor = air_temp[t]
        flow = off + (on - off) * operating[t]
        hve = infiltration + flow * (1.0 - min(recovery, recovery_limit[t]))
        if hve != hve_before:
            to_air, a, to_surface, r, to_mass, keep, mass_per_w, air_per_w = _coefficients(
                hve, h_is, h_w, h_ms, h_em, capacity
            )
            hve_before = hve
        to_inside = 0.5 * internal[t]
        radiant = to_inside + gains[t] - sky_loss
        phi_m = mass_share * radiant + h_em_air * outdoor + h_ground * ground_temp[t]
        phi_st = surface_share * radiant + h_w * outdoor

        at_air = to_inside + hve * outdoor
        at_surface = phi_st + a * at_air
        mass_next = (mass * keep + phi_m + r * at_surface) * to_mass
        surface = (h_ms * 0.5 * (mass + mass_next) + at_surface) * to_surface
        air = (h_is * surface + at_air) * to_air

        power = 0.0
        wanted = setpoint - setback * (1.0 - operating[t])
        if air < wanted:
            power = min((wanted - air) / air_per_w, heat_max)
        elif air > cool_set and cool_max > 0.0:
            power = -min((air - cool_set) / air_per_w, cool_max)
        elif airing > 0.0 and air > airing_set and outdoor < air:
            air, surface, mass_next = _opened_windows(
                hve + airing, airing_set, air, surface, mass_next, mass, phi_m, phi_st, to_inside, outdoor,
                h_is, h_w, h_ms, h_em, capacity,
            )  # fmt: skip
        if power != 0.0:
            mass_more = power * mass_per_w
            surface += (h_ms * 0.5 * mass_more + a * power) * to_surface
            air += power * air_per_w
            mass_next += mass_more
        mass = mass_next
        if step >= 0:
            heat[t] = power * 1e-3 if power > 0.0 else 0.0
            cool[t] = -power * 1e-3 if power < 0.0 else 0.0
            temp[t] = air
            if nodes.shape[0] == 2:
                nodes[0, t] = surface
                nodes[1, t] = mass
    return initial, mass


def _zones(
    p, planes, plane_of, window, opaque, internal, internal_of, air_temp, ground_temp, recovery_limit,
    operating, operating_of, warmup, step_s, start, heat, cool, temp, nodes, initial, final,
):  # fmt: skip
    for i in prange(p.shape[0]):
        gains = np.zeros(air_temp.shape[0])
        _solar_gains(gains, planes, plane_of[i], window[i], opaque[i], p[i, 20])
        initial[i], final[i] = _zone_year(
            p[i], gains, internal[internal_of[i]], air_temp, ground_temp, recovery_limit,
            operating[operating_of[i]], warmup, step_s, start[i], heat[i], cool[i], temp[i], nodes[i],
        )  # fmt: skip


zones_serial = njit(**_COMPILE)(_zones)
zones_parallel = njit(parallel=True, **_COMPILE)(_zones)
