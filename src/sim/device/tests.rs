use super::*;
use crate::sim::catalog;

pub(super) fn device(name: &str) -> Device {
    Device::new(catalog::scenario(name).unwrap())
}

/// Everything a line brings about, at once; one octet a character.
pub(super) fn said(device: &mut Device, line: &str) -> String {
    typed(device, &Typed::Line(line.as_bytes().to_vec()))
}

pub(super) fn typed(device: &mut Device, typed: &Typed) -> String {
    let mut bytes = Vec::new();
    let mut answers = std::collections::VecDeque::from([device.handle_typed(typed)]);
    while let Some(mut answer) = answers.pop_front() {
        bytes.extend(answer.bytes);
        match answer.ends {
            Some(Output::Hangup) => bytes.extend(b"<hangup>"),
            Some(Output::Away(_)) => bytes.extend(b"<away>"),
            _ => {}
        }
        answer.later.sort_by_key(|(after, _)| *after);
        answers.extend(answer.later.into_iter().map(|(_, event)| device.happen(event)));
    }
    bytes.into_iter().map(char::from).collect()
}

/// A conversation: what is typed, and what comes of it without the line ends.
pub(super) fn talk(name: &str, lines: &[(&str, &str)]) {
    let mut device = device(name);
    for (line, expected) in lines {
        let said = said(&mut device, line);
        assert_eq!(
            said.trim().replace("\r\n\r\n", "|").replace("\r\n", "|"),
            *expected,
            "{name}: {line}"
        );
    }
}

#[test]
#[rustfmt::skip]
fn lines_end_as_v250_says() {
    let mut device = device("be-proximus");
    for (line, expected) in [
        ("AT",                 "\r\nOK\r\n"),
        ("",                   ""),
        ("garbage",            ""),
        ("at+csq",             "\r\n+CSQ: 19,99\r\n\r\nOK\r\n"),
        ("AT+CSQ;+CMEE?",      "\r\n+CSQ: 19,99\r\n\r\n+CMEE: 0\r\n\r\nOK\r\n"),
        ("AT+CSQ;+X;+CSQ",     "\r\n+CSQ: 19,99\r\n\r\nERROR\r\n"),
        ("AT+CMEE=1;+X",       "\r\n+CME ERROR: 100\r\n"),
        ("AT+CMEE=2;+X",       "\r\n+CME ERROR: unknown\r\n"),
        ("ATV0",               "0\r"),
        ("AT+CSQ",             "+CSQ: 19,99\r\n0\r"),
        ("ATQ1",               ""),
        ("AT+CSQ",             "+CSQ: 19,99\r\n"),
        ("ATZ",                "\r\nOK\r\n"),
        ("AT+CSQ=?",           "\r\n+CSQ: (0-31,99),(0-7,99)\r\n\r\nOK\r\n"),
    ] {
        assert_eq!(said(&mut device, line), expected, "{line}");
    }
}

#[test]
fn rows_come_before_standard_commands_and_are_filled_in() {
    talk(
        "sim800",
        &[("AT+CCID", "8932060000000000011|OK"), ("AT+CESQ", "ERROR"), ("AT+ICCID", "ERROR")],
    );
    talk(
        "huawei-e3372",
        &[
            ("AT+CCID", ""),
            ("AT^ICCID?", "^ICCID: 8932010000000000012|OK"),
            ("AT^CPIN?", "^CPIN: READY,,10,3,10,3|OK"),
        ],
    );
}

#[test]
fn a_modem_may_take_one_command_a_line() {
    let mut device = device("be-proximus");
    device.scenario.takes_one = true;
    assert_eq!(said(&mut device, "AT+CSQ;+CMEE?"), "\r\nERROR\r\n");
    assert_eq!(said(&mut device, "AT+CMEE?"), "\r\n+CMEE: 0\r\n\r\nOK\r\n");
}

#[test]
fn noise_stands_inside_answers_where_a_row_says_so() {
    talk("noisy", &[("AT+CSQ", "+CSQ: 19,99|^RSSI:18|OK")]);
}
