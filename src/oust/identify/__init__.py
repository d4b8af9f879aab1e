"""Identify: dossier facts met in records, each with field, span, strength and features.

`compile_dossiers` makes a matcher for vendors, `carrier_matcher` one for products known to
contain a vendor's code. Both take records one by one or as Arrow batches.
How it decides: docs/how-identification-works.md; the policy as a table: `FEATURES`.
"""

from __future__ import annotations

from oust.identify.carriers import CarrierMatcher, carrier_matcher, carriers_of
from oust.identify.features import FEATURES, Feature
from oust.identify.matcher import DossierMatcher, Matcher, compile_dossiers
from oust.identify.names import NameScore, same_name
from oust.model import CarrierProduct

__all__ = [
    "FEATURES",
    "CarrierMatcher",
    "CarrierProduct",
    "DossierMatcher",
    "Feature",
    "Matcher",
    "NameScore",
    "carrier_matcher",
    "carriers_of",
    "compile_dossiers",
    "same_name",
]
