//! What passes on a port, watched for two things: whose commands are echoed, and where answers come.

/// The current line of the modem, and what we wrote last.
#[derive(Debug, Default)]
pub(super) struct Watch {
    line: Vec<u8>,
    is_inside: bool,
    written: Vec<u8>,
    foreign: Vec<Vec<u8>>,
    answered: bool,
}

/// Enough of a line to know a command or a result by.
const HEAD: usize = 64;

/// Enough of our own commands to know their echo by, however late it comes.
const WRITTEN: usize = 1024;

/// One strange line may be our own command with an octet lost on the way; two are not.
const ENOUGH: usize = 2;

impl Watch {
    pub(super) fn wrote(&mut self, octets: &[u8]) {
        self.written.extend(octets);
        let surplus = self.written.len().saturating_sub(WRITTEN);
        self.written.drain(..surplus);
    }

    pub(super) fn read(&mut self, octets: &[u8]) {
        for &octet in octets {
            match octet {
                b'\r' | b'\n' => self.end_line(),
                _ if self.line.len() < HEAD => self.line.push(octet),
                _ => {}
            }
            self.is_inside = !matches!(octet, b'\r' | b'\n');
        }
    }

    /// Whether a line put in now would stand on its own.
    pub(super) fn is_between_lines(&self) -> bool {
        !self.is_inside
    }

    /// Whether the network's answer to a request has come here: `+CUSD: 0,…`. A bare status is no answer.
    pub(super) fn has_answer(&self) -> bool {
        self.answered
    }

    /// Whether commands were echoed that we did not send.
    pub(super) fn saw_others(&self) -> bool {
        self.foreign.len() >= ENOUGH
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.answered |= is_answer(&line);
        let Some(name) = command_name(&line) else { return };
        let is_ours =
            self.written.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
        if !is_ours
            && self.foreign.len() < ENOUGH
            && !self.foreign.iter().any(|known| known == name)
        {
            self.foreign.push(name.to_vec());
        }
    }
}

fn is_answer(line: &[u8]) -> bool {
    let status = line.get(..6).filter(|head| head.eq_ignore_ascii_case(b"+CUSD:"));
    status.is_some() && line.contains(&b',')
}

/// `AT+CGMI` of `AT+CGMI?`. Words of a text that begin with AT are none: a command of more than the
/// basic kind has a sign there (V.250 clause 5.4, and what vendors chose).
fn command_name(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"AT").or_else(|| line.strip_prefix(b"at"))?;
    rest.first().filter(|sign| b"+^$#!%&*_".contains(sign))?;
    let end = line.iter().position(|octet| b"=?;,\"".contains(octet)).unwrap_or(line.len());
    line.get(..end).filter(|name| name.len() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_another_program_are_told_from_our_own() {
        for (said, others) in [
            ("AT+CSQ\r\r\n+CSQ: 9,99\r\n\r\nOK\r\nAT+COPS?\r\r\nOK\r\n", false),
            ("AT^HCSQ?\r\r\nOK\r\n", false),
            ("AT^HCSQ?\r\r\nOK\r\nAT^HCSQ?\r\r\nOK\r\n", false),
            ("AT^HCSQ?\r\r\nOK\r\nAT+CGSN\r\r\n867530000000006\r\nOK\r\n", true),
            ("+CUSD: 0,\"\r\nATTENTION\r\nATENCION: saldo 5\r\nAT 5 EUR\",15\r\n", false),
        ] {
            let mut watch = Watch::default();
            watch.wrote(b"AT+CSQ\rAT+CREG?;+CEREG?;+COPS?\rAT+COPS?\r");
            watch.read(said.as_bytes());
            assert_eq!(watch.saw_others(), others, "{said}");
        }
    }

    #[test]
    fn an_answer_and_the_place_between_lines_are_seen_however_it_is_cut() {
        let said = b"\r\nOK\r\n\r\n+CUSD: 2\r\n+CUSD: 0,\"5\r\nEUR\",15\r\n";
        for cut in 0..=said.len() {
            let mut watch = Watch::default();
            watch.read(&said[..cut]);
            let between = said[..cut].last().is_none_or(|octet| b"\r\n".contains(octet));
            assert_eq!(watch.is_between_lines(), between, "{cut}");
            watch.read(&said[cut..]);
            assert!(watch.has_answer() && !watch.saw_others());
        }
        let mut watch = Watch::default();
        watch.read(b"\r\n+CUSD: 2\r\n");
        assert!(!watch.has_answer(), "a cancel says so too");
    }
}
