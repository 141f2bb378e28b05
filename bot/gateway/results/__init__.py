"""Public pages of campaigns: their results, and what came of a youth leader's link. They need no script."""
