"""Goals: what counts as a success, one idea a file."""
