"""Whether what was typed about services can be understood."""
