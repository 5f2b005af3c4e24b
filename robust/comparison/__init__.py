"""A model before and after it was trained against attacks."""
