"""Services that know polling places, behind one interface."""
