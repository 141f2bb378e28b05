"""The studio: where campaigners make campaigns, messages, quizzes and events. Its pages read as the role of campaigns, which sees no case."""
