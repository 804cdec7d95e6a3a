#!/usr/bin/env bash
# richardsonpy 0.2.3 (stochastic household loads): with its default step of 60 s the lights see the first 24 minutes of each day.
# One would guess: radiation handed in at the step that the constructor asks for gives the same lighting at 3600 s and at 60 s.
# Seen: at hourly steps lighting at noon is a tenth of that in the evening; at 60 s it is as high at noon, under 600 W/m2, as in the evening, and
# the year's lighting is nearly three times as much (340 against 981 kWh with people at home all day). At 900 s it sees the first six hours.
# So: minute profiles, which the library is for, have lamps on all day and no season; a total normalised to the yearly demand hides it. Hand in
# hourly radiation and make minutes afterwards, and look at the noon of June in any load profile. (The manual's kW/m2 are W/m2, too.)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'richardsonpy==0.2.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import random

import numpy as np
from richardsonpy.classes.electric_load import ElectricLoad

hour = np.arange(8760)
sun_w_m2 = np.clip(600 * np.sin(np.pi * ((hour % 24) - 6) / 12), 0, None)
at_home = np.zeros(144, int)
at_home[36:138] = 2
people = np.zeros(144 * 365, int)
for day in range(0, 365, 12):  # a day in twelve: the others stay empty and are quick
    people[144 * day : 144 * (day + 1)] = at_home


def lights(step):
    """Mean lighting power in W at noon and in the evening of the days with people at home."""
    np.random.seed(1)
    random.seed(1)
    sun = np.repeat(sun_w_m2, 3600 // step)
    house = ElectricLoad(people, 2, sun, np.zeros_like(sun), randomize_appliances=False, timestep=step, save_app_light=True)
    day = np.array(house.light_load).reshape(365, 24, -1)[::12].mean(axis=(0, 2))
    return day[10:14].mean(), day[19:22].mean()


seen = {step: lights(step) for step in (3600, 60)}
for step, (noon, evening) in seen.items():
    print(f"step {step} s: lights {noon:.0f} W at noon, {evening:.0f} W in the evening")
if not (seen[3600][0] < 0.3 * seen[3600][1] and seen[60][0] > 0.8 * seen[60][1]):
    raise SystemExit("the behaviour changed: the lights of the 60 s step now see the day")
PY
