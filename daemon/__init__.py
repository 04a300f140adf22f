"""The background daemon: audio becomes words, words become evidence, evidence drives interviewer and coach."""
