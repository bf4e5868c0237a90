//! Serving and neighbour cells: one line says which cell it is and how it comes in.

use crate::at::params::Params;

use super::block::Block;
use super::signal::negative;
use super::units::{self, Level, Rat, level_at};
use super::{Cell, Context, Item, Signal, other};

/// `+QENG` (Quectel) and `+MENG` (MeiG): a state word or none, the technology, then by technology.
pub(super) fn qeng(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let found = (0..params.len().min(4))
        .find_map(|place| Some((place, params.at(place).str().and_then(Rat::of)?)));
    let Some((place, rat)) = found else { return vec![other(&block.line)] };
    let neighbour = params.at(0).str().is_some_and(|word| word.starts_with("neighbour"));
    let nsa = params.at(place).str().is_some_and(|word| word.ends_with("NSA"));
    let power_first = block.name.as_deref() == Some("+MENG");
    let values = params.from(place + 1);
    let (cell, signal) = match rat {
        _ if neighbour => neighbour_of(rat, &values, power_first),
        Rat::Lte | Rat::LteM | Rat::NbIot => lte(rat, &values),
        Rat::Nr if nsa => nr_nsa(&values),
        Rat::Nr => nr_sa(&values),
        Rat::Umts => umts(&values),
        Rat::Gsm | Rat::Cdma => gsm(rat, &values),
    };
    both(cell, signal)
}

fn both(cell: Cell, signal: Signal) -> Vec<Item> {
    vec![Item::Cell(cell), Item::Signal(signal)]
}

/// Duplex, mcc, mnc, ci, pci, earfcn, band, two bandwidths, tac, rsrp, rsrq, rssi, sinr.
///
/// Some firmware leaves fields out between cell and levels: the first negative number is the rsrp.
fn lte(rat: Rat, values: &Params<'_>) -> (Cell, Signal) {
    // Quectel names the duplex, MeiG numbers it; a country code has three digits.
    let duplex = values.at(0);
    let first = usize::from(duplex.octets.len() < 3 || duplex.number::<u16>().is_none());
    let values = values.from(first);
    let rsrp = first_negative(&values, 4).unwrap_or(9);
    let whole = rsrp == 9;
    let cell = Cell {
        rat: Some(rat),
        pci: values.number(3),
        channel: values.number(4).filter(|_| whole),
        band: values.number(5).filter(|_| whole),
        tac: values.hex(8).filter(|_| whole),
        ..named(&values, 0, values.hex(2))
    };
    (cell, levels(rat, &values.from(rsrp)))
}

/// Rsrp, rsrq, rssi, sinr. Most firmware gives the last in dB, some in fifths from -20 dB on.
fn levels(rat: Rat, values: &Params<'_>) -> Signal {
    let sinr = level_at(values, 3);
    let sinr = match sinr {
        Some(level) if level.value() > 40.0 => units::QCSQ_SINR.at(values, 3),
        _ => sinr,
    };
    Signal::of(Some(rat))
        .rsrp(level_at(values, 0))
        .rsrq(level_at(values, 1))
        .rssi(level_at(values, 2))
        .sinr(sinr)
}

/// Duplex, mcc, mnc, ci, pci, tac, arfcn, band, bandwidth, rsrp, rsrq, sinr.
fn nr_sa(values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(Rat::Nr),
        pci: values.number(4),
        tac: values.hex(5),
        channel: values.number(6),
        band: values.number(7),
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
        pci: values.number(2),
        channel: values.number(6),
        band: values.number(7),
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
        tac: values.hex(2),
        channel: values.number(4),
        pci: values.number(5),
        ..named(values, 0, values.hex(3))
    };
    let signal = Signal::of(Some(Rat::Umts)).rscp(level_at(values, 7)).ecio(level_at(values, 8));
    (cell, signal)
}

