//! The SIM's PIN: never shown, in no form.

use std::fmt;

use super::IdError;
use super::digits::Digits;

/// Four to eight digits (3GPP TS 31.101 clause 9.5.1), given by the person who owns the SIM.
///
/// `Debug` shows none of them, there is no `Display`, and an error does not repeat them.
///
/// ```
/// use saldo::ids::Pin;
///
/// assert_eq!(format!("{:?}", Pin::parse("1234").unwrap()), "Pin(…)");
/// assert!(Pin::parse("123").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Digits);

impl Pin {
    /// Reads a PIN; blanks round it do not matter, as at the end of a line.
    ///
    /// # Errors
    ///
    /// [`IdError`] where it is not four to eight decimal digits.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        let text = text.as_ref().trim_ascii();
        if !text.iter().all(u8::is_ascii_digit) {
            return Err(IdError::NotDigits { id: "a PIN" });
        }
        Digits::new("a PIN", text, 4..=8).map(Self)
    }

    /// The digits, for the modem alone.
    pub(crate) fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_to_eight_digits() {
        for text in ["1234", " 12345678\r\n", "000000"] {
            assert_eq!(Pin::parse(text).unwrap().expose(), text.trim());
        }
        for text in ["", "123", "123456789", "12a4", "1234,5678", "12\"34", "١٢٣٤"] {
            let error = Pin::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("a PIN "), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
