//! Which brand a SIM is of, from what the SIM itself says.

use std::fmt;

use super::entry::{Operator, Way};
use crate::ids::{Iccid, Imsi, Plmn};

/// What is known of a SIM. Everything may be missing; the more, the better brands are told apart.
#[derive(Clone, Debug, Default)]
pub struct SimFacts {
    /// Whose subscriber: the first digits are the home network.
    pub imsi: Option<Imsi>,
    /// The network that serves it now. Only where the IMSI is not known: abroad it is another's.
    pub serving: Option<Plmn>,
    /// Service provider name (EF_SPN).
    pub spn: Option<String>,
    /// Group identifier, hexadecimal (EF_GID1).
    pub gid1: Option<String>,
    /// Card number; its first digits name the issuer.
    pub iccid: Option<Iccid>,
}

/// Which brand a SIM is of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Found {
    /// This one.
    One {
        /// The brand.
        operator: Box<Operator>,
        /// What told it.
        by: By,
    },
    /// One of these; the user must choose with `--operator ID`.
    Several(Vec<Operator>),
    /// No brand of this network is known. `None`: the SIM does not even say its network.
    Unknown(Option<Plmn>),
}

/// What told the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// The first digits of the ICCID.
    Iccid,
    /// The group identifier.
    Gid1,
    /// The first digits of the IMSI, beyond the network.
    Imsi,
    /// The service provider name.
    Spn,
    /// The home network, which has one brand that can be asked.
    Plmn(Plmn),
    /// The home network: its brands are all asked in the same way, so which one does not matter.
    SameWay(Plmn),
    /// The serving network, for want of an IMSI.
    Serving(Plmn),
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iccid => f.write_str("by the issuer in its ICCID"),
            Self::Gid1 => f.write_str("by its group identifier"),
            Self::Imsi => f.write_str("by the range of its IMSI"),
            Self::Spn => f.write_str("by its service provider name"),
            Self::Plmn(plmn) => write!(f, "by its home network {plmn}"),
            Self::SameWay(plmn) => {
                write!(f, "by its home network {plmn}, whose brands are all asked alike")
            }
            Self::Serving(plmn) => write!(f, "by the serving network {plmn}"),
        }
    }
}

impl SimFacts {
    /// The network its IMSI is of: of both readings the one that the operator is on, else the likelier.
    pub fn home(&self, operator: Option<&Operator>) -> Option<Plmn> {
        let both = self.imsi?.home_plmn_candidates();
        let is_on = |plmn: &Plmn| operator.is_some_and(|operator| operator.is_on(*plmn));
        let [likely, _] = both;
        Some(both.into_iter().find(is_on).unwrap_or(likely))
    }

    /// The networks it may be at home in, likelier first.
    pub(super) fn homes(&self) -> Vec<Plmn> {
        match self.imsi {
            Some(imsi) => imsi.home_plmn_candidates().to_vec(),
            None => self.serving.into_iter().collect(),
        }
    }

    fn by_network(&self, home: Plmn) -> By {
        if self.imsi.is_some() { By::Plmn(home) } else { By::Serving(home) }
    }
}

/// Chooses among the brands of a country for a SIM at home in `home`.
///
/// Marks that a row gives (issuer, group, name) go first, then the brand's own name. Nothing of the
/// kind: the one brand that can be asked, or the first where all are asked alike.
pub(super) fn choose(country: &[&Operator], sim: &SimFacts, home: Plmn) -> Option<Found> {
    for mark in MARKS {
        let told = country.iter().filter(|brand| (mark.tells)(brand, sim, home));
        if let [one] = told.collect::<Vec<_>>()[..] {
            return Some(Found::One { operator: Box::new((**one).clone()), by: mark.by });
        }
    }
    let here = country.iter().copied().filter(|brand| brand.is_on(home));
    let here: Vec<&Operator> = here.collect();
    if here.is_empty() {
        return None;
    }
    let (possible, other): (Vec<_>, Vec<_>) = here.into_iter().partition(|b| !contradicts(b, sim));
    Some(match only(&possible) {
        Some((one, alike)) => {
            let by = if alike { By::SameWay(home) } else { sim.by_network(home) };
            Found::One { operator: Box::new(one.clone()), by }
        }
        None if possible.is_empty() => Found::Several(other.into_iter().cloned().collect()),
        None => Found::Several(possible.into_iter().cloned().collect()),
    })
}

