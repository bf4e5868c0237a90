//! What modems say unasked when something is wrong, in each maker's words.

use super::cause::Cause;
use super::facts::Facts;
use crate::at::params::{self, Params};

/// What a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    Airplane,
    Limited,
    NoCard,
    Overheated,
    Restarted,
    StoreFull,
    Undervoltage,
}

use Notice::{Airplane, Limited, NoCard, Overheated, Restarted, StoreFull, Undervoltage};

/// How a line begins, in capitals without blanks and quotes, and with its end. The first row that fits counts.
#[rustfmt::skip]
const STARTS: &[(&str, Notice)] = &[
    ("^SYSSTARTAIRPLANE", Airplane),       // Cinterion
    ("^SYSSTART", Restarted),
    ("*ATREADY", Restarted), ("+AT:READY", Restarted), ("RDY", Restarted),
    ("SMSDONE", Restarted), ("PBDONE", Restarted),
    ("+CPIN:NOTINSERTED", NoCard), ("+CPIN:SIMREMOVED", NoCard), ("+SIMCARD:NOTAVAILABLE", NoCard),
    ("#QSS:0\n", NoCard), ("^SIMST:255", NoCard),
    ("^SCTM_B:1", Overheated), ("^SCTM_B:2", Overheated),
    ("+UUSTS:0,2", Overheated),            // u-blox: past the limit where it switches off
    ("^SMMEMFULL", StoreFull), ("+SMSFULL", StoreFull), ("+CIEV:SMSFULL,1", StoreFull), ("+QIND:SMSFULL", StoreFull),
    ("+ZPAS:LIMITEDSERVICE", Limited), ("+QENG:SERVINGCELL,LIMSRV", Limited),
    ("!PCVOLT:LOW", Undervoltage), ("+QIND:VBATT,-", Undervoltage),
];

/// Words that tell it wherever they stand.
#[rustfmt::skip]
const WORDS: &[(&str, Notice)] = &[
    ("UNDER-VOLTAGE", Undervoltage), ("UNDERVOLTAGE", Undervoltage), ("OVER-TEMPERATURE", Overheated),
];

fn notice(line: &str) -> Option<Notice> {
    let bare: String = line.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    let bare = bare.to_ascii_uppercase();
    let bare = bare + "\n";
    // A number has to end where the row's does.
    let goes_on = |start: &str| {
        let next = bare.get(start.len()..).and_then(|rest| rest.chars().next());
        start.ends_with(|c: char| c.is_ascii_digit()) && next.is_some_and(|c| c.is_ascii_digit())
    };
    let start = STARTS.iter().find(|row| bare.starts_with(row.0) && !goes_on(row.0));
    start.or_else(|| WORDS.iter().find(|row| bare.contains(row.0))).map(|row| row.1)
}

impl Facts {
    /// Takes in a line that may come at any time, inside an answer too.
    pub(super) fn unasked(&mut self, line: &str) {
        match notice(line) {
            Some(Airplane) => self.modem.functionality = self.modem.functionality.or(Some(4)),
            Some(Limited) => self.network.is_limited = true,
            Some(NoCard) => self.sim.is_gone = true,
            Some(Overheated) => self.modem.overheated = true,
            Some(Restarted) => self.modem.restarted = true,
            Some(StoreFull) => self.service.is_full = true,
            Some(Undervoltage) => self.modem.undervoltage = true,
            None => {}
        }
        let Some((name, rest)) = params::split_prefix(line.as_bytes()) else { return };
        let list = Params::parse(rest);
        let cause = match String::from_utf8_lossy(name).to_ascii_uppercase().as_str() {
            "+CREG" | "+CGREG" | "+CEREG" | "+C5GREG" => registration_cause(&list),
            "^REJINFO" => list.number(2), // Huawei: <plmn>,<domain>,<cause>,…
            _ => None,
        };
        self.network.cause = self.network.cause.or(cause.map(Cause));
    }
}

/// `<cause_type>,<reject_cause>` end an answer where a program has set `+CREG=3` or more (clause 7.2), and a
/// report, which has no setting in front.
fn registration_cause(list: &Params<'_>) -> Option<u16> {
    let end = list.len();
    let is_plain = |place: usize| !list.at(place).quoted && list.number::<u16>(place).is_some();
    let least = if is_plain(0) && is_plain(1) { 7 } else { 6 };
    let kind = end.checked_sub(2).filter(|place| end >= least && is_plain(*place))?;
    let is_ours = is_plain(kind + 1) && list.number::<u8>(kind) == Some(0);
    is_ours.then(|| list.number(kind + 1)).flatten().filter(|cause| *cause != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn lines_tell_what_they_tell_and_no_more() {
        for (line, expected) in [
            ("^SBC: Undervoltage",           Some(Undervoltage)),
            ("+QIND: \"vbatt\",-1",          Some(Undervoltage)),
            ("^SYSSTART AIRPLANE MODE",      Some(Airplane)),
            ("^SYSSTART",                    Some(Restarted)),
            ("+CIEV: \"smsfull\",1",         Some(StoreFull)),
            ("+CIEV: \"smsfull\",0",         None),
            ("^SCTM_B: -1",                  None),
            ("^SCTM_B: 0",                   None),
            ("#QSS: 1",                      None),
            ("#QSS: 0",                      Some(NoCard)),
            ("#QSS: 0,1",                    None),
            ("+UUSTS: 0,2,91",               Some(Overheated)),
            ("+UUSTS: 0,20",                 None),
            ("+CFUN: 1",                     None),
        ] {
            assert_eq!(notice(line), expected, "{line}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn causes_of_registrations_are_where_the_clause_puts_them() {
        for (line, expected) in [
            (r#"+CEREG: 3,3,"2AF9","00C3D501",7,0,11"#, Some(11)),
            (r#"+CEREG: 3,"2AF9","00C3D501",7,0,15"#,   Some(15)),
            ("+CEREG: 3,,,,0,11",                       Some(11)),
            ("+CEREG: 3,3,,,,0,13",                     Some(13)),
            (r#"+CGREG: 2,1,"2AF9","00C3",0,"01""#,     None),
            ("+CGREG: 2,1,2AF9,C3D5,0,01",              None),
            (r#"^REJINFO: "20601",3,11,2,0,0"#,         Some(11)),
            ("+CREG: 0,3",                              None),
        ] {
            let mut facts = Facts::default();
            facts.unasked(line);
            assert_eq!(facts.network.cause, expected.map(Cause), "{line}");
        }
    }
}
