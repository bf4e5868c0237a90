//! The SIM's own number inside an operator's words.

/// `text` with every place that writes `number`, however it is spaced, as `masked`.
pub fn mask_number(text: &str, number: &str, masked: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match written(rest, &digits) {
            Some(length) => {
                shown.push_str(masked);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                shown.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    shown
}

/// How many octets at the start of `text` write these digits; `None` where others stand there.
fn written(text: &str, digits: &[char]) -> Option<usize> {
    let mut wanted = digits.iter().peekable();
    let mut length = 0;
    for c in text.chars() {
        match c {
            _ if wanted.peek().is_none() => break,
            '+' if length == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '/' if length > 0 => {}
            _ if wanted.next() == Some(&c) => {}
            _ => return None,
        }
        length += c.len_utf8();
    }
    (wanted.peek().is_none() && !digits.is_empty()).then_some(length)
}

#[cfg(test)]
mod tests {
    #[test]
    #[rustfmt::skip]
    fn a_number_is_masked_however_it_is_spaced() {
        for (text, expected) in [
            ("0470123456: 5,00 EUR",          "0470…: 5,00 EUR"),
            ("Nr +32 470 12 34 56. 5 EUR",    "Nr +32 470 12 34 56. 5 EUR"),
            ("0470 12.34-56 (5 EUR)",         "0470… (5 EUR)"),
            ("047012345",                     "047012345"),
            ("é0470123456é",                  "é0470…é"),
        ] {
            assert_eq!(super::mask_number(text, "0470123456", "0470…"), expected);
        }
    }
}