/// The one brand of a network that can be asked, or the one there is where none can be asked; else
/// the first and `true` where all are asked alike.
fn only<'o>(brands: &[&'o Operator]) -> Option<(&'o Operator, bool)> {
    let askable: Vec<_> = brands.iter().copied().filter(|brand| !brand.ask.is_empty()).collect();
    match (&askable[..], brands) {
        ([], [one]) => Some((one, false)),
        ([one], _) => Some((one, false)),
        ([first, rest @ ..], _) => {
            rest.iter().all(|brand| brand.first_way() == first.first_way()).then_some((first, true))
        }
        _ => None,
    }
}

struct Mark {
    by: By,
    tells: fn(&Operator, &SimFacts, Plmn) -> bool,
}

/// Surest first.
#[rustfmt::skip]
const MARKS: &[Mark] = &[
    Mark { by: By::Gid1,  tells: |brand, sim, home| brand.is_on(home) && has_gid1(brand, sim) },
    Mark { by: By::Iccid, tells: |brand, sim, _| has_issuer(brand, sim) },
    Mark { by: By::Imsi,  tells: |brand, sim, home| brand.is_on(home) && has_range(brand, sim) },
    Mark { by: By::Spn,   tells: |brand, sim, home| brand.is_on(home) && has_spn(brand, sim) },
    Mark { by: By::Spn,   tells: |brand, sim, home| brand.is_on(home) && is_called(brand, sim) },
    Mark { by: By::Spn,   tells: |brand, sim, home| brand.is_on(home) && resembles(brand, sim) },
    // A brand that moved to another network, or whose networks we do not know.
    Mark { by: By::Spn,   tells: |brand, sim, _| has_spn(brand, sim) || is_called(brand, sim) },
];

fn has_gid1(brand: &Operator, sim: &SimFacts) -> bool {
    let group = sim.gid1.as_deref().unwrap_or_default().to_ascii_uppercase();
    brand.gid1.iter().any(|own| group.starts_with(&own.to_ascii_uppercase()))
}

fn has_issuer(brand: &Operator, sim: &SimFacts) -> bool {
    let iccid = sim.iccid.as_ref().map_or("", Iccid::expose);
    brand.iccid.iter().any(|issuer| iccid.starts_with(issuer.as_str()))
}

fn has_range(brand: &Operator, sim: &SimFacts) -> bool {
    let imsi = sim.imsi.as_ref().map_or("", Imsi::expose);
    brand.imsi.iter().any(|range| imsi.starts_with(range.as_str()))
}

fn has_spn(brand: &Operator, sim: &SimFacts) -> bool {
    let Some(name) = plain_spn(sim) else { return false };
    brand.spn.iter().any(|own| plain(own) == name)
}

fn is_called(brand: &Operator, sim: &SimFacts) -> bool {
    plain_spn(sim).is_some_and(|name| plain(&brand.name) == name)
}

/// `Proximus` for Proximus Pay&Go, `BASE prepaid BE` for BASE prepaid: one begins like the other.
fn resembles(brand: &Operator, sim: &SimFacts) -> bool {
    let own = plain(&brand.name);
    let alike = |name: String| own.starts_with(&name) || name.starts_with(&own);
    own.len() > 1 && plain_spn(sim).filter(|name| name.len() > 1).is_some_and(alike)
}

