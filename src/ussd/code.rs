//! What may be dialled, and what may be dialled without being asked to.
//!
//! [`UssdCode`] holds dialable characters only, so nothing a user types can become a second AT
//! command. [`UssdCode::check_query`] then says whether the network will take it for a question:
//! `AT+CUSD` sends `**04*` as readily as `*100#`, and three of those lock the SIM.

use std::fmt;
use std::str::FromStr;

use super::service::{self, Service};
use crate::ids::write_masked;

/// A string of `0-9`, `*`, `#` and `+` that fits into one USSD request.
///
/// ```
/// use saldo::ussd::UssdCode;
///
/// let code = UssdCode::parse("*100#")?;
/// assert!(code.check_query(false).is_ok());
/// assert!(UssdCode::parse("**21*0470123456#")?.check_query(false).is_err());
/// assert!(UssdCode::parse("*100#\";+CPWROFF").is_err());
/// # Ok::<(), saldo::ussd::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UssdCode(String);

/// Why a text is not a USSD code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Nothing was given.
    #[error("a USSD code is needed, for example *100#")]
    Empty,

    /// More than one request can carry.
    #[error("a USSD code has at most {LONGEST} characters, this has {0}")]
    TooLong(usize),

    /// A character no keypad can dial.
    #[error("a USSD code is made of digits, *, # and +; this has {0:?}")]
    Character(char),
}

/// Why a code is not a plain question to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAQuery {
    /// A supplementary service of the network, a PIN or a handset code claims it.
    #[error("{code} {does}", code = .0.code(), does = .0.does())]
    Service(Service),

    /// `**…` registers something with the network (TS 22.030 clause 6.5.2).
    #[error("a code that starts with ** changes a setting in the network")]
    Registers,

    /// `##…` erases something in the network (TS 22.030 clause 6.5.2).
    #[error("a code that starts with ## erases a setting in the network")]
    Erases,

    /// Digits enough for a voucher, a phone number, an amount or a PIN.
    #[error("{0} digits in a row may be a voucher, a phone number or a PIN")]
    LongNumber(usize),

    /// A `+` begins a phone number.
    #[error("a + begins a phone number")]
    PhoneNumber,

    /// Without `#` at the end a network may take it for a call (TS 22.030 clause 6.5.3.2).
    #[error("a USSD code ends with #")]
    NoHash,

    /// More parts than a question has.
    #[error("this has more parts than a question to the network")]
    ManyParts,
}

/// The most characters that fit into 160 octets of packed GSM 7-bit (TS 23.038 clause 6.1.2.3).
const LONGEST: usize = 182;

/// The longest run of digits that no voucher, phone number or PIN hides in.
const SHORT_NUMBER: usize = 4;

/// The most parts of the questions that operators are known to have.
const MOST_PARTS: usize = 5;

