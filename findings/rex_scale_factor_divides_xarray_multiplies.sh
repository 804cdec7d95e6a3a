#!/usr/bin/env bash
# NREL-rex 0.2.100 beside xarray 2025.12.0 (h5netcdf 1.8.2): one attribute, scale_factor, with two opposite meanings.
# One would guess: scale_factor is that of the CF conventions (value = stored x factor), so any netCDF or HDF5 reader gets the numbers right.
# Seen: 21.5 degC in a file that rex writes (the layout of NREL's solar and wind resource files) is stored as 215 with scale_factor 10: rex reads
# 21.5, xarray 2150, with the unit C beside it and no warning.
# So: off by the factor squared: 100 for temperatures, 10000 for what has two digits; a factor of 1 (irradiance) is right, which hides it.
# Open such files with mask_and_scale=False and divide, and hold each variable to a physical range.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'NREL-rex==0.2.100' 'xarray==2025.12.0' 'h5netcdf==1.8.2' 'numpy==1.26.4' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
import xarray as xr
from rex import Outputs, Resource

with Outputs("resource.h5", "w") as file:
    file.meta = pd.DataFrame({"latitude": [60.2], "longitude": [24.9], "elevation": [10], "timezone": [2]})
    file.time_index = pd.date_range("2023-01-01", periods=24, freq="h", tz="UTC")
Outputs.add_dataset("resource.h5", "air_temperature", np.full((24, 1), 21.5, "float32"), "int16", attrs={"scale_factor": 10, "units": "C"})
Outputs.add_dataset("resource.h5", "ghi", np.full((24, 1), 480.0, "float32"), "int16", attrs={"scale_factor": 1, "units": "W/m2"})
with Resource("resource.h5") as file:
    own = float(file["air_temperature"][0, 0])
data = xr.open_dataset("resource.h5", engine="h5netcdf", phony_dims="sort")
other, light = float(data["air_temperature"][0, 0]), float(data["ghi"][0, 0])
print(f"written 21.5 C: rex reads {own}, xarray {other} {data['air_temperature'].attrs['units']}; written 480 W/m2: xarray {light}")
if not (own == 21.5 and other == 2150 and light == 480):
    raise SystemExit("the behaviour changed: both now read the same number")
PY
