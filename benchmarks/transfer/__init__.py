"""What transfer learning gives: every stage from raw text to scores, as one list of commands."""
