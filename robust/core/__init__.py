"""The vocabulary of the framework: plain Python and numpy, no model library, no input or output."""
