"""Model files: which there are, where they are kept, how they get here, and that they are what they claim."""
