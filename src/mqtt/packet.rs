//! Control packets of MQTT 3.1.1: those that a client writes, and those that it reads.

use nom::combinator::verify;
use nom::multi::length_data;
use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

/// A longer packet is refused before it is read: nobody who speaks to us has that much to say.
pub(super) const LONGEST: usize = 256 * 1024;

/// The first octet of a SUBSCRIBE and of an UNSUBSCRIBE: their flags are reserved (clauses 3.8.1, 3.10.1).
const SUBSCRIBE: u8 = 0x82;
const UNSUBSCRIBE: u8 = 0xa2;

const PUBLISH: u8 = 3;

/// A message for whoever has subscribed to its topic (clause 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Publish {
    /// UTF-8 with no wildcard.
    pub(super) topic: String,
    /// Any octets.
    pub(super) payload: Vec<u8>,
    /// The broker keeps it for later subscribers.
    pub(super) is_retained: bool,
    /// Quality of service 1, by this identifier, which is not 0; `None` is quality 0.
    pub(super) id: Option<u16>,
    /// It may have arrived before (clause 3.3.1.1).
    pub(super) is_again: bool,
}

/// Who connects, and what is said of them when they are gone (clause 3.1).
#[derive(Debug)]
pub(super) struct Connect<'a> {
    /// By what the broker knows its state again.
    pub(super) client: &'a str,
    /// Whether the broker forgets what it knew of this client.
    pub(super) is_clean: bool,
    /// Seconds in which the broker hears something.
    pub(super) keep_alive: u16,
    /// Published by the broker when the connection ends without a word.
    pub(super) will: Option<&'a Publish>,
    /// User name, and the password where there is one.
    pub(super) user: Option<(&'a str, Option<&'a str>)>,
}

/// What a broker says to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// The connection is accepted with code 0 (clause 3.2).
    ConnAck {
        /// Whether the broker knows the client's session.
        has_session: bool,
        /// Why it is not, in the table of clause 3.2.2.3.
        code: u8,
    },
    /// A message.
    Publish(Publish),
    /// The message of that identifier is the broker's now (clause 3.4).
    PubAck(u16),
    /// What each filter of a SUBSCRIBE was granted; 0x80 is a no (clause 3.9).
    SubAck(Vec<u8>),
    /// An answer that needs no more: UNSUBACK, PINGRESP.
    Done,
}

/// Octets that no broker sends to a client which asked for nothing of the kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// A packet of this length, above [`LONGEST`].
    TooLong(usize),
    /// Anything else.
    Packet,
}

impl Connect<'_> {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, self.flags()];
        body.extend(self.keep_alive.to_be_bytes());
        field(&mut body, self.client.as_bytes());
        if let Some(will) = self.will {
            field(&mut body, will.topic.as_bytes());
            field(&mut body, &will.payload);
        }
        if let Some((name, password)) = self.user {
            field(&mut body, name.as_bytes());
            if let Some(password) = password {
                field(&mut body, password.as_bytes());
            }
        }
        packet(0x10, &body)
    }

    /// Clauses 3.1.2.3 to 3.1.2.9; the will has quality of service 1.
    fn flags(&self) -> u8 {
        let will = self.will.map_or(0, |will| 0x0c | u8::from(will.is_retained) << 5);
        let user = self.user.map_or(0, |(_, password)| 0x80 | u8::from(password.is_some()) << 6);
        will | user | u8::from(self.is_clean) << 1
    }
}

impl Publish {
    pub(super) fn write(&self) -> Vec<u8> {
        let flags = u8::from(self.is_again) << 3
            | u8::from(self.id.is_some()) << 1
            | u8::from(self.is_retained);
        let mut body = Vec::with_capacity(self.topic.len() + self.payload.len() + 4);
        field(&mut body, self.topic.as_bytes());
        if let Some(id) = self.id {
            body.extend(id.to_be_bytes());
        }
        body.extend(&self.payload);
        packet(PUBLISH << 4 | flags, &body)
    }
}

/// Clause 3.4.
pub(super) fn puback(id: u16) -> Vec<u8> {
    packet(0x40, &id.to_be_bytes())
}

/// Asks for what is published under these filters, at most in this quality of service (clause 3.8).
pub(super) fn subscribe(id: u16, filters: &[&str], quality: u8) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    for filter in filters {
        field(&mut body, filter.as_bytes());
        body.push(quality);
    }
    packet(SUBSCRIBE, &body)
}

/// Clause 3.10.
pub(super) fn unsubscribe(id: u16, filter: &str) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    field(&mut body, filter.as_bytes());
    packet(UNSUBSCRIBE, &body)
}

/// Clause 3.12.
pub(super) fn pingreq() -> Vec<u8> {
    packet(0xc0, &[])
}

/// The end that has no will (clause 3.14).
pub(super) fn disconnect() -> Vec<u8> {
    packet(0xe0, &[])
}

