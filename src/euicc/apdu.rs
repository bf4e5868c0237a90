//! Commands to the card: what opens a way to the ISD-R, and STORE DATA, which carries every function
//! (SGP.22 clause 5.7.2, GlobalPlatform Card Specification clause 11.11, ETSI TS 102 221 clause 11.1).

use std::collections::VecDeque;

use super::{Error, Status};

/// The ISD-R, which answers for the card as a whole (SGP.22 annex C).
pub const ISD_R: [u8; 16] = [
    0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x89, 0x00, 0x00, 0x01, 0x00,
];

/// MANAGE CHANNEL: open one, whichever is free; the card answers with its number.
pub const OPEN_CHANNEL: [u8; 5] = [0x00, 0x70, 0x00, 0x00, 0x01];

/// MANAGE CHANNEL: close this one.
pub fn close_channel(number: u8) -> [u8; 5] {
    [0x00, 0x70, 0x80, number, 0x00]
}

/// SELECT the ISD-R on a channel, by its name.
pub fn select(channel: u8) -> Vec<u8> {
    let mut apdu = vec![channel & CHANNEL, 0xA4, 0x04, 0x00, 0x10];
    apdu.extend(ISD_R);
    apdu
}

/// How requests are put on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing {
    /// The class of STORE DATA.
    class: u8,
    /// The class of GET RESPONSE.
    response_class: u8,
    /// Whether the last block says that an answer is wanted (Le).
    length_wanted: bool,
    /// The most octets of a request in one block.
    segment: u8,
}

impl Framing {
    /// For `+CGLA`, where the session may be the number of the channel. Numbers that no class octet holds
    /// are the modem's affair.
    pub fn session(session: u32) -> Self {
        let channel = u8::try_from(session).ok().filter(|channel| *channel <= CHANNEL);
        let class = PROPRIETARY | channel.unwrap_or(0);
        Self { class, response_class: class, length_wanted: true, segment: SEGMENT }
    }

    /// For `+CSIM`, where we manage the channel ourselves.
    pub fn channel(number: u8) -> Self {
        let response_class = number & CHANNEL;
        let class = PROPRIETARY | response_class;
        Self { class, response_class, length_wanted: false, segment: SEGMENT }
    }

    /// With other blocks than of 120 octets; kept within 6 and 255.
    pub fn with_segment(self, segment: u8) -> Self {
        Self { segment: segment.max(6), ..self }
    }

    /// Whether there is a channel in the class, so that the same may be tried without.
    pub fn has_channel(self) -> bool {
        self.class & CHANNEL != 0
    }
}

/// One request and its answer: blocks go out, what waits is fetched, until the card is done.
///
/// [`Exchange::poll_apdu`] gives what is to be sent, [`Exchange::handle_response`] takes what comes
/// back, in turn.
#[derive(Debug)]
pub struct Exchange {
    framing: Framing,
    waiting: VecDeque<Vec<u8>>,
    sent: Vec<u8>,
    answer: Vec<u8>,
    turns: usize,
    /// Whether what was sent last has the length that the card asked for.
    has_fitted: bool,
}

impl Exchange {
    /// Of a request as [`super::request`] makes them.
    pub fn new(framing: Framing, request: &[u8]) -> Self {
        let waiting = blocks(framing, request);
        let (sent, answer) = (Vec::new(), Vec::new());
        Self { framing, waiting, sent, answer, turns: 0, has_fitted: false }
    }

    /// The next command for the card; `None` where all has been said.
    pub fn poll_apdu(&mut self) -> Option<Vec<u8>> {
        self.sent = self.waiting.pop_front()?;
        Some(self.sent.clone())
    }

    /// What the card said to it: data, and a status word at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] for less than a status word, [`Error::Refused`] for a word that is not done or a
    /// length that the card itself has asked for, [`Error::TooLong`] where the card does not come to an end.
    pub fn handle_response(&mut self, octets: &[u8]) -> Result<(), Error> {
        let (data, word) = octets.split_last_chunk().ok_or(Error::Truncated)?;
        let status = Status(u16::from_be_bytes(*word));
        self.answer.extend(data);
        self.turns += 1;
        if self.answer.len() > MOST || self.turns > MOST_TURNS {
            return Err(Error::TooLong);
        }
        let has_fitted = std::mem::take(&mut self.has_fitted);
        if let Some(count) = status.waiting() {
            self.waiting.push_front(vec![self.framing.response_class, 0xC0, 0, 0, count]);
        } else if let Some(length) = status.right_length().filter(|_| !has_fitted) {
            self.has_fitted = true;
            self.waiting.push_front(with_length(&self.sent, length));
        } else if !status.is_done() {
            return Err(Error::Refused(status));
        }
        Ok(())
    }

    /// Everything the card said, without status words.
    pub fn into_answer(self) -> Vec<u8> {
        self.answer
    }
}