impl UssdCode {
    /// Takes a code as typed; blanks round it are dropped.
    ///
    /// # Errors
    ///
    /// [`CodeError`] for nothing, for more than 182 characters, and for any but `0-9*#+`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let code = text.trim();
        match code.chars().find(|c| !matches!(c, '0'..='9' | '*' | '#' | '+')) {
            Some(other) => Err(CodeError::Character(other)),
            None if code.is_empty() => Err(CodeError::Empty),
            None if code.len() > LONGEST => Err(CodeError::TooLong(code.len())),
            None => Ok(Self(code.to_owned())),
        }
    }

    /// The code whole, for the modem. It may carry a voucher: show [`UssdCode`] itself instead.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The supplementary service, PIN or handset function that claims this code, if one does.
    pub fn service(&self) -> Option<Service> {
        service::claiming(&self.0)
    }

    /// Whether this is a plain question: asks, and changes nothing and costs nothing that we know of.
    ///
    /// `listed` says that the operator data lists exactly this code for exactly this brand. That
    /// lifts what only looks dangerous (`*300#` is a balance code at one network), never what is.
    ///
    /// # Errors
    ///
    /// [`NotAQuery`] with the reason; [`NotAQuery::is_final`] says whether a user may overrule it.
    pub fn check_query(&self, listed: bool) -> Result<(), NotAQuery> {
        match self.objection() {
            Some(objection) if !(listed && objection.a_listing_lifts()) => Err(objection),
            _ => Ok(()),
        }
    }

    /// `**04` and `*1234*0000*0000#` of a code that is never dialled.
    fn service_and_rest(&self) -> Option<(&str, &str)> {
        self.service().filter(|service| !service.is_reused_by_operators())?;
        let digits = self.0.trim_start_matches(['*', '#']);
        let first = digits.find(['*', '#', '+'])?;
        self.0.split_at_checked(self.0.len() - digits.len() + first)
    }

    fn objection(&self) -> Option<NotAQuery> {
        let code = self.as_str();
        let lead = code.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let parts = || code.split(['*', '#']).filter(|part| !part.is_empty());
        let longest = parts().map(str::len).max().unwrap_or(0);
        if let Some(service) = self.service() {
            Some(NotAQuery::Service(service))
        } else if lead.contains("**") {
            Some(NotAQuery::Registers)
        } else if lead.contains("##") {
            Some(NotAQuery::Erases)
        } else if code.contains('+') {
            Some(NotAQuery::PhoneNumber)
        } else if longest > SHORT_NUMBER {
            Some(NotAQuery::LongNumber(longest))
        } else if longest == 0 || !code.ends_with('#') {
            Some(NotAQuery::NoHash)
        } else {
            (parts().count() > MOST_PARTS).then_some(NotAQuery::ManyParts)
        }
    }
}

impl NotAQuery {
    /// Whether it stays refused even when the user insists.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Service(_) | Self::Registers | Self::Erases)
    }

    /// What only looks like no question, because some operators have questions that look so.
    fn a_listing_lifts(self) -> bool {
        match self {
            Self::Service(service) => service.is_reused_by_operators(),
            Self::Erases | Self::LongNumber(_) | Self::ManyParts => true,
            Self::Registers | Self::PhoneNumber | Self::NoHash => false,
        }
    }
}

/// The code, with what may be a voucher or a phone number in it masked; whatever follows the code of
/// a service is a number, a password or a PIN.
impl fmt::Display for UssdCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.service_and_rest() {
            Some((service, rest)) if rest.contains(|c: char| c.is_ascii_digit()) => {
                write!(f, "{service}*…#")
            }
            _ => write_masked(f, self.as_str()),
        }
    }
}

impl fmt::Debug for UssdCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UssdCode({self})")
    }
}

