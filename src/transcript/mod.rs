//! The recording format: read, write, redact.
