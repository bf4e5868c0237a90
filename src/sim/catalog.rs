//! The built-in scenarios, and how one is built on another.

use std::cell::OnceCell;
use std::collections::VecDeque;

use toml::de::{DeArray, DeTable, DeValue};

use super::scenario::{Scenario, ScenarioError};
use crate::packed::{self, packed};
use crate::rows::from_table;

/// Name and rows. Names that begin with `_` are bases only.
#[rustfmt::skip]
const FILES: &[(&str, &[u8])] = &[
    ("_base",              packed!("src/sim/data/_base.toml")),
    ("_esim",              packed!("src/sim/data/_esim.toml")),
    ("_esim-busy",         packed!("src/sim/data/_esim-busy.toml")),
    ("_esim-eastcompeace", packed!("src/sim/data/_esim-eastcompeace.toml")),
    ("_esim-eg916q",       packed!("src/sim/data/_esim-eg916q.toml")),
    ("_esim-em061k",       packed!("src/sim/data/_esim-em061k.toml")),
    ("_esim-em9191",       packed!("src/sim/data/_esim-em9191.toml")),
    ("_esim-empty",        packed!("src/sim/data/_esim-empty.toml")),
    ("_esim-fm350",        packed!("src/sim/data/_esim-fm350.toml")),
    ("_esim-forgets",      packed!("src/sim/data/_esim-forgets.toml")),
    ("_esim-ik41",         packed!("src/sim/data/_esim-ik41.toml")),
    ("_esim-noisy",        packed!("src/sim/data/_esim-noisy.toml")),
    ("_esim-restarts",     packed!("src/sim/data/_esim-restarts.toml")),
    ("_huawei",            packed!("src/sim/data/_huawei.toml")),
    ("_lycamobile",        packed!("src/sim/data/_lycamobile.toml")),
    ("_orange",            packed!("src/sim/data/_orange.toml")),
    ("_proximus",          packed!("src/sim/data/_proximus.toml")),
    ("_stick",             packed!("src/sim/data/_stick.toml")),
    ("be-base-sms",        packed!("src/sim/data/be-base-sms.toml")),
    ("be-lyca-menu",       packed!("src/sim/data/be-lyca-menu.toml")),
    ("be-orange",          packed!("src/sim/data/be-orange.toml")),
    ("be-proximus",        packed!("src/sim/data/be-proximus.toml")),
    ("be-sms-later",       packed!("src/sim/data/be-sms-later.toml")),
    ("be-sms-twice",       packed!("src/sim/data/be-sms-twice.toml")),
    ("be-topup",           packed!("src/sim/data/be-topup.toml")),
    ("cinterion-bgs2",     packed!("src/sim/data/cinterion-bgs2.toml")),
    ("esim-csim-only",     packed!("src/sim/data/esim-csim-only.toml")),
    ("esim-m2m",           packed!("src/sim/data/esim-m2m.toml")),
    ("esim-none-enabled",  packed!("src/sim/data/esim-none-enabled.toml")),
    ("esim-slow",          packed!("src/sim/data/esim-slow.toml")),
    ("esim-travel",        packed!("src/sim/data/esim-travel.toml")),
    ("huawei-e3372",       packed!("src/sim/data/huawei-e3372.toml")),
    ("inbox",              packed!("src/sim/data/inbox.toml")),
    ("inbox-full",         packed!("src/sim/data/inbox-full.toml")),
    ("inbox-mixed",        packed!("src/sim/data/inbox-mixed.toml")),
    ("lte-only",           packed!("src/sim/data/lte-only.toml")),
    ("mg-orange-menu",     packed!("src/sim/data/mg-orange-menu.toml")),
    ("mg-orange-moved",    packed!("src/sim/data/mg-orange-moved.toml")),
    ("no-service",         packed!("src/sim/data/no-service.toml")),
    ("no-sim",             packed!("src/sim/data/no-sim.toml")),
    ("noisy",              packed!("src/sim/data/noisy.toml")),
    ("pin-last-try",       packed!("src/sim/data/pin-last-try.toml")),
    ("pin-locked",         packed!("src/sim/data/pin-locked.toml")),
    ("pin-uncounted",      packed!("src/sim/data/pin-uncounted.toml")),
    ("puk-locked",         packed!("src/sim/data/puk-locked.toml")),
    ("quectel-ec25",       packed!("src/sim/data/quectel-ec25.toml")),
    ("sim7600",            packed!("src/sim/data/sim7600.toml")),
    ("sim800",             packed!("src/sim/data/sim800.toml")),
    ("telit-he910",        packed!("src/sim/data/telit-he910.toml")),
    ("tr-sms",             packed!("src/sim/data/tr-sms.toml")),
    ("unplugged",          packed!("src/sim/data/unplugged.toml")),
];

