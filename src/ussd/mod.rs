//! USSD: a short code goes out, text comes back (3GPP TS 22.090, TS 27.007 clause 7.15).

mod answer;
mod code;
mod service;

pub use answer::{Answer, AnswerError};
pub use code::{CodeError, NotAQuery, UssdCode};
pub use service::Service;
