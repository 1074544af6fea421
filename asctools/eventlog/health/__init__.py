"""The rules of healthy training, and what they look at."""
