"""Training against attacks: one hook of the trainer, and the texts that an attack makes of the training data."""
