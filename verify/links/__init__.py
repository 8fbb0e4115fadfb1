"""Does this tensorflow-metal load in that TensorFlow? Told from the wheels alone, without a Mac."""
