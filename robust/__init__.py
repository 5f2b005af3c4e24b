"""Adversarial robustness and evaluation for English and Spanish language models."""

__version__ = "0.1.0.dev0"
