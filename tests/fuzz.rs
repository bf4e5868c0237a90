//! The targets of `fuzz/` on the seeds of `fixtures/fuzz`, and on what a little damage makes of them.

#![cfg(feature = "esim")] // the set of targets is one, and whole
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use targets::TARGETS;

#[test]
fn every_seed_of_every_target_holds() {
    for (name, target) in TARGETS {
        for seed in seeds(name) {
            target(&seed);
        }
    }
}

#[test]
fn targets_are_sorted_and_each_is_a_program_of_the_fuzzer() {
    assert!(TARGETS.is_sorted_by(|a, b| a.0 < b.0));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/Cargo.toml");
    // A published package is without the fuzzer.
    let Ok(manifest) = fs::read_to_string(manifest) else { return };
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

/// What a bad line does to octets.
#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Drop(prop::sample::Index),
    Double(prop::sample::Index),
    Replace(prop::sample::Index, u8),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    use Damage::{Cut, Double, Drop, Replace, Swap};
    let place = any::<prop::sample::Index>;
    prop_oneof![
        1 => place().prop_map(Cut),
        3 => place().prop_map(Drop),
        3 => place().prop_map(Double),
        6 => (place(), any::<u8>()).prop_map(|(place, octet)| Replace(place, octet)),
        3 => (place(), place()).prop_map(|(one, other)| Swap(one, other)),
    ]
}

impl Damage {
    fn on(&self, octets: &mut Vec<u8>) {
        let length = octets.len();
        if length == 0 {
            return;
        }
        match self {
            Self::Cut(place) => octets.truncate(place.index(length)),
            Self::Drop(place) => drop(octets.remove(place.index(length))),
            Self::Double(place) => octets.extend_from_within(place.index(length)..),
            Self::Replace(place, octet) => octets[place.index(length)] = *octet,
            Self::Swap(one, other) => octets.swap(one.index(length), other.index(length)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(28), // the same damage in every run; the fuzzer looks for more
        ..ProptestConfig::with_cases(200)
    })]
    #[test]
    fn damaged_seeds_hold_too(seed: prop::sample::Index, damages in prop::collection::vec(damage(), 1..12)) {
        for (name, target) in TARGETS {
            let mut octets = seed.get(&seeds(name)).clone();
            damages.iter().for_each(|damage| damage.on(&mut octets));
            target(&octets);
        }
    }

    #[test]
    fn any_octets_hold(octets: Vec<u8>) {
        TARGETS.iter().for_each(|(_, target)| target(&octets));
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz").join(target);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has seeds");
    seeds
}
