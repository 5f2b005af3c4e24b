"""Pre-training: models that learn from raw text."""
