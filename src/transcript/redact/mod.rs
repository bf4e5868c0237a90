//! Identity out of a transcript, its shape kept.
//!
//! Digits become zeros, one for one, so that lengths, encodings and check digits stay what they are
//! and a masked recording still plays. What says where a number belongs is kept: country and issuer
//! of an ICCID, MCC and MNC of an IMSI, the type in an IMEI. Numbers of fewer than nine digits are no
//! secret unless they stand where a PIN does.
//!
//! | file | finds |
//! |---|---|
//! | `secret` | PINs and vouchers in commands |
//! | `name` | names of people beside their numbers |
//! | `number` | phone numbers and identities in text |
//! | `body` | text within hexadecimal: UCS2, packed septets, octets; SIM files |
//! | `piece` | identities of an eUICC, in answers of the card that come in pieces |
//! | `pdu` | addresses and text of short messages |

mod body;
mod name;
mod number;
mod pdu;
mod piece;
mod secret;

use super::{Mark, Step, Transcript};

/// The transcript without identity. Its headers say that it was masked.
///
/// What one pass leaves may be a number to the next: digits on both sides of what was masked between them.
pub fn redacted(transcript: &Transcript) -> Transcript {
    /// Two are enough for all that was seen; a line must not keep us for ever.
    const PASSES: usize = 8;
    let mut masked = transcript.clone();
    for _ in 0..PASSES {
        let before = masked.steps.clone();
        mask_steps(&mut masked.steps);
        if masked.steps == before {
            break;
        }
    }
    if masked.note("redacted").is_none() {
        masked.notes.push("redacted: numbers, identities, PINs (digits are zeros)".into());
    }
    masked
}

fn mask_steps(steps: &mut [Step]) {
    let mut context = Context::default();
    for step in steps {
        match &mut step.mark {
            Mark::Command(command) | Mark::Always(command) => {
                context.of_command(command);
                mask_command(command, &context);
            }
            Mark::Line(said) | Mark::Bytes(said) => {
                mask_said(said, &mut context);
            }
            Mark::Comment(_) | Mark::Wait(_) | Mark::Hangup => {}
        }
    }
}

/// One command without identity, as it stands in a masked recording.
pub fn redacted_command(command: &[u8]) -> Vec<u8> {
    let mut masked = command.to_vec();
    let mut context = Context::default();
    context.of_command(command);
    mask_command(&mut masked, &context);
    masked
}

/// The lines that answered a command, without identity: for a log.
pub fn redacted_answer(command: &[u8], lines: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut context = Context::default();
    context.of_command(command);
    let mask = |line: &Vec<u8>| {
        let mut masked = line.clone();
        mask_said(&mut masked, &mut context);
        masked
    };
    lines.iter().map(mask).collect()
}

/// What the bytes at hand are, told by what came before.
#[derive(Debug, Default)]
struct Context {
    /// The last command, in capitals.
    command: Vec<u8>,
    /// What was typed is the PDU that a prompt has asked for.
    is_typed_pdu: bool,
    /// A PDU stands in the next line but for what the modem says by itself.
    pdu_follows: bool,
    /// The PDU that was typed behind a prompt, as the modem's echo repeats it.
    typed: Vec<u8>,
    /// What the card is saying.
    pieces: piece::Pieces,
}

impl Context {
    fn of_command(&mut self, command: &[u8]) {
        let is_text = command.ends_with(b"\x1A");
        if !is_text {
            self.command = command.to_ascii_uppercase();
            self.pieces.of_command(&self.command);
        }
        self.is_typed_pdu = is_text && !self.command.contains(&b'"');
        if self.is_typed_pdu {
            self.typed = command.strip_suffix(b"\x1A").unwrap_or(command).to_vec();
        }
        self.pdu_follows = false;
    }

    fn asked(&self, names: &[&str]) -> bool {
        names.iter().any(|name| has(&self.command, name.as_bytes()))
    }
}

fn mask_command(command: &mut [u8], context: &Context) {
    if context.is_typed_pdu && pdu::is_pdu(command) {
        return pdu::mask_submit(command);
    }
    secret::mask(command);
    mask_text(command, context);
}

fn mask_said(said: &mut [u8], context: &mut Context) {
    body::mask_raw(said);
    for line in said.split_inclusive_mut(|octet| *octet == b'\n') {
        mask_line(line, context);
    }
}

