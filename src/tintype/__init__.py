"""Tintype gives black-and-white photographs their colors back."""

__version__ = "0.1.0"
