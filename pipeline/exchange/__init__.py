"""What leaves for other programs."""
