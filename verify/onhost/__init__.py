"""What runs on the Mac, in the environment under test.

TensorFlow and the standard library only, Python 3.9 syntax, sent as one
zipapp. Every module can be imported where there is no TensorFlow: the
controller reads the list of checks from here.
"""
