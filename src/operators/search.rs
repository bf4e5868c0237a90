//! What a user means by a word: a network, a country, a card, a code, a name.

use std::fmt;

use super::entry::Operator;
use super::find::plain;
use crate::ids::{Iccid, Plmn};
use crate::ussd::UssdCode;

/// A word of `saldo operators`, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// A network: `20601`.
    Plmn(Plmn),
    /// A country by its mobile country code: `206`.
    Mcc(String),
    /// A country by its ISO code: `be`.
    Country(String),
    /// A card, which names its country and issuer.
    Iccid(Iccid),
    /// Whoever is asked by this code: `*100#`.
    Code(UssdCode),
    /// Part of the name of brand, company or country, or an `id`.
    Name(String),
}

impl Query {
    /// Understands a word; anything is at least a name.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let digits = text.bytes().all(|octet| octet.is_ascii_digit());
        if let Ok(plmn) = Plmn::parse(text) {
            Self::Plmn(plmn)
        } else if let (true, Ok(iccid)) = (looks_like_a_card(text), Iccid::parse(text)) {
            Self::Iccid(iccid)
        } else if digits && text.len() == 3 {
            Self::Mcc(text.to_owned())
        } else if text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic()) {
            Self::Country(text.to_ascii_uppercase())
        } else if let (true, Ok(code)) = (text.ends_with('#'), UssdCode::parse(text)) {
            Self::Code(code)
        } else {
            Self::Name(text.to_owned())
        }
    }

    /// Those of `operators` that are meant.
    pub(super) fn filter(&self, mut operators: Vec<Operator>) -> Vec<Operator> {
        operators.retain(|operator| self.means(operator));
        if let Self::Iccid(iccid) = self {
            let issued =
                |brand: &Operator| brand.iccid.iter().any(|i| iccid.expose().starts_with(i));
            if operators.iter().any(issued) {
                operators.retain(issued);
            }
        }
        if operators.iter().any(|operator| self.is_id(operator)) {
            operators.retain(|operator| self.is_id(operator));
        }
        operators
    }

    fn means(&self, operator: &Operator) -> bool {
        match self {
            Self::Plmn(plmn) => operator.is_on(*plmn),
            Self::Mcc(mcc) => operator.plmn().any(|own| own.mcc() == mcc),
            Self::Country(iso) => operator.country.as_ref() == Some(iso),
            Self::Iccid(iccid) => is_from(operator, iccid),
            Self::Code(code) => operator.lists(code),
            Self::Name(name) => {
                let Operator { id, name: own, company, country_name, .. } = operator;
                let names = [Some(id), Some(own), company.as_ref(), country_name.as_ref()];
                names.into_iter().flatten().any(|own| plain(own).contains(&plain(name)))
            }
        }
    }

    fn is_id(&self, operator: &Operator) -> bool {
        matches!(self, Self::Name(name) if *name == operator.id)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plmn(plmn) => write!(f, "network {plmn}"),
            Self::Mcc(mcc) => write!(f, "country code {mcc}"),
            Self::Country(iso) => write!(f, "country {iso}"),
            Self::Iccid(iccid) => write!(f, "card {iccid}"),
            Self::Code(code) => write!(f, "code {code}"),
            Self::Name(name) => write!(f, "name {name:?}"),
        }
    }
}

/// 89 for telecommunications, or 98 where it is written as the card stores it.
fn looks_like_a_card(text: &str) -> bool {
    text.starts_with("89") || text.starts_with("98")
}

/// The calling code of the country stands behind the 89 (ITU-T E.118 clause 4.1).
fn is_from(operator: &Operator, iccid: &Iccid) -> bool {
    let after = iccid.expose().get(2..).unwrap_or_default();
    operator.calling.as_ref().is_some_and(|calling| after.starts_with(calling.as_str()))
        || operator.iccid.iter().any(|issuer| iccid.expose().starts_with(issuer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_understood_by_its_shape() {
        let plmn = |text| Query::Plmn(Plmn::parse(text).unwrap());
        for (word, meant) in [
            ("20601", plmn("20601")),
            ("206-01", plmn("20601")),
            ("310260", plmn("310260")),
            ("206", Query::Mcc("206".into())),
            ("be", Query::Country("BE".into())),
            ("8932020000000000010", Query::Iccid(Iccid::parse("8932020000000000010").unwrap())),
            ("#121#", Query::Code(UssdCode::parse("#121#").unwrap())),
            ("3", Query::Name("3".into())),
            ("Proximus", Query::Name("Proximus".into())),
            ("898989", plmn("898989")),
            ("Ö3", Query::Name("Ö3".into())),
        ] {
            assert_eq!(Query::parse(word), meant, "{word}");
        }
    }

    #[test]
    fn a_card_is_not_shown_whole() {
        assert_eq!(Query::parse("8932020000000000010").to_string(), "card 8932…0010");
    }
}
