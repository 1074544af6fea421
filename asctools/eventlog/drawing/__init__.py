"""What drawn graphs are made of: their texts, their places, their looks."""