fn mask_line(line: &mut [u8], context: &mut Context) {
    secret::mask(line); // the echo of a command
    secret::mask_echo(line, &context.command);
    if let Some(echo) = echo_of(&context.typed, line) {
        return pdu::mask_submit(echo);
    }
    let is_pdu = pdu::is_pdu(line);
    if is_pdu && (context.pdu_follows || context.is_typed_pdu) {
        context.pdu_follows = false;
        return if context.is_typed_pdu { pdu::mask_submit(line) } else { pdu::mask_stored(line) };
    }
    if let Some(pdu_follows) = name::head(line) {
        context.pdu_follows = pdu_follows;
        context.is_typed_pdu = false;
    }
    name::mask(line);
    let (start, end) = context.pieces.mask(line).unwrap_or((0, 0));
    mask_text(line.get_mut(..start).unwrap_or_default(), context);
    mask_text(line.get_mut(end..).unwrap_or_default(), context);
}

/// The place in `said` that repeats what was typed, whatever stands round it.
fn echo_of<'a>(typed: &[u8], said: &'a mut [u8]) -> Option<&'a mut [u8]> {
    let mut places = said.windows(typed.len().max(1));
    let start = places.position(|place| place.eq_ignore_ascii_case(typed))?;
    said.get_mut(start..start + typed.len())
}

fn mask_text(octets: &mut [u8], context: &Context) {
    let bodies = body::mask(octets, context);
    let mut from = 0;
    for (start, end) in bodies.into_iter().chain([(octets.len(), octets.len())]) {
        number::mask(octets.get_mut(from..start).unwrap_or_default(), context);
        from = end;
    }
}

