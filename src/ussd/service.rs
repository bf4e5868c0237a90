//! Codes that are spoken for: supplementary services, PINs, handset functions.

/// What a code does instead of asking a balance (3GPP TS 22.030 annex B and clauses 6.5.4 to 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service(&'static Row);

impl Service {
    /// The service code, without the `*` and `#` round it.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// What it does, as the words after "this code".
    pub fn does(self) -> &'static str {
        self.0.does
    }

    /// Whether operators are known to give this code a meaning of their own: then an exact listing
    /// may have it. Never for PINs, forwarding and barring.
    pub(super) fn is_reused_by_operators(self) -> bool {
        self.0.reused
    }
}

/// The service that a whole code asks for, with whatever prefix and however many parts.
pub(super) fn claiming(code: &str) -> Option<Service> {
    if code.starts_with("*#*#") || code.starts_with("*#0*") {
        return Some(Service(&HANDSET));
    }
    let digits = code.trim_start_matches(['*', '#']);
    let prefix = code.len() - digits.len();
    if prefix == 0 {
        return None; // `100#`: no procedure of TS 22.030 clause 6.5.2 begins with a digit
    }
    let first = digits.split(['*', '#', '+']).next().unwrap_or_default();
    let row = SERVICES.iter().find(|row| row.covers(first))?;
    (!row.asks_only || code.starts_with("*#")).then_some(Service(row))
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// A final `n` stands for one digit or none.
    code: &'static str,
    does: &'static str,
    reused: bool,
    /// Claimed in the form `*#…#` only; `*9999#` may be an operator's.
    asks_only: bool,
}

impl Row {
    fn covers(&self, first: &str) -> bool {
        match self.code.strip_suffix('n') {
            Some(stem) => first.strip_prefix(stem).is_some_and(|digit| digit.len() < 2),
            None => self.code == first,
        }
    }
}

const HANDSET: Row = handset("*#", "opens a menu of the handset; a modem has none");

const fn fixed(code: &'static str, does: &'static str) -> Row {
    Row { code, does, reused: false, asks_only: false }
}

const fn reused(code: &'static str, does: &'static str) -> Row {
    Row { code, does, reused: true, asks_only: false }
}

const fn handset(code: &'static str, does: &'static str) -> Row {
    Row { code, does, reused: false, asks_only: true }
}

/// Sorted by code. `reused` where the operator data has a balance under it.
#[rustfmt::skip]
const SERVICES: &[Row] = &[
    handset("0000", "shows the firmware of a handset; a modem has `AT+CGMR`"),
    fixed("002",  "forwards all calls"),
    fixed("004",  "forwards calls on any condition"),
    fixed("03",   "changes the password of call barring"),
    fixed("04",   "changes the SIM PIN"),
    fixed("042",  "changes the SIM PIN2"),
    fixed("05",   "unblocks the SIM PIN with the PUK"),
    fixed("052",  "unblocks the SIM PIN2 with the PUK2"),
    handset("06", "shows the IMEI of a handset; a modem has `AT+CGSN`"),
    handset("07", "shows the radiation values of a handset"),
    fixed("21",   "forwards calls"),
    reused("214", "sends calls after you (follow me)"),
    fixed("30",   "shows callers' numbers"),
    reused("300", "shows callers' names"),
    fixed("31",   "hides your number"),
    fixed("33",   "bars outgoing calls"),
    fixed("330",  "bars all calls"),
    fixed("331",  "bars calls abroad"),
    fixed("332",  "bars calls abroad except home"),
    fixed("333",  "bars all outgoing calls"),
    fixed("35",   "bars incoming calls"),
    fixed("351",  "bars incoming calls abroad"),
    fixed("353",  "bars all incoming calls"),
    fixed("360",  "sends data along with calls"),
    fixed("361",  "sends data along with calls"),
    fixed("362",  "sends data along with calls"),
    fixed("363",  "sends data along with calls"),
    reused("37n", "calls back when a line is free"),
    fixed("43",   "switches call waiting"),
    reused("59n", "switches the subscriber profile"),
    fixed("61",   "forwards calls nobody answers"),
    fixed("62",   "forwards calls when you are away"),
    fixed("66",   "deflects a call"),
    fixed("67",   "forwards calls when you are busy"),
    fixed("75n",  "sets the priority of calls"),
    fixed("76",   "shows the number of who answers"),
    fixed("77",   "hides your number when you answer"),
    fixed("88",   "switches several calls at once"),
    fixed("96",   "hands a call over"),
    handset("9999", "shows the firmware of a handset; a modem has `AT+CGMR`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_unique() {
        let codes: Vec<_> = SERVICES.iter().map(|row| row.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    }

    #[test]
    #[rustfmt::skip]
    fn codes_and_who_claims_them() {
        for (code, claimed) in [
            ("*21*0470123456#",          Some("21")),
            ("**21*0470123456*11*20#",   Some("21")),
            ("##002#",                   Some("002")),
            ("#004#",                    Some("004")),
            ("*#61#",                    Some("61")),
            ("*33*0000#",                Some("33")),
            ("*#353*1919#",              Some("353")),
            ("*31#+32470123456",         Some("31")),
            ("#31#0470123456",           Some("31")),
            ("**03*330*0000*1111*1111#", Some("03")),
            ("**04*1234*0000*0000#",     Some("04")),
            ("*04*1234#",                Some("04")),
            ("**052*12345678*0000*0000#",Some("052")),
            ("*#06#",                    Some("06")),
            ("*06#",                     None),
            ("*#9999#",                  Some("9999")),
            ("*9999#",                   None),
            ("*#*#4636#*#*",             Some("*#")),
            ("*#0*#",                    Some("*#")),
            ("*37#",                     Some("37n")),
            ("*375*6#",                  Some("37n")),
            ("*3755#",                   None),
            ("*75#",                     Some("75n")),
            ("*100#",                    None),
            ("*210#",                    None),
            ("*#10#",                    None),
            ("*#1345#",                  None),
            ("*097#",                    None),
            ("21#",                      None),
            ("#",                        None),
        ] {
            assert_eq!(claiming(code).map(Service::code), claimed, "{code}");
        }
    }
}
