"""Tasks on one engine: the batch loop, the context, the sandbox, the tap, the engine link's end."""
