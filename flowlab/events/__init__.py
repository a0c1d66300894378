"""What happened: one closed union of events, its codec, the stream and the journal."""
