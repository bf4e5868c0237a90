//! Final result codes and what they mean (V.250 clause 5.7, 3GPP TS 27.007 clause 9.2, TS 27.005
//! clause 3.2.5).

mod tables;

/// How a command ended: the class, the number where there is one, and the modem's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalResult {
    /// Which family of result it is.
    pub class: Class,
    /// The number; for a worded `+CME ERROR` the one that the wording stands for.
    pub code: Option<u32>,
    /// The wording where the modem gave more than a number.
    pub text: Option<String>,
}

/// The families of final results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `OK`, and `CONNECT` with the speed as text.
    Ok,
    /// `ERROR`, which gives no reason.
    Error,
    /// `+CME ERROR`: the equipment or the SIM says no.
    Cme,
    /// `+CMS ERROR`: the message service says no.
    Cms,
    /// Any other end: `NO CARRIER`, `COMMAND NOT SUPPORT`, ...
    Other,
}

/// Reads one line without its line end; `None` where it does not end a command.
///
/// Words are compared exactly, prefixes in any case: some firmware mirrors the command's case in
/// a prefix, but `Ok` at the start of a line is somebody's text.
///
/// ```
/// use saldo::at::code::{Class, final_result};
///
/// let result = final_result(b"+CME ERROR: SIM busy").unwrap();
/// assert_eq!((result.class, result.code), (Class::Cme, Some(14)));
/// assert_eq!(final_result(b"+CSQ: 17,99"), None);
/// ```
pub fn final_result(line: &[u8]) -> Option<FinalResult> {
    let line = line.trim_ascii();
    worded(line).or_else(|| numbered(line)).or_else(|| other(line))
}

impl FinalResult {
    /// Whether the command did what it was asked.
    pub fn is_ok(&self) -> bool {
        self.class == Class::Ok
    }

    /// What the number stands for; `None` for numbers no table of ours knows.
    pub fn meaning(&self) -> Option<&'static str> {
        self.row().map(|row| row.meaning)
    }

    /// The command or action that helps; `None` where we know none.
    pub fn hint(&self) -> Option<&'static str> {
        match self.class {
            Class::Other
                if self.text.as_deref().is_some_and(|text| text.starts_with("COMMAND")) =>
            {
                Some("this firmware lacks the command")
            }
            _ => self.row()?.hint,
        }
    }

    fn row(&self) -> Option<&'static tables::Row> {
        let table = match self.class {
            Class::Cme => tables::CME,
            Class::Cms => tables::CMS,
            Class::Ok | Class::Error | Class::Other => return None,
        };
        let code = self.code?;
        let place = table.binary_search_by_key(&code, |row| u32::from(row.code)).ok()?;
        table.get(place)
    }
}

/// In the modem's own words, with the meaning behind a bare number.
impl std::fmt::Display for FinalResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.class {
            Class::Ok => "OK",
            Class::Error => "ERROR",
            Class::Cme => "+CME ERROR",
            Class::Cms => "+CMS ERROR",
            Class::Other => return f.write_str(self.text.as_deref().unwrap_or_default()),
        };
        match (&self.text, self.code, self.meaning()) {
            (Some(text), _, _) if self.class == Class::Ok => write!(f, "{text}"),
            (Some(text), _, _) => write!(f, "{name}: {text}"),
            (None, Some(code), Some(meaning)) => write!(f, "{name}: {code} ({meaning})"),
            (None, Some(code), None) => write!(f, "{name}: {code}"),
            (None, None, _) => f.write_str(name),
        }
    }
}

fn worded(line: &[u8]) -> Option<FinalResult> {
    let plain = |class| Some(FinalResult { class, code: None, text: None });
    match line {
        b"OK" => plain(Class::Ok),
        b"ERROR" => plain(Class::Error),
        _ => None,
    }
}

fn numbered(line: &[u8]) -> Option<FinalResult> {
    let (class, rest) = [(Class::Cme, &b"+CME ERROR"[..]), (Class::Cms, b"+CMS ERROR")]
        .into_iter()
        .find_map(|(class, prefix)| Some((class, without_prefix(line, prefix)?)))?;
    // Some firmware leaves the blank out, some the whole reason; the colon is always there.
    let reason = String::from_utf8_lossy(rest.strip_prefix(b":")?.trim_ascii()).into_owned();
    if reason.is_empty() {
        return Some(FinalResult { class, code: None, text: None });
    }
    Some(match reason.parse() {
        Ok(code) => FinalResult { class, code: Some(code), text: None },
        Err(_) => FinalResult { class, code: tables::code_of(class, &reason), text: Some(reason) },
    })
}

