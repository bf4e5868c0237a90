//! USSD: a short code goes out, text comes back (3GPP TS 22.090, TS 27.007 clause 7.15).

pub mod decode;
pub mod reply;
