"""What a scheme is, who may be granted it, who bears its cost, how it is booked. Imports the kernel alone."""
