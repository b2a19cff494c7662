"""One function for each command, followed stream and step of a job."""
