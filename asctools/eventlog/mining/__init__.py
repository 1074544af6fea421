"""What ``python -m asctools mine`` finds in a log, as text and as a page."""
