//! Parts of long messages put together again.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Entry;
use crate::dcs::Alphabet;
use crate::pdu::{
    self, Address, Concat, Content, Deliver, Pdu, StatusReport, Submit, Time, Tpdu, UserData,
};

/// What a listing holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Whole messages, and those that lack parts, in the order of their first record.
    pub messages: Vec<Message>,
    /// Records that are no message: where they are stored, and why.
    pub unreadable: Vec<(Option<u16>, pdu::Error)>,
}

/// A message as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Received, sent, or a report about one that was sent.
    pub direction: Direction,
    /// Who sent it, where it was received.
    pub from: Option<Address>,
    /// Who it was for, where it was sent or is a report.
    pub to: Option<Address>,
    /// When the service centre got its first part.
    pub time: Option<Time>,
    /// The text, with [`MISSING`] where a part is missing; empty for octets and reports.
    pub text: String,
    /// The octets, where it is no text.
    pub octets: Vec<u8>,
    /// What it was written in.
    pub alphabet: Alphabet,
    /// Of how many parts it was made.
    pub parts: u8,
    /// The parts that are not there, counted from 1.
    pub missing: Vec<u8>,
    /// What its parts have in common; for a report, the number of the message it is about.
    pub reference: Option<u16>,
    /// Where its records are stored, duplicates among them: what to delete.
    pub indexes: Vec<u16>,
    /// Some of it is cut.
    pub truncated: bool,
    /// What became of the message a report is about (3GPP TS 23.040 clause 9.2.3.15).
    pub report: Option<u8>,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To us.
    Received,
    /// From us, or waiting to be sent.
    Sent,
    /// A report about one from us.
    Report,
}

/// What stands in a text for a part that is missing. It keeps the ends of its neighbours apart, which
/// may be digits.
pub const MISSING: &str = " […] ";

/// The messages in the records of a listing.
///
/// Parts belong together when direction, address, reference and count agree and the service centre got
/// them within a day of each other; references come round again, and old messages stay in storage. A part
/// that is there twice counts once.
pub fn join(entries: &[Entry]) -> Inbox {
    let mut groups: Vec<Group> = Vec::new();
    let mut unreadable = Vec::new();
    for entry in entries {
        match &entry.pdu {
            Err(error) => unreadable.push((entry.index, *error)),
            Ok(pdu) => place(&mut groups, Part::new(pdu, entry.index)),
        }
    }
    Inbox { messages: groups.into_iter().map(Group::message).collect(), unreadable }
}

fn place(groups: &mut Vec<Group>, part: Part) {
    match groups.iter_mut().find(|group| group.takes(&part)) {
        Some(group) => group.add(part),
        None => groups.push(Group::new(part)),
    }
}

/// One record, read as if it were a whole message.
struct Part {
    message: Message,
    concat: Option<Concat>,
}

impl Part {
    fn new(pdu: &Pdu, index: Option<u16>) -> Self {
        let (mut message, concat) = match &pdu.tpdu {
            Tpdu::Deliver(deliver) => (Message::from(deliver), deliver.data.header.concat),
            Tpdu::Submit(submit) => (Message::from(submit), submit.data.header.concat),
            Tpdu::StatusReport(report) => (Message::from(report), None),
        };
        message.indexes.extend(index);
        message.reference = message.reference.or(concat.map(|concat| concat.reference));
        Self { message, concat }
    }

    fn number(&self) -> u8 {
        self.concat.map_or(1, |concat| concat.part)
    }

    fn said(self) -> Piece {
        Piece { text: self.message.text, octets: self.message.octets, time: self.message.time }
    }
}

/// What one part says.
struct Piece {
    text: String,
    octets: Vec<u8>,
    time: Option<Time>,
}

/// The parts of one message so far.
struct Group {
    /// The first record, with the indexes of all.
    first: Message,
    concat: Option<Concat>,
    pieces: BTreeMap<u8, Piece>,
}

impl Group {
    fn new(part: Part) -> Self {
        let (number, concat, first) = (part.number(), part.concat, part.message.clone());
        Self { first, concat, pieces: BTreeMap::from([(number, part.said())]) }
    }

