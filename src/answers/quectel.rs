//! `+QENG`, `+QNWINFO`, `+QCAINFO` (Quectel) and `+MENG`, which MeiG has made after the first.

use crate::at::params::Params;

use super::block::Block;
use super::neighbour;
use super::serving::{area, band, band_in, both, first_power, named, pci, sinr_at, split_plmn};
use super::units::{self, Rat, level_at};
use super::{Cell, Context, Item, Signal, other};

/// A state word or none, the technology, then by technology. The older modules have numbers alone.
pub(super) fn qeng(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let found = (0..params.len().min(4))
        .find_map(|place| Some((place, params.at(place).str().and_then(Rat::of)?)));
    let Some((place, rat)) = found else { return without_word(block, &params) };
    let word = params.text(place).unwrap_or_default();
    let values = params.from(place + 1);
    if params.at(0).str().is_some_and(|word| word.starts_with("neighbour")) {
        return neighbour::items(rat, &values);
    }
    let (cell, signal) = match rat {
        Rat::Lte | Rat::LteM | Rat::NbIot => lte(rat, &values),
        Rat::Nr if word.ends_with("SA") && !word.ends_with("NSA") => nr_sa(&values),
        Rat::Nr => nr_nsa(&values),
        Rat::Umts if word.starts_with("TD") => td_scdma(&values),
        Rat::Umts => umts(&values),
        Rat::Gsm | Rat::Cdma => gsm(rat, &values),
    };
    both(cell, signal)
}

/// `0,<mcc>,<mnc>,<lac>,<ci>,<bcch>,<bsic>,<dBm>,...` (M10 to M95); of NB-IoT modules the cell is in quotes.
/// A state alone is followed by lines that say more, but while searching.
fn without_word(block: &Block, params: &Params<'_>) -> Vec<Item> {
    if params.at(4).quoted && params.len() >= 11 {
        let (cell, signal) = nb_iot(params);
        return both(cell, signal);
    }
    if params.number::<u8>(0) == Some(0) && params.len() >= 8 {
        let tac = area(params, 3);
        let cell = Cell { tac, channel: params.number(5), ..named(params, 1, params.hex(4)) };
        let signal = Signal::of(Some(Rat::Gsm)).rssi(level_at(params, 7));
        return both(Cell { rat: Some(Rat::Gsm), ..cell }, signal);
    }
    match (params.at(0).is("servingcell"), params.at(1).is("SEARCH")) {
        (true, true) => vec![Item::Signal(Signal::default())],
        (true, false) if params.len() == 2 => Vec::new(),
        _ => vec![other(&block.line)],
    }
}

/// Duplex, mcc, mnc, ci, pci, earfcn, band, two bandwidths, tac, rsrp, rsrq, rssi, sinr, srxlev.
///
/// Some firmware leaves fields out between cell and levels: the first power is the rsrp. MeiG's may
/// leave out the sinr: the srxlev is then alone behind the rssi.
fn lte(rat: Rat, values: &Params<'_>) -> (Cell, Signal) {
    // Quectel names the duplex, MeiG numbers it; a country code has three digits.
    let duplex = values.at(0);
    let first = usize::from(duplex.octets.len() < 3 || duplex.number::<u16>().is_none());
    let values = values.from(first);
    let rsrp = first_power(&values, 4).unwrap_or(9);
    let whole = rsrp == 9;
    let cell = Cell {
        rat: Some(rat),
        pci: pci(rat, values.number(3)),
        channel: values.number(4).filter(|_| whole),
        band: band(values.number(5)).filter(|_| whole),
        tac: area(&values, 8).filter(|_| whole),
        ..named(&values, 0, values.hex(2))
    };
    let sinr = if values.len() > rsrp + 4 { sinr_at(&values, rsrp + 3) } else { None };
    let signal = Signal::of(Some(rat))
        .rsrp(level_at(&values, rsrp))
        .rsrq(level_at(&values, rsrp + 1))
        .rssi(level_at(&values, rsrp + 2));
    (cell, signal.sinr(sinr))
}

/// `0,<earfcn>,<offset>,<pci>,"<ci>",<rsrp>,<rsrq>,<rssi>,<snr>,<band>,"<tac>",...` (BC66 and its like).
fn nb_iot(params: &Params<'_>) -> (Cell, Signal) {
    let rat = Rat::NbIot;
    let cell = Cell {
        rat: Some(rat),
        cell_id: params.hex(4),
        pci: pci(rat, params.number(3)),
        channel: params.number(1),
        band: band(params.number(9)),
        tac: area(params, 10),
        ..Cell::default()
    };
    let signal = Signal::of(Some(rat))
        .rsrp(level_at(params, 5))
        .rsrq(level_at(params, 6))
        .rssi(level_at(params, 7))
        .sinr(level_at(params, 8));
    (cell, signal)
}

