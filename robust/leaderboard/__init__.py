"""The leaderboard: entries as files, every number worked out again from the rows, and a board made of them."""
