#!/usr/bin/env bash
# fmpy 0.3.32 with an FMU built by pythonfmu 0.7.0: inputs given as a table are interpolated between its rows.
# One would guess: a schedule with one row per hour holds until the next row (or is read as such at any step of the run).
# Seen: 10 kW from 02:00 to 04:00: run at steps of an hour the store gets 0, 10 and 10 kWh in hours 1 to 3; run at quarter hours it gets 3.75 kWh
# in hour 1, before the schedule starts, 10 in hour 2 and 6.25 in hour 3. The day's 20 kWh agree, so a check of energy passes.
# So: tariffs, charging and set-points begin up to an hour early, and results depend on the step. Give each jump two rows with the same time, and
# test with an on/off profile hour by hour.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'fmpy==0.3.32' 'pythonfmu==0.7.0'
cd "$work"
export PATH="$work/venv/bin:$PATH"
"$work/venv/bin/python" - <<'PY'
import numpy as np
from fmpy import simulate_fmu
from pythonfmu.builder import FmuBuilder

CODE = """
from pythonfmu import Fmi2Causality, Fmi2Slave, Real


class Store(Fmi2Slave):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.p_kw = 0.0
        self.e_kwh = 0.0
        self.register_variable(Real("p_kw", causality=Fmi2Causality.input))
        self.register_variable(Real("e_kwh", causality=Fmi2Causality.output))

    def do_step(self, time, step):
        self.e_kwh += self.p_kw * step / 3600
        return True
"""
with open("store.py", "w") as file:
    file.write(CODE)
FmuBuilder.build_FMU("store.py", dest=".")
rows = list(zip(np.arange(6) * 3600.0, [0, 0, 10, 10, 0, 0]))
table = np.array(rows, dtype=[("time", float), ("p_kw", float)])


def hourly_kwh(step):
    run = simulate_fmu("Store.fmu", input=table, stop_time=5 * 3600, step_size=step, output_interval=step)
    return np.diff(np.interp(np.arange(6) * 3600.0, run["time"], run["e_kwh"])).round(3).tolist()


hours, quarters = hourly_kwh(3600), hourly_kwh(900)
print("kWh of hours 0 to 4 at steps of an hour:", hours)
print("kWh of hours 0 to 4 at quarter hours:   ", quarters)
if not (hours == [0, 0, 10, 10, 0] and quarters == [0, 3.75, 10, 6.25, 0]):
    raise SystemExit("the behaviour changed: rows are no longer interpolated")
PY
