#!/usr/bin/env bash
# esoreader 1.2.3: the values of every environment of an EnergyPlus .eso file stand in one list.
# One would guess: an annual run gives 8760 hourly values, the sizing periods apart.
# Seen: a file with a winter and a summer design day before a run of three days gives 120 values: the first 48 are the
# design days at -26 and 28 degC, so "hour 0" of the year is a design day and the mean is off by 1.4 K.
# So: EnergyPlus simulates sizing periods unless told otherwise, and each adds 24 rows in front: the year is shifted by two days and
# the peaks are those of the design days. Check the count, and cut at the environment records of the file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'esoreader==1.2.3' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import esoreader

HEAD = """Program Version,EnergyPlus, Version 9.6.0, YMD=2024.01.01 00:00
1,5,Environment Title[],Latitude[deg],Longitude[deg],Time Zone[],Elevation[m]
2,8,Day of Simulation[],Month[],Day of Month[],DST Indicator[1=yes 0=no],Hour[],StartMinute[],EndMinute[],DayType
3,5,Cumulative Day of Simulation[],Month[],Day of Month[],DST Indicator[1=yes 0=no],DayType  ! When Daily Report Variables Requested
4,2,Cumulative Days of Simulation[],Month[]  ! When Monthly Report Variables Requested
5,1,Cumulative Days of Simulation[] ! When Run Period Report Variables Requested
7,1,Environment,Site Outdoor Air Drybulb Temperature [C] !Hourly
End of Data Dictionary
"""


def environment(title, days, temp_c):
    rows = [f"1,{title},  60.20,  24.90,   2.00,  10.00"]
    for day in range(1, days + 1):
        for hour in range(1, 25):
            rows += [f"2,{day}, 1,{day:2d}, 0,{hour:2d}, 0.00,60.00,Monday", f"7,{temp_c}"]
    return "\n".join(rows) + "\n"


with open("run.eso", "w") as file:
    file.write(HEAD + environment("WINTER DESIGN DAY", 1, -26.0) + environment("SUMMER DESIGN DAY", 1, 28.0))
    file.write(environment("RUN PERIOD 1", 3, 2.0) + "End of Data\n")
_, data = esoreader.read("run.eso")
values = data[7]
print(f"run period: 72 hours at 2 degC; read: {len(values)} values, first {values[0]}, 25th {values[24]}, mean {sum(values) / len(values):.2f}")
if not (len(values) == 120 and values[0] == -26 and values[24] == 28 and values[-1] == 2):
    raise SystemExit("the behaviour changed: the environments of a file are no longer one list")
PY