    fn takes(&self, part: &Part) -> bool {
        let (Some(ours), Some(theirs)) = (self.concat, part.concat) else { return false };
        let (first, other) = (&self.first, &part.message);
        let same_message = (ours.reference, ours.wide, ours.parts)
            == (theirs.reference, theirs.wide, theirs.parts)
            && (first.direction, &first.from, &first.to)
                == (other.direction, &other.from, &other.to)
            && within_a_day(first.time, other.time);
        let known = self.pieces.get(&theirs.part);
        same_message
            && known.is_none_or(|known| known.text == other.text && known.octets == other.octets)
    }

    fn add(&mut self, part: Part) {
        self.first.indexes.extend_from_slice(&part.message.indexes);
        self.first.truncated |= part.message.truncated;
        self.pieces.entry(part.number()).or_insert_with(|| part.said());
    }

    fn message(mut self) -> Message {
        let parts = self.concat.map_or(1, |concat| concat.parts);
        let time = self.pieces.values().next().and_then(|piece| piece.time);
        let (mut text, mut octets, mut missing) = (String::new(), Vec::new(), Vec::new());
        for number in 1..=parts {
            if let Some(piece) = self.pieces.remove(&number) {
                text.push_str(&piece.text);
                octets.extend(piece.octets);
            } else {
                missing.push(number);
                text.push_str(MISSING);
            }
        }
        Message { text, octets, time, parts, missing, ..self.first }
    }
}

impl Message {
    /// What a record says of itself; joining adds the rest.
    fn of(direction: Direction, data: Option<&UserData>) -> Self {
        let (text, octets) = match data.map(|data| data.content.clone()) {
            Some(Content::Text(text)) => (text, Vec::new()),
            Some(Content::Octets(octets)) => (String::new(), octets),
            None => Default::default(),
        };
        Self {
            direction,
            from: None,
            to: None,
            time: None,
            text,
            octets,
            alphabet: data.map_or(Alphabet::Gsm7, |data| data.alphabet),
            parts: 1,
            missing: Vec::new(),
            reference: None,
            indexes: Vec::new(),
            truncated: data.is_some_and(|data| data.truncated),
            report: None,
        }
    }
}

impl From<&Deliver> for Message {
    fn from(deliver: &Deliver) -> Self {
        let (from, time) = (Some(deliver.from.clone()), deliver.time);
        Self { from, time, ..Self::of(Direction::Received, Some(&deliver.data)) }
    }
}

impl From<&Submit> for Message {
    fn from(submit: &Submit) -> Self {
        Self { to: Some(submit.to.clone()), ..Self::of(Direction::Sent, Some(&submit.data)) }
    }
}

impl From<&StatusReport> for Message {
    fn from(report: &StatusReport) -> Self {
        Self {
            to: Some(report.to.clone()),
            time: report.sent,
            reference: Some(report.reference.into()),
            report: Some(report.status),
            ..Self::of(Direction::Report, None)
        }
    }
}