fn has(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// Digits become zeros, but for the first `kept` of them.
fn zero(octets: &mut [u8], kept: usize) {
    for digit in octets.iter_mut().filter(|octet| octet.is_ascii_digit()).skip(kept) {
        *digit = b'0';
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::read;
    use super::*;

    fn masked(steps: &str) -> String {
        let whole =
            redacted(&read("x.at", &format!("# saldo transcript 1\n{steps}")).unwrap()).to_string();
        whole
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    #[test]
    fn the_echo_of_a_message_is_masked_as_what_was_typed() {
        // "TOPUP 123456789012345" to 1914, and the echo in capitals or not, with a prompt before it or not.
        let pdu = "00010004819141000015D427B40A05C564335ACD76C3E56031D98C5603";
        let zeros = "00010004819141000015D427B40A05C16030180C0683C16030180C0603";
        for (echo, expected) in [
            (format!("= {pdu}\\x1A\\r"), format!("= {zeros}\\x1A\\r")),
            (format!("= \\r\\n> {pdu}\\x1A\\r\\n"), format!("= \\r\\n> {zeros}\\x1A\\r\\n")),
            (format!("< {}", pdu.to_lowercase()), format!("< {}", zeros.to_lowercase())),
        ] {
            let steps = masked(&format!("> AT+CMGS=28\n> {pdu}\\x1A\n{echo}\n< OK\n"));
            assert_eq!(steps, format!("> AT+CMGS=28\n> {zeros}\\x1A\n{expected}\n< OK\n"));
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_masked_and_what_is_not() {
        for (line, expected) in [
            ("> AT+CPIN=\"1234\"",                    "> AT+CPIN=\"0000\""),
            ("> AT+CPIN=\"12345678\",\"9999\"",       "> AT+CPIN=\"00000000\",\"0000\""),
            ("> AT+CLCK=\"SC\",1,\"1234\"",           "> AT+CLCK=\"SC\",1,\"0000\""),
            ("> AT+CLCK=\"SC\",2",                    "> AT+CLCK=\"SC\",2"),
            ("> AT+CPWD=\"SC\",\"1234\",\"4321\"",    "> AT+CPWD=\"SC\",\"0000\",\"0000\""),
            ("> AT+CUSD=1,\"*121*12345678901234#\",15", "> AT+CUSD=1,\"*121*00000000000000#\",15"),
            ("> AT+CUSD=1,\"**04*1234*5678*5678#\"",  "> AT+CUSD=1,\"**04*0000*0000*0000#\""),
            ("> AT+CUSD=1,\"#121#\",15",              "> AT+CUSD=1,\"#121#\",15"),
            ("> AT+CSIM=26,\"002000010831323334FFFFFFFF\"", "> AT+CSIM=26,\"002000010830303030FFFFFFFF\""),
            ("< IMEI: 861821000000007",               "< IMEI: 861821000000007"),
            ("< IMEI: 861821012345671",               "< IMEI: 861821010000005"),
            ("< +CCID: \"8932010123456789019\"",      "< +CCID: \"8932010000000000004\""),
            ("< ^ICCID: 982310103254769810F9", "< ^ICCID: 982310000000000000F4"),
            ("< +CNUM: \"\",\"+32470123456\",145",    "< +CNUM: \"\",\"+32000000000\",145"),
            ("< +CUSD: 0,\"Nr 0470/12.34.56: 5,00 EUR tot 31.12.2026 23:59\",15", "< +CUSD: 0,\"Nr 0400/00.00.00: 5,00 EUR tot 31.12.2026 23:59\",15"),
            ("< +CUSD: 0,\"01.12.2026 23:59:59 saldo 1234567.89\",15", "< +CUSD: 0,\"01.12.2026 23:59:59 saldo 1234567.89\",15"),
            ("< +CEREG: 2,1,\"2AF9\",\"00C3D501\",7", "< +CEREG: 2,1,\"2AF9\",\"00C3D501\",7"),
            ("< ^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF", "< ^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"),
        ] {
            assert_eq!(masked(line), format!("{expected}\n"), "{line}");
        }
    }

    #[test]
    fn an_echo_is_masked_like_its_command() {
        let steps = "> AT+CPIN=\"1234\"\n= AT+CPIN=\"1234\"\\r\n< OK\n< +CUSD: 0,\"00200030\"\n";
        assert_eq!(masked(steps), steps.replace("1234", "0000"));
    }

    #[test]
    fn an_echo_that_lost_its_start_is_masked_too() {
        let steps =
            "> AT+CPIN=\"1234\"\n< IN=\"1234\"\n= 234\"1234\n< +CME ERROR: 16\n< 01234567\n";
        let expected =
            "> AT+CPIN=\"0000\"\n< IN=\"0000\"\n= 234\"0000\n< +CME ERROR: 16\n< 00000567\n";
        assert_eq!(masked(steps), expected);
        let lines = [b"PIN=\"1234\"".to_vec()];
        assert_eq!(redacted_answer(b"AT+CPIN=\"1234\"", &lines), [b"PIN=\"0000\"".to_vec()]);
    }

    #[test]
    fn an_answer_is_masked_as_its_question_says() {
        let steps = "> AT+CIMI\n< 206011234567890\n> AT+CGSN\n< 861821012345671\n\
                     > AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"082960103254769810\"\n\
                     > AT+CRSM=176,12258,0,0,10\n< +CRSM: 144,0,\"982310103254769810F9\"\n";
        let expected = "> AT+CIMI\n< 206010000000000\n> AT+CGSN\n< 861821010000005\n\
                        > AT+CRSM=176,28423,0,0,9\n< +CRSM: 144,0,\"082960100000000000\"\n\
                        > AT+CRSM=176,12258,0,0,10\n< +CRSM: 144,0,\"982310000000000000F4\"\n";
        assert_eq!(masked(steps), expected);
    }

    proptest! {
        #[test]
        fn masking_keeps_every_length_and_never_fails(command: Vec<u8>, said in "[ -~\r\n]{0,80}", hex in "[0-9A-F]{0,60}") {
            let steps = [
                Mark::Command(command), Mark::Line(said.clone().into_bytes()),
                Mark::Command(b"AT+CMGL=4".to_vec()), Mark::Line(b"+CMGL: 1,1,,27".to_vec()),
                Mark::Line(hex.clone().into_bytes()), Mark::Bytes(format!("\r\n+CUSD: 0,\"{hex}\"").into_bytes()),
            ];
            let steps = steps.map(|mark| super::super::Step { line: 0, mark }).to_vec();
            let masked = redacted(&Transcript { steps: steps.clone(), ..Transcript::default() });
            let lengths = |steps: &[super::super::Step]| steps.iter().map(|step| match &step.mark {
                Mark::Command(b) | Mark::Line(b) | Mark::Bytes(b) => b.len(),
                _ => 0,
            }).collect::<Vec<_>>();
            prop_assert_eq!(lengths(&masked.steps), lengths(&steps));
            prop_assert_eq!(redacted(&masked), masked, "a second time changes nothing");
        }
    }
}
