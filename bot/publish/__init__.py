"""From the staff's files to what every process serves: judged, written as a version, put in service, swapped at once."""
