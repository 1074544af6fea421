"""What only the book uses: claims, checks of exercises, interactive figures."""
