"""Constraints: what keeps candidates honest, one idea a file."""
