"""The public notice (公示) of claims: what two services tell, as a document to put up."""
