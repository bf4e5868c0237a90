//! The three messages a modem stores (3GPP TS 23.040 clause 9.2.2), read and written.

use super::reader::Reader;
use super::{Address, Error, Time, TooLong, UserData, Validity};
use crate::dcs::Sms;

/// A message, told by the type in its first octet. The types that only pass between phone and network
/// read as the ones that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tpdu {
    /// From the network.
    Deliver(Deliver),
    /// To the network.
    Submit(Submit),
    /// What became of one that was sent.
    StatusReport(StatusReport),
}

/// A message received (clause 9.2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deliver {
    /// Who sent it.
    pub from: Address,
    /// The protocol identifier (clause 9.2.3.9).
    pub pid: u8,
    /// The data coding scheme, as it came.
    pub dcs: Sms,
    /// When the service centre got it; `None` where the octets are no time.
    pub time: Option<Time>,
    /// What it says.
    pub data: UserData,
}

/// A message sent, or to be sent (clause 9.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// The number that a status report names; the modem sets it.
    pub reference: u8,
    /// Who gets it.
    pub to: Address,
    /// The protocol identifier (clause 9.2.3.9).
    pub pid: u8,
    /// The data coding scheme.
    pub dcs: Sms,
    /// How long the service centre keeps trying; `None` leaves it to the centre.
    pub validity: Option<Validity>,
    /// Whether a status report is asked for.
    pub report: bool,
    /// What it says.
    pub data: UserData,
}

/// What became of a message (clause 9.2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// The reference of the message it is about.
    pub reference: u8,
    /// Who that message was for.
    pub to: Address,
    /// When the service centre got it.
    pub sent: Option<Time>,
    /// When it arrived, or when the service centre last tried.
    pub discharged: Option<Time>,
    /// The status (clause 9.2.3.15): 0 to 31 delivered, 32 to 63 still trying, above not delivered.
    pub status: u8,
}

