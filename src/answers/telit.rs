//! `#RFSTS` and `#SERVINFO` (Telit), whose fields depend on the technology that they do not name.

use crate::at::params::Params;

use super::block::Block;
use super::serving::{area, band, both, pci, spaced_plmn, split_plmn};
use super::units::{Rat, level_at};
use super::{Cell, Context, Item, Signal};

/// `"<mcc> <mnc>"`, channel, then: in LTE rsrp, rssi, rsrq, tac; in UMTS psc, ecio, rscp, rssi, lac; in
/// GSM rssi, lac. The cell stands before the subscriber identity, wherever that is.
pub(super) fn rfsts(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let rat = technology(&params);
    let level = |place| level_at(&params, place);
    let signal = Signal::of(Some(rat));
    let (tac, psc, signal) = match rat {
        Rat::Lte => (5, None, signal.rsrp(level(2)).rssi(level(3)).rsrq(level(4))),
        Rat::Umts => (6, params.number(2), signal.ecio(level(3)).rscp(level(4)).rssi(level(5))),
        _ => (3, None, signal.rssi(level(2))),
    };
    let (mcc, mnc) = params.text(0).and_then(|plmn| spaced_plmn(&plmn)).unzip();
    let subscriber = subscriber(&params);
    let cell = Cell {
        rat: Some(rat),
        mcc,
        mnc,
        tac: area(&params, tac),
        cell_id: subscriber.and_then(|place| params.hex(place - 1)),
        pci: pci(rat, psc),
        channel: params.number(1),
        // Behind the name of the network and the domain; in GSM it is a number of the firmware's own.
        band: subscriber.filter(|_| rat == Rat::Lte).and_then(|at| band(params.number(at + 3))),
    };
    both(cell, signal)
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

/// Channel, rssi, name, plmn, bsic, psc or pci, area, drx or timing advance, domain. In LTE the rsrp follows
/// and is the last; in UMTS the rscp, and more behind it.
pub(super) fn servinfo(block: &Block, _: &Context) -> Vec<Item> {
    let params = block.params();
    let power = level_at(&params, 8).filter(|level| level.value() < -30.0);
    let rat = power.map(|_| if params.len() > 9 { Rat::Umts } else { Rat::Lte });
    let (mcc, mnc) = params.at(3).str().and_then(split_plmn).unzip();
    let cell = Cell {
        rat,
        mcc,
        mnc,
        tac: area(&params, 5),
        pci: rat.and_then(|rat| pci(rat, params.number(4))),
        channel: params.number(0),
        ..Cell::default()
    };
    let signal = Signal::of(rat).rssi(level_at(&params, 1));
    let signal = if rat == Some(Rat::Umts) { signal.rscp(power) } else { signal.rsrp(power) };
    both(cell, signal)
}
