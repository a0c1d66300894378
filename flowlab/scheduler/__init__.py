"""What to do next (pure): `Scheduler.handle(fact) -> actions`. No clock, no thread, no file."""
