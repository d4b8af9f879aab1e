"""Outputs, one file each. They only show what `case.Findings` holds."""
