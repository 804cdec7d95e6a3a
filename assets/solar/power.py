"""Electric power of PV on many planes of one site: the chain of PVWatts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
import pvlib
from numpy.typing import ArrayLike, NDArray

from assets.solar import _kernel
from assets.solar._errors import SolarInputError
from assets.solar._prepare import SkyModel, lit_hours, planes_of
from assets.solar._threads import share_out
from assets.solar.catalogue import known, pv_modules, pv_mountings, system_losses
from assets.solar.irradiance import by_owner, per_plane
from assets.solar.sun import SiteSun

Array = NDArray[np.float64]
TemperatureModel = Literal["faiman", "sapm", "fuentes"]

# Steps of the table of transmission over the cosine of incidence.
IAM_STEPS = 2048


@dataclass(frozen=True)
class PVChain:
    """Choices of the PV model that hold for all planes.

    Attributes
    ----------
    sky : {"perez", "haydavies", "isotropic"}
    albedo : float
    temperature : {"faiman", "sapm", "fuentes"}
        Cell temperature: Faiman's model (2008) and Sandia's (King 2004) are linear in irradiance and fast; Fuentes'
        (1987), which PVWatts uses, follows the heat stored in the module and takes some fifty times as long. A year's
        energy by Faiman lies within 0.5 % of that by Fuentes.
    losses : float, optional
        Share of the DC energy lost; None takes the catalogue's, see :func:`system_losses`.
    dc_ac_ratio : float
        Module power over the inverter's AC rating.
    inverter_efficiency : float
        At rated power.
    """

    sky: SkyModel = "perez"
    albedo: float = 0.2
    temperature: TemperatureModel = "faiman"
    losses: float | None = None
    dc_ac_ratio: float = 1.2
    inverter_efficiency: float = 0.96


def pv_power(
    sun: SiteSun,
    weather: pd.DataFrame,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    capacity_kwp: ArrayLike,
    *,
    horizon: ArrayLike | None = None,
    module: str | Sequence[str] = "standard",
    mounting: str | Sequence[str] = "roof",
    chain: PVChain | None = None,
) -> NDArray[np.float32]:
    """AC power of PV on each plane.

    Irradiance in the plane, reflection of the direct light at the glass, cell temperature, DC power with its
    temperature coefficient, system losses, and the inverter with its part load and its limit [1]_.

    Parameters
    ----------
    sun : SiteSun
    weather : DataFrame, T rows
        ``air_temp_c`` [°C], ``wind_speed_m_s`` [m/s]; the rows that `sun` was made from.
    tilt_deg, azimuth_deg : (p,) °
        Of the modules: for racks on flat roofs see :func:`module_plane`.
    capacity_kwp : (p,) or float, kWp
    horizon : (p, k) °, optional
        As in :func:`plane_irradiance`.
    module, mounting : str or p of them
        Rows of ``pv_modules.csv`` and ``pv_mounting.csv``.
    chain : PVChain, optional

    Returns
    -------
    (p, T) float32, kW

    References
    ----------
    .. [1] A. P. Dobos, PVWatts version 5 manual. NREL/TP-6A20-62641, 2014.
    """
    inputs = _inputs(
        sun,
        weather,
        tilt_deg,
        azimuth_deg,
        capacity_kwp,
        horizon=horizon,
        module=module,
        mounting=mounting,
        chain=chain,
    )
    out = np.zeros((inputs.planes.up.size, len(sun.time)), dtype=np.float32)
    share_out(lambda first, stop: _kernel.power_kernel(*inputs.all, first, stop, out), len(out))
    return out


def pv_energy(
    sun: SiteSun,
    weather: pd.DataFrame,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    capacity_kwp: ArrayLike,
    *,
    horizon: ArrayLike | None = None,
    module: str | Sequence[str] = "standard",
    mounting: str | Sequence[str] = "roof",
    chain: PVChain | None = None,
) -> Array:
    """AC energy of PV on each plane over all hours of the sun: :func:`pv_power` summed, with no planes × hours array.

    Returns
    -------
    (p,) float64, kWh
    """
    inputs = _inputs(
        sun,
        weather,
        tilt_deg,
        azimuth_deg,
        capacity_kwp,
        horizon=horizon,
        module=module,
        mounting=mounting,
        chain=chain,
    )
    out = np.zeros(inputs.planes.up.size)
    share_out(lambda first, stop: _kernel.energy_kernel(*inputs.all, first, stop, out), len(out))
    return out


def pv_power_by_owner(
    sun: SiteSun,
    weather: pd.DataFrame,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    capacity_kwp: ArrayLike,
    *,
    owner: ArrayLike,
    n_owner: int,
    horizon: ArrayLike | None = None,
    module: str | Sequence[str] = "standard",
    mounting: str | Sequence[str] = "roof",
    chain: PVChain | None = None,
) -> NDArray[np.float32]:
    """AC power of PV summed over the planes of each owner, such as a building.

    Parameters
    ----------
    owner : (p,) int
        Index of the owner, 0 … n_owner-1, in any order. The others are those of :func:`pv_power`.

    Returns
    -------
    (n_owner, T) float32, kW
    """
    inputs = _inputs(
        sun,
        weather,
        tilt_deg,
        azimuth_deg,
        capacity_kwp,
        horizon=horizon,
        module=module,
        mounting=mounting,
        chain=chain,
    )
    order, begin = by_owner(owner, inputs.planes.up.size, n_owner)
    out = np.zeros((n_owner, len(sun.time)), dtype=np.float32)
    share_out(lambda first, stop: _kernel.power_by_owner_kernel(*inputs.all, order, begin, first, stop, out), n_owner)
    return out


@dataclass(frozen=True)
class _Inputs:
    """What the compiled loops of the power need."""

    sky: _kernel.LitHours
    planes: _kernel.Planes
    air: _kernel.Air
    modules: _kernel.Modules

    @property
    def all(self) -> tuple[_kernel.LitHours, _kernel.Planes, _kernel.Air, _kernel.Modules]:
        return self.sky, self.planes, self.air, self.modules


def _inputs(
    sun: SiteSun,
    weather: pd.DataFrame,
    tilt_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    capacity_kwp: ArrayLike,
    *,
    horizon: ArrayLike | None,
    module: str | Sequence[str],
    mounting: str | Sequence[str],
    chain: PVChain | None,
) -> _Inputs:
    chain = chain or PVChain()
    planes = planes_of(tilt_deg, azimuth_deg, horizon)
    count = planes.up.size
    sky = lit_hours(sun, model=chain.sky, albedo=chain.albedo, bins=planes.horizon.shape[1])
    kinds, kind = _rows(pv_modules(), module, count, "module")
    mounts, mount = _rows(pv_mountings(), mounting, count, "mounting")
    losses = system_losses(horizon=horizon is not None) if chain.losses is None else chain.losses
    if not 0.0 <= losses < 1.0:
        raise SolarInputError(f"losses are {losses}: give a share of 0 or more and below 1.")
    modules = _kernel.Modules(
        kind=kind,
        mounting=mount,
        capacity_kwp=per_plane(capacity_kwp, count, "capacity_kwp"),
        gamma_per_k=kinds["gamma_per_k"].to_numpy(dtype=np.float64)[kind],
        iam=np.array([_transmission(glass) for glass in kinds["iam"]]),
        dc_share=1.0 - losses,
        dc_ac_ratio=float(chain.dc_ac_ratio),
        inverter_efficiency=float(chain.inverter_efficiency),
    )
    return _Inputs(sky, planes, _air(sun, weather, sky.hour, mounts, chain.temperature), modules)


def _rows(
    table: pd.DataFrame, name: str | Sequence[str], count: int, what: str
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Rows of a catalogue that are used, and for each plane which of them."""
    names = [name] if isinstance(name, str) else list(name)
    known(table, set(names), what)
    if not isinstance(name, str) and len(names) != count:
        raise SolarInputError(f"{len(names)} values of {what} for {count} planes: give one, or one per plane.")
    used = sorted(set(names))
    place = {entry: k for k, entry in enumerate(used)}
    index = np.array([place[entry] for entry in names], dtype=np.int64)
    return table.loc[used], np.ascontiguousarray(np.broadcast_to(index, (count,)))


