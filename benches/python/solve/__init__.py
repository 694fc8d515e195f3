"""The approaches: read two of these files side by side."""
