//! What watching runs: it asks on a schedule, remembers, and tells whoever listens.
//!
//! | file | holds |
//! |---|---|
//! | `board` | how every modem is now, for those who show it |

mod board;

pub use board::{Board, Change};
