"""Libraries that take long to import, imported when something of theirs is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
else:

    class _Lazy:
        """Stands for a module; what was asked for once is kept."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            value = getattr(import_module(self._name), attribute)
            setattr(self, attribute, value)
            return value

    np, pa = _Lazy("numpy"), _Lazy("pyarrow")

__all__ = ["np", "pa"]
