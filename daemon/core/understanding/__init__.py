"""Utterances become observations: quantities, decisions, components, tradeoffs, responses, phase evidence."""
