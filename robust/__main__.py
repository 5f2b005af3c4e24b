"""`python -m robust` is `robust`."""

from robust.cli.main import main

main()
