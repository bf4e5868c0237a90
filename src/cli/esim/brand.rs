//! Which operator a profile is of, also while another one is in use.

use crate::euicc::Profile;
use crate::operators::{Ask, Found, Operator, Operators, Query, SimFacts, Way};
use crate::ussd::UssdCode;

/// What is known of a profile's operator.
pub(super) struct Brand {
    pub(super) operator: Option<Operator>,
    /// The card does not say whose network it is: issuer and provider name point there.
    pub(super) is_guess: bool,
}

impl Brand {
    /// By the owner's network and group, else by the issuer in the ICCID and the provider's name.
    pub(super) fn of(profile: &Profile, operators: &Operators) -> Self {
        let Some(home) = profile.plmn else {
            return Self { operator: guess(profile, operators), is_guess: true };
        };
        let spn = (!profile.provider.is_empty()).then(|| profile.provider.clone());
        let gid1 = (!profile.gid1.is_empty()).then(|| crate::hex::digits(&profile.gid1));
        let sim =
            SimFacts { imsi: None, serving: Some(home), spn, gid1, iccid: Some(profile.iccid) };
        let operator = match operators.find(&sim) {
            Found::One { operator, .. } => Some(*operator),
            _ => None,
        };
        Self { operator, is_guess: false }
    }

    /// Its best way to ask the balance.
    pub(super) fn ask(&self) -> Option<&Ask> {
        self.operator.as_ref()?.ask.first()
    }

    /// Its balance code, where it has one.
    pub(super) fn code(&self) -> Option<&UssdCode> {
        self.operator.as_ref()?.ask.iter().find_map(|ask| match &ask.way {
            Way::Ussd { code, .. } => Some(code),
            _ => None,
        })
    }
}

/// The one brand of the issuer's country that the card's number or the provider's name tells.
fn guess(profile: &Profile, operators: &Operators) -> Option<Operator> {
    let issuer = profile.iccid.expose();
    let mut here = operators.search(&Query::Iccid(profile.iccid));
    let is_issuer = |brand: &Operator| brand.iccid.iter().any(|own| issuer.starts_with(own));
    if !here.iter().any(is_issuer) {
        let named: Vec<_> = operators.search(&Query::Name(profile.provider.clone()));
        here.retain(|brand| named.iter().any(|other| other.id == brand.id));
        if profile.provider.is_empty() {
            here.clear();
        }
    }
    let only = here.len() == 1;
    here.pop().filter(|_| only)
}
