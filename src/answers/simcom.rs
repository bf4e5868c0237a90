//! `+CPSI` (SIMCom), whose levels come in four scales.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{band_in, is_mnc};
use super::signal::negative;
use super::units::{self, Index, Level, Rat, level_at};
use super::{Cell, Context, Item, Signal};

/// Technology, state, `<mcc>-<mnc>`, area, cell, then by technology.
pub(super) fn cpsi(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let word = params.text(0).unwrap_or_default();
    let Some(rat) = Rat::of(&word) else { return vec![Item::Signal(Signal::default())] };
    let nsa = word.ends_with("NSA");
    let (cell, signal) = match rat {
        Rat::Lte | Rat::LteM | Rat::NbIot => lte(rat, &params),
        Rat::Nr if nsa => nr(Cell::default(), &params.from(1)),
        Rat::Nr => nr(place(rat, &params), &params.from(5)),
        Rat::Umts => umts(&params),
        Rat::Gsm | Rat::Cdma => gsm(rat, &params),
    };
    vec![Item::Cell(cell), Item::Signal(signal)]
}

/// Pci, band, earfcn, two bandwidths, rsrq, rsrp, rssi, sinr.
fn lte(rat: Rat, params: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        pci: params.number(5),
        band: params.at(6).str().and_then(band_in),
        channel: params.number(7),
        ..place(rat, params)
    };
    let scale = Scale::of(params.number(11));
    let signal = Signal::of(Some(rat))
        .rsrq(scale.level(params, 10, Some(&units::CESQ_RSRQ)))
        .rsrp(scale.level(params, 11, Some(&units::CESQ_RSRP)))
        .rssi(scale.level(params, 12, None))
        .sinr(level_at(params, 13));
    (cell, signal)
}

/// Pci, band, arfcn, rsrp, rsrq, sinr; in a non-standalone line there is nothing else.
fn nr(place: Cell, values: &Params<'_>) -> (Cell, Signal) {
    let cell = Cell {
        rat: Some(Rat::Nr),
        pci: values.number(0),
        band: values.at(1).str().and_then(band_in),
        channel: values.number(2),
        ..place
    };
    let scale = Scale::of(values.number(3));
    let signal = Signal::of(Some(Rat::Nr))
        .rsrp(scale.level(values, 3, Some(&units::SS_RSRP)))
        .rsrq(scale.level(values, 4, Some(&units::SS_RSRQ)))
        .sinr(level_at(values, 5));
    (cell, signal)
}

/// Band, psc, uarfcn, ssc, then ecio and rscp, on most firmware without their signs.
fn umts(params: &Params<'_>) -> (Cell, Signal) {
    let cell =
        Cell { pci: params.number(6), channel: params.number(7), ..place(Rat::Umts, params) };
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
    let plmn = params.text(2).unwrap_or_default();
    let (mcc, mnc) = plmn.split_once('-').unwrap_or_default();
    let cell_id: Option<i64> = params.number(4);
    let unsigned = |id: i64| u64::try_from(if id < 0 { id + (1 << 32) } else { id }).ok();
    let mcc: Option<u16> = mcc.parse().ok().filter(|mcc| *mcc > 0);
    Cell {
        rat: Some(rat),
        mcc,
        mnc: Some(mnc.to_owned()).filter(|mnc| mcc.is_some() && is_mnc(mnc)),
        tac: params.hex(3),
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
