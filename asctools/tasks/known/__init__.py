"""One file a task: its data, its model, and what it is compared with. See :mod:`asctools.tasks`."""