/// Mcc, mnc, lac, ci, bsic, arfcn, band, rxlev.
fn gsm(rat: Rat, values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(rat),
        tac: values.hex(2),
        channel: values.number(5),
        ..named(values, 0, values.hex(3))
    };
    let rssi = super::signal::index_or_level(values, 7, &units::RXLEV);
    (cell, Signal::of(Some(rat)).rssi(rssi))
}

/// Channel, pci, then in Quectel's LTE lines rsrq before rsrp, in all others rsrp before rsrq.
fn neighbour_of(rat: Rat, values: &Params<'_>, power_first: bool) -> (Cell, Signal) {
    // Without a channel the first number is the pci, which ends at 1007.
    let has_channel = values.number::<u32>(1).is_some();
    let pci = usize::from(has_channel);
    let cell = Cell {
        rat: Some(rat),
        channel: values.number(0).filter(|_| has_channel),
        pci: values.number(pci),
        ..Cell::default()
    };
    let (first, second) = (level_at(values, pci + 1), level_at(values, pci + 2));
    let swapped = rat != Rat::Nr && !power_first;
    let (rsrp, rsrq) = if swapped { (second, first) } else { (first, second) };
    let rssi = level_at(values, pci + 3).filter(|_| swapped);
    let sinr = level_at(values, pci + if swapped { 4 } else { 3 });
    (cell, Signal::of(Some(rat)).rsrp(rsrp).rsrq(rsrq).rssi(rssi).sinr(sinr))
}

/// Country and network code in two fields, and the cell.
pub(super) fn named(values: &Params<'_>, mcc: usize, cell_id: Option<u64>) -> Cell {
    let known = cell_id.filter(|id| *id != 0xFFF_FFFF && *id != 0xFFFF_FFFF);
    Cell {
        mcc: values.number(mcc).filter(|mcc| (1..=999).contains(mcc)),
        mnc: values.text(mcc + 1).filter(|mnc| is_mnc(mnc)),
        cell_id: known,
        ..Cell::default()
    }
}

pub(super) fn is_mnc(mnc: &str) -> bool {
    (1..=3).contains(&mnc.len()) && mnc.bytes().all(|octet| octet.is_ascii_digit())
}

fn first_negative(values: &Params<'_>, from: usize) -> Option<usize> {
    (from..values.len()).find(|place| values.number::<f64>(*place).is_some_and(|n| n < -30.0))
}

/// `+QNWINFO: "<act>","<plmn>","<band>",<channel>` (Quectel).
pub(super) fn qnwinfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = params.at(0).str().and_then(Rat::of);
    if rat.is_none() {
        return vec![other(&block.line)];
    }
    let (mcc, mnc) = params.at(1).str().and_then(split_plmn).unzip();
    let band = params.at(2).str().and_then(band_in);
    vec![Item::Cell(Cell { rat, mcc, mnc, band, channel: params.number(3), ..Cell::default() })]
}

/// Country code and network code of `20601`.
pub(super) fn split_plmn(plmn: &str) -> Option<(u16, String)> {
    let (mcc, mnc) = plmn.split_at_checked(3)?;
    (mnc.len() >= 2 && is_mnc(mnc)).then_some(())?;
    Some((mcc.parse().ok()?, mnc.to_owned()))
}

/// The number at the end of `LTE BAND 3`, `EUTRAN-BAND7`, `n78`.
pub(super) fn band_in(word: &str) -> Option<u32> {
    let start = word.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |last| last + 1);
    word.get(start..)?.parse().ok()
}

