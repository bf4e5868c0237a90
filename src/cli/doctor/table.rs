//! Several modems at a glance: one line each, with the worst of its findings.

use super::Patient;
use crate::cli::out;

/// The head and a line a modem, in columns.
pub(super) fn rows(patients: &[Patient]) -> Vec<String> {
    let head = ["PORT", "MODEL", "STATE", "FINDING"].map(str::to_owned);
    let cells: Vec<_> = std::iter::once(head).chain(patients.iter().map(row)).collect();
    out::columns(&cells)
}

fn row(patient: &Patient) -> [String; 4] {
    let facts = &patient.examination.facts;
    let worst = patient.findings.first();
    [
        out::visible(&facts.port.name),
        facts.modem.name().map_or_else(|| "-".into(), |name| out::visible(&name)),
        worst.map(|finding| finding.level.to_string()).unwrap_or_default(),
        worst.map(|finding| out::visible(&finding.message)).unwrap_or_default(),
    ]
}
