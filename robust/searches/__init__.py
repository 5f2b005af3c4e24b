"""Searches: how the space of candidates is walked, one idea a file."""
