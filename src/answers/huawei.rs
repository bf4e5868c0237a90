//! `^MONSC`, `^SYSINFO` and `^SYSINFOEX` (Huawei).

use crate::at::params::Params;

use super::block::Block;
use super::registration::meaning;
use super::serving::{area, both, named, pci};
use super::signal::negative;
use super::units::{Rat, level_at};
use super::{Cell, Context, Item, Registration, Signal, other};

/// `^MONSC: <rat>,<mcc>,<mnc>,...`; a cell that is not measured has empty fields.
pub(super) fn monsc(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let Some(rat) = params.at(0).str().and_then(Rat::of) else { return vec![other(&block.line)] };
    let cell = |channel, cell_id, tac| Cell {
        rat: Some(rat),
        channel: params.number(channel),
        tac: area(&params, tac),
        ..named(&params, 1, params.hex(cell_id))
    };
    let level = |place| level_at(&params, place);
    let signal = Signal::of(Some(rat));
    match rat {
        // Channel, ci, pci, tac, rsrp, rsrq, rssi.
        Rat::Lte | Rat::LteM | Rat::NbIot => {
            let cell = Cell { pci: hex_pci(rat, &params, 5), ..cell(3, 4, 6) };
            both(cell, signal.rsrp(level(7)).rsrq(level(8)).rssi(level(9)))
        }
        Rat::Nr => nr(&params, cell, signal),
        // Channel, psc, ci, lac, rscp, rssi, ecio.
        Rat::Umts => {
            let cell = Cell { pci: pci(rat, params.number(4)), ..cell(3, 5, 6) };
            let signal = signal.rscp(level(7)).rssi(level(8));
            both(cell, signal.ecio(level(9).map(negative)))
        }
        // Band, channel, bsic, ci, lac, rssi.
        Rat::Gsm | Rat::Cdma => both(cell(4, 6, 7), signal.rssi(level(8))),
    }
}

/// Channel, subcarrier spacing, ci, pci, tac, rsrp, rsrq, sinr.
fn nr(
    params: &Params<'_>,
    cell: impl Fn(usize, usize, usize) -> Cell,
    signal: Signal,
) -> Vec<Item> {
    let level = |place| level_at(params, place);
    let cell = Cell { pci: hex_pci(Rat::Nr, params, 6), ..cell(3, 5, 7) };
    both(cell, signal.rsrp(level(8)).rsrq(level(9)).sinr(level(10)))
}

/// Hexadecimal here, unlike everywhere else; what is too high for that was decimal.
fn hex_pci(rat: Rat, params: &Params<'_>, place: usize) -> Option<u32> {
    let hex = params.hex(place).and_then(|pci| u32::try_from(pci).ok());
    pci(rat, hex).or_else(|| pci(rat, params.number(place)))
}

/// `^SYSINFO: <service>,<domain>,<roaming>,<mode>,<sim>[,<lock>,<submode>]`
pub(super) fn sysinfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let submode = params.number(6).and_then(|submode: u8| access(OLD_SUBMODES, submode));
    let act = submode.or_else(|| access(OLD_MODES, params.number(3)?));
    registered(&params, act)
}

/// `^SYSINFOEX: <service>,<domain>,<roaming>,<sim>,<lock>,<mode>,"<name>",<submode>,"<name>"`
pub(super) fn sysinfoex(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let submode = params.number(7).and_then(|submode: u8| access(SUBMODES, submode));
    let act = submode.or_else(|| access(MODES, params.number(5)?));
    registered(&params, act)
}

/// Service, domain and roaming as `<stat>` of the domains that they speak of.
fn registered(params: &Params<'_>, act: Option<u8>) -> Vec<Item> {
    let roaming = params.number::<u8>(2) == Some(1);
    let domain: Option<u8> = params.number(1);
    let stat = match params.number::<u8>(0) {
        _ if domain == Some(SEARCHING) => Some(2),
        Some(0) => Some(0),
        Some(2) if roaming => Some(5),
        Some(2) => Some(1),
        Some(1 | 3) => Some(8),
        _ => None,
    };
    let packets = if act == Some(7) { "eps" } else { "ps" };
    let domains: &[&'static str] = match domain {
        // Sticks in LTE say "none" and mean that there is no other.
        Some(1 | 3) if stat != Some(0) => &[packets],
        Some(2) => &["cs", packets],
        _ => &["cs"],
    };
    let meaning = stat.and_then(meaning);
    let registration =
        |domain| Registration { domain, stat, meaning, act, ..Registration::default() };
    domains.iter().map(|domain| Item::Registration(registration(domain))).collect()
}

/// A domain that stands for none so far.
const SEARCHING: u8 = 4;

fn access(table: &[(u8, u8)], mode: u8) -> Option<u8> {
    table.iter().find(|(known, _)| *known == mode).map(|(_, act)| *act)
}

/// Modes and submodes of `^SYSINFO`, and the `<AcT>` of 3GPP TS 27.007 clause 7.3 each is.
const OLD_MODES: &[(u8, u8)] = &[(3, 0), (5, 2)];
#[rustfmt::skip]
const OLD_SUBMODES: &[(u8, u8)] = &[
    (1, 0), (2, 0), (3, 3), (4, 2), (5, 4), (6, 5), (7, 6), (8, 2), (9, 6), (17, 6), (18, 6),
];
/// The same of `^SYSINFOEX`.
const MODES: &[(u8, u8)] = &[(1, 0), (3, 2), (6, 7)];
#[rustfmt::skip]
const SUBMODES: &[(u8, u8)] = &[
    (1, 0), (2, 0), (3, 3), (41, 2), (42, 4), (43, 5), (44, 6), (45, 6), (46, 6), (101, 7), (102, 7),
];
