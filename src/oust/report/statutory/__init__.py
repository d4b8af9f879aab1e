"""Statutory reports, filled from the exposures of a case. What evidence cannot say stays blank."""