/// How many bases may stand below a scenario: one that is its own base must end as well.
const BASES: usize = 8;

/// The scenarios a user may name: name and what it is about, sorted by name.
pub fn scenarios() -> impl Iterator<Item = (&'static str, String)> {
    let named = FILES.iter().filter(|(name, _)| !name.starts_with('_'));
    named.map(|(name, octets)| (*name, about(&text(octets))))
}

fn about(text: &str) -> String {
    let rows = DeTable::parse(text);
    let about = rows.as_ref().ok().and_then(|rows| rows.get_ref().get("about"));
    about.and_then(|about| about.get_ref().as_str()).unwrap_or_default().to_owned()
}

/// The built-in scenario of that name, with its bases.
pub(super) fn scenario(name: &str) -> Result<Scenario, ScenarioError> {
    let known = || scenarios().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    let rows =
        rows(name).ok_or_else(|| ScenarioError::Unknown { name: name.into(), known: known() })?;
    from_text(name, &rows)
}

/// A scenario from the text of its file, with its bases.
pub(super) fn from_text(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let wrong = |message: String| ScenarioError::Rows { file: file.into(), message };
    let parse = |text| DeTable::parse(text).map_err(|error| wrong(error.to_string()));
    let texts: [OnceCell<String>; BASES] = Default::default();
    let mut whole = parse(text)?.into_inner();
    let mut bases = bases_of(&whole);
    for slot in &texts {
        let Some(name) = bases.pop_front() else { break };
        let below = rows(&name).ok_or_else(|| wrong(format!("there is no base `{name}`")))?;
        let below = parse(slot.get_or_init(|| below))?.into_inner();
        bases.extend(bases_of(&below));
        lay_over(&mut whole, below);
    }
    from_table(whole).map_err(|fault| wrong(fault.message().to_owned()))
}

/// The names of a scenario's bases; what an earlier one says counts before a later one.
fn bases_of(rows: &DeTable<'_>) -> VecDeque<String> {
    let names = rows.get("base").and_then(|base| base.get_ref().as_array()).into_iter();
    let names = names.flat_map(|names| names.iter());
    names.filter_map(|name| name.get_ref().as_str().map(str::to_owned)).collect()
}

fn rows(name: &str) -> Option<String> {
    let place = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    FILES.get(place).map(|(_, octets)| text(octets))
}

fn text(octets: &[u8]) -> String {
    packed::text(octets, packed!("src/sim/data/dictionary"))
}

/// Completes `rows` with those of its base: tables field by field, lists with its own rows first.
///
/// Lists of values, such as the lines of `ATI`, are replaced.
fn lay_over<'t>(rows: &mut DeTable<'t>, base: DeTable<'t>) {
    for (key, below) in base {
        let Some(own) = rows.get_mut(&key) else {
            rows.insert(key, below);
            continue;
        };
        match (own.get_mut(), below.into_inner()) {
            (DeValue::Table(own), DeValue::Table(below)) => lay_over(own, below),
            (DeValue::Array(own), DeValue::Array(below)) if is_list_of_rows(own) => {
                below.into_iter().for_each(|row| own.push(row));
            }
            _ => {}
        }
    }
}

