"""What is official: links and facts about voting, places, look-ups of polling places."""
