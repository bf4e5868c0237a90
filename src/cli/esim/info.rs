//! `saldo esim info`: the card itself.

use crate::Error;
use crate::euicc::{Addresses, Info, Version};
use crate::ids::Eid;

use super::super::with_modem::AnyModem;
use super::super::{Globals, out};
use super::json::InfoLine;
use super::{or_dash, policy};

pub(super) async fn run(modem: &mut AnyModem, globals: &Globals) -> Result<(), Error> {
    let mut card = modem.euicc().await?;
    let eid = card.eid();
    let info = card.info().await?;
    let addresses = card.addresses().await?.unwrap_or_default();
    card.close().await?;
    if globals.json {
        return out::json(&InfoLine::of(&eid, &info, &addresses, globals));
    }
    out::line(out::visible(&described(&eid, &info, &addresses, globals)))
}

fn described(eid: &Eid, info: &Info, addresses: &Addresses, globals: &Globals) -> String {
    let version = |version: Option<Version>| or_dash(&version_text(version));
    let memory = info.free_memory.map(|octets| format!("{} KiB", octets / 1024));
    let keys: Vec<_> = info.trusted_keys.iter().map(|key| key_name(key)).collect();
    let rows = [
        ("EID", eid.shown(globals.show_ids)),
        ("SGP.22 version", version(info.svn)),
        ("firmware", version(info.firmware)),
        ("profile version", version(info.profile_version)),
        ("free memory", or_dash(&memory.unwrap_or_default())),
        ("trusts", or_dash(&keys.join(", "))),
        ("forbidden rules", or_dash(&policy(&info.forbidden).join(", "))),
        ("default SM-DP+", or_dash(&addresses.default_smdp)),
        ("root SM-DS", or_dash(&addresses.root_smds)),
        ("accreditation", or_dash(&info.accreditation)),
    ];
    let rows = rows.map(|(word, value)| [format!("{word}:"), value]);
    out::columns(&rows).join("\n")
}

pub(super) fn version_text(version: Option<Version>) -> String {
    version.map(|version| version.to_string()).unwrap_or_default()
}

/// A certificate issuer by its key's identifier, by name where everybody knows it.
fn key_name(key: &[u8]) -> String {
    /// Root CI of the GSM Association.
    const GSMA: &str = "81370F5125D0B1D408D4C3B232E6D25E795BEBFB";
    let digits = crate::hex::digits(key);
    if digits == GSMA { "GSMA".into() } else { digits }
}
