"""What two channels share."""
