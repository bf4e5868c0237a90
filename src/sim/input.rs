//! Octets from the computer to commands: where one ends.

/// What the computer has finished typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A line, without its CR.
    Line(Vec<u8>),
    /// What stood behind a prompt, without its Ctrl-Z.
    Body(Vec<u8>),
    /// ESC behind a prompt.
    Escape,
}

/// Gathers octets until something is finished.
#[derive(Debug, Default)]
pub(super) struct Input {
    gathered: Vec<u8>,
}

/// A line longer than this is cut: no modem keeps more, and we keep no more either.
const LONGEST: usize = 4096;

impl Input {
    /// Takes one octet; `prompting` while the modem waits for a text that ends in Ctrl-Z.
    ///
    /// LF and ESC outside a prompt are ignored, as most modems do: the first stands behind the CR of
    /// sloppy programs, the second is how careful ones leave a prompt that an earlier one left open.
    pub(super) fn push(&mut self, octet: u8, prompting: bool) -> Option<Typed> {
        match octet {
            0x1A if prompting => Some(Typed::Body(std::mem::take(&mut self.gathered))),
            0x1B if prompting => {
                self.gathered.clear();
                Some(Typed::Escape)
            }
            0x1B => None,
            b'\r' if !prompting => Some(Typed::Line(std::mem::take(&mut self.gathered))),
            b'\n' if self.gathered.is_empty() => None,
            _ => {
                if self.gathered.len() < LONGEST {
                    self.gathered.push(octet);
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(octets: &[u8], prompting: bool) -> Vec<Typed> {
        let mut input = Input::default();
        octets.iter().filter_map(|octet| input.push(*octet, prompting)).collect()
    }

    #[test]
    fn lines_end_at_cr() {
        let lines = typed(b"\x1B\rAT\r\nATE0\r", false);
        assert_eq!(lines, [&b""[..], b"AT", b"ATE0"].map(|line| Typed::Line(line.to_vec())));
    }

    #[test]
    fn a_text_ends_at_ctrl_z_or_is_given_up_with_esc() {
        assert_eq!(typed(b"one\rtwo\x1A", true), [Typed::Body(b"one\rtwo".to_vec())]);
        assert_eq!(typed(b"one\x1Btwo\x1A", true), [Typed::Escape, Typed::Body(b"two".to_vec())]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let lines = typed(&[&[b'A'; 3 * LONGEST][..], b"\r"].concat(), false);
        assert_eq!(lines, [Typed::Line(vec![b'A'; LONGEST])]);
    }
}
