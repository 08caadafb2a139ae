//! What to send, save, admit and wait for: events in, effects out.
