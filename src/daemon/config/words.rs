//! Durations, ports, codes: what is written as a text, read with the error where it stands.

use std::fmt::Display;
use std::str::FromStr;

use jiff::SignedDuration;
use serde::de::{self, Deserialize, Deserializer};

use crate::port::PortSpec;
use crate::ussd::{Answer, UssdCode};
use crate::watch::duration;

/// How long, more than nothing: `30s`, `15m`, `6h`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span(pub SignedDuration);

/// A value that is written as a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text<T>(pub T);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let length = duration(text).map_err(|error| error.to_string())?;
        match SignedDuration::try_from(length) {
            Ok(length) if length.is_positive() => Ok(Self(length)),
            _ => Err(format!("`{text}` is no length of time that could be waited for")),
        }
    }
}

impl FromStr for Text<PortSpec> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error| format!("{error}"))
    }
}

impl FromStr for Text<UssdCode> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let code = UssdCode::parse(text).map_err(|error| error.to_string())?;
        code.check_query(false).map_err(|error| format!("`{code}` is never asked: {error}"))?;
        Ok(Self(code))
    }
}

impl FromStr for Text<Answer> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        /// More may be a voucher, a phone number or a PIN.
        const CHOICE: usize = 4;
        if text.bytes().filter(u8::is_ascii_digit).count() > CHOICE {
            return Err("so many digits are no choice from a menu".into());
        }
        Answer::parse(text).map(Self).map_err(|error| error.to_string())
    }
}

/// One reading for all of them: the text, then what it means.
fn read<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(field: D) -> Result<T, D::Error> {
    String::deserialize(field)?.parse().map_err(de::Error::custom)
}

macro_rules! texts {
    ($($value:ty),*) => {$(
        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
                read(field)
            }
        }
    )*};
}

texts!(Span, Text<PortSpec>, Text<UssdCode>, Text<Answer>);
