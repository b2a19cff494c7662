"""An office's data package: a folder of CSV files and a package.yaml."""
