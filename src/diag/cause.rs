//! Why a network refuses a modem (3GPP TS 24.008 clause 10.5.3.6, TS 24.301 clause 9.9.3.9).

use serde::{Serialize, Serializer};

/// A reject cause by its number; one we have no row for keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause(pub u16);

impl Cause {
    /// The cause that a modem words: `#11`, `PLMN not allowed`, `cause 11`.
    pub(super) fn in_words(text: &str) -> Option<Self> {
        let folded = text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '#', " ");
        let folded = folded.replace('#', " # ");
        let words: Vec<&str> = folded.split_whitespace().collect();
        let number = words.windows(2).find_map(|pair| match pair {
            [mark, number] if MARKS.contains(mark) => number.parse().ok(),
            _ => None,
        });
        number.or_else(|| by_words(&words.join(" "))).map(Self)
    }

    pub(super) fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.0 == self.0)
    }
}

/// The cause whose words are the longest in the text: "non-GPRS services not allowed" has shorter ones in it.
fn by_words(text: &str) -> Option<u16> {
    let all = ROWS.iter().flat_map(|row| row.2.iter().map(|words| (row.0, *words)));
    let text = format!(" {text} ");
    let fits = all.filter(|(_, words)| text.contains(&format!(" {words} ")));
    fits.max_by_key(|(_, words)| words.len()).map(|(number, _)| number)
}

/// What stands before the number of a cause.
const MARKS: &[&str] = &["#", "cause", "reject", "rejected"];

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

/// Number, name of the finding, what firmware calls it, what it means, what to do.
pub(super) type Row =
    (u16, &'static str, &'static [&'static str], &'static str, Option<&'static str>);

/// Sorted by number. What is not listed is told by its number.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    (2, "reject-imsi-unknown", &["imsi unknown"],
        "the operator does not know this SIM: expired, not yet activated, or cancelled",
        Some("ask the operator whether the SIM is active; a prepaid one may have expired")),
    (3, "reject-illegal-sim", &["illegal ms", "illegal ue", "illegal mobile station"],
        "the network refuses this SIM: it is blocked, or fails its authentication",
        Some("ask the operator whether the SIM is barred, or try it in a phone")),
    (5, "reject-imei-not-accepted", &["imei not accepted"],
        "the network does not accept this modem's IMEI",
        Some("try the SIM in another device: the IMEI may be barred or not certified here")),
    (6, "reject-illegal-modem", &["illegal me"],
        "the network refuses this modem: its IMEI is barred",
        Some("ask the operator to take the IMEI off its bar list")),
    (7, "reject-no-packet-service", &["gprs services not allowed", "eps services not allowed", "gprs not allowed"],
        "the subscription has no packet data",
        Some("ask the operator to enable data, or check whether the credit has run out")),
    (8, "reject-no-service", &["non eps services not allowed", "non gprs services not allowed", "services not allowed",
        "operator determined barring"],
        "the subscription allows neither calls nor data",
        Some("ask the operator whether the SIM is active")),
    (9, "reject-identity-lost", &["identity cannot be derived", "ms identity"],
        "the network has forgotten this modem and wants it to register anew",
        Some("turn the modem off and on again")),
    (10, "reject-detached", &["implicitly detached"],
        "the network has detached this modem",
        Some("turn the modem off and on again")),
    (11, "reject-plmn-not-allowed", &["plmn not allowed", "forbidden plmn"],
        "this network does not allow this SIM",
        Some("let the modem choose the network itself, or check whether the SIM may roam")),
    (12, "reject-area-not-allowed", &["location area not allowed", "tracking area not allowed", "la not allowed", "ta not allowed"],
        "this SIM is not allowed in this area",
        Some("try another place: the subscription may be bound to a region")),
    (13, "reject-roaming-not-allowed", &["roaming not allowed", "national roaming", "roaming forbidden"],
        "roaming is not allowed here for this SIM",
        Some("ask the operator to allow roaming, or use a SIM of this country")),
    (14, "reject-packet-not-in-this-network", &["not allowed in this plmn"],
        "packet data is not allowed for this SIM on this network",
        Some("ask the operator to allow data roaming")),
    (15, "reject-no-suitable-cells", &["no suitable cells"],
        "no cell of this area will take this SIM",
        Some("let the modem use all its radio technologies, or ask which of them the subscription has")),
    (17, "reject-network-failure", &["network failure"],
        "the network failed",
        Some("wait some minutes: the fault is on the network's side")),
    (19, "reject-esm-failure", &["esm failure"],
        "the data connection that LTE needs at once was refused",
        Some("check the APN: LTE does not register without one")),
    (22, "reject-congestion", &["congestion"],
        "the network is congested",
        Some("wait some minutes: the fault is on the network's side")),
    (25, "reject-not-authorised-csg", &["not authorized for this csg", "not authorised for this csg"],
        "the only cell in reach is a private one",
        Some("move the antenna towards a public cell")),
    (27, "reject-unknown-apn", &["missing or unknown apn", "unknown apn"],
        "the network does not know the APN",
        Some("set the operator's APN in the program that makes the connection")),
    (29, "reject-authentication", &["user authentication failed", "user authentication or authorization failed"],
        "the APN refuses user name or password",
        Some("set the operator's APN, user name and password in the program that makes the connection")),
    (33, "reject-option-not-subscribed", &["requested service option not subscribed", "option not subscribed"],
        "the subscription does not have this service",
        Some("check the APN, and whether the tariff has data")),
    (35, "reject-not-in-this-network", &["requested service option not authorized"],
        "the subscription may not use this service on this network",
        Some("ask the operator")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_their_names_are_names() {
        assert!(ROWS.is_sorted_by(|a, b| a.0 < b.0));
        for (_, name, words, message, _) in ROWS {
            assert!(name.starts_with("reject-"), "{name}");
            assert!(!message.ends_with('.') && !words.is_empty(), "{name}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn causes_are_found_in_firmware_words() {
        for (words, expected) in [
            ("EMM Cause: PLMN not allowed", Some(11)),
            ("EMM_CAUSE_ROAMING_NOT_ALLOWED_IN_THIS_TA", Some(13)),
            ("Requested service option not subscribed (#33)", Some(33)),
            ("LU reject, cause 3", Some(3)),
            ("Illegal ME", Some(6)),
            ("Cause #111", Some(111)),
            ("\"EMM cause\",11,\"PLMN not allowed\"", Some(11)),
            ("Attach rejected (cause 2)", Some(2)),
            ("EPS services and non-EPS services not allowed", Some(8)),
            ("EPS services not allowed", Some(7)),
            ("Illegal message", None),
            ("No cause information available", None),
            ("Normal call clearing", None),
            ("", None),
        ] {
            assert_eq!(Cause::in_words(words), expected.map(Cause), "{words}");
        }
    }
}
