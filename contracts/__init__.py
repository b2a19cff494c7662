"""Every message that crosses a process, one module per service that owns it."""
