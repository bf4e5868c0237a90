//! `+ZRSSI` and `+ZCELLINFO` (ZTE).

use crate::at::params::Params;

use super::block::Block;
use super::serving::{band_in, either_base, pci};
use super::signal::negative;
use super::units::{Level, Rat, level_at};
use super::{Cell, Context, Item, Signal, other};

/// In LTE rsrp, rsrq, rssi and sinr in dBm and dB; newer firmware in UMTS rscp and ecio, in GSM the rssi.
/// Older firmware leaves the signs out: rssi, then ecio and rscp in half dB, 1000 for unknown.
pub(super) fn zrssi(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let signed = params.number::<f64>(0).is_some_and(|first| first < 0.0);
    let level = |place| level_at(&params, place);
    let signal = match params.len() {
        _ if !signed => unsigned(&params),
        1 => Signal::of(Some(Rat::Gsm)).rssi(level(0)),
        2 => Signal::of(Some(Rat::Umts)).rscp(level(0)).ecio(level(1)),
        _ => Signal::of(Some(Rat::Lte)).rsrp(level(0)).rsrq(level(1)).rssi(level(2)).sinr(level(3)),
    };
    vec![Item::Signal(signal)]
}

fn unsigned(params: &Params<'_>) -> Signal {
    let halves = |place| params.number(place).and_then(|n: f64| Level::scaled(-n, 50.0));
    let signal = Signal::of(Some(Rat::Umts)).rssi(level_at(params, 0).map(negative));
    signal.ecio(halves(1)).rscp(halves(2))
}

/// `[<tac>,]<cell>,<pci>,<band>[,<channel>]`, before LTE `<lac>,<cell>,<band>`: the band tells the places;
/// each field may have its name and a colon in front.
pub(super) fn zcellinfo(block: &Block, _: &Context) -> Vec<Item> {
    let text = String::from_utf8_lossy(block.rest()).into_owned();
    let unnamed: Vec<&str> =
        text.split(',').map(|field| field.rsplit(':').next().unwrap_or(field)).collect();
    let unnamed = unnamed.join(",");
    let params = Params::parse(unnamed.as_bytes());
    let found = (0..params.len())
        .find_map(|place| Some((place, params.at(place).str().and_then(technology)?)));
    let Some((at, rat)) = found else { return vec![other(&block.line)] };
    // The pci is the field that only newer technologies have.
    let with_pci = usize::from(matches!(rat, Rat::Lte | Rat::Nr));
    let before = |back: usize| either_base(params.at(at.checked_sub(back + with_pci)?));
    let narrow = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    vec![Item::Cell(Cell {
        rat: Some(rat),
        tac: before(2).filter(|tac| !matches!(tac, 0xFFFE | 0xFFFF)),
        cell_id: before(1).filter(|id| !matches!(id, 0xFFF_FFFF | 0xFFFF_FFFF)),
        pci: pci(rat, narrow(before(0))).filter(|_| with_pci == 1),
        channel: params.number(at + 1),
        band: params.at(at).str().and_then(band_in),
        ..Cell::default()
    })]
}

/// `LTE B3`, `WCDMA 2100`, `PGSM_900`, or `B3` alone.
fn technology(word: &str) -> Option<Rat> {
    let is_band = word.trim().strip_prefix('B').is_some_and(|band| band.parse::<u16>().is_ok());
    Rat::of(word).or_else(|| is_band.then_some(Rat::Lte))
}
