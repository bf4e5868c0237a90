//! Levels alone: lines that say how strong a cell comes in and not which it is.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{both, pci};
use super::units::{self, Index, Level, Rat, level_at};
use super::{Cell, Context, Item, Signal};

/// `+CSQ: <rssi>,<ber>` (3GPP TS 27.007 clause 8.5). From 100 on: TD-SCDMA, in steps of 1 dBm.
pub(super) fn csq(block: &Block, _: &Context) -> Vec<Item> {
    let index: Option<i32> = block.params().number(0);
    let td_scdma = index.filter(|index| (100..=191).contains(index));
    let rssi = match td_scdma {
        Some(index) => Level::from_index(index - 100, -11_600, 100),
        None => units::CSQ_RSSI.level(index),
    };
    vec![Item::Signal(Signal::default().rssi(rssi))]
}

/// `+CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>[,<ss_rsrq>,<ss_rsrp>,<ss_sinr>]` (clause 8.69).
pub(super) fn cesq(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let nr = Signal::of(Some(Rat::Nr))
        .rsrq(units::SS_RSRQ.at(&params, 6))
        .rsrp(units::SS_RSRP.at(&params, 7))
        .sinr(units::SS_SINR.at(&params, 8));
    let [gsm, umts, lte] = indexed(&params);
    known([gsm, umts, lte, nr])
}

/// `+XCESQ: <n>`, then as `+CESQ`, then the LTE signal to noise in half dB (Intel XMM).
pub(super) fn xcesq(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let halves: Option<f64> = params.number(7).filter(|halves| *halves < 255.0);
    let [gsm, umts, lte] = indexed(&params.from(1));
    let sinr = halves.and_then(|halves| Level::scaled(halves, 50.0));
    known([gsm, umts, if lte.is_empty() { lte } else { lte.sinr(sinr) }])
}

fn indexed(params: &Params<'_>) -> [Signal; 3] {
    [
        Signal::of(Some(Rat::Gsm)).rssi(units::RXLEV.at(params, 0)),
        Signal::of(Some(Rat::Umts))
            .rscp(units::CESQ_RSCP.at(params, 2))
            .ecio(units::CESQ_ECNO.at(params, 3)),
        Signal::of(Some(Rat::Lte))
            .rsrq(units::CESQ_RSRQ.at(params, 4))
            .rsrp(units::CESQ_RSRP.at(params, 5)),
    ]
}

/// The signals that hold something; one empty one where none does.
fn known<const N: usize>(signals: [Signal; N]) -> Vec<Item> {
    let known: Vec<Item> =
        signals.into_iter().filter(|signal| !signal.is_empty()).map(Item::Signal).collect();
    if known.is_empty() { vec![Item::Signal(Signal::default())] } else { known }
}

/// `^HCSQ: "<mode>",...` (Huawei); some firmware puts numbers before the mode.
pub(super) fn hcsq(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    by_mode(&params, |rat, values| {
        let signal = Signal::of(Some(rat));
        let rssi = units::HCSQ_RSSI.at(values, 0);
        match rat {
            Rat::Lte | Rat::LteM | Rat::NbIot => signal
                .rssi(rssi)
                .rsrp(units::CESQ_RSRP.at(values, 1))
                .sinr(units::HCSQ_SINR.at(values, 2))
                .rsrq(units::HCSQ_RSRQ.at(values, 3)),
            Rat::Nr => signal
                .rsrp(units::CESQ_RSRP.at(values, 0))
                .sinr(units::HCSQ_SINR.at(values, 1))
                .rsrq(units::HCSQ_RSRQ.at(values, 2)),
            Rat::Umts => signal
                .rssi(rssi)
                .rscp(units::HCSQ_RSSI.at(values, 1))
                .ecio(units::HCSQ_ECIO.at(values, 2)),
            Rat::Gsm | Rat::Cdma => signal.rssi(rssi),
        }
    })
}

/// `+QCSQ: "<mode>",...` (Quectel): dBm and dB but for the signal to noise. A clone leaves signs out.
pub(super) fn qcsq(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    by_mode(&params, |rat, values| {
        let signal = Signal::of(Some(rat));
        let power = |place| level_at(values, place).map(negative);
        match rat {
            Rat::Lte | Rat::LteM | Rat::NbIot => signal
                .rssi(power(0))
                .rsrp(power(1))
                .sinr(units::QCSQ_SINR.at(values, 2))
                .rsrq(power(3)),
            Rat::Nr => signal.rsrp(power(0)).sinr(level_at(values, 1)).rsrq(power(2)),
            Rat::Umts => signal.rssi(power(0)).rscp(power(1)).ecio(power(2)),
            Rat::Gsm | Rat::Cdma => signal.rssi(power(0)),
        }
    })
}

pub(super) fn negative(level: Level) -> Level {
    Level::plain(-level.value().abs()).unwrap_or(level)
}

/// One signal for each mode word of a line and the numbers behind it.
fn by_mode(params: &Params<'_>, read: impl Fn(Rat, &Params<'_>) -> Signal) -> Vec<Item> {
    let rat_at = |place: usize| params.at(place).str().and_then(Rat::of);
    let signals: Vec<Item> = (0..params.len())
        .filter_map(|place| Some((rat_at(place)?, params.from(place + 1))))
        .map(|(rat, values)| Item::Signal(read(rat, &values)))
        .collect();
    if signals.is_empty() { vec![Item::Signal(Signal::default())] } else { signals }
}

/// `+QRSRP: -95,-98,-140,-140,LTE` and its like: one value an antenna, the best one counts.
pub(super) fn branches(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = params.iter().find_map(|param| param.str().and_then(Rat::of));
    let signal = Signal::of(rat);
    let levels = params.iter().filter_map(|param| param.number().and_then(Level::plain));
    let signal = match block.name.as_deref() {
        // An antenna that is not there reads as the lowest value or far below it.
        Some("+QRSRP") => signal.rsrp(levels.filter(|l| l.value() > -140.0).max()),
        Some("+QRSRQ") => signal.rsrq(levels.filter(|l| l.value() > -20.0).max()),
        _ => signal.sinr(levels.filter(|l| l.value() > -20.0).max()),
    };
    vec![Item::Signal(signal)]
}

/// `+RSRP: <pci>,<earfcn>,"<dBm>"[,<pci>,...]` and `+RSRQ` (u-blox, Qualcomm): the first cell serves.
pub(super) fn reference(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let (rat, level) = (Some(Rat::Lte), level_at(&params, 2));
    let pci = pci(Rat::Lte, params.number(0));
    let cell = Cell { rat, pci, channel: params.number(1), ..Cell::default() };
    let is_power = block.name.as_deref().is_some_and(|name| name.ends_with('P'));
    let signal = Signal::of(rat);
    both(cell, if is_power { signal.rsrp(level) } else { signal.rsrq(level) })
}

/// An index where the field holds one, a level where it holds that: negative numbers are levels.
pub(super) fn index_or_level(params: &Params<'_>, place: usize, index: &Index) -> Option<Level> {
    match params.number::<f64>(place) {
        Some(number) if number >= 0.0 => index.at(params, place),
        _ => level_at(params, place),
    }
}
