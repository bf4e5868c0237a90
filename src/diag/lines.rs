//! A modem's lines into facts.

use super::cause::Cause;
use super::facts::{Clock, Context, Facts, Store};
use super::held;
use crate::answers::{self, Cell, Item, Registration, Signal};
use crate::at::params::{self, Params};

/// One command and everything the modem said to it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// With its `AT`.
    pub command: &'a str,
    /// The data lines.
    pub lines: &'a [String],
    /// Whether `OK` came.
    pub is_ok: bool,
    /// The CME number, where it was refused with one.
    pub error: Option<u32>,
}

impl Facts {
    /// Takes in what one answer says. What is known already stays: the more telling command comes first.
    ///
    /// `now` is this machine's time in seconds since 1970, for the modem's clock.
    pub fn note(&mut self, asked: &Asked<'_>, now: i64) {
        for line in asked.lines {
            self.line(line, now);
        }
        match asked.command {
            "AT+CPIN?" if !asked.is_ok => {
                self.sim.error = asked.error;
                self.sim.is_refused = asked.error.is_none();
            }
            "AT+CIMI" => self.sim.has_no_imsi = asked.lines.is_empty(),
            "AT+CUSD?" => self.service.has_ussd = Some(asked.is_ok),
            _ => {}
        }
        let response = asked.lines.join("\r\n");
        let items = answers::decode(response.as_bytes(), None, Some(asked.command)).items;
        items.into_iter().for_each(|item| self.item(item));
    }

    /// What a line says that nobody asked for.
    pub fn note_urc(&mut self, line: &str) {
        self.port.noise += 1;
        self.port.nmea |= is_position(line);
        // As an answer it says that all is well; unasked it is the last word of a start.
        self.modem.restarted |= line.starts_with("+CFUN: 1");
        self.unasked(line);
    }

    fn line(&mut self, line: &str, now: i64) {
        self.port.noise += usize::from(is_position(line));
        self.unasked(line);
        let Some((name, rest)) = params::split_prefix(line.as_bytes()) else { return };
        let list = Params::parse(rest);
        let upper = String::from_utf8_lossy(name).to_ascii_uppercase();
        if let Some(what) = held::to(&upper, &list) {
            self.modem.held_to = Some(what);
        }
        match upper.as_str() {
            "+CFUN" => self.modem.functionality = list.number(0),
            "+CBC" => self.modem.supply_mv = list.number(2).or_else(|| volts(&list)),
            "#CBC" => {
                self.modem.supply_mv = list.number(0).map(|tens: u32| tens.saturating_mul(10))
            }
            "^SBV" => self.modem.supply_mv = list.number(0),
            // No card, by the fourth field of Huawei's status.
            "^SYSINFO" | "^SYSINFOEX" => self.sim.is_gone |= list.number(3) == Some(255_u16),
            "+CCLK" => self.modem.clock = list.text(0).map(|says| clock(says, now)),
            "+CEER" => self.last_error(&String::from_utf8_lossy(rest)),
            "+COPS" => self.network.selection = list.number(0),
            "+CSCA" => self.service.has_smsc = Some(list.text(0).is_some()),
            "+CPMS" => self.service.stores = stores(&list),
            "+CGATT" => self.service.attached = list.number(0).map(|on: u8| on == 1),
            "+CGDCONT" => self.context(&list),
            "+CGACT" => self.active(&list),
            "+CGPADDR" => self.address(&list),
            "+CIREG" => self.service.ims = list.number(1).map(|on: u8| on == 1),
            "+QRSRP" => self.radio.branches = branches(&list),
            _ => {}
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Signal(signal) => {
                self.radio.was_asked = true;
                merge_signal(&mut self.radio.signal, signal);
            }
            Item::Cell(cell) => merge_cell(&mut self.radio.cell, cell),
            Item::Registration(one) => self.registration(one),
            Item::Operator(operator) => {
                let network = &mut self.network;
                network.name = network.name.take().or(operator.name);
                network.plmn = network.plmn.take().or(operator.plmn);
                network.act = network.act.or(operator.act);
            }
            Item::Sim(sim) => self.sim.state = self.sim.state.take().or(sim.state),
            Item::Retries(retries) => {
                self.sim.retries.get_or_insert(retries);
            }
            Item::Temperature(temperature) => {
                self.modem.temperature.get_or_insert(temperature);
            }
            _ => {}
        }
    }

