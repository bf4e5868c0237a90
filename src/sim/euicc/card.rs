//! Logical channels, STORE DATA and GET RESPONSE (ETSI TS 102 221 clause 11, SGP.22 clause 5.7.2).

use super::Euicc;
use super::rows::Kind;
use super::tlv;

/// What a channel holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    is_open: bool,
    has_isd_r: bool,
    /// Blocks of STORE DATA so far, and the number of the next.
    gathered: Vec<u8>,
    next_block: u8,
    /// What waits for GET RESPONSE.
    held: Vec<u8>,
}

/// A command of the card.
struct Apdu<'a> {
    ins: u8,
    p1: u8,
    p2: u8,
    data: &'a [u8],
    /// How much may come back; 0 is everything.
    le: Option<u8>,
}

/// The answer of a card: data, then two octets of status.
type Answer = Result<Vec<u8>, [u8; 2]>;

/// GSMA SGP.02 clause 2.2.3: the AID of every consumer eUICC's ISD-R.
const ISD_R: [u8; 16] = [0xA0, 0, 0, 5, 0x59, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x89, 0, 0, 1, 0];

const DONE: [u8; 2] = [0x90, 0x00];
const WRONG_LENGTH: [u8; 2] = [0x67, 0x00];
const NO_CHANNEL: [u8; 2] = [0x68, 0x81];
const NOT_NOW: [u8; 2] = [0x69, 0x85];
const TOO_MUCH: [u8; 2] = [0x6A, 0x84];
const NOT_FOUND: [u8; 2] = [0x6A, 0x82];
const NONE_LEFT: [u8; 2] = [0x6A, 0x81];
const WRONG_P1_P2: [u8; 2] = [0x6A, 0x86];
const UNKNOWN_INS: [u8; 2] = [0x6D, 0x00];
const WRONG_CLASS: [u8; 2] = [0x6E, 0x00];

/// REFRESH with a reset of the UICC (ETSI TS 102 223 clause 6.6.13): the octets that wait for FETCH.
const REFRESH: u8 = 11;

/// No request of a card's owner is longer.
const LONGEST: usize = 1024;

impl Euicc {
    /// One command on the channel that the modem chose.
    pub(in crate::sim) fn transmit(&mut self, channel: u8, command: &[u8]) -> Vec<u8> {
        match self.answer(channel, command) {
            Ok(answer) => answer,
            Err(status) => status.to_vec(),
        }
    }

    /// MANAGE CHANNEL: opens the next, 1 to 3.
    pub(in crate::sim) fn open(&mut self) -> Result<u8, [u8; 2]> {
        let numbered = (1..).zip(&mut self.channels);
        let (number, channel) =
            { numbered }.find(|(_, channel)| !channel.is_open).ok_or(NONE_LEFT)?;
        *channel = Channel { is_open: true, ..Channel::default() };
        Ok(number)
    }

    /// MANAGE CHANNEL: closes one; whether it was open.
    pub(in crate::sim) fn close(&mut self, number: u8) -> bool {
        self.channel(number).is_ok_and(|channel| std::mem::take(channel).is_open)
    }

    /// SELECT by AID on an open channel; the answer is the file's control parameters.
    pub(in crate::sim) fn select(&mut self, number: u8, aid: &[u8]) -> Answer {
        let is_there = self.row.kind == Kind::Consumer && aid == ISD_R;
        let channel = self.channel(number)?;
        *channel = Channel { is_open: true, has_isd_r: is_there, ..Channel::default() };
        if is_there { Ok(tlv::write(0x6F, &tlv::write(0x84, aid))) } else { Err(NOT_FOUND) }
    }

    fn answer(&mut self, number: u8, command: &[u8]) -> Answer {
        let apdu = Apdu::read(command)?;
        match apdu.ins {
            0x70 => self.manage(&apdu),
            0xA4 if apdu.p1 == 4 => {
                let answer = self.select(number, apdu.data)?;
                self.hand_over(number, answer)
            }
            0xC0 => self.get_response(number, &apdu),
            0xE2 => self.store(number, &apdu),
            _ => Err(UNKNOWN_INS),
        }
    }

