"""What a model gets right: suites of tests, each a function from a request to a run directory."""
