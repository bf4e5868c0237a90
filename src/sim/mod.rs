//! A simulated modem: a script or a personality in, bytes and time out.
//!
//! [`Modem`] is the AT session seen in a mirror, and like it touches no port and no clock:
//!
//! * input: [`Modem::handle_input`] takes what the computer sent, and when;
//! * output: [`Modem::poll_output`] gives what the modem says by now, until `None`;
//!   [`Modem::poll_timeout`] says when it will speak next;
//! * getters: [`Modem::unused`], [`Modem::unexpected`], [`Modem::is_done`] say how a script went.
//!
//! It is made of two things, or of one of them. A *script* (`transcript`) is played in strict order,
//! and must be used up. A *scenario* is a modem that keeps state: it echoes, changes its character
//! set, stores messages and asks for a PIN. What differs between modems and operators are rows in
//! `data/*.toml`; a scenario is built on bases and says only what is different. A script may stand on
//! a scenario, which answers what the script does not say.
//!
//! | file | holds |
//! |---|---|
//! | `modem` | the line: framing, echo, when what is said |
//! | `script` | playing a transcript |
//! | `scenario`, `catalog` | the rows, and those that are built in |
//! | `device` | the state of a modem, and its commands by topic |
//! | `euicc` | a card that holds profiles |
//! | `text` | text as octets, hexadecimal and septets |
//!
//! ```
//! use std::time::Instant;
//!
//! use saldo::sim::{Modem, Output};
//!
//! let mut modem = Modem::named("be-proximus").unwrap();
//! let now = Instant::now();
//! modem.handle_input(now, b"ATE0\r");
//! assert_eq!(modem.poll_output(now), Some(Output::Bytes(b"ATE0\r".to_vec()))); // the echo
//! assert_eq!(modem.poll_output(now), Some(Output::Bytes(b"\r\nOK\r\n".to_vec())));
//! ```

mod catalog;
mod device;
mod euicc;
mod input;
mod modem;
mod queue;
mod scenario;
mod script;
mod text;

pub use catalog::scenarios;
pub use modem::{Modem, Output};
pub use scenario::ScenarioError;
