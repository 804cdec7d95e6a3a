#!/usr/bin/env bash
# dss-python 0.15.7 (OpenDSS engine 0.14.5): a PVSystem gives nothing below 20 % of its inverter.
# One would guess: at a tenth of the sun a 10 kW system gives about a tenth, 1 kW.
# Seen: 2.0 kW at irradiance 0.20, and 0 kW at 0.19; with %cutin=0 and %cutout=0 it is 1.9 kW.
# So: %cutin and %cutout are 20 % of kVA unless set. A grey day (ten hours below a fifth of the sun) has no yield
# at all, and every morning and evening is cut off. A twin writes both as 0 in each PVSystem and compares the year's kWh
# with those of its own model.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'dss-python==0.15.7'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from dss import DSS

GREY_DAY = [0.02, 0.06, 0.10, 0.14, 0.17, 0.19, 0.17, 0.13, 0.08, 0.03]


def power_kw(irradiance, settings=""):
    for line in (
        "clear",
        "new circuit.town basekv=0.4 phases=3 pu=1.0",
        "new line.street bus1=sourcebus bus2=roof r1=0.001 x1=0.001 length=1",
        f"new pvsystem.pv bus1=roof kv=0.4 kva=10 pmpp=10 irradiance={irradiance} temperature=25 {settings}",
        "solve",
    ):
        DSS.Text.Command = line
    DSS.ActiveCircuit.SetActiveElement("pvsystem.pv")
    return -sum(DSS.ActiveCircuit.ActiveCktElement.Powers[0:6:2])


for sun in (1.0, 0.5, 0.2, 0.19, 0.1):
    print(f"irradiance {sun:4.2f} kW/m2: {power_kw(sun):6.3f} kW, with cut-in 0: {power_kw(sun, '%cutin=0 %cutout=0'):6.3f} kW")
day = sum(power_kw(sun) for sun in GREY_DAY)
whole = sum(power_kw(sun, "%cutin=0 %cutout=0") for sun in GREY_DAY)
print(f"a grey day of ten hours: {day:.2f} kWh, with cut-in 0: {whole:.2f} kWh")
if not (power_kw(0.2) > 1.9 and power_kw(0.19) == 0 and day == 0 and whole > 10):
    raise SystemExit("the behaviour changed: a PVSystem no longer stops below 20 % of its kVA")
PY
