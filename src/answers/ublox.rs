//! `+UCGED` (u-blox).

use crate::at::params::Params;

use super::block::Block;
use super::serving::{area, band, both, named, pci};
use super::units::{self, Rat, level_at};
use super::{Cell, Context, Item, Signal, other};

/// `+UCGED: 2` and two lines: technology, service, mcc, mnc; then earfcn, band, two bandwidths, tac, cell,
/// pci, three identities, rsrp and rsrq as indexes, sinr. Mode 5 answers in lines of other names.
pub(super) fn ucged(block: &Block, _: &Context) -> Vec<Item> {
    let mut lines = block.more.iter().map(|line| Params::parse(line));
    let (Some(head), Some(values)) = (lines.next(), lines.next()) else { return Vec::new() };
    if head.number::<u8>(0) != Some(LTE) {
        return vec![other(&block.line)];
    }
    let cell = Cell {
        rat: Some(Rat::Lte),
        tac: area(&values, 4),
        channel: values.number(0).filter(|channel| *channel != 65_535),
        pci: pci(Rat::Lte, values.number(6)),
        band: band(values.number(1)),
        ..named(&head, 2, values.hex(5).filter(|id| *id != 0))
    };
    let signal = Signal::of(Some(Rat::Lte))
        .rsrp(units::CESQ_RSRP.at(&values, 10))
        .rsrq(units::CESQ_RSRQ.at(&values, 11))
        .sinr(level_at(&values, 12));
    both(cell, signal)
}

/// `<rat>`, of which the other lines have other fields.
const LTE: u8 = 6;
