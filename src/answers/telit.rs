//! `#RFSTS` and `#SERVINFO` (Telit), whose fields depend on the technology that they do not name.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{is_mnc, split_plmn};
use super::units::{Rat, level_at};
use super::{Cell, Context, Item, Signal};

/// `"<mcc> <mnc>"`, channel, then: in LTE rsrp, rssi, rsrq, tac; in UMTS psc, ecio, rscp, rssi, lac; in
/// GSM rssi, lac. The cell stands before the subscriber identity, wherever that is.
pub(super) fn rfsts(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = technology(&params);
    let level = |place| level_at(&params, place);
    let signal = Signal::of(Some(rat));
    let (tac, pci, signal) = match rat {
        Rat::Lte => (5, None, signal.rsrp(level(2)).rssi(level(3)).rsrq(level(4))),
        Rat::Umts => (6, params.number(2), signal.ecio(level(3)).rscp(level(4)).rssi(level(5))),
        _ => (3, None, signal.rssi(level(2))),
    };
    let (mcc, mnc) = params.text(0).and_then(|plmn| spaced_plmn(&plmn)).unzip();
    let cell = Cell {
        rat: Some(rat),
        mcc,
        mnc,
        tac: params.hex(tac),
        cell_id: subscriber(&params).and_then(|place| params.hex(place - 1)),
        pci,
        channel: params.number(1),
        band: None,
    };
    vec![Item::Cell(cell), Item::Signal(signal)]
}

fn technology(params: &Params<'_>) -> Rat {
    let negative = |place| params.number::<f64>(place).is_some_and(|number| number < 0.0);
    match (negative(2), negative(3)) {
        (true, true) => Rat::Lte,
        (false, true) => Rat::Umts,
        _ => Rat::Gsm,
    }
}

/// Where the IMSI stands: 15 quoted digits, or an empty quoted field before the network's name.
fn subscriber(params: &Params<'_>) -> Option<usize> {
    (8..params.len()).find(|place| {
        let param = params.at(*place);
        let digits = param.octets.iter().all(u8::is_ascii_digit);
        param.quoted && digits && (param.octets.is_empty() || param.octets.len() >= 14)
    })
}

fn spaced_plmn(plmn: &str) -> Option<(u16, String)> {
    let (mcc, mnc) = plmn.trim().split_once(' ')?;
    let mnc = mnc.trim();
    is_mnc(mnc).then(|| Some((mcc.parse().ok()?, mnc.to_owned())))?
}

/// Channel, rssi, name, plmn, cell or bsic, area, ..., and in LTE rsrp last.
pub(super) fn servinfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let last = params.len().saturating_sub(1);
    let rsrp = level_at(&params, last).filter(|level| last > 6 && level.value() < -30.0);
    let rat = rsrp.map(|_| Rat::Lte);
    let (mcc, mnc) = params.at(3).str().and_then(split_plmn).unzip();
    let cell =
        Cell { rat, mcc, mnc, tac: params.hex(5), channel: params.number(0), ..Cell::default() };
    let signal = Signal::of(rat).rssi(level_at(&params, 1)).rsrp(rsrp);
    vec![Item::Cell(cell), Item::Signal(signal)]
}