/// Duplex, mcc, mnc, ci, pci, tac, arfcn, band, bandwidth, rsrp, rsrq, sinr.
fn nr_sa(values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(Rat::Nr),
        pci: pci(Rat::Nr, values.number(4)),
        tac: area(values, 5),
        channel: values.number(6),
        band: band(values.number(7)),
        ..named(values, 1, values.hex(3))
    };
    let signal = Signal::of(Some(Rat::Nr))
        .rsrp(level_at(values, 9))
        .rsrq(level_at(values, 10))
        .sinr(level_at(values, 11));
    (cell, signal)
}

/// Mcc, mnc, pci, rsrp, sinr, rsrq, arfcn, band.
fn nr_nsa(values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(Rat::Nr),
        pci: pci(Rat::Nr, values.number(2)),
        channel: values.number(6),
        band: band(values.number(7)),
        ..named(values, 0, None)
    };
    let signal = Signal::of(Some(Rat::Nr))
        .rsrp(level_at(values, 3))
        .sinr(level_at(values, 4))
        .rsrq(level_at(values, 5));
    (cell, signal)
}

/// Mcc, mnc, lac, ci, uarfcn, psc, rac, rscp, ecio.
fn umts(values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(Rat::Umts),
        tac: area(values, 2),
        channel: values.number(4),
        pci: pci(Rat::Umts, values.number(5)),
        ..named(values, 0, values.hex(3))
    };
    let signal = Signal::of(Some(Rat::Umts)).rscp(level_at(values, 7)).ecio(level_at(values, 8));
    (cell, signal)
}

/// Mcc, mnc, lac, ci, frequency, rssi, rscp, ecio.
fn td_scdma(values: &Params<'_>) -> (Cell, Signal) {
    let (cell, signal) = umts(values);
    let signal =
        signal.rssi(level_at(values, 5)).rscp(level_at(values, 6)).ecio(level_at(values, 7));
    (Cell { pci: None, ..cell }, signal)
}

/// Mcc, mnc, lac, ci, bsic, arfcn, band, rxlev.
fn gsm(rat: Rat, values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(rat),
        tac: area(values, 2),
        channel: values.number(5),
        ..named(values, 0, values.hex(3))
    };
    let rssi = super::signal::index_or_level(values, 7, &units::RXLEV);
    (cell, Signal::of(Some(rat)).rssi(rssi))
}

/// `+QNWINFO: "<act>","<plmn>","<band>",<channel>`; `No Service` is a cell of which nothing is known.
pub(super) fn qnwinfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = params.at(0).str().and_then(Rat::of);
    let (mcc, mnc) = params.at(1).str().and_then(split_plmn).unzip();
    let band = params.at(2).str().and_then(band_in);
    vec![Item::Cell(Cell { rat, mcc, mnc, band, channel: params.number(3), ..Cell::default() })]
}

/// `+QCAINFO: "PCC",<channel>,<bandwidth>,"<band>",...`, a line a carrier. In LTE a state, the pci, rsrp,
/// rsrq, rssi and sinr follow; in NR the state may be missing, and everything behind the pci.
pub(super) fn qcainfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let word = params.text(3).unwrap_or_default();
    let Some(rat) = Rat::of(&word) else { return vec![other(&block.line)] };
    let stated = params.number::<u8>(4).is_none_or(|state| state <= 2);
    let stated = rat != Rat::Nr || (stated && params.number::<u32>(5).is_some());
    let at = 4 + usize::from(stated);
    let cell = Cell {
        rat: Some(rat),
        pci: pci(rat, params.number(at)),
        channel: params.number(1),
        band: band_in(&word),
        ..Cell::default()
    };
    let levels =
        Signal::of(Some(rat)).rsrp(level_at(&params, at + 1)).rsrq(level_at(&params, at + 2));
    let signal = if rat == Rat::Nr {
        levels
    } else {
        levels.rssi(level_at(&params, at + 3)).sinr(sinr_at(&params, at + 4))
    };
    let mut items = vec![Item::Cell(cell)];
    items.extend((!signal.is_empty()).then_some(Item::Signal(signal)));
    items
}