/// `^MONSC: <rat>,<mcc>,<mnc>,...` (Huawei).
pub(super) fn monsc(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let Some(rat) = params.at(0).str().and_then(Rat::of) else { return vec![other(&block.line)] };
    let cell = |channel, cell_id, pci, tac| Cell {
        rat: Some(rat),
        channel: params.number(channel),
        pci: params.number(pci),
        tac: params.hex(tac),
        ..named(&params, 1, params.hex(cell_id))
    };
    let level = |place| level_at(&params, place);
    let signal = Signal::of(Some(rat));
    match rat {
        Rat::Lte | Rat::LteM | Rat::NbIot => {
            both(cell(3, 4, 5, 6), signal.rsrp(level(7)).rsrq(level(8)).rssi(level(9)))
        }
        Rat::Nr => {
            let rsrp = first_negative(&params, 4).unwrap_or(9);
            let signal = signal.rsrp(level(rsrp)).rsrq(level(rsrp + 1)).sinr(level(rsrp + 2));
            both(cell(3, 5, 6, 7), signal)
        }
        Rat::Umts => both(cell(3, 5, 4, 6), signal.rscp(level(7)).ecio(level(9).map(negative))),
        Rat::Gsm | Rat::Cdma => {
            let cell = Cell { pci: None, ..cell(4, 6, 5, 7) };
            both(cell, signal.rssi(level(8)))
        }
    }
}

/// `+GTCCINFO:` and a line a cell (Fibocom): 1 serving or 2 neighbour, technology, mcc, mnc, tac, cell,
/// channel, pci, and for the serving cell its band; bandwidth; then levels as indexes.
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
    let cell = Cell {
        rat: Some(rat),
        tac: params.hex(4).filter(|tac| !matches!(tac, 0xFFFF | 0xFF_FFFF | 0xFFF_FFFF)),
        channel: params.number(6),
        pci: params.number(7),
        band: params.at(8).str().filter(|_| serving).and_then(fibocom_band),
        ..named(params, 2, params.hex(5))
    };
    // Neighbours have neither band nor signal to noise.
    let (sinr, rsrp) = if serving { (Some(10), 12) } else { (None, 10) };
    let sinr = |halves: f64| {
        let number = sinr.and_then(|place| params.number::<f64>(place))?;
        Level::plain(number / 2.0 + halves).filter(|_| number < 255.0)
    };
    let signal = Signal::of(Some(rat));
    let signal = match rat {
        Rat::Nr => signal
            .sinr(sinr(-23.5))
            .rsrp(units::SS_RSRP.at(params, rsrp))
            .rsrq(units::SS_RSRQ.at(params, rsrp + 1)),
        Rat::Lte => signal
            .sinr(sinr(0.0))
            .rsrp(units::CESQ_RSRP.at(params, rsrp))
            .rsrq(units::CESQ_RSRQ.at(params, rsrp + 1)),
        _ => signal,
    };
    both(cell, signal)
}

/// 103 is LTE band 3, 5078 is NR band 78.
fn fibocom_band(word: &str) -> Option<u32> {
    match (word.strip_prefix("50"), word.parse().ok()?) {
        (_, lte @ 101..=199) => Some(lte - 100),
        (Some(nr), 501..) => nr.parse().ok(),
        _ => None,
    }
}

/// `+UCGED: 2` and two lines (u-blox): technology, service, mcc, mnc; then earfcn, band, two
/// bandwidths, tac, cell, pci, three identities, rsrp and rsrq as indexes, sinr.
pub(super) fn ucged(block: &Block, _: &Context) -> Vec<Item> {
    let mut lines = block.more.iter().map(|line| Params::parse(line));
    let (Some(head), Some(values)) = (lines.next(), lines.next()) else { return Vec::new() };
    if head.number::<u8>(0) != Some(6) {
        return vec![other(&block.line)];
    }
    let cell = Cell {
        rat: Some(Rat::Lte),
        tac: values.hex(4).filter(|tac| *tac != 0xFFFF),
        channel: values.number(0).filter(|channel| *channel != 65_535),
        pci: values.number(6).filter(|pci| *pci <= 503),
        band: values.number(1).filter(|band| *band != 255),
        ..named(&head, 2, values.hex(5).filter(|id| *id != 0))
    };
    let signal = Signal::of(Some(Rat::Lte))
        .rsrp(units::CESQ_RSRP.at(&values, 10))
        .rsrq(units::CESQ_RSRQ.at(&values, 11))
        .sinr(level_at(&values, 12));
    both(cell, signal)
}
