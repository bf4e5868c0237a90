//! The four forms in which modems want a code (3GPP TS 27.007 clause 7.15, and what firmware made of it).

use crate::at::Command;
use crate::gsm7::{self, Unencodable};
use crate::{hex, ucs2};

/// How the string of `AT+CUSD` is written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As text: `"*100#"`. The standard under `+CSCS: "GSM"` and `"IRA"`.
    Plain,
    /// As hexadecimal UTF-16BE, while `+CSCS` is `"UCS2"`.
    Ucs2,
    /// As hexadecimal octets, while `+CSCS` is `"HEX"`.
    Octets,
    /// As hexadecimal of the packed 7-bit alphabet, whatever `+CSCS` says.
    Packed,
}

impl Form {
    /// The command that sends `text`, a code or an answer to a menu.
    ///
    /// The DCS tells the modem how to code towards the network: 15 (the default alphabet) wherever the
    /// alphabet can say it, else 72 (UCS2), which only the UCS2 form can carry.
    ///
    /// # Errors
    ///
    /// [`Unencodable`] for text outside the 7-bit alphabet in any other form.
    pub fn request(self, text: &str) -> Result<Command, Unencodable> {
        let dcs = if gsm7::ussd_from_text(text).is_ok() { 15 } else { 72 };
        let body = self.body(text)?;
        Ok(Command::new(format!("AT+CUSD=1,\"{body}\",{dcs}")))
    }

    /// `text` as it stands between the quotes of a request, or behind a prompt.
    ///
    /// # Errors
    ///
    /// [`Unencodable`] for text outside the 7-bit alphabet in any form but UCS2.
    pub fn body(self, text: &str) -> Result<String, Unencodable> {
        let packed = gsm7::ussd_from_text(text);
        Ok(match self {
            Self::Plain => packed.map(|_| text.to_owned())?,
            Self::Ucs2 => hex::digits(&ucs2::octets_from_text(text)),
            Self::Octets => packed.map(|_| hex::digits(text.as_bytes()))?,
            Self::Packed => hex::digits(&packed?),
        })
    }

    /// The `+CSCS` this form needs; `None` where any does.
    pub fn charset(self) -> Option<&'static str> {
        match self {
            Self::Plain => Some("GSM"),
            Self::Ucs2 => Some("UCS2"),
            Self::Octets => Some("HEX"),
            Self::Packed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn one_code_in_four_forms() {
        for (form, text, expected) in [
            (Form::Plain,  "*100#", "AT+CUSD=1,\"*100#\",15"),
            (Form::Ucs2,   "*100#", "AT+CUSD=1,\"002A0031003000300023\",15"),
            (Form::Octets,   "*100#", "AT+CUSD=1,\"2A31303023\",15"),
            (Form::Packed, "*100#", "AT+CUSD=1,\"AA180C3602\",15"),
            (Form::Ucs2,   "да",    "AT+CUSD=1,\"04340430\",72"),
        ] {
            assert_eq!(form.request(text).unwrap().text(), expected, "{form:?}");
        }
    }

    #[test]
    fn seven_characters_are_padded_with_cr() {
        // Without it the network reads `@` behind the code and refuses it.
        let command = Form::Packed.request("*101*4#").unwrap();
        let octets = hex::octets(&command.text().as_bytes()[11..25]).unwrap();
        assert_eq!(octets.last().map(|octet| octet >> 1), Some(0x0D));
    }

    #[test]
    fn what_a_form_cannot_say_is_refused() {
        assert!(Form::Packed.request("да").is_err());
    }
}
