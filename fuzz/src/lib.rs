//! The targets by their names; what must hold stands in `tests/fuzz/targets.rs`.

#[path = "../../tests/fuzz/targets.rs"]
mod targets;

/// Runs one target on what the fuzzer has made up.
pub fn hold(name: &str, octets: &[u8]) {
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("a target of that name");
    target(octets);
}
