//! USSD: a short code goes out, text comes back (3GPP TS 22.090, TS 27.007 clause 7.15).
//!
//! One question and its answer is an [`Exchange`]. What can surprise you:
//!
//! * `OK` is not the answer. The answer is a `+CUSD` line, seconds later; on firmware older than
//!   27.007 release 6 it comes *before* `OK`. [`Exchange`] takes either order.
//! * A second `+CUSD` may follow the first, and `+CME ERROR` may follow `OK`.
//! * The text may hold bare quotes and line breaks, or come with no quotes at all.
//! * Its coding is what the DCS says, unless the firmware lies; `decode` weighs the evidence.
//!
//! | file | holds |
//! |---|---|
//! | `code`, `service` | what may be dialled, and nothing else |
//! | `answer` | what may be answered to a menu |
//! | `request` | the four forms in which modems want it |
//! | `reply` | the `+CUSD` line |
//! | `decode` | its text, ranked readings |
//! | `exchange` | the waiting |

mod answer;
mod code;
pub mod decode;
mod exchange;
pub mod reply;
mod request;
mod service;

pub use answer::{Answer, AnswerError};
pub use code::{CodeError, NotAQuery, UssdCode};
pub use exchange::{Ended, Exchange, FALLBACK, Reply};
pub use request::Form;
pub use service::Service;
