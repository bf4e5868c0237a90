//! What a command line does: whether it only asks, changes something, or is not ours to send as it stands.

/// What becomes of a command line that a user has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It asks the modem and changes nothing.
    Asks,
    /// It may change a setting, or we do not know it.
    MayChange,
    /// It dials, sends or answers: that has a command of its own, which asks first.
    GoesOut(&'static str),
    /// It carries a PIN, which no argument and no recording may hold.
    CarriesPin,
    /// It is no command line.
    Malformed,
}

/// What goes out, and the command that does it with care.
#[rustfmt::skip]
const GOES_OUT: &[(&str, &str)] = &[
    ("+CMGC", "saldo sms send"), ("+CMGS", "saldo sms send"), ("+CMGW", "saldo sms send"),
    ("+CMSS", "saldo sms send"), ("+CUSD=0,", "saldo ussd"),   ("+CUSD=1,", "saldo ussd"),
];

/// What carries a PIN or a password, but for its questions (3GPP TS 27.007 clauses 7.4, 7.5 and 8.3).
const PINS: &[&str] = &["+CLCK=", "+CPIN2=", "+CPIN=", "+CPWD=", "^CPIN="];

/// Questions without a question mark.
#[rustfmt::skip]
const QUESTIONS: &[&str] = &[
    "", "!ICCID", "#CCID", "#CESQ", "#CGMI", "#CGMM", "#CGMR", "#CGSN", "#CIMI", "#MONI", "#RFSTS", "#SERVINFO",
    "+CCID", "+CESQ", "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+CICCID", "+CIMI", "+CNUM", "+CPAS", "+CPINR",
    "+CPMUTEMP", "+CPNNUM", "+CSQ", "+GCAP", "+GMI", "+GMM", "+GMR", "+GSN", "+ICCID", "+QCAINFO", "+QCCID",
    "+QCSQ", "+QENG=\"NEIGHBOURCELL\"", "+QENG=\"SERVINGCELL\"", "+QNWINFO", "+QRSRP", "+QTEMP", "+SPIC",
    "+UPINCNT", "+XPINCNT", "+ZRSSI", "I", "^CSNR", "^MONSC", "^SYSINFO", "^SYSINFOEX",
];

/// What a command line does; a line of several parts does the worst of them.
///
/// ```
/// use saldo::at::{Effect, effect};
///
/// assert_eq!(effect("AT+CSQ;+CREG?"), Effect::Asks);
/// assert_eq!(effect("AT+CSQ;D112;"), Effect::GoesOut("saldo ussd"));
/// ```
pub fn effect(line: &str) -> Effect {
    let upper = line.trim().to_ascii_uppercase();
    let Some(body) = upper.strip_prefix("AT").filter(|body| !body.contains(char::is_control))
    else {
        return Effect::Malformed;
    };
    // Anywhere: firmware takes parts without a semicolon between them too (ITU-T V.250 clause 5.2.1).
    let without_blanks: String = body.split_whitespace().collect();
    let body = without_blanks.as_str();
    if let Some((_, command)) = GOES_OUT.iter().find(|(name, _)| has_command(body, name)) {
        return Effect::GoesOut(command);
    }
    if PINS.iter().any(|name| has_command(body, name)) || is_pin_apdu(body) {
        return Effect::CarriesPin;
    }
    let parts = || body.split(';');
    if parts().any(dials) {
        return Effect::GoesOut("saldo ussd");
    }
    let asks = |part: &str| part.ends_with('?') || QUESTIONS.binary_search(&part).is_ok();
    if parts().all(asks) { Effect::Asks } else { Effect::MayChange }
}

/// Whether a command stands in the line, but for its questions: `+CPIN=?`.
fn has_command(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(place, _)| {
        let behind = body.get(place + name.len()..).unwrap_or_default();
        !behind.trim_start_matches('=').starts_with('?')
    })
}

/// Whether a basic part dials or takes a call: `D`, also behind others as in `E0D112;`, and `A`.
fn dials(part: &str) -> bool {
    let basic = part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    basic.contains(['A', 'D'])
}

/// Whether an APDU verifies, changes or unblocks a PIN (ETSI TS 102 221 clause 11.1).
fn is_pin_apdu(body: &str) -> bool {
    const INSTRUCTIONS: [&str; 5] = ["20", "24", "26", "28", "2C"];
    let carries = |part: &str| {
        let apdu = part.rsplit(',').next().unwrap_or_default().trim_matches('"');
        apdu.get(2..4).is_some_and(|instruction| INSTRUCTIONS.contains(&instruction))
    };
    ["+CSIM=", "+CGLA="].iter().any(|name| body.contains(name)) && body.split(';').any(carries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn what_lines_do() {
        use Effect::{Asks, CarriesPin, GoesOut, Malformed, MayChange};
        for (line, expected) in [
            ("AT",                                  Asks),
            ("ati",                                 Asks),
            ("AT+COPS=?",                           Asks),
            ("AT+CSQ;+CREG?;^HCSQ?",                Asks),
            ("AT+QENG=\"servingcell\"",             Asks),
            ("AT+CPIN?",                            Asks),
            ("AT+CPIN=?",                           Asks),
            ("AT+CMGS=?",                           Asks),
            ("AT+CUSD?",                            Asks),
            ("AT+CFUN=0",                           MayChange),
            ("AT+CUSD=2",                           MayChange),
            ("AT+CMGL=4",                           MayChange), // marks messages as read
            ("ATZ",                                 MayChange),
            ("AT&F",                                MayChange),
            ("AT+UNHEARD",                          MayChange),
            ("ATD*100#",                            GoesOut("saldo ussd")),
            ("ATE0D112;",                           GoesOut("saldo ussd")),
            ("AT+CSQ;D112;",                        GoesOut("saldo ussd")),
            ("AT + CUSD = 1,\"*100#\",15",          GoesOut("saldo ussd")),
            ("ATE0+CUSD=1,\"*100#\"",               GoesOut("saldo ussd")),
            ("AT+CMGS=\"1914\"",                    GoesOut("saldo sms send")),
            ("at+cpin=1234",                        CarriesPin),
            ("AT+CSQ;+CLCK=\"SC\",1,\"1234\"",      CarriesPin),
            ("AT+CSIM=26,\"0020000108313233\"",     CarriesPin),
            ("AT+CSIM=14,\"00A40004023F00\"",       MayChange),
            ("A/",                                  Malformed),
            ("+CSQ",                                Malformed),
            ("AT\rATD112;",                         Malformed),
        ] {
            assert_eq!(effect(line), expected, "{line:?}");
        }
    }

    #[test]
    fn questions_are_sorted() {
        assert!(QUESTIONS.is_sorted());
    }
}
