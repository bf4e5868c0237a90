//! Whether a profile may be enabled, and in which words the card is asked for it.

use super::request::Identifier;
use super::{Class, Policy, Profile, State};

/// Why a profile is not enabled. Nothing was asked of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is in use already.
    Enabled,
    /// It is for tests or for downloading, not for use.
    Class(Class),
    /// The one in use must not be disabled (PPR1).
    Held,
}

/// What keeps `wanted` from being enabled, as far as the card's own list tells.
pub fn obstacle(profiles: &[Profile], wanted: &Profile) -> Option<Obstacle> {
    if wanted.state == State::Enabled {
        return Some(Obstacle::Enabled);
    }
    if matches!(wanted.class, Class::Test | Class::Provisioning) {
        return Some(Obstacle::Class(wanted.class));
    }
    enabled(profiles).filter(|profile| is_one_way(profile)).map(|_| Obstacle::Held)
}

/// Whether no other profile can follow this one, once it is in use (PPR1).
pub fn is_one_way(profile: &Profile) -> bool {
    profile.policy.contains(&Policy::NoDisable)
}

/// The profile in use.
pub fn enabled(profiles: &[Profile]) -> Option<&Profile> {
    profiles.iter().find(|profile| profile.state == State::Enabled)
}

/// How the card is asked for a profile, best first: by what it is named, and whether the card is to make
/// the modem read it anew. Some cards refuse an ICCID together with a refresh, some know one name only.
pub fn attempts(profile: &Profile) -> Vec<(Identifier, bool)> {
    let aid = || Identifier::Aid(profile.aid.clone());
    let mut attempts =
        vec![(Identifier::Iccid(profile.iccid), true), (Identifier::Iccid(profile.iccid), false)];
    if !profile.aid.is_empty() {
        attempts.extend([(aid(), true), (aid(), false)]);
    }
    attempts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Iccid;

    fn profile(number: u8, state: State) -> Profile {
        Profile {
            iccid: Iccid::parse(format!("893202000000000001{number}")).unwrap(),
            aid: vec![0xA0, number],
            state,
            nickname: String::new(),
            provider: String::new(),
            name: String::new(),
            class: Class::Operational,
            plmn: None,
            gid1: Vec::new(),
            policy: Vec::new(),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_stands_in_the_way() {
        let (home, travel) = (profile(1, State::Enabled), profile(2, State::Disabled));
        let held = Profile { policy: vec![Policy::NoDelete, Policy::NoDisable], ..home.clone() };
        let kept = Profile { policy: vec![Policy::NoDelete], ..home.clone() };
        let test = Profile { class: Class::Test, ..travel.clone() };
        let idle = Profile { state: State::Disabled, ..held.clone() };
        for (card, wanted, expected) in [
            ([&home, &travel], &travel, None),
            ([&home, &travel], &home,   Some(Obstacle::Enabled)),
            ([&held, &travel], &travel, Some(Obstacle::Held)),
            ([&kept, &travel], &travel, None),
            ([&home, &test],   &test,   Some(Obstacle::Class(Class::Test))),
            ([&idle, &travel], &travel, None),
        ] {
            assert_eq!(obstacle(&card.map(Clone::clone), wanted), expected);
        }
    }

    #[test]
    fn the_standard_way_comes_first_and_a_card_without_aids_is_asked_by_iccid() {
        let named = profile(1, State::Disabled);
        let by = |profile: &Profile| {
            let name = |(by, refresh)| (matches!(by, Identifier::Iccid(_)), refresh);
            attempts(profile).into_iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(by(&named), [(true, true), (true, false), (false, true), (false, false)]);
        let nameless = Profile { aid: Vec::new(), ..named };
        assert_eq!(by(&nameless), [(true, true), (true, false)]);
    }
}
