//! What a scenario says of its eUICC and the profiles on it.

use serde::Deserialize;

use crate::sim::scenario::{Code, Network, TextAnswer};

/// A card that holds profiles.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::sim) struct EuiccRow {
    /// 32 digits.
    pub(in crate::sim) eid: String,
    pub(in crate::sim) kind: Kind,
    /// The ICCID of the profile in use; none where it is empty.
    pub(in crate::sim) enabled: String,
    /// How many octets it gives at a time; 0 where the modem fetches the whole answer by itself.
    pub(in crate::sim) chunk: usize,
    /// Answers of so many octets come whole all the same.
    pub(in crate::sim) whole: usize,
    /// Whether GET RESPONSE with another length than the announced one is told the right one (6Cxx).
    pub(in crate::sim) is_strict: bool,
    /// The longest block of STORE DATA it takes; 0 is 255.
    pub(in crate::sim) segment: usize,
    /// What it holds of itself (EUICCInfo2) in hexadecimal; a usual one where nothing is said.
    pub(in crate::sim) info2: String,
    /// So many switches find the toolkit busy.
    pub(in crate::sim) cat_busy: u32,
    /// Ways to switch that this card fails at.
    pub(in crate::sim) refuses: Vec<Refusal>,
    /// Whether a switch is forgotten when the card is reset.
    pub(in crate::sim) forgets: bool,
    /// The sequence number of the next notification.
    pub(in crate::sim) next_seq: u32,
    /// Notifications that nobody has sent yet.
    pub(in crate::sim) notification: Vec<NotificationRow>,
    pub(in crate::sim) profile: Vec<ProfileRow>,
}

/// Whom the card obeys.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Kind {
    /// Its owner (SGP.22).
    #[default]
    Consumer,
    /// A server (SGP.02): there is no ISD-R for the owner.
    M2m,
}

/// A way to name a profile in EnableProfile, and whether a refresh is asked for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Refusal {
    Iccid,
    IccidRefresh,
    Aid,
    AidRefresh,
}

/// A profile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::sim) struct ProfileRow {
    pub(in crate::sim) iccid: String,
    /// The AID of its ISD-P in hexadecimal.
    pub(in crate::sim) aid: String,
    pub(in crate::sim) nickname: Option<String>,
    pub(in crate::sim) provider: Option<String>,
    pub(in crate::sim) name: Option<String>,
    /// The size of its icon, a PNG as far as its tag goes.
    pub(in crate::sim) icon: Option<usize>,
    pub(in crate::sim) class: Class,
    /// PLMN and GID1 (hexadecimal) of its owner; B7 is not there without a PLMN.
    pub(in crate::sim) owner: Option<String>,
    pub(in crate::sim) gid1: Option<String>,
    /// What may not be done with it.
    pub(in crate::sim) policy: Vec<Rule>,
    /// Where its notifications are to go.
    pub(in crate::sim) address: String,
    pub(in crate::sim) imsi: String,
    /// EF_SPN and EF_MSISDN.
    pub(in crate::sim) spn: Option<String>,
    pub(in crate::sim) number: Option<String>,
    /// The PIN it asks for.
    pub(in crate::sim) pin: Option<String>,
    /// The network that takes it; what is empty here is as in the modem's own `[network]`.
    pub(in crate::sim) network: Network,
    /// What its operator answers; the modem's own rows come behind.
    pub(in crate::sim) code: Vec<Code>,
    pub(in crate::sim) text: Vec<TextAnswer>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Class {
    Test,
    Provisioning,
    #[default]
    Operational,
}

/// A profile policy rule (SGP.22 clause 2.9.1).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Rule {
    /// PPR1.
    NoDisable,
    /// PPR2.
    NoDelete,
}

/// A notification that waits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::sim) struct NotificationRow {
    pub(in crate::sim) seq: u32,
    pub(in crate::sim) operation: Operation,
    pub(in crate::sim) address: String,
    pub(in crate::sim) iccid: String,
}

/// What was done with a profile; the number of its bit in NotificationEvent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Operation {
    #[default]
    Install = 0,
    Enable = 1,
    Disable = 2,
    Delete = 3,
}

/// How the modem hands commands to the card, and what it does when the card has changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::sim) struct ApduRow {
    /// Whether `+CCHO` answers with the bare number, as 27.007 has it, and not behind its name.
    pub(in crate::sim) is_bare: bool,
    /// The CME code of every `+CCHO`, or its words; 0 is plain `ERROR`.
    pub(in crate::sim) error: Option<u16>,
    pub(in crate::sim) words: Option<String>,
    /// The CME code for an AID that is not there; 0 is plain `ERROR`.
    pub(in crate::sim) no_such_aid: u16,
    pub(in crate::sim) csim: Csim,
    /// How long `+CGLA` takes.
    pub(in crate::sim) after_ms: u32,
    /// Whether octets come in small letters, or without quotes.
    pub(in crate::sim) is_lower: bool,
    pub(in crate::sim) is_unquoted: bool,
    /// Whether the card cannot be reached while no profile is enabled.
    pub(in crate::sim) needs_profile: bool,
    pub(in crate::sim) refresh: Refresh,
    /// Whether the answer that asks for a refresh is lost to it: the modem reads the card at once.
    pub(in crate::sim) loses_answer: bool,
    /// The CME code for commands to a card that is being read; 14 (busy) where nothing is said.
    pub(in crate::sim) reading: Option<u16>,
    /// How long the modem takes to read the card, and then to find a network.
    pub(in crate::sim) reads_ms: u32,
    pub(in crate::sim) search_ms: u32,
    /// How long the line is gone when the modem restarts.
    pub(in crate::sim) away_ms: u32,
}

/// How far `+CSIM` goes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Csim {
    /// Logical channels as well.
    #[default]
    Channels,
    /// A channel opens, and then takes no command (6881).
    Opens,
    /// No channel opens (6881).
    Basic,
}

/// What the modem does when the card asks for a refresh.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(in crate::sim) enum Refresh {
    /// It reads the card anew.
    #[default]
    Reads,
    /// Nothing: it must be reset.
    Ignores,
    /// It restarts, and its line is gone for a while.
    Restarts,
}
