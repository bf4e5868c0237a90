//! Maker, model and firmware (3GPP TS 27.007 clauses 5.1 to 5.3, V.250 `I`).

use super::block::Block;
use super::{Context, Identity, Item};

/// Commands whose answers are plain text.
#[rustfmt::skip]
pub(super) const COMMANDS: &[&str] = &[
    "#SWPKGV", "+CGMI", "+CGMM", "+CGMR", "+GMI", "+GMM", "+GMR", "+QGMR", "I",
];

/// `+CGMI: "..."`, as some firmware answers.
pub(super) fn prefixed(block: &Block, _: &Context) -> Vec<Item> {
    let lines: Vec<String> = block.lines().map(text).collect();
    identity(block.name.as_deref().unwrap_or_default(), &lines)
}

/// The lines of an answer without prefix. A revision may span several.
pub(super) fn bare(lines: &[Vec<u8>], context: &Context) -> Vec<Item> {
    let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
    let Some(command) = context.request.any_of(COMMANDS) else { return Vec::new() };
    identity(&command.name, &lines)
}

fn identity(command: &str, lines: &[String]) -> Vec<Item> {
    let joined = Some(lines.join(" ")).filter(|joined| !joined.is_empty());
    let found = match command {
        "+CGMI" | "+GMI" => Identity { manufacturer: joined, ..Identity::default() },
        "+CGMM" | "+GMM" => Identity { model: joined, ..Identity::default() },
        // The package first, then the versions of its parts.
        "#SWPKGV" => Identity { firmware: lines.first().cloned(), ..Identity::default() },
        "I" => information(lines),
        _ => Identity { firmware: joined.map(|text| without_label(&text)), ..Identity::default() },
    };
    if found == Identity::default() { Vec::new() } else { vec![Item::Identity(found)] }
}

/// `Revision:1418B05`, where firmware says twice what it was asked.
fn without_label(text: &str) -> String {
    let label = text.get(..8).filter(|label| label.eq_ignore_ascii_case("revision"));
    let value = label
        .and_then(|label| text.get(label.len()..))
        .filter(|value| value.starts_with([':', ' ']));
    value.map_or(text, |value| value.trim_start_matches([':', ' '])).trim().to_owned()
}

/// `ATI`: labelled lines, or maker, model and revision one below the other.
fn information(lines: &[String]) -> Identity {
    let mut found = Identity::default();
    let mut plain = Vec::new();
    for line in lines {
        let (label, value) = line.split_once(':').unwrap_or((line, ""));
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match label.trim().to_ascii_lowercase().as_str() {
            "manufacturer" => found.manufacturer = value,
            "model" => found.model = value,
            "revision" => found.firmware = value,
            _ if value.is_none() => plain.push(line.clone()),
            _ => {}
        }
    }
    let mut plain = plain.into_iter();
    if found.manufacturer.is_none() && plain.len() >= 2 {
        found.manufacturer = plain.next();
    }
    found.model = found.model.or_else(|| plain.next());
    found.firmware = found.firmware.or_else(|| plain.next().map(|line| without_label(&line)));
    found
}

/// A line without its quotes; where it holds several strings, the first.
fn text(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    let first = text.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    first.map_or(text, |(first, _)| first).trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use crate::answers::decode;

    use super::*;

    #[test]
    #[rustfmt::skip]
    fn makers_models_and_revisions() {
        for (response, request, manufacturer, model, firmware) in [
            ("Example Ltd\r\n\r\nOK\r\n",                        "AT+CGMI",   Some("Example Ltd"), None,          None),
            ("+CGMM: \"EX25\"\r\nOK\r\n",                        "AT+CGMM",   None,                Some("EX25"),  None),
            ("V 1.2\r\n24-11-26\r\n(c) Example\r\nOK\r\n",       "AT+CGMR",   None,                None,          Some("V 1.2 24-11-26 (c) Example")),
            ("SIM800 R14.18\r\n\r\nOK\r\n",                        "ATI",       None,                Some("SIM800 R14.18"), None),
            ("+CGMM: \"EX25\",\"EX25-E\"\r\nOK\r\n",               "AT+CGMM",   None,                Some("EX25"),  None),
            ("Revision:1418B05\r\nOK\r\n",                       "AT+CGMR",   None,                None,          Some("1418B05")),
            ("25.30-B001\r\nM0F.1\r\nOK\r\n",                    "AT#SWPKGV", None,                None,          Some("25.30-B001")),
            ("Example\r\nEX25\r\nRevision: EX25A06\r\nOK\r\n",   "ATI",       Some("Example"),     Some("EX25"),  Some("EX25A06")),
            ("Manufacturer: example\r\nModel: E1\r\nRevision: 11.8\r\nIMEI: 867500000001234\r\n+GCAP: +CGSM\r\nOK\r\n",
                                                                 "ATI",       Some("example"),     Some("E1"),    Some("11.8")),
        ] {
            let items = decode(response.as_bytes(), None, Some(request)).items;
            let expected = Identity {
                manufacturer: manufacturer.map(str::to_owned),
                model: model.map(str::to_owned),
                firmware: firmware.map(str::to_owned),
            };
            assert!(items.contains(&Item::Identity(expected)), "{response}: {items:?}");
        }
    }
}
