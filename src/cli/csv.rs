//! Cells of comma-separated values (RFC 4180), safe to open in a spreadsheet.

use super::out;

/// In quotes where its text would end it; what a spreadsheet would compute has an apostrophe in front.
pub(super) fn cell(text: &str) -> String {
    let is_number = text.parse::<rust_decimal::Decimal>().is_ok();
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    let text = out::visible(&text);
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    #[rustfmt::skip]
    fn what_an_operator_writes_is_text() {
        for (text, expected) in [
            ("12.34",          "12.34"),
            ("-0.50",          "-0.50"),
            ("12,34 EUR",      "\"12,34 EUR\""),
            ("Plan \"XL\"",    "\"Plan \"\"XL\"\"\""),
            ("one\ntwo",       "\"one\ntwo\""),
            ("=cmd|' /C x'!A", "'=cmd|' /C x'!A"),
            ("+32 470",        "'+32 470"),
            ("@SUM(A1)",       "'@SUM(A1)"),
            ("\u{1b}[2J",      "\\u{1b}[2J"),
            ("",               ""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