/// A brand that is told by a mark which this SIM shows to be another.
fn contradicts(brand: &Operator, sim: &SimFacts) -> bool {
    let group = !brand.gid1.is_empty() && sim.gid1.is_some() && !has_gid1(brand, sim);
    let name = !brand.spn.is_empty() && plain_spn(sim).is_some() && !has_spn(brand, sim);
    let range = !brand.imsi.is_empty() && sim.imsi.is_some() && !has_range(brand, sim);
    group || name || range
}

fn plain_spn(sim: &SimFacts) -> Option<String> {
    sim.spn.as_deref().map(plain).filter(|name| !name.is_empty())
}

/// Letters and digits in lower case: how a name is spaced and spelt differs from SIM to SIM.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Operator {
    pub(super) fn first_way(&self) -> Option<&Way> {
        self.ask.first().map(|ask| &ask.way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::Operators;

    const TWO_BRANDS: &str = r##"
        [[operator]]
        name = "Big"
        plmn = ["00101"]
        ask = [{ ussd = "*100#" }]

        [[operator]]
        name = "Small"
        plmn = ["00101"]
        gid1 = ["A5"]
        spn = ["Small Talk"]
        ask = [{ ussd = "*200#" }]
    "##;

    fn found(text: &str, spn: Option<&str>, gid1: Option<&str>) -> Result<(String, By), usize> {
        let sim = SimFacts {
            imsi: Imsi::parse("001010000000010").ok(),
            spn: spn.map(str::to_owned),
            gid1: gid1.map(str::to_owned),
            ..SimFacts::default()
        };
        match Operators::with_user_file(text, "test").unwrap().find(&sim) {
            Found::One { operator, by } => Ok((operator.name, by)),
            Found::Several(brands) => Err(brands.len()),
            Found::Unknown(_) => Err(0),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn brands_of_one_network_are_told_by_their_marks() {
        let home = By::Plmn(Plmn::parse("00101").unwrap());
        for (spn, gid1, expected) in [
            (None,               None,             Err(2)),
            (None,               Some("a5ffffff"), Ok(("Small", By::Gid1))),
            (Some("Small Talk"), None,             Ok(("Small", By::Spn))),
            (Some("SMALL-TALK"), None,             Ok(("Small", By::Spn))),
            (Some("Small"),      None,             Ok(("Small", By::Spn))),
            (Some("BIG Mobile"), None,             Ok(("Big", By::Spn))),
            (Some("BIG"),        Some("a5"),       Ok(("Small", By::Gid1))),
            (Some("Elsewhere"),  None,             Ok(("Big", home))),
            (None,               Some("ff"),       Ok(("Big", home))),
            (Some(""),           None,             Err(2)),
        ] {
            let expected = expected.map(|(name, by)| (name.to_owned(), by));
            assert_eq!(found(TWO_BRANDS, spn, gid1), expected, "{spn:?} {gid1:?}");
        }
    }

    #[test]
    fn a_range_of_the_network_tells_its_brand_and_rules_it_out_elsewhere() {
        let text = TWO_BRANDS.replace("gid1 = [\"A5\"]", "imsi = [\"0010100\"]");
        assert_eq!(found(&text, None, None), Ok(("Small".into(), By::Imsi)));
        let other = text.replace("0010100", "0010177");
        let home = By::Plmn(Plmn::parse("00101").unwrap());
        assert_eq!(found(&other, None, None), Ok(("Big".into(), home)));
    }

    #[test]
    fn brands_that_are_asked_alike_need_not_be_told_apart() {
        let text = TWO_BRANDS.replace("*200#", "*100#");
        let home = Plmn::parse("00101").unwrap();
        assert_eq!(found(&text, None, None), Ok(("Big".into(), By::SameWay(home))));
    }

    #[test]
    fn a_sim_that_is_of_none_of_the_brands_is_left_to_the_user() {
        let text = TWO_BRANDS.replace("name = \"Big\"", "name = \"Big\"\nspn = [\"Big\"]");
        assert_eq!(found(&text, Some("Elsewhere"), None), Err(2));
    }
}
