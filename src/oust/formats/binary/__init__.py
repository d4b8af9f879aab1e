"""What programs and their packages say of themselves: small parsers, one file per kind.

Each takes bytes or a FileView, reads only the pieces that it needs, and never goes past a bound.
`record.py` makes the Record; `verify.py` checks signatures, for hits only.
"""
