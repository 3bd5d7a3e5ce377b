"""The steps of a message, each ending in a commit: accept, think, send; effects and the clock beside them."""
