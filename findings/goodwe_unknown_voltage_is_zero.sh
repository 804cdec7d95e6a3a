#!/usr/bin/env bash
# goodwe 0.4.10 (inverters over their local protocol): an unknown voltage or current, all bits set, is read as 0.
# One would guess: one rule; what the inverter does not know is None, as it is for its power, energy and temperature.
# Seen: FFFF is None as a temperature, as an energy and as a power, and 0 V as a voltage, 0 A as a current.
# So: a string that is not there, or a phase not measured, looks like one that is dark: a fault is found where there is no string, and the mean
# voltage of three phases falls by a third. Read the registers beside the library and put "all bits set" to no value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'goodwe==0.4.10'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from goodwe.protocol import ProtocolCommand, ProtocolResponse
from goodwe.sensor import Current, Energy, Power, Temp, Voltage

kinds = {"temperature": Temp, "energy": Energy, "voltage": Voltage, "current": Current, "power": Power}
seen = {}
for name, kind in kinds.items():
    sensor = kind(name, 0, name) if kind is Temp else kind(name, 0, name, None)
    seen[name] = sensor.read_value(ProtocolResponse(b"\xff\xff", None))
    print(f"{name}: FFFF -> {seen[name]} {sensor.unit if seen[name] is not None else ''}")
if seen != {"temperature": None, "energy": None, "voltage": 0, "current": 0, "power": None}:
    raise SystemExit(f"the behaviour changed: {seen}")
PY
