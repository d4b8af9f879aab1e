"""`python -m oust`."""

from oust.cli import main

main()