    fn registration(&mut self, one: Registration) {
        let known = &mut self.network.registrations;
        match known.iter_mut().find(|known| known.domain == one.domain) {
            // A standard "none" is only the mirror of a maker's "for emergencies".
            Some(known) if known.stat == Some(8) && matches!(one.stat, Some(0 | 2)) => {}
            Some(known) => *known = one,
            None => known.push(one),
        }
    }

    fn last_error(&mut self, words: &str) {
        let words = words.trim().trim_matches('"');
        let none = words.is_empty() || words.to_lowercase().starts_with("no cause");
        self.network.last_error = (!none).then(|| words.to_owned());
        self.network.cause = self.network.cause.or_else(|| Cause::in_words(words));
    }

    /// `+CGDCONT: 1,"IP","internet.be","10.0.0.1",0,0`.
    fn context(&mut self, list: &Params<'_>) {
        let Some(cid) = list.number(0) else { return };
        let apn = list.text(2).unwrap_or_default();
        self.service.contexts.push(Context { cid, apn, ..Context::default() });
    }

    fn active(&mut self, list: &Params<'_>) {
        let active = list.number(1).map(|on: u8| on == 1);
        self.with_context(list.number(0), |context| context.active = active);
    }

    fn address(&mut self, list: &Params<'_>) {
        let none = ["", "0.0.0.0", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "::"];
        let text = list.text(1).unwrap_or_default();
        self.with_context(list.number(0), |context| {
            context.has_address = Some(!none.contains(&text.as_str()));
        });
    }

    fn with_context(&mut self, cid: Option<u8>, set: impl FnOnce(&mut Context)) {
        let context = self.service.contexts.iter_mut().find(|context| Some(context.cid) == cid);
        if let Some(context) = context {
            set(context);
        }
    }
}

/// A sentence of NMEA 0183: it is no part of any answer.
fn is_position(line: &str) -> bool {
    line.starts_with("$GP") || line.starts_with("$GN")
}

/// Some firmware writes `+CBC: 3.912V`.
fn volts(list: &Params<'_>) -> Option<u32> {
    let text = list.text(0)?;
    let volts: f64 = text.strip_suffix(['V', 'v'])?.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
    (0.0..100.0).contains(&volts).then(|| (volts * 1000.0).round() as u32)
}

/// `+QRSRP: -97,-101,-32768,-32768,LTE`: -32768 and -140 are branches that hear nothing.
fn branches(list: &Params<'_>) -> Vec<Option<i32>> {
    let numbers = list.iter().map_while(|param| param.number::<i32>());
    numbers.map(|dbm| Some(dbm).filter(|dbm| (-139..=-44).contains(dbm))).collect()
}

/// `+CPMS: "SM",12,30,"ME",0,255,"SM",12,30`; each store once.
fn stores(list: &Params<'_>) -> Vec<Store> {
    let mut stores: Vec<Store> = Vec::new();
    for place in (0..list.len()).step_by(3) {
        let (Some(name), Some(used), Some(total)) =
            (list.text(place), list.number(place + 1), list.number(place + 2))
        else {
            continue;
        };
        if stores.iter().all(|store| store.name != name) {
            stores.push(Store { name, used, total });
        }
    }
    stores
}

/// `26/11/28,05:10:00+04`: local time and its distance from UTC in quarters of an hour (clause 8.15).
fn clock(says: String, now: i64) -> Clock {
    let ahead_s = seconds(&says).map(|seconds| seconds - now);
    Clock { says, ahead_s }
}

