//! `+GTCCINFO` (Fibocom) and `+XMCI` (Intel XMM): cells with levels as the indexes of `+CESQ`.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{area, band, both, named, pci};
use super::units::{self, Level, Rat};
use super::{Cell, Context, Item, Signal, other};

/// `+GTCCINFO:` and a line a cell: 1 serving or 2 neighbour, technology, mcc, mnc, tac, cell, channel, pci,
/// and for the serving cell its band; bandwidth; then levels. The first cell may stand behind the prefix.
pub(super) fn gtccinfo(block: &Block, _: &Context) -> Vec<Item> {
    block.lines().flat_map(|line| gtccinfo_line(&Params::parse(line))).collect()
}

fn gtccinfo_line(params: &Params<'_>) -> Vec<Item> {
    let serving = params.number::<u8>(0) == Some(1);
    let rat = match params.number::<u8>(1) {
        Some(1) => Rat::Gsm,
        Some(2) => Rat::Umts,
        Some(4) => Rat::Lte,
        Some(9) => Rat::Nr,
        _ => return Vec::new(),
    };
    let place = named(params, 2, params.hex(5));
    let cell = Cell {
        rat: Some(rat),
        // The firmware prints the code as a number.
        mnc: place.mnc.map(|mnc| format!("{mnc:0>2}")),
        tac: area(params, 4),
        channel: params.number(6),
        pci: pci(rat, params.number(7)),
        band: params.at(8).str().filter(|_| serving).and_then(numbered_band),
        ..place
    };
    both(cell, levels(rat, params, serving))
}

/// Neighbours have neither band nor signal to noise.
fn levels(rat: Rat, params: &Params<'_>, serving: bool) -> Signal {
    let (sinr, rsrp) = if serving { (Some(10), 12) } else { (None, 10) };
    let sinr = |offset: f64| {
        let halves = sinr.and_then(|place| params.number::<f64>(place))?;
        Level::plain(halves / 2.0 + offset).filter(|_| halves < 255.0)
    };
    let signal = Signal::of(Some(rat));
    match rat {
        Rat::Nr => signal
            .sinr(sinr(-23.5))
            .rsrp(units::SS_RSRP.at(params, rsrp))
            .rsrq(units::SS_RSRQ.at(params, rsrp + 1)),
        Rat::Lte => signal
            .sinr(sinr(0.0))
            .rsrp(units::CESQ_RSRP.at(params, rsrp))
            .rsrq(units::CESQ_RSRQ.at(params, rsrp + 1)),
        _ => signal,
    }
}

/// 103 is LTE band 3, 5078 is NR band 78; some firmware has the band itself.
fn numbered_band(word: &str) -> Option<u32> {
    match (word.strip_prefix("50"), word.parse().ok()?) {
        (Some(nr), 501..) => band(nr.parse().ok()),
        (_, lte @ 101..=199) => Some(lte - 100),
        (_, itself) => band(Some(itself)),
    }
}

/// `+XMCI: <type>,<mcc>,<mnc>,"<tac>","<ci>","<pci>","<earfcn>",...,<rsrp>,<rsrq>` for LTE, everything
/// in quotes being hexadecimal; even types serve, odd ones are neighbours.
pub(super) fn xmci(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = match params.number::<u8>(0) {
        Some(0 | 1) => Rat::Gsm,
        Some(2 | 3) => Rat::Umts,
        Some(4 | 5) => Rat::Lte,
        _ => return vec![other(&block.line)],
    };
    let place = named(&params, 1, params.hex(4));
    let cell = Cell { rat: Some(rat), tac: area(&params, 3), ..place };
    let signal = Signal::of(Some(rat));
    if rat != Rat::Lte {
        return both(cell, signal);
    }
    let narrow = |place| params.hex(place).and_then(|number| u32::try_from(number).ok());
    let channel = narrow(6).filter(|channel| *channel != u32::MAX);
    let signal =
        signal.rsrp(units::CESQ_RSRP.at(&params, 9)).rsrq(units::CESQ_RSRQ.at(&params, 10));
    both(Cell { pci: pci(rat, narrow(5)), channel, ..cell }, signal)
}
