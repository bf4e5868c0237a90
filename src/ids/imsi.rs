//! Which subscriber this is, and whose.

use super::digits::{Digits, personal};
use super::{IdError, Plmn};

/// International mobile subscriber identity (3GPP TS 23.003 clause 2.2): country, network, subscriber.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Imsi(Digits);

impl Imsi {
    /// # Errors
    ///
    /// [`IdError`] for anything but 6 to 15 digits, quotes and blanks round them aside.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, IdError> {
        Digits::decimal("an IMSI", text.as_ref(), 6..=15).map(Self)
    }

    /// The SIM's own network, read with two and with three digits of network code, likelier first.
    ///
    /// The SIM knows how long the code is (EF_AD, TS 31.102 clause 4.2.18), but few modems tell.
    pub fn home_plmn_candidates(&self) -> [Plmn; 2] {
        let [two, three] = Plmn::both_lengths(self.0.octets());
        if two.country_has_long_codes() { [three, two] } else { [two, three] }
    }
}
personal!(Imsi);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn the_network_code_is_as_long_as_its_country_has_it() {
        for (imsi, likelier, other) in [
            ("206010000000010", "20601",  "206010"),
            ("310260000000010", "310260", "31026"),
            ("334020000000010", "334020", "33402"),
            ("404450000000010", "40445",  "404450"),
        ] {
            let candidates = Imsi::parse(imsi).unwrap().home_plmn_candidates();
            assert_eq!(candidates.map(|plmn| plmn.to_string()), [likelier, other], "{imsi}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_an_imsi_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..32)) {
            let _ = Imsi::parse(&octets).map(|imsi| imsi.home_plmn_candidates());
        }
    }
}
