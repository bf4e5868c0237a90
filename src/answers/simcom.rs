//! `+CPSI` (SIMCom), whose levels come in three scales and whose NR lines in three orders.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{area, band_in, both, pci, sinr_at, spaced_plmn};
use super::signal::negative;
use super::units::{self, Index, Level, Rat, level_at};
use super::{Cell, Context, Item, Signal};

/// Technology, state, `<mcc>-<mnc>`, area, cell, then by technology. `NO SERVICE` is a signal of which
/// nothing is known, `NOT IN EN-DC CONNECTED MODE` behind a cell is nothing.
pub(super) fn cpsi(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let word = params.text(0).unwrap_or_default();
    let (cell, signal) = match Rat::of(&word) {
        Some(rat @ (Rat::Lte | Rat::LteM | Rat::NbIot)) => lte(rat, &params),
        Some(Rat::Nr) if params.number::<u32>(1).is_some() => nr(Cell::default(), &params.from(1)),
        Some(Rat::Nr) => nr(place(Rat::Nr, &params), &params.from(5)),
        Some(Rat::Umts) => umts(&params),
        Some(rat @ (Rat::Gsm | Rat::Cdma)) => gsm(rat, &params),
        None if word.starts_with("NOT IN") => return Vec::new(),
        None => return vec![Item::Signal(Signal::default())],
    };
    both(cell, signal)
}

/// Pci, band, earfcn, two bandwidths, rsrq, rsrp, rssi, sinr.
fn lte(rat: Rat, params: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        pci: pci(rat, params.number(5)),
        band: params.at(6).str().and_then(band_in),
        channel: params.number(7),
        ..place(rat, params)
    };
    let scale = Scale::of(params.number(11));
    let signal = Signal::of(Some(rat))
        .rsrq(scale.level(params, 10, Some(&units::CESQ_RSRQ)))
        .rsrp(scale.level(params, 11, Some(&units::CESQ_RSRP)))
        .rssi(scale.level(params, 12, None))
        .sinr(sinr_at(params, 13));
    (cell, signal)
}

/// Pci, band, arfcn, rsrp, rsrq, sinr; without the band where the module is in LTE too, and then with the
/// rsrq first.
fn nr(place: Cell, values: &Params<'_>) -> (Cell, Signal) {
    let named = values.at(1).str().is_some_and(|word| word.to_ascii_uppercase().contains("BAND"));
    let at = 1 + usize::from(named);
    let cell = Cell {
        rat: Some(Rat::Nr),
        pci: pci(Rat::Nr, values.number(0)),
        band: values.at(1).str().filter(|_| named).and_then(band_in),
        channel: values.number(at),
        ..place
    };
    let number = |place| values.number::<f64>(place);
    // Of two levels that are no indexes the lower one is the power.
    let swapped = number(at + 1).zip(number(at + 2)).is_some_and(|(a, b)| b < a && b < 0.0);
    let (rsrp, rsrq) = if swapped { (at + 2, at + 1) } else { (at + 1, at + 2) };
    let scale = Scale::of(values.number(rsrp));
    let signal = Signal::of(Some(Rat::Nr))
        .rsrp(scale.level(values, rsrp, Some(&units::SS_RSRP)))
        .rsrq(scale.level(values, rsrq, Some(&units::SS_RSRQ)))
        .sinr(tenths_or_whole(values, at + 3));
    (cell, signal)
}

/// A signal to noise in dB, or, where it is above any, in tenths.
fn tenths_or_whole(values: &Params<'_>, place: usize) -> Option<Level> {
    let number: f64 = values.number(place)?;
    if number.abs() > 40.0 { Level::scaled(number, 10.0) } else { Level::plain(number) }
}

/// Band, psc, uarfcn, ssc, then ecio and rscp, on most firmware without their signs.
fn umts(params: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        pci: pci(Rat::Umts, params.number(6)),
        channel: params.number(7),
        ..place(Rat::Umts, params)
    };
    let signal = Signal::of(Some(Rat::Umts))
        .ecio(level_at(params, 9).map(negative))
        .rscp(level_at(params, 10).map(negative));
    (cell, signal)
}

/// `<arfcn> <band>`, rssi.
fn gsm(rat: Rat, params: &Params<'_>) -> (Cell, Signal) {
    let arfcn = params.text(5).unwrap_or_default();
    let channel = arfcn.split_whitespace().next().and_then(|word| word.parse().ok());
    let cell = Cell { channel, ..place(rat, params) };
    (cell, Signal::of(Some(rat)).rssi(level_at(params, 6)))
}

/// The area is hexadecimal with `0x`, the cell decimal, some firmware printing it as negative.
fn place(rat: Rat, params: &Params<'_>) -> Cell {
    let (mcc, mnc) = params.at(2).str().and_then(spaced_plmn).unzip();
    let cell_id: Option<i64> = params.number(4);
    let unsigned = |id: i64| u64::try_from(if id < 0 { id + (1 << 32) } else { id }).ok();
    Cell {
        rat: Some(rat),
        mcc,
        mnc,
        tac: area(params, 3),
        cell_id: cell_id.and_then(unsigned).filter(|id| *id != 0xFFFF_FFFF),
        ..Cell::default()
    }
}

/// How the levels of one line are written, told by the rsrp.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Tenths: -900 (SIM7600).
    Tenths,
    /// dBm: -98 (SIM7000, SIM7080).
    Whole,
    /// The index of `+CESQ`: 54 (A76xx).
    Index,
}

impl Scale {
    fn of(rsrp: Option<f64>) -> Self {
        match rsrp {
            Some(rsrp) if rsrp < -160.0 => Self::Tenths,
            Some(rsrp) if rsrp > 0.0 => Self::Index,
            _ => Self::Whole,
        }
    }

    /// `index` is the scale of the index, where it is known.
    fn level(self, params: &Params<'_>, at: usize, index: Option<&Index>) -> Option<Level> {
        match self {
            Self::Tenths => params.number(at).and_then(|tenths| Level::scaled(tenths, 10.0)),
            Self::Whole => level_at(params, at),
            Self::Index => index?.at(params, at),
        }
    }
}
