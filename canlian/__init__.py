"""The command line, the office's data package, the sample generator. Speaks to the services by RPC alone."""
