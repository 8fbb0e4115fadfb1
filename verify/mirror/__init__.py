"""The mirror: what a fleet's Macs need from outside, fetched once, in a plain folder."""
