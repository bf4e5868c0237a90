//! How a modem is sent to 2G or 3G for the length of one request, and back.

use serde::Deserialize;

use crate::at::params::Params;

/// The commands that read, change and put back the radio access technology.
///
/// `{0}`, `{1}` … in them stand for the parameters of the answer to `read`, as the modem wrote them; `{1?}`
/// for one that may be empty, `{*}` for all of them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fallback {
    /// Reads the setting and changes nothing.
    pub read: String,
    /// Set one with circuit-switched service, best first: 3G, then 2G.
    pub set: Vec<String>,
    /// Puts back what was read.
    pub back: String,
}

impl Fallback {
    /// `template` with the parameters that follow the prefix of the line which answered `read`.
    ///
    /// `None` where it names a parameter that the line does not have: then nothing may be changed,
    /// since it could not be put back. Quotes stay as the modem wrote them.
    pub fn fill(template: &str, line: &str) -> Option<String> {
        let rest = line.split_once(':').map_or(line, |(_, rest)| rest).trim();
        let params = Params::parse(rest.as_bytes());
        let mut filled = String::new();
        let mut left = template;
        while let Some((before, after)) = left.split_once('{') {
            let (name, tail) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(&value(name, rest, &params)?);
            left = tail;
        }
        filled.push_str(left);
        Some(filled)
    }
}

/// What a name in braces stands for; `None` where the answer does not say.
fn value(name: &str, rest: &str, params: &Params<'_>) -> Option<String> {
    if name == "*" {
        return (!rest.is_empty()).then(|| rest.to_owned());
    }
    let may_be_empty = name.ends_with('?');
    let param = params.at(name.trim_end_matches('?').parse().ok()?);
    let text = std::str::from_utf8(param.octets).ok()?;
    match (param.quoted, text.is_empty()) {
        (true, _) => Some(format!("\"{text}\"")),
        (false, true) => may_be_empty.then(String::new),
        (false, false) => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn templates_are_filled_from_the_answer() {
        for (template, line, filled) in [
            ("AT+WS46={0}",      "+WS46: 31", Some("AT+WS46=31")),
            ("AT+WS46={0}",      "31",        Some("AT+WS46=31")),
            ("AT^SYSCFGEX={0},{1},{2},{3},{4},,", r#"^SYSCFGEX: "00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,"#,
                Some(r#"AT^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,"#)),
            (r#"AT+QCFG={0},{1},1"#, r#"+QCFG: "nwscanmode",0"#, Some(r#"AT+QCFG="nwscanmode",0,1"#)),
            ("AT!SELRAT={0}",    "!SELRAT: 03, UMTS 3G Preferred", Some("AT!SELRAT=03")),
            ("AT+CNMP={0}",      "+CNMP:",    None),
            ("AT+CNMP={1}",      "+CNMP: 2",  None),
            ("AT+CNMP={x}",      "+CNMP: 2",  None),
            ("AT+CNMP=2",        "",          Some("AT+CNMP=2")),
            ("AT+URAT={*}",      "+URAT: 3,2", Some("AT+URAT=3,2")),
            ("AT+URAT={*}",      "+URAT:",    None),
            ("AT+XACT={0},{1?},{2?}", "+XACT: 4,,,1,2,101", Some("AT+XACT=4,,")),
            ("AT+XACT={0},{1?},{2?}", "+XACT: 4,2,1,1,2,101", Some("AT+XACT=4,2,1")),
            ("AT+XACT={0?}{9?}", "+XACT: 4",  Some("AT+XACT=4")),
        ] {
            assert_eq!(Fallback::fill(template, line).as_deref(), filled, "{template} {line}");
        }
    }
}
