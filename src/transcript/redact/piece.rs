//! Answers of the card that come in pieces (`61xx`, then GET RESPONSE): a number may be cut between two.

use super::body;
use crate::hex;

/// What the card has said so far in answer to one command.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// The end of it, as much as a cut number can need; none where its beginning is not known.
    said: Option<Vec<u8>>,
}

/// All of an EID but its last octet, with tag and length.
const LONGEST: usize = 17;

impl Pieces {
    /// `command` in capitals: GET RESPONSE goes on with an answer, any other APDU begins one.
    pub(super) fn of_command(&mut self, command: &[u8]) {
        if !has_name(command, b'=') {
            return;
        }
        let ins = apdu(command).and_then(|(start, _)| command.get(start + 2..start + 4));
        match ins {
            Some(b"C0") => {}
            Some(_) => self.said = Some(Vec::new()),
            None => self.said = None,
        }
    }

    /// Masks the octets of the card in a line, and gives their place.
    pub(super) fn mask(&mut self, line: &mut [u8]) -> Option<(usize, usize)> {
        if !has_name(&line.to_ascii_uppercase(), b':') {
            return None;
        }
        let (start, end) = apdu(line)?;
        let token = line.get_mut(start..end)?;
        let Some(mut octets) = hex::octets(token) else {
            self.said = None; // what it would have ended with is lost
            return None;
        };
        let (data, status) = octets.split_last_chunk_mut::<2>()?;
        self.mask_data(data, status[0]);
        body::write(&octets, token);
        Some((start, end))
    }

    fn mask_data(&mut self, data: &mut [u8], status: u8) {
        const MORE: u8 = 0x61;
        const WRONG_LENGTH: u8 = 0x6C;
        let Some(said) = self.said.take() else { return data.fill(0) };
        if said.is_empty() {
            body::mask_files(data);
        }
        let mut whole = [&said, &*data].concat();
        if matches!(status, MORE | WRONG_LENGTH) {
            let from = whole.len().saturating_sub(LONGEST);
            self.said = whole.get(from..).map(<[u8]>::to_vec);
        }
        body::mask_profiles(&mut whole);
        data.copy_from_slice(whole.get(said.len()..).unwrap_or_default());
    }
}

/// Where the octets of a command or an answer stand: last, with a status word at least.
fn apdu(line: &[u8]) -> Option<(usize, usize)> {
    body::tokens(line).into_iter().rfind(|(start, end)| end - start >= 4)
}

/// `+CGLA=` and `+CSIM=` before an APDU, `+CGLA:` and `+CSIM:` before what the card says to it.
fn has_name(line: &[u8], mark: u8) -> bool {
    [b"+CGLA", b"+CSIM"].iter().any(|name| super::has(line, &[&name[..], &[mark]].concat()))
}

#[cfg(test)]
mod tests {
    use super::super::{redacted, redacted_answer};
    use crate::transcript::read;

    const EID: &str = "BF3E125A1089049032123451234512345678912345";
    const ICCID: &str = "BF2D14A012E3105A0A982310103254769810F99F700101";
    const MASKED: [&str; 2] = [
        "BF3E125A1089049032000000000000000000000000",
        "BF2D14A012E3105A0A982310000000000000F49F700101",
    ];

    /// The octets of the card in an answer that is cut at these places, as a recording has them.
    fn recorded(answer: &str, cuts: &[usize]) -> String {
        let mut steps = "# saldo transcript 1\n> AT+CGLA=1,10,\"81E2910003BF2D00\"\n".to_owned();
        let ends = cuts.iter().copied().chain([answer.len() / 2]);
        let mut from = 0;
        for end in ends {
            let status = if 2 * end == answer.len() { "9000" } else { "610A" };
            let piece = &answer[2 * from..2 * end];
            steps += &format!("< +CGLA: {},\"{piece}{status}\"\n< OK\n", piece.len() + 4);
            steps += "> AT+CREG?\n< OK\n> AT+CGLA=1,10,\"81C000000A\"\n";
            from = end;
        }
        let masked = redacted(&read("x.at", &steps).unwrap()).to_string();
        let said = masked.lines().filter(|line| line.starts_with("< +CGLA"));
        let pieces = said.filter_map(|line| line.split('"').nth(1));
        pieces.map(|piece| &piece[..piece.len() - 4]).collect()
    }

    #[test]
    fn a_number_is_masked_wherever_its_answer_is_cut() {
        for (answer, masked) in [EID, ICCID].into_iter().zip(MASKED) {
            assert_eq!(recorded(answer, &[]), masked);
            for cut in 0..answer.len() / 2 {
                assert_eq!(recorded(answer, &[cut]), masked, "cut at {cut}");
            }
            for length in 1..12 {
                let cuts: Vec<_> = (1..answer.len() / 2).step_by(length).collect();
                assert_eq!(recorded(answer, &cuts), masked, "pieces of {length}");
            }
        }
    }

    #[test]
    fn a_piece_alone_shows_nothing() {
        let lines = |piece: &str| [format!("+CGLA: 14,\"{piece}\"").into_bytes()];
        let shown = |command: &[u8], piece: &str| {
            let masked = redacted_answer(command, &lines(piece)).remove(0);
            String::from_utf8(masked).unwrap()
        };
        let first = shown(b"AT+CGLA=1,10,\"81E2910003BF2D00\"", "5A0A982310103254610A");
        assert!(first.contains("5A0A982310000000610A"), "{first}");
        for command in [&b"AT+CGLA=1,10,\"81C000000A\""[..], b""] {
            assert_eq!(shown(command, "769810F99000"), "+CGLA: 14,\"000000009000\"");
        }
    }
}