fn is_list_of_rows(list: &DeArray<'_>) -> bool {
    list.iter().any(|row| row.get_ref().is_table())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::{self, Confidence};
    use crate::ids::Plmn;
    use crate::operators::Operators;
    use crate::ussd::UssdCode;

    #[test]
    fn every_file_reads_and_is_sorted() {
        assert!(FILES.is_sorted_by(|a, b| a.0 < b.0));
        for (name, octets) in FILES {
            let scenario = from_text(name, &text(octets)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                scenario.about.is_empty(),
                name.starts_with('_'),
                "{name}: about is for users"
            );
        }
    }

    #[test]
    fn every_file_in_the_folder_is_built_in() {
        let files: Vec<_> =
            FILES.iter().map(|(name, octets)| ((*name).to_owned(), text(octets))).collect();
        packed::assert_same_as_folder("src/sim/data", &files);
    }

    #[test]
    fn default_scenarios_do_not_keep_anybody_waiting() {
        for (name, _) in scenarios() {
            let scenario = scenario(name).unwrap();
            let codes = scenario.code.iter().map(|code| code.after_ms);
            let texts = scenario.text.iter().map(|row| row.reply.after_ms);
            let profiles = scenario.euicc.into_iter().flat_map(|euicc| euicc.profile);
            let profiles = profiles.flat_map(|profile| profile.code).map(|code| code.after_ms);
            let apdu = scenario.apdu;
            let slow = if name == "esim-slow" { 0 } else { apdu.after_ms }; // what it is there for
            let resets = [slow, apdu.reads_ms, apdu.search_ms, apdu.away_ms];
            let mut waits = codes.chain(texts).chain(profiles).chain(resets);
            assert!(waits.all(|wait| wait <= 50), "{name} waits more than 50 ms");
        }
    }

    #[test]
    fn identities_carry_their_check_digit_and_fit_their_network() {
        for (name, _) in scenarios() {
            let Scenario { identity, card, network, .. } = scenario(name).unwrap();
            assert!(luhn(&identity.imei) && luhn(&card.iccid), "{name}");
            assert!(card.imsi.starts_with(&network.plmn) && card.imsi.len() == 15, "{name}");
        }
    }

    #[test]
    fn profiles_carry_their_check_digits_and_fit_their_owner() {
        for (name, _) in FILES {
            let euicc = scenario(name).unwrap().euicc.unwrap_or_default();
            let is_there = |iccid: &str| euicc.profile.iter().any(|profile| profile.iccid == iccid);
            assert!(euicc.enabled.is_empty() || is_there(&euicc.enabled), "{name}");
            for profile in &euicc.profile {
                let owner = profile.owner.as_ref().unwrap();
                assert!(luhn(&profile.iccid), "{name}: {}", profile.iccid);
                assert!(profile.imsi.starts_with(owner) && profile.imsi.len() == 15, "{name}");
            }
        }
    }

    #[test]
    fn profiles_answer_as_their_operators_do() {
        let mut replies = 0;
        for profile in scenario("esim-travel").unwrap().euicc.unwrap().profile {
            let owner = Plmn::parse(profile.owner.unwrap()).unwrap();
            let brands = Operators::built_in().by_plmn(owner);
            assert!(!brands.is_empty(), "{owner} is nobody's");
            for code in profile.code.iter().filter(|code| code.text.is_some()) {
                let asked = UssdCode::parse(&code.ask).unwrap();
                let brand = brands.iter().find(|brand| brand.lists(&asked)).unwrap();
                let reading = balance::read(code.text.as_deref().unwrap(), &brand.hints());
                assert_eq!(reading.confidence, Confidence::Sure, "{}: {reading:?}", profile.iccid);
                assert!(reading.main().is_some(), "{}", profile.iccid);
                replies += 1;
            }
        }
        assert_eq!(replies, 3);
    }

    fn luhn(digits: &str) -> bool {
        let digits = digits.chars().rev().map(|c| c.to_digit(10).unwrap());
        let weighed = digits.enumerate().map(|(place, d)| d * (1 + place as u32 % 2));
        weighed.map(|n| n / 10 + n % 10).sum::<u32>() % 10 == 0
    }

    #[test]
    #[rustfmt::skip]
    fn a_fault_is_named_with_its_file() {
        for (text, message) in [
            ("base = [\"_nothing\"]", "x.toml: there is no base `_nothing`"),
            ("abuot = \"x\"",         "x.toml: unknown field `abuot`, expected one of `about`,"),
            ("about",                 "x.toml: TOML parse error at line 1"),
        ] {
            let found = from_text("x.toml", text).unwrap_err().to_string();
            assert!(found.starts_with(message), "{found}");
        }
    }

    #[test]
    fn a_scenario_that_is_its_own_base_ends() {
        assert!(from_text("x.toml", "base = [\"be-proximus\", \"be-proximus\"]").is_ok());
    }
}
