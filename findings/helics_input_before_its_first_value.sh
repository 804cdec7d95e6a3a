#!/usr/bin/env bash
# helics 3.6.1 (co-simulation): an input that nobody has published to yet, or that nobody ever will, is -1e49.
# One would guess: 0, NaN, or an error; "connected but silent" and "not connected at all" can be told apart.
# Seen: -1e+49 as a number before the first publication and for an input without a source, -9223372036854775808 as an integer; 10 kW published
# are then 10000 W at a subscriber that asked for W.
# So: at the first step a heat pump sees -1e49 degC outside; a mean over the day keeps it, min() and a clip to a plausible range hide it as the
# coldest day. Set a default on every input and refuse to step until each has been updated.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'helics==3.6.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import helics as h

info = h.helicsCreateFederateInfo()
h.helicsFederateInfoSetCoreTypeFromString(info, "inproc")
h.helicsFederateInfoSetCoreInitString(info, "--autobroker")
h.helicsFederateInfoSetTimeProperty(info, h.HELICS_PROPERTY_TIME_PERIOD, 1.0)
town = h.helicsCreateValueFederate("town", info)
heat = h.helicsFederateRegisterGlobalTypePublication(town, "heat", "double", "kW")
meter = h.helicsFederateRegisterSubscription(town, "heat", "W")
loose = h.helicsFederateRegisterInput(town, "outdoor", h.HELICS_DATA_TYPE_DOUBLE, "degC")
h.helicsFederateEnterExecutingMode(town)
h.helicsFederateRequestTime(town, 1)
before = h.helicsInputGetDouble(meter)
h.helicsPublicationPublishDouble(heat, 10.0)
h.helicsFederateRequestTime(town, 2)
after, never, whole = h.helicsInputGetDouble(meter), h.helicsInputGetDouble(loose), h.helicsInputGetInteger(loose)
print(f"before the first value: {before}, after 10 kW: {after} W, never published: {never}, as an integer {whole}")
h.helicsFederateDisconnect(town)
h.helicsFederateFree(town)
h.helicsCloseLibrary()
if not (before == -1e49 and never == -1e49 and after == 10000):
    raise SystemExit("the behaviour changed: an input without a value is no longer -1e49")
PY
