"""Spanish: stop words, synonyms (MyThes), gender, number and everyday opposites."""
