//! Octets as the printable ASCII of one line, and back.

use std::fmt::Write;

/// Writes octets so that [`unescape`] gives them back and no editor loses one.
///
/// Octets above 0x7E become `\xHH`: a line of them need not be UTF-8.
pub(super) fn escape(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for (place, octet) in octets.iter().enumerate() {
        let at_an_end = place == 0 || place + 1 == octets.len();
        match octet {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\\' => text.push_str("\\\\"),
            b' ' if !at_an_end => text.push(' '),
            0x21..=0x7E => text.push(char::from(*octet)),
            _ => write!(text, "\\x{octet:02X}").unwrap_or_default(),
        }
    }
    text
}

/// Reads what [`escape`] writes, and characters beyond ASCII as their UTF-8.
///
/// # Errors
///
/// The escape that is not one, as it stands in the text.
pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (plain, escaped) = rest.split_at(at);
        octets.extend_from_slice(plain.as_bytes());
        let (octet, behind) =
            one(escaped).ok_or_else(|| escaped.chars().take(4).collect::<String>())?;
        octets.push(octet);
        rest = behind;
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}

/// The octet of the escape that `text` begins with, and what follows it.
fn one(text: &str) -> Option<(u8, &str)> {
    let octet = match text.as_bytes().get(1)? {
        b'r' => b'\r',
        b'n' => b'\n',
        b'\\' => b'\\',
        b'x' => return Some((u8::from_str_radix(text.get(2..4)?, 16).ok()?, text.get(4..)?)),
        _ => return None,
    };
    Some((octet, text.get(2..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn what_is_written_for_octets() {
        for (octets, text) in [
            (&b"AT+CUSD=1,\"*100#\",15"[..], r#"AT+CUSD=1,"*100#",15"#),
            (b"\r\n> ",                      r"\r\n>\x20"),
            (b"CONSULT\x1A",                 r"CONSULT\x1A"),
            (b"AT\\Q3",                      r"AT\\Q3"),
            (b"\xFC\x00",                    r"\xFC\x00"),
        ] {
            assert_eq!(escape(octets), text);
            assert_eq!(unescape(text).as_deref(), Ok(octets), "{text}");
        }
    }

    #[test]
    fn an_unknown_escape_is_shown_as_it_stands() {
        for text in [r"\q", r"\", r"\x", r"\x4", r"\xZZ", r"\xé"] {
            assert!(unescape(&format!("AT{text}")).unwrap_err().starts_with('\\'), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_octet_comes_back(octets: Vec<u8>) {
            let text = escape(&octets);
            prop_assert_eq!(text.trim(), &text);
            prop_assert_eq!(unescape(&text), Ok(octets));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = unescape(&text);
        }
    }
}
