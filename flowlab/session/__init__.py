"""The shell that holds the others together: client, session, link, pump, scheduler process."""