/// The first packet, and how many octets it takes; `None` where more have to come.
///
/// # Errors
///
/// [`Malformed`] from its first octets on: nothing after it can be read either.
pub(super) fn read(input: &[u8]) -> Result<Option<(Incoming, usize)>, Malformed> {
    let (rest, (first, length)) = match (be_u8, length).parse(input) {
        Ok(header) => header,
        Err(nom::Err::Incomplete(_)) => return Ok(None),
        Err(_) => return Err(Malformed::Packet),
    };
    if length > LONGEST {
        return Err(Malformed::TooLong(length));
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    let (_, incoming) = incoming(first, body).map_err(|_| Malformed::Packet)?;
    Ok(Some((incoming, input.len() - rest.len() + length)))
}

fn incoming(first: u8, body: &[u8]) -> IResult<&[u8], Incoming> {
    match (first >> 4, first & 0x0f) {
        (2, 0) => {
            let ack = |(flags, code)| Incoming::ConnAck { has_session: flags & 1 == 1, code };
            (be_u8, be_u8).map(ack).parse(body)
        }
        (PUBLISH, flags) => publish(flags, body),
        (4, 0) => be_u16.map(Incoming::PubAck).parse(body),
        (9, 0) => {
            let (codes, _) = be_u16(body)?;
            Ok((&[], Incoming::SubAck(codes.to_vec())))
        }
        (11 | 13, 0) => Ok((&[], Incoming::Done)),
        _ => fault(body),
    }
}

/// Quality of service 2 is never granted to us, as we never ask for it.
fn publish(flags: u8, body: &[u8]) -> IResult<&[u8], Incoming> {
    let (rest, topic) = length_data(be_u16).parse(body)?;
    let Ok(topic) = std::str::from_utf8(topic) else { return fault(topic) };
    let (payload, id) = match flags >> 1 & 3 {
        0 => (rest, None),
        1 => verify(be_u16, |id| *id != 0).map(Some).parse(rest)?,
        _ => return fault(rest),
    };
    let message = Publish {
        topic: topic.to_owned(),
        payload: payload.to_vec(),
        is_retained: flags & 1 == 1,
        id,
        is_again: flags & 8 == 8,
    };
    Ok((&[], Incoming::Publish(message)))
}

/// Seven bits an octet, least first, in at most four (clause 2.2.3).
fn length(input: &[u8]) -> IResult<&[u8], usize> {
    let mut rest = input;
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let (after, octet) = be_u8(rest)?;
        length |= usize::from(octet & 0x7f) << shift;
        if octet < 0x80 {
            return Ok((after, length));
        }
        rest = after;
    }
    fault(rest)
}

fn fault<T>(input: &[u8]) -> IResult<&[u8], T> {
    Err(nom::Err::Failure(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
}

/// A length in two octets, and what has it. What has none such is cut: settings hold nothing that long.
fn field(body: &mut Vec<u8>, text: &[u8]) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    body.extend(length.to_be_bytes());
    body.extend(text.iter().take(length.into()));
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(body.len() + 5);
    packet.push(first);
    let mut length = body.len();
    loop {
        let octet = (length & 0x7f) as u8;
        length >>= 7;
        packet.push(if length > 0 { octet | 0x80 } else { octet });
        if length == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_broker_says_is_read_whole_and_nothing_before_it_is_there() {
        let message = Publish {
            topic: "saldo/attic/status".into(),
            payload: vec![7; 300],
            is_retained: true,
            id: Some(513),
            is_again: true,
        };
        let plain = Publish { topic: "a".into(), ..Publish::default() };
        for (wire, expected) in [
            (vec![0x20, 2, 1, 5], Incoming::ConnAck { has_session: true, code: 5 }),
            (vec![0x40, 2, 1, 2], Incoming::PubAck(258)),
            (vec![0x90, 4, 0, 1, 0, 0x80], Incoming::SubAck(vec![0, 0x80])),
            (vec![0xb0, 2, 0, 1], Incoming::Done),
            (vec![0xd0, 0], Incoming::Done),
            (message.write(), Incoming::Publish(message)),
            (plain.write(), Incoming::Publish(plain)),
        ] {
            for cut in 0..wire.len() {
                assert_eq!(read(&wire[..cut]), Ok(None), "{expected:?} at {cut}");
            }
            assert_eq!(read(&[&wire[..], &[0xd0]].concat()), Ok(Some((expected, wire.len()))));
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_no_broker_says_is_refused() {
        for (wire, expected) in [
            (&[0x30, 0x81, 0x80, 0x10][..],        Malformed::TooLong(LONGEST + 1)),
            (&[0x30, 0xff, 0xff, 0xff, 0xff],      Malformed::Packet), // a length of five octets
            (&[0x00, 0],                           Malformed::Packet),
            (&[0x10, 0],                           Malformed::Packet), // CONNECT is ours to say
            (&[0x20, 1, 0],                        Malformed::Packet),
            (&[0x30, 3, 0, 9, b'a'],               Malformed::Packet), // a topic longer than its packet
            (&[0x30, 3, 0, 1, 0xff],               Malformed::Packet), // no UTF-8
            (&[0x32, 5, 0, 1, b'a', 0, 0],         Malformed::Packet), // identifier 0
            (&[0x34, 5, 0, 1, b'a', 0, 1],         Malformed::Packet), // quality of service 2
            (&[0x36, 5, 0, 1, b'a', 0, 1],         Malformed::Packet), // 3 is none
            (b"HTTP/1.1 400 Bad Request\r\n",      Malformed::Packet),
            (b"SSH-2.0-OpenSSH_9.2\r\n",           Malformed::Packet),
        ] {
            let read = read(&[wire, &[0; 90]].concat());
            assert_eq!(read, Err(expected), "{wire:x?}");
        }
    }

    #[test]
    fn a_connect_is_written_as_the_standard_shows_it() {
        let will = Publish {
            topic: "w".into(),
            payload: b"off".into(),
            is_retained: true,
            ..Publish::default()
        };
        let connect = Connect {
            client: "c",
            is_clean: false,
            keep_alive: 10,
            will: Some(&will),
            user: Some(("u", Some("p"))),
        };
        let expected = b"\x10\x1b\0\x04MQTT\x04\xec\0\x0a\0\x01c\0\x01w\0\x03off\0\x01u\0\x01p";
        assert_eq!(connect.write(), expected);
    }

    proptest::proptest! {
        #[test]
        fn no_octets_break_the_reader(wire in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(Some((_, length))) = read(&wire) {
                proptest::prop_assert!(length <= wire.len());
            }
        }
    }
}
