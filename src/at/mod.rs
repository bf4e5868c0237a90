//! AT commands: frames, results, and the session as a state machine without I/O.

pub mod code;
pub mod params;
