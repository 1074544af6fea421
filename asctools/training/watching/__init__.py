"""The parts of :func:`asctools.training.watch.watched`: it replaces, counts, measures and tells."""
