"""Is it true? Claims about each Mac, measured on the Mac, told to people."""
