"""Where bytes lie: encodings, stores, directories. The only room with fsspec."""
