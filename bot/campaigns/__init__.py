"""Campaigns: quizzes, segments, broadcasts, schedules, learning. Nothing in here knows of a case."""
