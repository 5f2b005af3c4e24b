"""Ways to train a model against small changes of its inputs, one idea a file."""
