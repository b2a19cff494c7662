"""One function per command, followed stream and step of a job."""
