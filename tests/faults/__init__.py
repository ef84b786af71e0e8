"""The fault matrix: every row of faults.json, played by a real server on loopback.

Its parts:

- faults.json      what goes wrong, and what has to come of it
- server.py        the adversary that does it, before a sandbox that stores what gets through
- places.py       ports at which nobody listens, and proxies
- certificates.py  certificates good and bad
- cell.py          one cell: one fault, one `on-error`, one or three components
- expected.py      what has to come of a fault, from tables
- matrix.py        all cells, at once
- table.py         `python -m tests.faults.table` prints the matrix
"""
