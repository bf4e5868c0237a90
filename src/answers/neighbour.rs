//! Neighbour cells of `+QENG` and `+MENG`. Their fields depend on the technology that the modem itself is
//! in, which the line does not name; levels are told by their size.

use crate::at::params::Params;

use super::serving::{both, first_power, named, pci};
use super::units::{Rat, level_at};
use super::{Cell, Item, Signal};

/// The values behind the name of the technology.
pub(super) fn items(rat: Rat, values: &Params<'_>) -> Vec<Item> {
    match rat {
        Rat::Umts => umts(values),
        Rat::Gsm | Rat::Cdma => gsm(values),
        _ => reference(rat, values),
    }
}

/// Channel, pci, two levels, then rssi and sinr, or in NR the sinr alone. A line without a channel starts
/// with the pci. Quectel's LTE lines have the rsrq first, its lines seen from 2G and 3G and MeiG's the
/// rsrp: that is always the smaller one.
fn reference(rat: Rat, values: &Params<'_>) -> Vec<Item> {
    // The field behind the pci is a level or unknown.
    let has_channel = values.number::<u32>(1).is_some();
    let at = usize::from(has_channel);
    let cell = Cell {
        rat: Some(rat),
        channel: values.number(0).filter(|_| has_channel),
        pci: pci(rat, values.number(at)),
        ..Cell::default()
    };
    let (first, second) = (level_at(values, at + 1), level_at(values, at + 2));
    let power_first = match (first, second) {
        (Some(first), Some(second)) => first < second,
        (Some(only), None) | (None, Some(only)) => (only.value() < -40.0) == first.is_some(),
        (None, None) => false,
    };
    let (rsrp, rsrq) = if power_first { (first, second) } else { (second, first) };
    let signal = Signal::of(Some(rat)).rsrp(rsrp).rsrq(rsrq);
    let signal = match rat {
        Rat::Nr => signal.sinr(level_at(values, at + 3)),
        // Only the lines with the rsrq first go on like this.
        _ if power_first => signal,
        _ => signal.rssi(level_at(values, at + 3)).sinr(level_at(values, at + 4)),
    };
    both(cell, signal)
}

/// Channel, priorities and thresholds or none, psc, rscp, ecio.
fn umts(values: &Params<'_>) -> Vec<Item> {
    let rscp = first_power(values, 2);
    let psc = rscp.and_then(|rscp| values.number(rscp - 1));
    let cell = Cell {
        rat: Some(Rat::Umts),
        channel: values.number(0),
        pci: pci(Rat::Umts, psc),
        ..Cell::default()
    };
    let level = |behind| rscp.and_then(|rscp| level_at(values, rscp + behind));
    both(cell, Signal::of(Some(Rat::Umts)).rscp(level(0)).ecio(level(1)))
}

/// Mcc, mnc, lac, ci, bsic, arfcn, rxlev; or from 3G bsic, rssi; or from LTE arfcn, priorities, ..., rssi.
fn gsm(values: &Params<'_>) -> Vec<Item> {
    let is_named = values.at(0).octets.len() == 3 && values.len() > 8 && values.hex(2) > Some(0xFF);
    let cell = if is_named {
        let place = named(values, 0, values.hex(3));
        Cell { tac: values.hex(2), channel: values.number(5), ..place }
    } else {
        Cell { channel: values.number(0).filter(|_| values.len() > 5), ..Cell::default() }
    };
    let rssi = first_power(values, 1).and_then(|place| level_at(values, place));
    both(Cell { rat: Some(Rat::Gsm), ..cell }, Signal::of(Some(Rat::Gsm)).rssi(rssi))
}
