//! Percent coding (RFC 3986 clause 2.1) and the pairs of a form (WHATWG URL, `application/x-www-form-urlencoded`).

/// A part of a path, decoded; `None` where a `%` does not stand before two hexadecimal digits, and for what is not
/// UTF-8.
pub(super) fn decode(part: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let octet = match (first, behind) {
            (b'%', [high, low, behind @ ..]) => {
                rest = behind;
                crate::hex::octets(&[*high, *low])?.first().copied()?
            }
            (b'%', _) => return None,
            (octet, _) => *octet,
        };
        octets.push(octet);
    }
    String::from_utf8(octets).ok()
}

/// A name as one part of a path.
pub(super) fn encode(name: &str) -> String {
    let mut coded = String::with_capacity(name.len());
    for octet in name.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => {
                coded.push(char::from(octet));
            }
            // Also the dot: `..` in a path is a step up to a browser.
            _ => coded.push_str(&format!("%{octet:02X}")),
        }
    }
    coded
}

/// The first value of this field in a query or a form.
pub(super) fn field(pairs: &str, name: &str) -> Option<String> {
    let value = |part: &str| decode(&part.replace('+', " "));
    pairs.split('&').find_map(|pair| {
        let (key, text) = pair.split_once('=').unwrap_or((pair, ""));
        if value(key)? == name { value(text) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_part_of_a_path() {
        for (coded, plain) in [
            ("attic",             Some("attic")),
            ("%2Fdev%2FttyUSB2",  Some("/dev/ttyUSB2")),
            ("caf%C3%A9",         Some("café")),
            ("a+b",               Some("a+b")),
            ("%",                 None),
            ("%2",                None),
            ("%zz",               None),
            ("%+1",               None),
            ("%ff",               None),
        ] {
            assert_eq!(decode(coded).as_deref(), plain, "{coded}");
        }
        for name in ["/dev/ttyUSB2", "..", "café au lait", "a&b=c#d?e", "%41"] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
        assert_eq!(encode(".."), "%2E%2E");
    }

    #[test]
    fn fields_of_a_form() {
        let form = "form=ab%20c&token=a+b%2Bc&token=second&&x";
        assert_eq!(field(form, "token").as_deref(), Some("a b+c"));
        assert_eq!(field(form, "x").as_deref(), Some(""));
        assert_eq!(field(form, "y"), None);
        assert_eq!(field("token=%ff", "token"), None);
    }
}