    fn manage(&mut self, apdu: &Apdu) -> Answer {
        match (apdu.p1, apdu.p2) {
            (0, 0) => Ok([&[self.open()?][..], &DONE].concat()),
            (0x80, number) if self.close(number) => Ok(DONE.to_vec()),
            _ => Err(WRONG_P1_P2),
        }
    }

    fn channel(&mut self, number: u8) -> Result<&mut Channel, [u8; 2]> {
        let place = usize::from(number).checked_sub(1).ok_or(NO_CHANNEL)?;
        self.channels.get_mut(place).filter(|channel| channel.is_open).ok_or(NO_CHANNEL)
    }

    /// Gathers blocks; the last one has the request carried out.
    fn store(&mut self, number: u8, apdu: &Apdu) -> Answer {
        let longest = if self.row.segment == 0 { 255 } else { self.row.segment };
        let channel = self.channel(number)?;
        let before = std::mem::take(channel);
        *channel = Channel { is_open: true, has_isd_r: before.has_isd_r, ..Channel::default() };
        if !before.has_isd_r {
            return Err(NOT_NOW);
        } else if !matches!(apdu.p1, 0x11 | 0x91) || apdu.p2 != before.next_block {
            return Err(WRONG_P1_P2);
        } else if apdu.data.len() > longest {
            return Err(WRONG_LENGTH);
        } else if before.gathered.len() + apdu.data.len() > LONGEST {
            return Err(TOO_MUCH);
        }
        let gathered = [&before.gathered, apdu.data].concat();
        if apdu.p1 == 0x11 {
            (channel.gathered, channel.next_block) = (gathered, before.next_block.wrapping_add(1));
            return Ok(DONE.to_vec());
        }
        let answer = self.function(&gathered)?;
        self.hand_over(number, answer)
    }

    /// The whole answer where the modem fetches it, else how much waits.
    fn hand_over(&mut self, number: u8, answer: Vec<u8>) -> Answer {
        if self.row.chunk == 0 || answer.len() <= self.row.whole {
            return Ok([&answer[..], &self.done()].concat());
        }
        let waiting = self.waiting(answer.len());
        self.channel(number)?.held = answer;
        Err(waiting)
    }

    fn get_response(&mut self, number: u8, apdu: &Apdu) -> Answer {
        let (chunk, is_strict) = (self.row.chunk, self.row.is_strict);
        let channel = self.channel(number)?;
        if channel.held.is_empty() {
            return Err(NOT_NOW);
        }
        let most = channel.held.len().min(chunk).min(256);
        let wanted = match apdu.le {
            None => return Err(WRONG_LENGTH),
            Some(0) => 256,
            Some(le) => usize::from(le),
        };
        if wanted > most && wanted != 256 || is_strict && wanted != most {
            return Err([0x6C, u8::try_from(most).unwrap_or(0)]);
        }
        let rest = channel.held.split_off(wanted.min(most));
        let given = std::mem::replace(&mut channel.held, rest);
        let status = match channel.held.len() {
            0 => self.done(),
            left => self.waiting(left),
        };
        Ok([&given[..], &status].concat())
    }

    /// `61xx`, where 00 is 256 or more.
    fn waiting(&self, left: usize) -> [u8; 2] {
        [0x61, u8::try_from(left.min(self.row.chunk)).unwrap_or(0)]
    }

    /// `9000`, or `91xx` where a command of the toolkit waits for the modem.
    fn done(&self) -> [u8; 2] {
        if self.refreshes { [0x91, REFRESH] } else { DONE }
    }
}

impl<'a> Apdu<'a> {
    /// The class says no more than that it is an ordinary command: modems put in what channel they like.
    fn read(octets: &'a [u8]) -> Result<Self, [u8; 2]> {
        let &[cla, ins, p1, p2, ref body @ ..] = octets else { return Err(WRONG_LENGTH) };
        if !matches!(cla, 0x00..=0x03 | 0x80..=0x83 | 0xC0..=0xC3) {
            return Err(WRONG_CLASS);
        }
        let (data, le) = match body {
            [] => (&[][..], None),
            [le] => (&[][..], Some(*le)),
            [lc, rest @ ..] => match rest.split_at_checked(usize::from(*lc)) {
                Some((data, [])) => (data, None),
                Some((data, [le])) => (data, Some(*le)),
                _ => return Err(WRONG_LENGTH),
            },
        };
        Ok(Self { ins, p1, p2, data, le })
    }
}
