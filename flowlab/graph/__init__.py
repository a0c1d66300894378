"""What was declared (pure): tasks, objects, checks, the active session."""
