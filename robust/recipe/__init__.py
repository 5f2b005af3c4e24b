"""Recipes: YAML read with line numbers, checked against a schema and the plugins it names, all mistakes in one pass."""