/// Where a time is missing, nothing speaks against it.
fn within_a_day(one: Option<Time>, other: Option<Time>) -> bool {
    let (Some(one), Some(other)) = (one.and_then(Time::utc), other.and_then(Time::utc)) else {
        return true;
    };
    one.duration_since(other).abs() <= SignedDuration::from_hours(24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::entries;

    const SENDER: &str = "+32470000001";

    /// A record of one part; `day` of November 2026.
    fn record(text: &str, concat: Option<(u16, u8, u8)>, day: i8) -> Tpdu {
        let mut data = UserData::parts(text, 0).unwrap().remove(0);
        let concat =
            concat.map(|(reference, parts, part)| Concat { reference, wide: false, parts, part });
        data.header.concat = concat;
        let local = jiff::civil::date(2026, 11, day).at(10, 0, 0, 0);
        let time = Some(Time { local, offset: jiff::tz::Offset::UTC });
        Tpdu::Deliver(Deliver {
            from: SENDER.parse().unwrap(),
            pid: 0,
            dcs: data.dcs(),
            time,
            data,
        })
    }

    fn inbox(records: &[Tpdu]) -> Inbox {
        let pdu = |tpdu: &Tpdu| Pdu { smsc: None, tpdu: tpdu.clone() };
        let lines: Vec<String> = (0..)
            .zip(records)
            .flat_map(|(n, tpdu)| [format!("+CMGL: {n},1,,99"), pdu(tpdu).line().0])
            .collect();
        join(&entries(lines.iter().map(String::as_bytes)))
    }

    fn texts(inbox: &Inbox) -> Vec<&str> {
        inbox.messages.iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn parts_are_joined_in_any_order_and_duplicates_count_once() {
        let inbox = inbox(&[
            record("lo: 12,", Some((7, 3, 2)), 1),
            record("a single one", None, 1),
            record("34 €", Some((7, 3, 3)), 1),
            record("lo: 12,", Some((7, 3, 2)), 1),
            record("Sal", Some((7, 3, 1)), 1),
        ]);
        assert_eq!(texts(&inbox), ["Sallo: 12,34 €", "a single one"]);
        let joined = &inbox.messages[0];
        assert_eq!((joined.parts, &joined.missing[..]), (3, &[][..]));
        assert_eq!(joined.indexes, [0, 2, 3, 4]);
        assert_eq!(joined.reference, Some(7));
    }

    #[test]
    fn a_missing_part_is_seen_and_keeps_digits_apart() {
        let inbox =
            inbox(&[record("Saldo 12", Some((9, 3, 1)), 1), record("34 EUR", Some((9, 3, 3)), 1)]);
        assert_eq!(texts(&inbox), ["Saldo 12 […] 34 EUR"]);
        assert_eq!(inbox.messages[0].missing, [2]);
    }

    #[test]
    fn a_reference_that_came_round_again_joins_nothing() {
        #[rustfmt::skip]
        let rows: &[(&str, [Tpdu; 3])] = &[
            ("another text in the same part", [
                record("a", Some((1, 2, 1)), 1), record("b", Some((1, 2, 1)), 1), record("c", Some((1, 2, 2)), 1),
            ]),
            ("another day", [
                record("a", Some((1, 2, 1)), 1), record("b", Some((1, 2, 2)), 9), record("b", Some((1, 2, 1)), 9),
            ]),
            ("another count", [
                record("a", Some((1, 3, 1)), 1), record("b", Some((1, 2, 2)), 1), record("b", Some((1, 2, 1)), 1),
            ]),
        ];
        for (why, records) in rows {
            assert_eq!(inbox(records).messages.len(), 2, "{why}");
        }
        assert_eq!(inbox(&[record("a", None, 1), record("a", None, 1)]).messages.len(), 2);
    }

    #[test]
    fn reports_and_sent_messages_are_told_apart() {
        let to: Address = "+32470000002".parse().unwrap();
        let (reference, sent, status) = (5, None, 0x30);
        let report = StatusReport { reference, to: to.clone(), sent, discharged: None, status };
        let sent = Submit::parts(&to, "hoi", 0).unwrap().remove(0);
        let inbox = inbox(&[Tpdu::StatusReport(report), Tpdu::Submit(sent)]);
        let directions: Vec<Direction> = inbox.messages.iter().map(|m| m.direction).collect();
        assert_eq!(directions, [Direction::Report, Direction::Sent]);
        assert_eq!((inbox.messages[0].report, inbox.messages[0].reference), (Some(0x30), Some(5)));
        assert_eq!(inbox.messages[1].to, Some(to));
    }

    #[test]
    fn a_bad_record_hides_no_other_and_debug_hides_numbers() {
        let good = Pdu { smsc: None, tpdu: record("hoi", None, 1) }.line().0;
        let lines = ["+CMGL: 1,1,,9", "0791", "+CMGL: 2,1,,99", &good];
        let inbox = join(&entries(lines.map(str::as_bytes)));
        assert_eq!(texts(&inbox), ["hoi"]);
        assert_eq!(inbox.unreadable, [(Some(1), pdu::Error::Truncated("service centre"))]);
        assert!(!format!("{inbox:?}").contains(SENDER));
    }
}
