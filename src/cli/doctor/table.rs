//! Several modems at a glance: one line each, with the worst of its findings.

use super::Patient;
use crate::cli::out;

/// The head and a line a modem, in columns.
pub(super) fn rows(patients: &[Patient]) -> Vec<String> {
    let head = ["PORT", "MODEL", "STATE", "FINDING"].map(str::to_owned);
    let cells: Vec<_> = std::iter::once(head).chain(patients.iter().map(row)).collect();
    let width = |column: usize| {
        cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<_> = (0..4).filter_map(width).collect();
    let line = |row: &[String; 4]| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    cells.iter().map(line).collect()
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
