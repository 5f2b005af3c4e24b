"""Transformations: where candidates come from, one idea a file."""
