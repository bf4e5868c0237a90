//! One line for Nagios and its kin: state, words, performance data, and a status of its own.

use crate::Error;
use crate::diag::{self, Facts, Finding, Level};

use crate::cli::out;

/// 0 ok, 1 warning, 2 critical, 3 unknown.
pub(in crate::cli) fn show(facts: &Facts, findings: &[Finding]) -> Result<u8, Error> {
    let worst = findings.first();
    let is_unreachable = facts.port.answers.is_none();
    let (status, word) = match worst.map(|finding| finding.level) {
        Some(Level::Problem) if is_unreachable => (3, "UNKNOWN"),
        Some(Level::Problem) => (2, "CRITICAL"),
        Some(Level::Warning) => (1, "WARNING"),
        _ => (0, "OK"),
    };
    let words = worst.map_or_else(
        || "nothing found".to_owned(),
        |finding| format!("{} [{}]", finding.message, finding.name),
    );
    // A bar begins the performance data, so none may stand in the words.
    let words = out::visible(&words).replace(['|', '\n'], " ");
    let data = performance(facts);
    let bar = if data.is_empty() { "" } else { " | " };
    out::line(format_args!("SALDO {word} - {words}{bar}{data}"))?;
    Ok(status)
}

/// `rsrp=-97 sinr=11 temperature=34`.
fn performance(facts: &Facts) -> String {
    let measures = diag::signal(facts).into_iter().flatten().map(|measure| {
        let name = measure.name.to_lowercase().replace('/', "");
        format!("{name}={}", measure.level.value())
    });
    let warm = facts.modem.temperature.as_ref().and_then(|temperature| temperature.max_c);
    let warm = warm.map(|celsius| format!("temperature={}", celsius.value()));
    measures.chain(warm).collect::<Vec<_>>().join(" ")
}
