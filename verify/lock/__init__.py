"""The locks: what each row's environment holds, every version exact and hashed."""
