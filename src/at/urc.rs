//! Unsolicited result codes: lines nobody asked for, which must never end or join an answer.

/// Whether a line starts like a result that modems send unasked.
///
/// Many of these are also answers; a pending command that expects the same prefix decides.
///
/// ```
/// use saldo::at::urc;
///
/// assert!(urc::is_known(b"^RSSI:14"));
/// assert!(urc::is_known(b"ring"));
/// assert!(!urc::is_known(b"RINGO"));
/// ```
pub fn is_known(line: &[u8]) -> bool {
    name(line).is_some()
}

/// The table's spelling of an unsolicited line's name: `^RSSI` for `^RSSI:14`.
pub fn name(line: &[u8]) -> Option<&'static str> {
    let line = line.trim_ascii();
    let prefix = PREFIXES.iter().find(|name| has_name(line, name.as_bytes(), false));
    prefix.or_else(|| WORDS.iter().find(|name| has_name(line, name.as_bytes(), true))).copied()
}

/// Whether somebody may wait for the line: a reply or a message, and not the modem's own noise.
pub fn is_awaited(line: &[u8]) -> bool {
    const AWAITED: [&str; 6] = ["+CDS", "+CDSI", "+CME ERROR", "+CMT", "+CMTI", "+CUSD"];
    AWAITED.iter().any(|name| has_name(line.trim_ascii(), name.as_bytes(), false))
        || name(line).is_none()
}

/// Whether `line` is sent unasked even while `prefix` is awaited (3GPP TS 27.007 clause 7.2).
///
/// The answer to `AT+CREG?` is `<n>,<stat>[,"lac",…]`, the unsolicited form `<stat>[,"lac",…]`: one
/// field, or a quoted second one, was not asked for.
pub fn interrupts(line: &[u8], prefix: &[u8]) -> bool {
    const REGISTRATION: [&[u8]; 4] = [b"+CREG:", b"+CGREG:", b"+CEREG:", b"+C5GREG:"];
    if !REGISTRATION.iter().any(|name| name.eq_ignore_ascii_case(prefix)) {
        return false;
    }
    let fields = line.get(prefix.len()..).unwrap_or_default();
    let mut fields = fields.split(|octet| *octet == b',').map(<[u8]>::trim_ascii).skip(1);
    fields.next().is_none_or(|second| second.starts_with(b"\""))
}

fn has_name(line: &[u8], name: &[u8], whole_word: bool) -> bool {
    let Some((start, rest)) = line.split_at_checked(name.len()) else { return false };
    let follows = match rest.first() {
        None => true,
        Some(next) if whole_word => next.is_ascii_whitespace(),
        Some(next) => matches!(next, b':' | b' ' | b',' | b'='),
    };
    start.eq_ignore_ascii_case(name) && follows
}

/// By family, as modems send them: 3GPP TS 27.007 and 27.005 first, then vendors.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    // every family
    "+C5GREG", "+CBM", "+CBMI", "+CDS", "+CDSI", "+CEREG", "+CGEV", "+CGREG", "+CIEV", "+CLIP", "+CMT", "+CMTI",
    "+CREG", "+CRING", "+CSSI", "+CSSU", "+CTZE", "+CTZV", "+CUSD",
    // Huawei
    "^ANLEVEL", "^BOOT", "^CEND", "^CERSSI", "^CONF", "^CONN", "^CSNR", "^DSFLOWRPT", "^HCSQ", "^MODE", "^NDISSTAT",
    "^NWTIME", "^ORIG", "^REJINFO", "^RSSI", "^SIMST", "^SMMEMFULL", "^SRVST", "^STIN", "^USSDMODE",
    // ZTE
    "+ZDONR", "+ZEND", "+ZMSRI", "+ZPASR", "+ZPSTM", "+ZUSIMR",
    // SIMCom
    "*ATREADY", "*PSNWID", "*PSUTTZ", "DST", "+SIMCARD", "MISSED_CALL", "OVER-TEMPERATURE POWER DOWN",
    "OVER-TEMPERATURE WARNNING", "UNDER-VOLTAGE POWER DOWN", "UNDER-VOLTAGE WARNING", "UNDER-VOLTAGE WARNNING",
    // Quectel
    "+QIND", "+QSIMSTAT", "+QUSIM",
    // Sierra, Wavecom
    "+WEND", "+WIND",
    // Telit
    "#ECAM", "#NITZ", "#QSS",
    // u-blox
    "+PACSP1", "+UMWI", "+UUPSDA", "+UUSIMSTAT", "+UUSTS",
    // Cinterion
    "^SBC", "^SCTM_B", "^SHUTDOWN", "^SYSLOADING", "^SYSSTART",
    // Ericsson
    "*E2NAP", "*EMRDY", "*EMWI", "*ERINFO", "*ESTKSMENU", "*STKEND",
    // Option
    "_OSIGQ", "_OSSYSI", "_OUWCTI", "_OWANCALL",
];

/// Words that stand alone on their line.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "Call Ready", "NORMAL POWER DOWN", "PB DONE", "POWERED DOWN", "RDY", "RING", "SMS DONE", "SMS Ready",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_registration_report_is_told_from_its_answer() {
        for (line, unsolicited) in [
            ("+CREG: 5",                     true),
            ("+CREG: 5,\"792D\",\"0494\"",   true),
            ("+CREG: 2,5,\"792D\",\"0494\"", false),
            ("+CREG: 0,1",                   false),
        ] {
            assert_eq!(interrupts(line.as_bytes(), b"+CREG:"), unsolicited, "{line}");
        }
        assert!(!interrupts(b"+CSQ: 5", b"+CSQ:"));
    }

    #[test]
    fn a_name_is_not_the_start_of_a_longer_one() {
        assert_eq!(name(b"+CMTI: \"SM\",3"), Some("+CMTI"));
        assert_eq!(name(b"+CMTIX: 3"), None);
        assert_eq!(name(b"NO ANSWER"), None);
        assert_eq!(name(b"DST: 0"), Some("DST"));
    }
}
