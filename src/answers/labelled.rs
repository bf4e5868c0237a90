//! Reports made of labels and values: `!GSTATUS` (Sierra), `^DEBUG` (Cinterion, Foxconn), `+BMTCELLINFO`
//! (BroadMobi) and `+SGCELLINFOEX` (MeiG).

use crate::at::params::Params;

use super::block::Block;
use super::labels::{LABELS, Slot};
use super::serving::{area, band, band_in, both, either_base, named, pci, spaced_plmn};
use super::signal::negative;
use super::units::{self, Level, Rat, level_at};
use super::{Cell, Context, Item, Signal, Temperature, other};

/// Commands whose report may come without its prefix.
pub(super) const COMMANDS: &[&str] = &["!GSTATUS", "^DEBUG", "+BMTCELLINFO", "+SGCELLINFOEX"];

/// The report as cell, signal and temperature, as far as its labels go.
pub(super) fn items(block: &Block, _: &Context) -> Vec<Item> {
    let mut report = Report::default();
    block.lines().for_each(|line| report.line(&String::from_utf8_lossy(line)));
    report.items()
}

/// The same where the line with the prefix is missing.
pub(super) fn bare(lines: &[Vec<u8>], _: &Context) -> Vec<Item> {
    let mut report = Report::default();
    lines.iter().for_each(|line| report.line(&String::from_utf8_lossy(line)));
    report.items()
}

/// `+SGCELLINFOEX: LTE,FDD,<mcc>,<mnc>,<ci>,<pci>,...` on some modules, labels on others.
pub(super) fn sgcellinfoex(block: &Block, context: &Context) -> Vec<Item> {
    let params = block.params();
    if block.rest().contains(&b':') || !block.more.is_empty() {
        return items(block, context);
    }
    let rat = params.at(0).str().and_then(Rat::of).filter(|rat| *rat == Rat::Lte);
    let Some(rat) = rat else { return vec![other(&block.line)] };
    let cell = Cell {
        rat: Some(rat),
        pci: pci(rat, params.number(5)),
        tac: area(&params, 6),
        band: band(params.number(9)),
        channel: params.number(11),
        ..named(&params, 2, None)
    };
    let level = |place| level_at(&params, place);
    let signal = Signal::of(Some(rat)).rssi(level(13)).rsrp(level(14)).rsrq(level(15));
    both(cell, signal.sinr(level(17)))
}

#[derive(Default)]
struct Report {
    cell: Cell,
    signal: Signal,
    nr_cell: Cell,
    nr: Signal,
    celsius: Option<Level>,
}

impl Report {
    /// Labels and values stand in columns of no fixed place, the value sometimes without a blank. Only the
    /// primary carrier counts.
    fn line(&mut self, line: &str) {
        if line.starts_with("SCC") {
            return;
        }
        for (label, slot) in LABELS {
            if let Some(value) = value_of(line, label) {
                self.set(*slot, value);
            }
        }
    }

    fn set(&mut self, slot: Slot, value: &str) {
        let level = || number_in(value).and_then(Level::plain);
        let power = || level().map(negative);
        let whole = || number_in(value).map(|number| number as u32);
        let word = first_word(value);
        let Self { cell, signal, nr_cell, nr, celsius } = self;
        match slot {
            Slot::Rat => keep(&mut cell.rat, technology(value)),
            Slot::Rssi => keep(&mut signal.rssi_dbm, power()),
            Slot::Rsrp => keep(&mut signal.rsrp_dbm, power()),
            Slot::Rsrq => keep(&mut signal.rsrq_db, level()),
            Slot::Sinr => keep(&mut signal.sinr_db, signal_to_noise(value)),
            Slot::Rscp => keep(&mut signal.rscp_dbm, power()),
            Slot::Ecio => keep(&mut signal.ecio_db, power()),
            Slot::Band => keep(&mut cell.band, band_in(word)),
            Slot::Channel => keep(&mut cell.channel, whole()),
            Slot::Pci => keep(&mut cell.pci, whole()),
            Slot::Mcc => keep(&mut cell.mcc, word.parse().ok()),
            Slot::Mnc => keep(&mut cell.mnc, Some(word.to_owned()).filter(|_| whole().is_some())),
            Slot::Plmn => self.set_plmn(value),
            Slot::Tac => keep(&mut cell.tac, word.parse().ok()),
            Slot::TacHex => keep(&mut cell.tac, tac_in(word)),
            Slot::CellId => keep(&mut cell.cell_id, either(word)),
            Slot::CellIdHex => keep(&mut cell.cell_id, hex_in(word)),
            Slot::NodeAndPci => self.set_node(value),
            Slot::NrRsrp => keep(&mut nr.rsrp_dbm, power()),
            Slot::NrRsrq => keep(&mut nr.rsrq_db, level()),
            Slot::NrSinr => keep(&mut nr.sinr_db, level()),
            Slot::NrBand => keep(&mut nr_cell.band, band_in(word)),
            Slot::NrChannel => keep(&mut nr_cell.channel, whole()),
            Slot::NrPci => keep(&mut nr_cell.pci, whole()),
            Slot::Celsius => keep(celsius, units::CELSIUS.check(level())),
        }
    }

