#!/usr/bin/env bash
# enocean 0.60.1: the automated meter reading A5-12-01 comes out with its divisor beside it, not in it.
# One would guess: parsed['MR']['value'], which stands next to 'raw_value', is the meter's reading in kWh.
# Seen: a telegram of 1234.567 kWh (raw 1234567, divisor x/1000) has value 1234567.0, unit '' and, separately, DIV = 'x/1000'.
# So: a factor of 1, 10, 100 or 1000 that a device may change from one telegram to the next (power and energy share the channel: DT says which).
# Read MR, DT and DIV of one telegram together; a guard on the meter's plausible yearly kWh catches the rest.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'enocean==0.60.1' 'beautifulsoup4==4.15.0' 'pyserial==3.5'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from enocean.protocol.constants import PACKET, RORG
from enocean.protocol.packet import Packet

seen = {}
for divisor in ("x/1", "x/10", "x/1000"):
    telegram = Packet.create(
        packet_type=PACKET.RADIO_ERP1, rorg=RORG.BS4, rorg_func=0x12, rorg_type=0x01, learn=False, MR=1234567, DT="kWh", DIV=divisor
    )
    telegram.parse_eep(0x12, 0x01)
    reading = telegram.parsed["MR"]
    seen[divisor] = reading["value"]
    print(f"divisor {telegram.parsed['DIV']['value']:7s} value {reading['value']:12.3f} raw {reading['raw_value']} unit {reading['unit']!r}")
if set(seen.values()) != {1234567.0}:
    raise SystemExit("the behaviour changed: the divisor is now applied")
PY
