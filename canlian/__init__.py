"""The command line, the office's data package, and the sample generator. Speaks to the services by RPC alone."""