    fn set_plmn(&mut self, value: &str) {
        let (mcc, mnc) = spaced_plmn(value).unzip();
        keep(&mut self.cell.mcc, mcc);
        keep(&mut self.cell.mnc, mnc);
    }

    /// `450012-41(147)`: eNodeB, sector and pci.
    fn set_node(&mut self, value: &str) {
        let mut numbers = value.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        let (node, sector, number) = (next(), next(), next());
        let id =
            node.zip(sector).and_then(|(node, sector)| node.checked_mul(256)?.checked_add(sector));
        keep(&mut self.cell.cell_id, id);
        keep(&mut self.cell.pci, number.and_then(|number| u32::try_from(number).ok()));
    }

    fn items(mut self) -> Vec<Item> {
        let mut items = Vec::new();
        // Before LTE nothing has a reference signal.
        let reference = self.signal.rsrp_dbm.is_some();
        self.cell.rat = self.cell.rat.or_else(|| reference.then_some(Rat::Lte));
        self.standalone();
        let rat = self.cell.rat;
        self.cell.pci = self.cell.pci.and_then(|number| pci(rat.unwrap_or(Rat::Lte), Some(number)));
        items.extend((self.cell != Cell::default()).then_some(Item::Cell(self.cell)));
        items.extend(in_range(self.signal, rat).map(Item::Signal));
        if self.nr_cell != Cell::default() {
            items.push(Item::Cell(Cell { rat: Some(Rat::Nr), ..self.nr_cell }));
        }
        items.extend(in_range(self.nr, Some(Rat::Nr)).map(Item::Signal));
        items.extend(self.celsius.map(|celsius| {
            let sensors = vec![("modem".to_owned(), celsius)];
            Item::Temperature(Temperature { max_c: Some(celsius), sensors })
        }));
        items
    }

    /// In NR alone the country and network codes are those of its cell, and there is no other.
    fn standalone(&mut self) {
        if self.cell.rat == Some(Rat::Nr) && self.nr_cell != Cell::default() {
            let cell = std::mem::take(&mut self.cell);
            let place = Cell { channel: None, band: None, pci: None, ..cell };
            let Cell { channel, band, pci, .. } = std::mem::take(&mut self.nr_cell);
            self.nr_cell = Cell { channel, band, pci, ..place };
        }
    }
}

/// Only the first of several: carriers are listed from the primary one on.
fn keep<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// Where two technologies are in use the report is about LTE, and has labels of their own for NR.
fn technology(value: &str) -> Option<Rat> {
    let word = value.to_ascii_uppercase();
    let both = ["LTE", "NSA", "ENDC", "EN-DC"].iter().any(|part| word.contains(part));
    if both { Some(Rat::Lte) } else { Rat::of(&word) }
}

/// In dB; what lies above any is a fifth of a dB, from -20 on.
fn signal_to_noise(value: &str) -> Option<Level> {
    let number = number_in(value)?;
    if number > 40.0 { Level::plain(number / 5.0 - 20.0) } else { Level::plain(number) }
}

fn in_range(signal: Signal, rat: Option<Rat>) -> Option<Signal> {
    let checked = Signal::of(rat)
        .rssi(signal.rssi_dbm)
        .rsrp(signal.rsrp_dbm)
        .rsrq(signal.rsrq_db)
        .sinr(signal.sinr_db)
        .rscp(signal.rscp_dbm)
        .ecio(signal.ecio_db);
    (!checked.is_empty()).then_some(checked)
}

/// What stands behind `label:`, up to the next column. Letter case does not count; the label must not
/// be the end of a longer one.
fn value_of<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let lower = line.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find(label) {
        let start = from + found;
        let end = start + label.len();
        let own = !lower.get(..start)?.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let before = lower.get(..start)?.trim_end_matches(' ');
        let column = before.is_empty() || before.len() + 1 < start || before.ends_with(['\t', ',']);
        if own && (column || label.contains('_') || label == "pci:") {
            let value = line.get(end..)?.trim_start();
            let stop = value.find(['\t', ',']).unwrap_or(value.len());
            return value.get(..stop).map(|value| value.split("  ").next().unwrap_or(value).trim());
        }
        from = end;
    }
    None
}

fn first_word(value: &str) -> &str {
    value.split_whitespace().next().unwrap_or_default()
}

/// The number that a value starts with: `-96.2dBm`, `40`.
fn number_in(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.' | '+')));
    value.get(..end.unwrap_or(value.len()))?.parse().ok()
}

/// `9200 (37376)`: hexadecimal first.
fn hex_in(word: &str) -> Option<u64> {
    u64::from_str_radix(word.trim_start_matches("0x"), 16).ok()
}

fn either(word: &str) -> Option<u64> {
    let params = Params::parse(word.as_bytes());
    either_base(params.at(0)).filter(|id| *id != 0)
}

/// In hexadecimal; five decimal digits are more than two octets of it, and decimal.
fn tac_in(word: &str) -> Option<u64> {
    let decimal = || word.parse().ok().filter(|_| word.len() == 5);
    decimal().or_else(|| hex_in(word)).filter(|tac| !matches!(tac, 0xFFFE | 0xFFFF))
}
