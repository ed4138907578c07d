"""Duologue: a voice model and a text model of your own, and the products on top of them."""

__all__ = ["__version__"]

__version__ = "0.1.0"