def _transmission(glass: str) -> Array:
    """Share of direct light through the glass over the cosine of incidence, relative to normal incidence.

    Snell, Fresnel and Bouguer after De Soto et al., Solar Energy 80 (2006) 78; constants of PVWatts version 5.
    """
    coating = {"glass": None, "glass_ar": 1.3}[glass]
    incidence = np.degrees(np.arccos(np.linspace(0.0, 1.0, IAM_STEPS + 1)))
    return np.asarray(pvlib.iam.physical(incidence, n=1.526, K=4.0, L=0.002, n_ar=coating), dtype=np.float64)


def _air(
    sun: SiteSun, weather: pd.DataFrame, hour: NDArray[np.int64], mounts: pd.DataFrame, model: TemperatureModel
) -> _kernel.Air:
    """Air of the lit hours and what the temperature model makes of it."""
    if model not in get_args(TemperatureModel):
        raise SolarInputError(f"No temperature model {model!r}: take one of {', '.join(get_args(TemperatureModel))}.")
    columns = {}
    for column in ("air_temp_c", "wind_speed_m_s"):
        values = weather[column].to_numpy(dtype=np.float64) if column in weather else np.empty(0)
        if values.size != len(sun.time) or not np.isfinite(values).all():
            raise SolarInputError(
                f"The weather table needs {column} in all {len(sun.time)} rows, with no gaps, to tell the PV power."
            )
        columns[column] = values
    temp, wind = columns["air_temp_c"], np.maximum(columns["wind_speed_m_s"], 0.0)
    rise = np.zeros((len(mounts), hour.size))
    inoct = np.full(len(mounts), np.nan)
    for k, mount in enumerate(mounts.itertuples()):
        if model == "sapm":
            rise[k] = np.exp(mount.sapm_a + mount.sapm_b * wind[hour]) + mount.sapm_delta_t_k / 1000.0
        elif model == "faiman":
            rise[k] = 1.0 / (mount.faiman_u0_w_m2k + mount.faiman_u1_ws_m3k * wind[hour])
        else:
            inoct[k] = mount.inoct_c
    return _kernel.Air(temp[hour], temp[np.maximum(hour - 1, 0)], wind[hour], rise, inoct)
