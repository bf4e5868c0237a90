//! A simulated eUICC (GSMA SGP.22 v2): commands as octets in, answers as octets out.
//!
//! The card knows what it is; what the modem makes of it is the device's affair.
//!
//! | file | holds |
//! |---|---|
//! | `rows` | what a scenario says of the card, its profiles, and the modem's way with it |
//! | `card` | channels, STORE DATA, GET RESPONSE |
//! | `functions` | what its owner may ask for |
//! | `profile` | one profile, and how it is told |
//! | `notes` | notifications |
//! | `tlv` | BER-TLV |

mod card;
mod functions;
mod notes;
mod profile;
pub(super) mod rows;
mod tlv;

use self::card::Channel;
use self::notes::Notes;
pub(super) use self::profile::Profile;
use self::rows::EuiccRow;
use crate::hex;

/// The card as it is, whatever the modem believes.
#[derive(Debug)]
pub(super) struct Euicc {
    row: EuiccRow,
    profiles: Vec<Profile>,
    notes: Notes,
    channels: [Channel; 3],
    /// Switches that will still find the toolkit busy.
    busy_left: u32,
    /// A refresh waits for the modem to fetch it.
    refreshes: bool,
    heard: Vec<String>,
    forbidden: Vec<String>,
}

/// How many functions are remembered: enough to say what went wrong.
const REMEMBERED: usize = 4096;

impl Euicc {
    pub(super) fn new(row: &EuiccRow) -> Self {
        Self {
            profiles: row
                .profile
                .iter()
                .map(|profile| Profile::new(profile, &row.enabled))
                .collect(),
            notes: Notes::new(row),
            channels: Default::default(),
            busy_left: row.cat_busy,
            refreshes: false,
            heard: Vec::new(),
            forbidden: Vec::new(),
            row: row.clone(),
        }
    }

    /// The profile in use.
    pub(super) fn enabled(&self) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.is_enabled)
    }

    /// Keeps how many tries of PIN and PUK are left of a profile: a reset gives none back.
    pub(super) fn keep_tries(&mut self, iccid: &str, left: (u8, u8)) {
        let mut profiles = self.profiles.iter_mut();
        if let Some(profile) = profiles.find(|profile| profile.row.iccid == iccid) {
            profile.left = Some(left);
        }
    }

    /// Whether the card waits for the modem to fetch a refresh.
    pub(super) fn wants_refresh(&self) -> bool {
        self.refreshes
    }

    /// Power off and on: channels and toolkit are gone, and what the card forgets.
    pub(super) fn reset(&mut self) {
        self.channels = Default::default();
        self.refreshes = false;
        if self.row.forgets {
            for profile in &mut self.profiles {
                profile.is_enabled = profile.row.iccid == self.row.enabled;
            }
        }
    }

    /// The functions asked for since this was last called: `BF31 EnableProfile`, request, answer.
    pub(super) fn take_heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.heard)
    }

    /// Those that a tool which only looks and switches must never send.
    pub(super) fn forbidden(&self) -> &[String] {
        &self.forbidden
    }

    fn remember(&mut self, tag: u32, name: &str, request: &[u8], answer: &[u8]) {
        let line = format!("{tag:04X} {name}");
        if matches!(tag, 0xBF30 | 0xBF32..=0xBF34) && self.forbidden.len() < REMEMBERED {
            self.forbidden.push(line.clone());
        }
        if self.heard.len() < REMEMBERED {
            self.heard.push(format!("{line} {} {}", hex::digits(request), hex::digits(answer)));
        }
    }
}
