"""Benchmarks: `python -m tests.bench NAME` prints a JSON object a line.

Every module of this folder whose name does not begin with an underscore is a benchmark of that name. It offers
`run() -> Iterator[dict]`, and each dict has

- `name`: what was measured,
- `ours`, `peer`: the figures, in `unit`,
- `peer_name`: what `peer` is: another library, or the aim,
- `ratio`: how many times better ours is,
- `error`: how far the two results are apart, relative; null where there is only an aim, or where the peer asks
  for other inputs.
"""
