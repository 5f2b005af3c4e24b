"""Run directories: what was run, on what, and what came of every example, as numbers."""
