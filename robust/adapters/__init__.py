"""Other frameworks' parts as ours, and ours as theirs; each needs an extra of its own (`pip install 'robust[…]'`)."""
