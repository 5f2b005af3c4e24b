"""Stretched vowels as an attack."""
