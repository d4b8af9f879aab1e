"""Containers beyond zip and tar: one file per kind, each yielding `Entry` after `Entry`.

They know nothing of bounds: `oust.unpack` reads the entries and counts. What runs foreign code
runs in the sandbox; `foreign.py` is the near side of it.
"""
