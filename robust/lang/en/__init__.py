"""English: stop words, irregular forms, synonyms (WordNet 3.0) and inflection."""
