"""Apple's framework, which Send2Trash asks for on a Mac: no simulated Mac has a trash."""

NSFileManager = NSURL = None
