"""The documentation's tables of result variables, made of the declaration: `python -m twin.results.nomenclature`.

Run at the root of a checkout, it rewrites what stands between the two marks in `docs/nomenclature.md`; a test holds the
page to what it would write.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

from twin.results.results import whole_file

PAGE = Path("docs/nomenclature.md")
BEGIN, END = "<!-- variables: begin -->", "<!-- variables: end -->"
_TITLES = {
    "buildings": "Results of buildings and of the district's hours",
    "hours": "Results by building and hour",
    "sums": "Results of a district too large to keep every hour of: in the place of the hours",
    "networks": "Results of networks",
}
_HEAD = "| name | dimensions | unit | kind | meaning | positive means | there with |\n|---|---|---|---|---|---|---|"


def variable_tables() -> str:
    """Write a table in Markdown for each part of the results, a line for each row of `variables.csv`."""
    text = (files("twin.results") / "variables.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    parts = []
    for part, title in _TITLES.items():
        lines = [_line(row) for row in rows if part in row["part"].split()]
        parts.append("\n".join([f"## {title}", "", _HEAD.replace("---", " --- "), *lines]))
    return "\n\n".join(parts)


def with_tables(page: str) -> str:
    """Put the tables between the marks of a page.

    Raises
    ------
    ValueError
        The page lacks a mark.
    """
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} lacks a line {BEGIN} or {END}; put both where the tables belong")
    return f"{before}{BEGIN}\n\n{variable_tables()}\n\n{END}{after}"


def _line(row: dict[str, str]) -> str:
    # What a placeholder stands for, but for the long list of energies that are summed.
    of = f" ({row['of'].replace(' ', ', ')})" if row["of"] and "{variable}" not in row["name"] else ""
    cells = (f"`{row['name']}`{of}", row["dimensions"].replace(" ", " × "), row["unit"], row["kind"], row["title"])
    return f"| {' | '.join((*cells, row['sign'], row['needs']))} |"


def main() -> None:
    """Rewrite the page."""
    page = with_tables(PAGE.read_text(encoding="utf-8"))
    with whole_file(PAGE) as part:
        part.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
