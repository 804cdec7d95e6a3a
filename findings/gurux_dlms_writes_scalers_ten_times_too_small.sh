#!/usr/bin/env bash
# gurux-dlms 1.0.203: a register with the scaler 10^3, 10^6 or 10^9 goes out with 10^2, 10^5, 10^8.
# One would guess: what a meter made with the library says of itself is what the client reads back.
# Seen: floor(log(scaler, 10)) meets log(1000, 10) = 2.9999999999999996: kWh (10^3 Wh) and MWh (10^6 Wh) registers are written one power
# short; 10^-9 to 10^2, 10^4, 10^5, 10^7 and 10^8 are right.
# So: a simulated meter in a test bench, or a concentrator that serves registers on, is a factor of ten low, in exactly the units of heat
# and electricity meters. Bytes of scaler_unit are compared with what was meant; energy is guarded by the nameplate.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'gurux-dlms==1.0.203'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math

from gurux_dlms import ValueEventArgs
from gurux_dlms.enums import Unit
from gurux_dlms.GXDLMSSettings import GXDLMSSettings
from gurux_dlms.objects import GXDLMSRegister

settings, wrong = GXDLMSSettings(True, None), {}
for exponent in range(-9, 10):
    register = GXDLMSRegister("1.0.1.8.0.255")
    register.scaler, register.unit = math.pow(10, exponent), Unit.ACTIVE_ENERGY
    sent = bytes(register.getValue(settings, ValueEventArgs(settings, register, 3, 0, None)))
    written = int.from_bytes(sent[3:4], "big", signed=True)
    if written != exponent:
        wrong[exponent] = written
        print(f"scaler 10^{exponent} is sent as {sent.hex(' ')}: 10^{written}")
if wrong != {3: 2, 6: 5, 9: 8}:
    raise SystemExit(f"the behaviour changed: exponents sent wrong are now {wrong}")
PY
