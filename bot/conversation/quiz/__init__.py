"""How a quiz is played: the round under way, how its questions are asked, and what counts as an answer."""
