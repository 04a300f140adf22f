"""Rounds without a person: candidates made of code and authored lines meet the real interviewer on a clock of its own.

The 300-round tests, the golden journal, the written examples and `phantomcode bench interviewer` all play here.
"""
