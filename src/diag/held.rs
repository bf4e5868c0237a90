//! Radio technologies that a modem is held to, from each maker's setting.

use crate::at::params::Params;

/// What the setting in this line allows, where that is less than everything.
pub(super) fn to(name: &str, list: &Params<'_>) -> Option<&'static str> {
    let value = |place: usize| list.text(place).unwrap_or_default();
    let value = match name {
        "+QCFG" if value(0) == "nwscanmode" => value(1),
        "+QNWPREFCFG" if value(0) == "mode_pref" => value(1),
        "+QCFG" | "+QNWPREFCFG" => return None,
        _ => value(0),
    };
    let value = value.trim();
    ROWS.iter().find(|row| row.0 == name && row.1 == value).map(|row| row.2)
}

const GSM: &str = "2G alone";
const UMTS: &str = "3G alone";
const LTE: &str = "LTE alone";
const NR: &str = "5G alone";

/// Setting, its value, what it stands for; what is not listed allows more than one. Sorted.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str)] = &[
    ("!SELRAT",     "01",    UMTS), ("!SELRAT",     "02",    GSM), ("!SELRAT", "06", LTE),
    ("+CNMP",       "13",    GSM),  ("+CNMP",       "14",    UMTS), ("+CNMP", "38", LTE), ("+CNMP", "71", NR),
    ("+QCFG",       "1",     GSM),  ("+QCFG",       "2",     UMTS), ("+QCFG", "3", LTE),
    ("+QNWPREFCFG", "LTE",   LTE),  ("+QNWPREFCFG", "NR5G",  NR), ("+QNWPREFCFG", "WCDMA", UMTS),
    ("+URAT",       "0",     GSM),  ("+URAT",       "2",     UMTS), ("+URAT", "3", LTE),
    ("+WS46",       "12",    GSM),  ("+WS46",       "22",    UMTS), ("+WS46", "28", LTE),
    ("^SYSCFGEX",   "01",    GSM),  ("^SYSCFGEX",   "02",    UMTS), ("^SYSCFGEX", "03", LTE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted() {
        assert!(ROWS.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
    }

    #[test]
    #[rustfmt::skip]
    fn a_setting_that_allows_everything_holds_to_nothing() {
        for (name, list, expected) in [
            ("+QCFG",     r#""nwscanmode",3"#, Some(LTE)),
            ("+QCFG",     r#""nwscanmode",0"#, None),
            ("+QCFG",     r#""ims",1"#,        None),
            ("+CNMP",     "38",                Some(LTE)),
            ("+CNMP",     "2",                 None),
            ("^SYSCFGEX", r#""03",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"#, Some(LTE)),
            ("^SYSCFGEX", r#""00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"#, None),
            ("+WS46",     "",                  None),
        ] {
            assert_eq!(to(name, &Params::parse(list.as_bytes())), expected, "{name}: {list}");
        }
    }
}
