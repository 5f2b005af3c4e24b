"""What defences are worth: every defence against every attack, before and after, over several seeds."""
