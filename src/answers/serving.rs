//! What the lines about cells of all makers have in common.

use crate::at::params::{Param, Params};

use super::units::{self, Level, Rat, level_at};
use super::{Cell, Item, Signal};

/// The cell and how it comes in; a line that says neither is one signal with nothing in it.
pub(super) fn both(cell: Cell, signal: Signal) -> Vec<Item> {
    vec![Item::Cell(cell), Item::Signal(signal)]
}

/// Country and network code in two fields, and the cell.
pub(super) fn named(values: &Params<'_>, mcc: usize, cell_id: Option<u64>) -> Cell {
    let country = values.number(mcc).filter(|mcc| (1..=999).contains(mcc));
    Cell {
        mcc: country,
        mnc: values.text(mcc + 1).filter(|mnc| country.is_some() && is_mnc(mnc)),
        cell_id: cell_id.filter(|id| *id != 0xFFF_FFFF && *id != 0xFFFF_FFFF),
        ..Cell::default()
    }
}

pub(super) fn is_mnc(mnc: &str) -> bool {
    (1..=3).contains(&mnc.len()) && mnc.bytes().all(|octet| octet.is_ascii_digit())
}

/// Country code and network code of `20601`.
pub(super) fn split_plmn(plmn: &str) -> Option<(u16, String)> {
    let (mcc, mnc) = plmn.split_at_checked(3)?;
    (mnc.len() >= 2 && is_mnc(mnc)).then_some(())?;
    Some((mcc.parse().ok()?, mnc.to_owned()))
}

/// The same written `206 01` or `206-01`.
pub(super) fn spaced_plmn(plmn: &str) -> Option<(u16, String)> {
    let (mcc, mnc) = plmn.trim().split_once([' ', '-'])?;
    let mnc = mnc.trim();
    is_mnc(mnc).then(|| Some((mcc.parse().ok().filter(|mcc| *mcc > 0)?, mnc.to_owned())))?
}

/// An area code in hexadecimal; all ones, and ones but the last, are none (3GPP TS 24.008 clause 10.5.1.3).
pub(super) fn area(values: &Params<'_>, place: usize) -> Option<u64> {
    let none = |area: &u64| matches!(area, 0xFFFE | 0xFFFF | 0xFF_FFFE | 0xFF_FFFF | 0xFFF_FFFF);
    values.hex(place).filter(|area| !none(area))
}

/// A physical cell identity, or a scrambling code, as far as the technology has them.
pub(super) fn pci(rat: Rat, number: Option<u32>) -> Option<u32> {
    let last = match rat {
        Rat::Nr => 1007,
        Rat::Umts => 511,
        _ => 503,
    };
    number.filter(|pci| *pci <= last)
}

/// The number at the end of `LTE BAND 3`, `EUTRAN-BAND7`, `n78`; megahertz are no band.
pub(super) fn band_in(word: &str) -> Option<u32> {
    let start = word.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |last| last + 1);
    band(word.get(start..)?.parse().ok())
}

/// 3GPP TS 36.101 and 38.101 number their bands below 600; 0 and 255 are none.
pub(super) fn band(number: Option<u32>) -> Option<u32> {
    number.filter(|band| (1..600).contains(band) && !matches!(band, 255 | 450))
}

/// A number that some firmware prints in decimal and some, told by `0x` or a letter, in hexadecimal.
pub(super) fn either_base(param: Param<'_>) -> Option<u64> {
    param.number().or_else(|| param.hex())
}

/// The first place from `from` on that holds a level of power.
pub(super) fn first_power(values: &Params<'_>, from: usize) -> Option<usize> {
    (from..values.len()).find(|place| values.number::<f64>(*place).is_some_and(|n| n < -30.0))
}

/// A signal to noise in dB; what lies above any is a fifth of a dB, from -20 on.
pub(super) fn sinr_at(values: &Params<'_>, place: usize) -> Option<Level> {
    match level_at(values, place) {
        Some(level) if level.value() > 40.0 => units::QCSQ_SINR.at(values, place),
        level => level,
    }
}
