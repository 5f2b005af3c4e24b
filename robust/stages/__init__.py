"""Stages make checkpoints: recipe and data in, a directory that any tool can load out."""
