"""Whether people learn something: the same fact in other guises before, right after, and after 1 and 4 weeks (docs/learning.md)."""
