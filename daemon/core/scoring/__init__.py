"""One file per graded dimension; profile.py puts them side by side."""
