"""A leaderboard over HTTP: its pages, a JSON interface, and submissions taken for checking."""
