"""Where volunteers answer. A desk is a door whose events are acts, and a place to show things."""