impl FromStr for UssdCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_dialable_characters_are_a_code() {
        for good in ["*100#", "#121#", "*#10#", "121#", "5", " *123*1#\r\n", "*111*+32470123456#"] {
            assert_eq!(UssdCode::parse(good).unwrap().as_str(), good.trim());
        }
        for (bad, error) in [
            ("", CodeError::Empty),
            (" \n", CodeError::Empty),
            ("*1 00#", CodeError::Character(' ')),
            ("*100#\";+CPWROFF", CodeError::Character('"')),
            ("*100#\r\nATD", CodeError::Character('\r')),
            ("*100p#", CodeError::Character('p')),
            ("*١٠٠#", CodeError::Character('١')),
            (&"1".repeat(183), CodeError::TooLong(183)),
        ] {
            assert_eq!(UssdCode::parse(bad), Err(error), "{bad:?}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_a_plain_question() {
        use NotAQuery::{Erases, LongNumber, ManyParts, NoHash, PhoneNumber, Registers};
        for (code, unlisted, listed) in [
            ("*100#",                 None,                  None),
            ("#123#",                 None,                  None),
            ("100#",                  None,                  None),
            ("*#10#",                 None,                  None),
            ("*#1345#",               None,                  None),
            ("*444*#",                None,                  None),
            ("*123*1*1#",             None,                  None),
            ("*##107#",               Some(Erases),          None),
            ("##122#",                Some(Erases),          None),
            ("**100#",                Some(Registers),       Some(Registers)),
            ("*11777#",               Some(LongNumber(5)),   None),
            ("*121*12345678901234#",  Some(LongNumber(14)),  None),
            ("*111*+32470123456#",    Some(PhoneNumber),     Some(PhoneNumber)),
            ("*100",                  Some(NoHash),          Some(NoHash)),
            ("100",                   Some(NoHash),          Some(NoHash)),
            ("#",                     Some(NoHash),          Some(NoHash)),
            ("*1*2*3*4*5#",           None,                  None),
            ("*1*2*3*4*5*6#",         Some(ManyParts),       None),
        ] {
            let parsed = UssdCode::parse(code).unwrap();
            assert_eq!(parsed.check_query(false).err(), unlisted, "{code}");
            assert_eq!(parsed.check_query(true).err(), listed, "{code} listed");
        }
    }

    #[test]
    fn a_listing_lifts_no_pin_forwarding_or_barring() {
        for code in ["**04*0000*1111*1111#", "*21*0470123456#", "#33*0000#", "*#06#", "**05*1#"] {
            let objection = UssdCode::parse(code).unwrap().check_query(true).unwrap_err();
            assert!(objection.is_final(), "{code}");
        }
    }

    #[test]
    fn a_listing_lifts_what_operators_reuse() {
        for code in ["*300#", "*214#", "*375*6#", "*590#", "*300*6#"] {
            let code = UssdCode::parse(code).unwrap();
            assert!(code.check_query(false).unwrap_err().is_final(), "{code}");
            assert_eq!(code.check_query(true), Ok(()), "{code}");
        }
    }

    #[test]
    fn the_reason_is_told_in_words() {
        let reason =
            |code| UssdCode::parse(code).unwrap().check_query(false).unwrap_err().to_string();
        assert_eq!(reason("**21*0470123456#"), "21 forwards calls");
        assert_eq!(reason("**04*0000*1111*1111#"), "04 changes the SIM PIN");
        assert_eq!(
            reason("*121*1234567890#"),
            "10 digits in a row may be a voucher, a phone number or a PIN"
        );
    }

    #[test]
    fn vouchers_and_phone_numbers_are_shown_masked() {
        let shown = |code| UssdCode::parse(code).unwrap().to_string();
        assert_eq!(shown("*121*12345678901234#"), "*121*…1234#");
        assert_eq!(shown("**04*1234*0000*0000#"), "**04*…#");
        assert_eq!(shown("**21*0470123456#"), "**21*…#");
        assert_eq!(shown("#31#0470123456"), "#31*…#");
        assert_eq!(shown("*#06#"), "*#06#");
        assert_eq!(shown("*300*6#"), "*300*6#");
        assert_eq!(shown("*11777#"), "*11777#");
        assert_eq!(shown("*#10#"), "*#10#");
        assert_eq!(
            format!("{:?}", UssdCode::parse("*1*12345678#").unwrap()),
            "UssdCode(*1*…5678#)"
        );
    }

    proptest! {
        #[test]
        fn a_code_never_holds_what_an_at_line_would_end_at(text in ".{0,200}") {
            if let Ok(code) = UssdCode::parse(&text) {
                prop_assert!(code.as_str().bytes().all(|octet| b"0123456789*#+".contains(&octet)));
                prop_assert!((1..=182).contains(&code.as_str().len()));
            }
        }

        #[test]
        fn every_code_is_judged_and_shown(text in "[*#+0-9]{1,40}", listed in any::<bool>()) {
            let code = UssdCode::parse(&text).unwrap();
            let _ = (code.check_query(listed), code.to_string());
            if code.check_query(false).is_ok() {
                prop_assert_eq!(code.check_query(true), Ok(()));
                prop_assert_eq!(code.to_string(), code.as_str());
            }
        }
    }
}
