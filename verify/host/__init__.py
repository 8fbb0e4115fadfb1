"""The claims about each Mac, run on the controller by pytest-testinfra."""
