"""The verdicts, told to people and to machines."""
