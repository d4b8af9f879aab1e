"""oust: for a supplier that must go, where it is and how we know."""

__version__ = "0.1.0"
