#!/usr/bin/env bash
# psychrolib 2.5.0 and CoolProp 8.0.0 (humid air): below 0 degC relative humidity is taken over ice, that of weather files is over water.
# One would guess: relative humidity is relative humidity; what the weather service measured may be put in at any temperature.
# Seen: at -20 degC and 80 % both give 0.51 g/kg where the same figure over water is 0.62: 18 % less, at -10 degC 9.5 %, at -30 degC 26 %.
# So: meteorological services give humidity over water at every temperature (WMO guide no. 8). Frost on heat pumps, humidifiers and
# ventilation losses of a cold winter are wrong by up to a quarter, and both oracles agree on it. Convert with the water formula first, and
# hand on the humidity ratio.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'psychrolib==2.5.0' 'coolprop==8.0.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math

import psychrolib
from CoolProp.HumidAirProp import HAPropsSI

psychrolib.SetUnitSystem(psychrolib.SI)


def ratio_over_water(temp_c, relative):
    """Humidity ratio in kg/kg with the Magnus formula over water of the WMO guide."""
    vapour = relative * 611.2 * math.exp(17.62 * temp_c / (243.12 + temp_c))
    return 0.62198 * vapour / (101325 - vapour)


short = {}
for temp in (5, -5, -10, -20, -30):
    ashrae, water = psychrolib.GetHumRatioFromRelHum(temp, 0.8, 101325), ratio_over_water(temp, 0.8)
    coolprop = HAPropsSI("W", "T", temp + 273.15, "R", 0.8, "P", 101325)
    short[temp] = (1 - ashrae / water, 1 - coolprop / water)
    print(f"{temp:4d} degC, 80 %: psychrolib {ashrae * 1e3:.3f}, CoolProp {coolprop * 1e3:.3f}, over water {water * 1e3:.3f} g/kg")
if not (max(map(abs, short[5])) < 0.01 and min(short[-20]) > 0.16 and min(short[-30]) > 0.23):
    raise SystemExit("the behaviour changed: relative humidity below zero is no longer taken over ice")
PY
