"""From journal to report."""
