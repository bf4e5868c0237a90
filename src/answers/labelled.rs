//! Reports made of labels and values: `!GSTATUS` (Sierra) and `^DEBUG` (Cinterion, Foxconn).

use super::block::Block;
use super::serving::band_in;
use super::units::{Level, Rat};
use super::{Cell, Context, Item, Signal, Temperature};

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

#[derive(Default)]
struct Report {
    cell: Cell,
    signal: Signal,
    nr_cell: Cell,
    nr: Signal,
    celsius: Option<Level>,
}

impl Report {
    /// Labels and values stand in columns of no fixed place, the value sometimes without a blank.
    fn line(&mut self, line: &str) {
        for (label, slot) in LABELS {
            if let Some(value) = value_of(line, label) {
                self.set(*slot, value);
            }
        }
    }

    fn set(&mut self, slot: Slot, value: &str) {
        let level = || number_in(value).and_then(Level::plain);
        let whole = || number_in(value).map(|number| number as u32);
        let Self { cell, signal, nr_cell, nr, celsius } = self;
        match slot {
            Slot::Rat => cell.rat = cell.rat.or(Rat::of(value)),
            Slot::Rssi => keep(&mut signal.rssi_dbm, level()),
            Slot::Rsrp => keep(&mut signal.rsrp_dbm, level()),
            Slot::Rsrq => keep(&mut signal.rsrq_db, level()),
            Slot::Sinr => keep(&mut signal.sinr_db, level()),
            Slot::Rscp => keep(&mut signal.rscp_dbm, level()),
            Slot::Ecio => keep(&mut signal.ecio_db, level()),
            Slot::Band => keep(&mut cell.band, band_in(first_word(value))),
            Slot::Channel => keep(&mut cell.channel, whole()),
            Slot::Pci => keep(&mut cell.pci, whole()),
            Slot::Mcc => keep(&mut cell.mcc, first_word(value).parse().ok()),
            Slot::Mnc => keep(&mut cell.mnc, Some(first_word(value).to_owned())),
            Slot::Tac => keep(&mut cell.tac, first_word(value).parse().ok()),
            Slot::TacHex => keep(&mut cell.tac, hex_in(value)),
            Slot::CellId => keep(&mut cell.cell_id, first_word(value).parse().ok()),
            Slot::CellIdHex => keep(&mut cell.cell_id, hex_in(value)),
            Slot::NrRsrp => keep(&mut nr.rsrp_dbm, level()),
            Slot::NrRsrq => keep(&mut nr.rsrq_db, level()),
            Slot::NrSinr => keep(&mut nr.sinr_db, level()),
            Slot::NrBand => keep(&mut nr_cell.band, band_in(first_word(value))),
            Slot::NrChannel => keep(&mut nr_cell.channel, whole()),
            Slot::NrPci => keep(&mut nr_cell.pci, whole()),
            Slot::Celsius => keep(celsius, super::units::CELSIUS.check(level())),
        }
    }

    fn items(self) -> Vec<Item> {
        let rat = self.cell.rat;
        let mut items = Vec::new();
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
}

/// Only the first of several: carriers are listed from the primary one on.
fn keep<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
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
fn hex_in(value: &str) -> Option<u64> {
    let digits = first_word(value).trim_start_matches("0x");
    u64::from_str_radix(digits, 16).ok()
}

/// What a label is about.
#[derive(Clone, Copy)]
enum Slot {
    Rat,
    Rssi,
    Rsrp,
    Rsrq,
    Sinr,
    Rscp,
    Ecio,
    Band,
    Channel,
    Pci,
    Mcc,
    Mnc,
    Tac,
    TacHex,
    CellId,
    CellIdHex,
    NrRsrp,
    NrRsrq,
    NrSinr,
    NrBand,
    NrChannel,
    NrPci,
    Celsius,
}

/// In lower case, with the colon.
#[rustfmt::skip]
const LABELS: &[(&str, Slot)] = &[
    // Sierra
    ("cell id:",           Slot::CellIdHex),
    ("ecio (db):",         Slot::Ecio),
    ("lte band:",          Slot::Band),
    ("lte rx chan:",       Slot::Channel),
    ("nr5g band:",         Slot::NrBand),
    ("nr5g rsrp (dbm):",   Slot::NrRsrp),
    ("nr5g rsrq (db):",    Slot::NrRsrq),
    ("nr5g rx chan:",      Slot::NrChannel),
    ("nr5g sinr (db):",    Slot::NrSinr),
    ("pcc rxd rssi:",      Slot::Rssi),
    ("pcc rxm rssi:",      Slot::Rssi),
    ("rscp (dbm):",        Slot::Rscp),
    ("rsrp (dbm):",        Slot::Rsrp),
    ("rsrq (db):",         Slot::Rsrq),
    ("rssi (dbm):",        Slot::Rssi),
    ("sinr (db):",         Slot::Sinr),
    ("system mode:",       Slot::Rat),
    ("tac:",               Slot::TacHex),
    ("temperature:",       Slot::Celsius),
    ("wcdma band:",        Slot::Band),
    ("wcdma channel:",     Slot::Channel),
    // Cinterion and Foxconn
    ("channel:",           Slot::Channel),
    ("lre_tac:",           Slot::Tac), // so spelt by the firmware
    ("lte_band:",          Slot::Band),
    ("lte_cell_id:",       Slot::CellId),
    ("lte_rsrp:",          Slot::Rsrp),
    ("lte_rsrq:",          Slot::Rsrq),
    ("lte_rssi:",          Slot::Rssi),
    ("lte_snr:",           Slot::Sinr),
    ("lte_tac:",           Slot::Tac),
    ("mcc:",               Slot::Mcc),
    ("mnc:",               Slot::Mnc),
    ("nr_band:",           Slot::NrBand),
    ("nr_channel:",        Slot::NrChannel),
    ("nr_pci:",            Slot::NrPci),
    ("nr_rsrp:",           Slot::NrRsrp),
    ("nr_rsrq:",           Slot::NrRsrq),
    ("nr_snr:",            Slot::NrSinr),
    ("pci:",               Slot::Pci),
    ("rat:",               Slot::Rat),
];
