"""Volunteers in Slack: a card for each case, and the Slack thread under it is the conversation."""
