"""One-word substitutions of `robust augment` on real text, judged by lexicons that the generator does not know."""
