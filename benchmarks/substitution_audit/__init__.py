"""One-word substitutions on real text, ours and those of other packages, judged by independent sources."""
