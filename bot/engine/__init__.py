"""The pure core: what is heard goes in, what to do comes out. No clock, no chance, no input or output."""
