"""Measures Oversight on neutral data of two sizes: full pages as people get them, in milliseconds and against a floor.

``make bench`` runs it; docs/benchmarks.md says how to read the table. No app imports it.
"""