fn other(line: &[u8]) -> Option<FinalResult> {
    let ended = OTHER.contains(&line);
    let modem_error = without_prefix(line, b"MODEM ERROR:").is_some();
    let connected = line == b"CONNECT" || line.starts_with(b"CONNECT ");
    if !(ended || modem_error || connected) {
        return None;
    }
    let text = String::from_utf8_lossy(line).into_owned();
    let code = text.rsplit(':').next().and_then(|last| last.trim().parse().ok());
    let class = if connected { Class::Ok } else { Class::Other };
    Some(FinalResult { class, code, text: Some(text) })
}

fn without_prefix<'a>(line: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Ends without a number. Huawei says `COMMAND NOT SUPPORT`; the rest is V.250.
#[rustfmt::skip]
const OTHER: &[&[u8]] = &[
    b"BUSY", b"COMMAND NOT SUPPORT", b"COMMAND NOT SUPPORTED", b"NO ANSWER", b"NO CARRIER", b"NO DIAL TONE",
    b"NO DIALTONE", b"TOO MANY PARAMETERS",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn final_lines_in_all_their_clothes() {
        use Class::{Cme, Cms, Error, Ok, Other};
        for (line, class, code, text) in [
            ("OK",                                     Ok,    None,             None),
            ("CONNECT 115200",                         Ok,    None,             Some("CONNECT 115200")),
            ("ERROR",                                  Error, None,             None),
            ("+CME ERROR: 30",                         Cme,   Some(30),         None),
            ("+cme error:30",                          Cme,   Some(30),         None),
            ("+CME ERROR: ",                           Cme,   None,             None),
            ("+CME ERROR: 20480123",                   Cme,   Some(20_480_123), None),
            ("+CME ERROR:Excute command failure",      Cme,   None,             Some("Excute command failure")),
            ("+CME ERROR: SIM PUK required",           Cme,   Some(12),         Some("SIM PUK required")),
            ("+CME ERROR: (U)SIM not inserted",        Cme,   Some(10),         Some("(U)SIM not inserted")),
            ("+CME ERROR: No Network-Service",         Cme,   Some(30),         Some("No Network-Service")),
            ("+CME ERROR: 99999999999",                Cme,   None,             Some("99999999999")),
            ("+CMS ERROR: 331",                        Cms,   Some(331),        None),
            ("+CMS ERROR: memory full",                Cms,   Some(322),        Some("memory full")),
            ("+CMS ERROR: gooseberry",                 Cms,   None,             Some("gooseberry")),
            ("COMMAND NOT SUPPORT",                    Other, None,             Some("COMMAND NOT SUPPORT")),
            ("MODEM ERROR: 7",                         Other, Some(7),          Some("MODEM ERROR: 7")),
            ("NO CARRIER",                             Other, None,             Some("NO CARRIER")),
            ("NO DIALTONE",                            Other, None,             Some("NO DIALTONE")),
            ("NO ANSWER",                              Other, None,             Some("NO ANSWER")),
            ("BUSY",                                   Other, None,             Some("BUSY")),
        ] {
            let expected = FinalResult { class, code, text: text.map(str::to_owned) };
            assert_eq!(final_result(line.as_bytes()), Some(expected), "{line:?}");
        }
    }

    #[test]
    fn other_lines_end_nothing() {
        for line in ["", "Ok", "OK.", "OK. Your balance is 5", "ERRORS", "CONNECTED", "+CME: 3"] {
            assert_eq!(final_result(line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn a_number_gets_its_meaning_and_hint() {
        let locked = final_result(b"+CME ERROR: 11").unwrap();
        assert_eq!(locked.meaning(), Some("SIM PIN required"));
        assert!(locked.hint().unwrap().contains("saldo sim unlock"));
        assert_eq!(final_result(b"+CME ERROR: 99999").unwrap().meaning(), None);
        assert_eq!(locked.to_string(), "+CME ERROR: 11 (SIM PIN required)");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_without_panic(line: Vec<u8>) {
            final_result(&line);
        }

        #[test]
        fn every_number_survives(code: u32) {
            let result = final_result(format!("+CME ERROR: {code}").as_bytes()).unwrap();
            prop_assert_eq!(result.code, Some(code));
        }
    }
}