impl Tpdu {
    /// A message from its octets, without the service centre.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn from_octets(octets: &[u8]) -> Result<Self, Error> {
        Self::read(&mut Reader::new(octets))
    }

    /// The octets, without the service centre.
    pub fn octets(&self) -> Vec<u8> {
        match self {
            Self::Deliver(deliver) => deliver.octets(),
            Self::Submit(submit) => submit.octets(),
            Self::StatusReport(report) => report.octets(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let first = reader.octet("message type")?;
        let reader = std::mem::replace(reader, Reader::new(&[]));
        match first & TYPE {
            DELIVER => Deliver::read(first, reader).map(Self::Deliver),
            SUBMIT => Submit::read(first, reader).map(Self::Submit),
            STATUS_REPORT => StatusReport::read(reader).map(Self::StatusReport),
            _ => Err(Error::ReservedType),
        }
    }
}

impl Deliver {
    fn read(first: u8, mut reader: Reader<'_>) -> Result<Self, Error> {
        let from = Address::read(&mut reader)?;
        let pid = reader.octet("protocol identifier")?;
        let dcs = Sms(reader.octet("data coding scheme")?);
        let time = Time::from_octets(reader.array("time stamp")?);
        let data = UserData::read(reader, first & HEADER != 0, dcs)?;
        Ok(Self { from, pid, dcs, time, data })
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = vec![DELIVER | NO_MORE_MESSAGES | header_bit(&self.data)];
        octets.extend(self.from.octets());
        octets.extend([self.pid, self.dcs.0]);
        octets.extend(self.time.map_or([0; 7], Time::octets));
        octets.extend(self.data.octets());
        octets
    }
}

impl Submit {
    /// A text as the messages that carry it, one or several (see [`UserData::parts`]).
    ///
    /// # Errors
    ///
    /// [`TooLong`] above 255 parts.
    pub fn parts(to: &Address, text: &str, reference: u8) -> Result<Vec<Self>, TooLong> {
        let submit = |data: UserData| Self {
            reference: 0,
            to: to.clone(),
            pid: 0,
            dcs: data.dcs(),
            validity: None,
            report: false,
            data,
        };
        Ok(UserData::parts(text, reference)?.into_iter().map(submit).collect())
    }

    fn read(first: u8, mut reader: Reader<'_>) -> Result<Self, Error> {
        let reference = reader.octet("reference")?;
        let to = Address::read(&mut reader)?;
        let pid = reader.octet("protocol identifier")?;
        let dcs = Sms(reader.octet("data coding scheme")?);
        let validity = Validity::read(first, &mut reader)?;
        let data = UserData::read(reader, first & HEADER != 0, dcs)?;
        Ok(Self { reference, to, pid, dcs, validity, report: first & REPORT != 0, data })
    }

    fn octets(&self) -> Vec<u8> {
        let (format, validity) = self.validity.map(Validity::octets).unwrap_or_default();
        let report = if self.report { REPORT } else { 0 };
        let mut octets = vec![SUBMIT | format | report | header_bit(&self.data), self.reference];
        octets.extend(self.to.octets());
        octets.extend([self.pid, self.dcs.0]);
        octets.extend(validity);
        octets.extend(self.data.octets());
        octets
    }
}

impl StatusReport {
    /// Whether the message arrived.
    pub fn delivered(&self) -> bool {
        self.status < 0x20
    }

    /// What may follow the status (clause 9.2.3.27) says nothing about the message.
    fn read(mut reader: Reader<'_>) -> Result<Self, Error> {
        let reference = reader.octet("reference")?;
        let to = Address::read(&mut reader)?;
        let sent = Time::from_octets(reader.array("time stamp")?);
        let discharged = Time::from_octets(reader.array("discharge time")?);
        let status = reader.octet("status")?;
        Ok(Self { reference, to, sent, discharged, status })
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = vec![STATUS_REPORT | NO_MORE_MESSAGES, self.reference];
        octets.extend(self.to.octets());
        octets.extend(self.sent.map_or([0; 7], Time::octets));
        octets.extend(self.discharged.map_or([0; 7], Time::octets));
        octets.push(self.status);
        octets
    }
}

/// The bits of the first octet (clauses 9.2.3.1, 9.2.3.2, 9.2.3.5, 9.2.3.23).
const TYPE: u8 = 0x03;
const DELIVER: u8 = 0x00;
const SUBMIT: u8 = 0x01;
const STATUS_REPORT: u8 = 0x02;
const NO_MORE_MESSAGES: u8 = 0x04;
const REPORT: u8 = 0x20;
const HEADER: u8 = 0x40;

fn header_bit(data: &UserData) -> u8 {
    if data.has_header() { HEADER } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hex;
    use crate::pdu::Pdu;

    #[test]
    fn a_submit_is_written_as_every_book_shows() {
        let to: Address = "+46708251358".parse().unwrap();
        let mut submit = Submit::parts(&to, "hellohello", 0).unwrap().remove(0);
        submit.validity = Some(Validity::Relative(std::time::Duration::from_secs(4 * 86_400)));
        let pdu = Pdu { smsc: None, tpdu: Tpdu::Submit(submit) };
        let expected = "0011000B916407281553F80000AA0AE8329BFD4697D9EC37";
        assert_eq!(pdu.line(), (expected.to_owned(), expected.len() / 2 - 1));
    }

    #[test]
    fn every_truncation_is_an_error_or_marked() {
        let line = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37";
        let octets = hex::octets(line.as_bytes()).unwrap();
        for end in 0..octets.len() {
            if let Ok(Pdu { tpdu: Tpdu::Deliver(deliver), .. }) = Pdu::from_octets(&octets[..end]) {
                let text = deliver.data.text().unwrap();
                assert!(deliver.data.truncated && "hellohello".starts_with(text), "{end}: {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn messages_come_back(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            // What is read may have lost padding and marks; read again it stays the same.
            let Ok(tpdu) = Tpdu::from_octets(&octets) else { return Ok(()) };
            let once = Tpdu::from_octets(&tpdu.octets());
            let twice = once.clone().and_then(|tpdu| Tpdu::from_octets(&tpdu.octets()));
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn sent_texts_come_back(text in "\\PC{0,300}", report: bool, reference: u8) {
            let to: Address = "+32470000000".parse().unwrap();
            let mut again = String::new();
            for mut submit in Submit::parts(&to, &text, reference).unwrap() {
                submit.report = report;
                let pdu = Pdu { smsc: Some(to.clone()), tpdu: Tpdu::Submit(submit) };
                let (line, length) = pdu.line();
                let read = Pdu::from_line(line.as_bytes(), Some(length)).unwrap();
                prop_assert_eq!(&read, &pdu);
                let Tpdu::Submit(submit) = read.tpdu else { panic!("a SUBMIT") };
                again.push_str(submit.data.text().unwrap());
            }
            prop_assert_eq!(again, text);
        }
    }
}
