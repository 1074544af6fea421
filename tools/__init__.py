"""What the Makefile calls: small programs, each run as ``python -m tools.<name>``."""