/// STORE DATA in blocks; the last one is marked.
fn blocks(framing: Framing, request: &[u8]) -> VecDeque<Vec<u8>> {
    const MORE: u8 = 0x11;
    const LAST: u8 = 0x91;
    let chunks = request.chunks(usize::from(framing.segment));
    let last = chunks.len().saturating_sub(1);
    let block = |(number, chunk): (usize, &[u8])| {
        let kind = if number == last { LAST } else { MORE };
        // Neither is cut: a request of ours has a few blocks, and a block 255 octets.
        let (number, length) = (number as u8, chunk.len() as u8);
        let mut apdu = vec![framing.class, 0xE2, kind, number, length];
        apdu.extend(chunk);
        if kind == LAST && framing.length_wanted {
            apdu.push(0);
        }
        apdu
    };
    chunks.enumerate().map(block).collect()
}

/// The same command with the length that the card asks for, in place of its own or behind its data.
fn with_length(apdu: &[u8], length: u8) -> Vec<u8> {
    const HEADER: usize = 5;
    let data = match apdu.get(HEADER - 1) {
        Some(count) if apdu.len() > HEADER => HEADER + usize::from(*count),
        _ => HEADER - 1, // no data: the fifth octet is the length
    };
    let mut again = apdu.get(..data).unwrap_or(apdu).to_vec();
    again.push(length);
    again
}

/// A class of GlobalPlatform's own.
const PROPRIETARY: u8 = 0x80;

/// The bits of a class that hold one of the first four channels (ISO/IEC 7816-4 clause 5.4.1).
const CHANNEL: u8 = 0x03;

/// What fits in a line of every modem we know.
const SEGMENT: u8 = 120;

/// Far more than a card full of profiles says of them.
const MOST: usize = 64 * 1024;

/// As many as [`MOST`] takes in pieces of 32 octets.
const MOST_TURNS: usize = 2048;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hex::digits;

    fn sent(exchange: &mut Exchange) -> Option<String> {
        exchange.poll_apdu().map(|apdu| digits(&apdu))
    }

    #[test]
    fn what_waits_is_fetched_and_joined() {
        let mut exchange = Exchange::new(Framing::session(1), b"\xBF\x2D\x00");
        assert_eq!(sent(&mut exchange).unwrap(), "81E2910003BF2D0000");
        exchange.handle_response(b"\x01\x61\x00").unwrap();
        assert_eq!(sent(&mut exchange).unwrap(), "81C0000000");
        exchange.handle_response(b"\x6C\x02").unwrap();
        assert_eq!(sent(&mut exchange).unwrap(), "81C0000002");
        exchange.handle_response(b"\x02\x03\x91\x0B").unwrap();
        assert_eq!(sent(&mut exchange), None);
        assert_eq!(exchange.into_answer(), b"\x01\x02\x03");
    }

    #[test]
    fn the_right_length_takes_the_place_of_the_wrong_one() {
        for (framing, again) in [
            (Framing::session(2), "82E2910003BF2D0015"),
            (Framing::channel(2), "82E2910003BF2D0015"),
        ] {
            let mut exchange = Exchange::new(framing, b"\xBF\x2D\x00");
            sent(&mut exchange);
            exchange.handle_response(b"\x6C\x15").unwrap();
            assert_eq!(sent(&mut exchange).unwrap(), again);
        }
    }

    #[test]
    fn a_card_that_never_ends_is_left() {
        let never = Error::Refused(Status(0x6C00));
        for (word, error) in [(b"\x6C\x00", never), (b"\x61\x10", Error::TooLong)] {
            let mut exchange = Exchange::new(Framing::channel(1), b"\xBF\x2D\x00");
            let mut ends = (0..10_000).map(|_| {
                exchange.poll_apdu().unwrap();
                exchange.handle_response(word)
            });
            assert_eq!(ends.find(Result::is_err), Some(Err(error)));
        }
    }

    #[test]
    fn a_channel_that_no_class_holds_stays_out_of_it() {
        for (session, class) in [(0, 0x80), (1, 0x81), (3, 0x83), (4, 0x80), (257, 0x80)] {
            let apdu = Exchange::new(Framing::session(session), b"\xBF\x22\x00").poll_apdu();
            assert_eq!(apdu.unwrap()[0], class, "{session}");
        }
    }

    proptest! {
        #[test]
        fn blocks_hold_the_request_in_order(
            request in prop::collection::vec(any::<u8>(), 1..600),
            segment: u8,
        ) {
            let framing = Framing::channel(1).with_segment(segment);
            let blocks = blocks(framing, &request);
            let data = blocks.iter().flat_map(|apdu| &apdu[5..]).copied();
            prop_assert_eq!(data.collect::<Vec<_>>(), request);
            for (number, apdu) in blocks.iter().enumerate() {
                let last = number + 1 == blocks.len();
                prop_assert_eq!(apdu[2], if last { 0x91 } else { 0x11 });
                prop_assert_eq!(usize::from(apdu[3]), number);
                prop_assert_eq!(usize::from(apdu[4]), apdu.len() - 5);
                prop_assert!(apdu[4] <= segment.max(6));
            }
        }
    }
}
