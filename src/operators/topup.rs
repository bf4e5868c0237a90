//! How a voucher is sent.

use std::fmt;

use serde::Deserialize;

use super::entry::Sms;
use super::read::TopUpRow;
use crate::ids::write_masked;
use crate::ussd::UssdCode;

/// A way to send a voucher: a pattern, until [`TopUp::with_voucher`] fills it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TopUpRow")]
#[non_exhaustive]
pub struct TopUp {
    pub(super) pattern: Pattern,
    /// How many digits a voucher has, where known.
    pub digits: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Ussd(String),
    Sms(Sms),
}

/// What to send, with the voucher in it. Once, and never again. Shown masked.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filled {
    /// A USSD code; shown with the voucher masked.
    Ussd(UssdCode),
    /// A message.
    Sms(Sms),
}

impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ussd(code) => code.fmt(f),
            Self::Sms(sms) => write_masked(f, &sms.to_string()),
        }
    }
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filled({self})")
    }
}

/// Why a text is no voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VoucherError {
    /// Something that is no digit stands in it.
    #[error("a voucher is made of digits")]
    NotDigits,

    /// Too short or too long for any voucher.
    #[error("a voucher has {LEAST} to {MOST} digits, this has {0}")]
    Length(usize),

    /// Not as long as this operator's are.
    #[error("a voucher of this operator has {expected} digits, this has {found}")]
    OperatorLength {
        /// Digits of this operator's vouchers.
        expected: usize,
        /// Digits found.
        found: usize,
    },
}

/// Where the voucher goes.
pub(super) const PLACE: &str = "{PIN}";

/// Shortest and longest vouchers sold anywhere that we know of, with room.
const LEAST: usize = 6;
const MOST: usize = 24;

impl TopUp {
    /// The pattern as the data writes it, for the listing.
    pub fn pattern(&self) -> String {
        match &self.pattern {
            Pattern::Ussd(code) => code.clone(),
            Pattern::Sms(sms) => sms.to_string(),
        }
    }

    /// The number that a message with a voucher goes to.
    pub fn number(&self) -> Option<&str> {
        match &self.pattern {
            Pattern::Ussd(_) => None,
            Pattern::Sms(sms) => Some(sms.to.as_str()),
        }
    }

    /// What to send for `voucher`; blanks and hyphens between its digits are dropped.
    ///
    /// # Errors
    ///
    /// [`VoucherError`] for anything but digits, or too few or too many of them.
    pub fn with_voucher(&self, voucher: &str) -> Result<Filled, VoucherError> {
        let digits = self.checked(voucher)?;
        Ok(match &self.pattern {
            Pattern::Ussd(code) => {
                let code = UssdCode::parse(&code.replace(PLACE, &digits));
                Filled::Ussd(code.map_err(|_| VoucherError::Length(digits.len()))?)
            }
            Pattern::Sms(sms) => {
                Filled::Sms(Sms { to: sms.to.clone(), text: sms.text.replace(PLACE, &digits) })
            }
        })
    }

    fn checked(&self, voucher: &str) -> Result<String, VoucherError> {
        let digits: String = voucher.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = digits.trim();
        let found = digits.len();
        if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(VoucherError::NotDigits);
        }
        match self.digits {
            Some(expected) if expected != found => {
                Err(VoucherError::OperatorLength { expected, found })
            }
            None if !(LEAST..=MOST).contains(&found) => Err(VoucherError::Length(found)),
            _ => Ok(digits.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ussd(digits: Option<usize>) -> TopUp {
        TopUp { pattern: Pattern::Ussd("*121*{PIN}#".into()), digits }
    }

    #[test]
    fn a_voucher_goes_where_the_pattern_says() {
        let Ok(Filled::Ussd(code)) = ussd(None).with_voucher("1234 5678-9012 34\n") else {
            panic!()
        };
        assert_eq!(code.as_str(), "*121*12345678901234#");
        assert_eq!(code.to_string(), "*121*…1234#", "shown masked");
    }

    #[test]
    fn a_voucher_in_a_message_is_shown_masked() {
        let text = "[[operator]]\nname = \"X\"\ntopup = [{ sms = { to = \"1914\", text = \"TOPUP {PIN}\" } }]";
        let operators = crate::operators::Operators::with_user_file(text, "test").unwrap();
        let filled = operators.of_user()[0].topup[0].with_voucher("123456789012345").unwrap();
        assert_eq!(format!("{filled:?}"), "Filled(SMS \"TOPUP …2345\" to 1914)");
        let Filled::Sms(sms) = filled else { panic!() };
        assert_eq!((sms.to.as_str(), sms.text.as_str()), ("1914", "TOPUP 123456789012345"));
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_no_voucher_is_not_sent() {
        for (digits, voucher, error) in [
            (None,     "12345",         VoucherError::Length(5)),
            (None,     "",              VoucherError::Length(0)),
            (None,     "1234567#",      VoucherError::NotDigits),
            (None,     "١٢٣٤٥٦٧٨",      VoucherError::NotDigits),
            (Some(15), "12345678",      VoucherError::OperatorLength { expected: 15, found: 8 }),
        ] {
            assert_eq!(ussd(digits).with_voucher(voucher), Err(error), "{voucher:?}");
        }
        assert!(ussd(Some(15)).with_voucher("123456789012345").is_ok());
    }
}
