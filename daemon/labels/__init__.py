"""The shipped weights of the labeller; training/ makes them."""
