"""What carries flows out: triggers, runs and their steps, in the store and at the apps."""
