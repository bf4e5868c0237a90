//! AT commands: frames, results, and the session as a state machine without I/O (ITU-T V.250).
//!
//! A [`Session`] takes bytes and time and gives bytes and events. What can surprise you:
//!
//! * Lines are octets until somebody decodes them: a reply may be raw GSM septets or UCS2.
//! * A text inside `+CUSD` may hold line breaks and bare quotes; only [`Framer`] knows about pieces.
//! * An unsolicited line may come in the middle of an answer. It is an [`Event::Urc`], never a part of it.
//! * Some commands have no final result on some firmware: a [`Command`] carries its own idle limit.
//!
//! | file | holds |
//! |---|---|
//! | `line` | bytes to lines |
//! | `urc` | which lines nobody asked for |
//! | `command` | a command, its limits, what it expects, whether it is secret |
//! | `effect` | whether a command line only asks |
//! | `session` | the waiting |
//! | `code` | final results and what they mean |
//! | `params` | the parameter lists of answers |

pub mod code;
mod command;
mod effect;
mod line;
pub mod params;
mod session;
pub mod urc;

pub use command::Command;
pub use effect::{Effect, effect};
pub use line::{Frame, Framer};
pub use session::{Event, Outcome, Session};
