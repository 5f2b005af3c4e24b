"""A leaderboard of twelve models a language on public test sets, whose texts it does not publish."""
