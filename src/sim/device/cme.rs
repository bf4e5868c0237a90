//! The words of `+CME ERROR` under `AT+CMEE=2` (3GPP TS 27.007 clause 9.2).

/// Sorted by number.
#[rustfmt::skip]
const TEXTS: &[(u16, &str)] = &[
    (3,   "operation not allowed"),
    (4,   "operation not supported"),
    (10,  "SIM not inserted"),
    (11,  "SIM PIN required"),
    (12,  "SIM PUK required"),
    (13,  "SIM failure"),
    (14,  "SIM busy"),
    (16,  "incorrect password"),
    (22,  "not found"),
    (30,  "no network service"),
    (50,  "incorrect parameters"),
    (100, "unknown"),
    (258, "network failure"),
];

/// The text of a code; the number itself where it has none here, as firmwares do.
pub(super) fn text(code: u16) -> String {
    let place = TEXTS.binary_search_by_key(&code, |(number, _)| *number).ok();
    let text = place.and_then(|place| TEXTS.get(place));
    text.map_or_else(|| code.to_string(), |(_, text)| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_sorted_and_found() {
        assert!(TEXTS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(text(30), "no network service");
        assert_eq!(text(304), "304");
    }
}
