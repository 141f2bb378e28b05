"""Referrals: what a person agrees to have passed on, to whom, and what came of it.

A referral is drafted with the fewest fields, shown to the person in the chat word for word, and only after their yes is anything made
that leaves the house. Every change is one transaction; whether the yes holds is asked in the query that reads or changes.
"""
