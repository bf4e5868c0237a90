//! The object of `--json`, which `--report FILE.json` is too.

use crate::diag::{Facts, Finding};
use serde::Serialize;

use crate::cli::json;

/// `saldo doctor --json`.
#[derive(Serialize)]
pub(in crate::cli) struct Line<'a> {
    schema: u8,
    time: String,
    modem: Modem<'a>,
    facts: &'a Facts,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct Modem<'a> {
    manufacturer: Option<&'a str>,
    model: Option<&'a str>,
    firmware: Option<&'a str>,
    imei: Option<&'a str>,
    port: &'a str,
}

impl<'a> Line<'a> {
    pub(in crate::cli) fn of(facts: &'a Facts, findings: &'a [Finding]) -> Self {
        let modem = Modem {
            manufacturer: facts.modem.manufacturer.as_deref(),
            model: facts.modem.model.as_deref(),
            firmware: facts.modem.firmware.as_deref(),
            imei: facts.modem.imei.as_deref(),
            port: &facts.port.name,
        };
        Self { schema: 1, time: json::now(), modem, facts, findings }
    }
}