fn seconds(text: &str) -> Option<i64> {
    let number = |part: &str| part.parse::<i16>().ok().map(i64::from); // so that no sum overflows
    let (date, time) = text.split_once(',')?;
    let mut date = date.split('/').map(number);
    let (mut year, month, day) = (date.next()??, date.next()??, date.next()??);
    let zone_at = time.rfind(['+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at_checked(zone_at)?;
    let quarters: i64 = if zone.is_empty() { 0 } else { number(zone)? };
    let mut time = time.split(':').map(number);
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    if year < 100 {
        year += 2000;
    }
    let date = jiff::civil::date(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok().filter(|month| (1..=12).contains(month))?,
        1,
    );
    let first = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    Some(first + ((day - 1) * 24 + hour) * 3600 + minute * 60 + second - quarters * 900)
}

fn merge_signal(known: &mut Signal, more: Signal) {
    known.rat = known.rat.or(more.rat);
    known.rssi_dbm = known.rssi_dbm.or(more.rssi_dbm);
    known.rsrp_dbm = known.rsrp_dbm.or(more.rsrp_dbm);
    known.rsrq_db = known.rsrq_db.or(more.rsrq_db);
    known.sinr_db = known.sinr_db.or(more.sinr_db);
    known.rscp_dbm = known.rscp_dbm.or(more.rscp_dbm);
    known.ecio_db = known.ecio_db.or(more.ecio_db);
}

fn merge_cell(known: &mut Cell, more: Cell) {
    known.rat = known.rat.or(more.rat);
    known.mcc = known.mcc.or(more.mcc);
    known.mnc = known.mnc.take().or(more.mnc);
    known.tac = known.tac.or(more.tac);
    known.cell_id = known.cell_id.or(more.cell_id);
    known.pci = known.pci.or(more.pci);
    known.channel = known.channel.or(more.channel);
    known.band = known.band.or(more.band);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(command: &str, lines: &[&str]) -> Facts {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let mut facts = Facts::default();
        facts.note(&Asked { command, lines: &lines, is_ok: true, error: None }, 1_796_000_000);
        facts
    }

    #[test]
    fn a_clock_is_compared_with_ours() {
        let facts = noted("AT+CCLK?", &["+CCLK: \"26/11/29,12:53:20+04\""]);
        let clock = facts.modem.clock.unwrap();
        assert_eq!(clock.ahead_s, Some(1_795_953_200 - 1_796_000_000));
        assert_eq!(seconds("80/01/06,00:00:00"), Some(3_471_724_800), "years are of this century");
        for odd in [
            "",
            ",",
            "26/13/01,00:00:00",
            "26/11/29,12:00",
            "a/b/c,d:e:f",
            "26/11/29,9223372036854775807:00:00+04",
            "26/11/29,12:53:20-9223372036854775808",
        ] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }

    #[test]
    fn stores_contexts_and_causes_are_read() {
        let facts = noted("AT+CPMS?", &[r#"+CPMS: "SM",30,30,"ME",2,255,"SM",30,30"#]);
        assert_eq!(facts.service.stores.len(), 2);
        assert_eq!(facts.service.stores[0], Store { name: "SM".into(), used: 30, total: 30 });
        let facts = noted("AT+CGDCONT?", &[r#"+CGDCONT: 1,"IP","internet","0.0.0.0",0,0"#]);
        assert_eq!(facts.service.contexts[0].apn, "internet");
        let facts = noted("AT+CREG?", &[r#"+CREG: 3,3,"2AF9","00C3D501",0,0,11"#]);
        assert_eq!(facts.network.cause, Some(Cause(11)));
        let facts = noted("AT+CEER", &["+CEER: EMM cause #15"]);
        assert_eq!(facts.network.cause, Some(Cause(15)));
        let facts = noted("AT+CBC", &["+CBC: 0,35,3290"]);
        assert_eq!(facts.modem.supply_mv, Some(3290));
    }

    #[test]
    fn branches_that_hear_nothing_are_none() {
        let facts = noted("AT+QRSRP", &["+QRSRP: -97,-140,-32768,-32768,LTE"]);
        let heard: Vec<_> = facts.radio.branches.iter().map(Option::is_some).collect();
        assert_eq!(heard, [true, false, false, false]);
    }
}
