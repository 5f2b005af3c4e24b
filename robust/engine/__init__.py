"""The engine drives hundreds of searches at once and owns every model call: it batches, counts, stores and verifies."""
