//! The built-in scenarios, and how one is built on another.

use toml::{Table, Value};

use super::scenario::{Scenario, ScenarioError};

/// Name and rows. Names that begin with `_` are bases only.
#[rustfmt::skip]
const FILES: &[(&str, &str)] = &[
    ("_stick",      include_str!("data/_stick.toml")),
    ("be-proximus", include_str!("data/be-proximus.toml")),
];

/// How many bases may stand below a scenario.
const DEPTH: usize = 4;

/// The scenarios a user may name: name and what it is about, sorted by name.
pub fn scenarios() -> impl Iterator<Item = (&'static str, String)> {
    let named = FILES.iter().filter(|(name, _)| !name.starts_with('_'));
    named.map(|(name, rows)| (*name, rows.parse::<Table>().map(about).unwrap_or_default()))
}

fn about(rows: Table) -> String {
    rows.get("about").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The built-in scenario of that name, with its bases.
pub(super) fn scenario(name: &str) -> Result<Scenario, ScenarioError> {
    let known = || scenarios().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    let rows =
        rows(name).ok_or_else(|| ScenarioError::Unknown { name: name.into(), known: known() })?;
    from_text(name, rows)
}

/// A scenario from the text of its file, with its bases.
pub(super) fn from_text(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let wrong = |message: String| ScenarioError::Rows { file: file.into(), message };
    let parse = |text: &str| text.parse::<Table>().map_err(|error| wrong(error.to_string()));
    let mut whole = parse(text)?;
    let mut base = base_of(&whole);
    for _ in 0..DEPTH {
        let Some(name) = base else { break };
        let below = rows(&name).ok_or_else(|| wrong(format!("there is no base `{name}`")))?;
        let below = parse(below)?;
        base = base_of(&below);
        lay_over(&mut whole, below);
    }
    whole.try_into().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))
}

fn base_of(rows: &Table) -> Option<String> {
    rows.get("base").and_then(Value::as_str).map(str::to_owned)
}

fn rows(name: &str) -> Option<&'static str> {
    let place = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    FILES.get(place).map(|(_, rows)| *rows)
}

/// Completes `rows` with those of its base: tables field by field, lists with its own rows first.
fn lay_over(rows: &mut Table, base: Table) {
    for (key, below) in base {
        match (rows.get_mut(&key), below) {
            (None, below) => {
                rows.insert(key, below);
            }
            (Some(Value::Table(own)), Value::Table(below)) => lay_over(own, below),
            (Some(Value::Array(own)), Value::Array(below)) if is_list_of_rows(own) => {
                own.extend(below)
            }
            (Some(_), _) => {}
        }
    }
}

/// Lists of tables add up; lists of values, such as the lines of `ATI`, are replaced.
fn is_list_of_rows(list: &[Value]) -> bool {
    list.iter().any(Value::is_table)
}
