//! USSD: requests in the forms this modem takes, answers in the form it gives (clause 7.15).

use super::line::{Command, Form};
use super::{Device, Event, Info, Stop};
use crate::sim::scenario::{Code, ReplyForm, RequestForm};
use crate::sim::text::{self, Charset};

pub(super) fn request(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (command.form, command.number(0)) {
        (Form::Read, _) => Info::line(format!("+CUSD: {}", device.settings.cusd)),
        (Form::Set, Some(n @ (0 | 1))) => {
            device.settings.cusd = n;
            match command.argument(1) {
                "" => Info::none(),
                typed => device.ask(typed),
            }
        }
        (Form::Set, Some(2)) => {
            device.dialogue = None;
            device.forgets_ussd = true;
            Info::none()
        }
        (Form::Run, _) => Info::none(),
        _ => Err(Stop::Cme(50)),
    }
}

/// Huawei's switch between text and packed septets.
pub(super) fn mode(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (device.scenario.ussd.mode, command.form, command.number(0)) {
        (None, ..) => Err(Stop::error(device.scenario.unknown)),
        (_, Form::Read, _) => Info::line(format!("^USSDMODE: {}", device.settings.ussd_mode)),
        (_, Form::Set, Some(mode @ (0 | 1))) => {
            device.settings.ussd_mode = mode;
            Info::none()
        }
        _ => Err(Stop::Cme(50)),
    }
}

/// Huawei's choice of the port for unsolicited lines: 0 is this one.
pub(super) fn port(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (device.scenario.ussd.needs_portsel, command.form, command.number(0)) {
        (true, Form::Set, Some(port)) => {
            device.settings.is_elsewhere = port != 0;
            Info::none()
        }
        _ => Err(Stop::error(device.scenario.unknown)),
    }
}

/// `ATD*100#;` asks as well; without the semicolon it is a data call that nobody takes.
pub(super) fn dial(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let dialled = command.text.get(3..).unwrap_or_default();
    match dialled.strip_suffix(';') {
        Some(code) if code.ends_with('#') => device.answer_to(code.to_owned()),
        _ => Err(Stop::NoCarrier),
    }
}

impl Device {
    fn ask(&mut self, typed: &str) -> Result<Info, Stop> {
        let mut forms = self.scenario.ussd.request.iter().copied();
        let understood = match self.packs() {
            Some(true) => self.understood(RequestForm::PackedHex, typed),
            Some(false) => self.understood(RequestForm::Charset, typed),
            None => forms.find_map(|form| self.understood(form, typed)),
        };
        let text = understood.ok_or(Stop::error(self.scenario.ussd.refusal))?;
        self.answer_to(text)
    }

    /// Whether the mode says packed septets; none where there is no mode.
    fn packs(&self) -> Option<bool> {
        let ussd = &self.scenario.ussd;
        ussd.mode.map(|_| (self.settings.ussd_mode == 1) != ussd.is_mode_swapped)
    }

    fn reply_form(&self) -> ReplyForm {
        match self.packs() {
            Some(true) => ReplyForm::PackedHex,
            Some(false) => ReplyForm::Charset,
            None => self.scenario.ussd.reply,
        }
    }

    /// What was typed behind the prompt of a menu.
    pub(super) fn answer_prompt(&mut self, typed: &[u8]) -> Result<Info, Stop> {
        self.is_ussd_prompting = false;
        self.ask(String::from_utf8_lossy(typed).trim_end_matches(['\r', '\n']))
    }

    /// What was asked, if it was asked in this form.
    fn understood(&self, form: RequestForm, typed: &str) -> Option<String> {
        let text = match form {
            RequestForm::Charset => text::from_terminal(self.settings.charset, typed),
            RequestForm::Plain => Some(typed.to_owned()),
            RequestForm::PackedHex => text::from_packed_hex(typed),
            RequestForm::Ucs2Hex if self.settings.charset == Charset::Ucs2 => {
                text::from_ucs2_hex(typed)
            }
            RequestForm::Ucs2Hex => None,
        }?;
        (self.dialogue.is_some() || is_code(&text)).then_some(text)
    }

    fn answer_to(&mut self, asked: String) -> Result<Info, Stop> {
        if !self.is_registered() {
            return Err(Stop::Cme(30));
        }
        if self.scenario.ussd.needs_circuit && !self.has_circuit() {
            return Info::none();
        }
        let ask = match self.dialogue.take() {
            Some(before) => format!("{before} {asked}"),
            None => asked,
        };
        let Some(code) = self.code(&ask) else { return Err(Stop::Silence) };
        if code.status == 1 {
            self.dialogue = Some(ask);
        }
        self.reply(code)
    }

    fn code(&self, ask: &str) -> Option<Code> {
        let codes = &self.scenario.code;
        let exact = codes.iter().find(|code| code.ask == ask);
        exact.or_else(|| codes.iter().find(|code| code.ask == "*")).cloned()
    }

    fn reply(&mut self, code: Code) -> Result<Info, Stop> {
        for message in code.sms.iter().chain(&code.more) {
            self.later.push((message.after(), Event::Message(message.clone())));
        }
        if code.is_silent {
            return Info::none();
        }
        if self.scenario.ussd.is_before_ok && !code.is_hangup {
            self.hold += code.after();
            return Info::line(self.cusd(&code));
        }
        self.later.push((code.after(), Event::Ussd(code)));
        Info::none()
    }

    /// The answer as it arrives: not shown where the computer turned reports off.
    fn ussd_report(&self, code: &Code) -> Vec<u8> {
        match (code.late_error, self.settings.cusd) {
            (Some(error), _) => self.end(Stop::Cme(error)),
            (None, 0) => Vec::new(),
            (None, _) if self.settings.is_elsewhere => Vec::new(),
            (None, _) => self.urc(self.cusd(code)),
        }
    }

    /// The same, with the prompt that some menus end in.
    pub(super) fn ussd_arrives(&mut self, code: &Code) -> Vec<u8> {
        let report = self.ussd_report(code);
        self.is_ussd_prompting = self.scenario.ussd.is_prompting && code.status == 1;
        let prompt: &[u8] = if self.is_ussd_prompting { b"\r\n> " } else { b"" };
        [&report, prompt].concat()
    }

    fn cusd(&self, code: &Code) -> Vec<u8> {
        let status = code.status;
        let Some(reply) = &code.text else { return format!("+CUSD: {status}").into_bytes() };
        let ussd = &self.scenario.ussd;
        let body = match self.reply_form() {
            ReplyForm::Charset => text::for_terminal(self.settings.charset, reply),
            ReplyForm::PackedHex if text::fits_gsm(reply) => text::packed_hex(reply).into_bytes(),
            ReplyForm::PackedHex | ReplyForm::Ucs2Hex => text::ucs2_hex(reply).into_bytes(),
            ReplyForm::Plain => text::for_terminal(Charset::Ira, reply),
        };
        let comma = if ussd.has_blanks { ", " } else { "," };
        let dcs = self.dcs(code, reply).map_or_else(String::new, |dcs| format!("{comma}{dcs}"));
        let (before, behind) = (format!("+CUSD: {status}{comma}\""), format!("\"{dcs}"));
        [before.as_bytes(), &body, behind.as_bytes()].concat()
    }

    fn dcs(&self, code: &Code, reply: &str) -> Option<u8> {
        let ussd = &self.scenario.ussd;
        let under_ucs2 = ussd.dcs_under_ucs2.filter(|_| self.settings.charset == Charset::Ucs2);
        let of_text = if text::fits_gsm(reply) { ussd.dcs } else { ussd.ucs2_dcs };
        code.dcs.or(under_ucs2).or(of_text)
    }
}

/// What 3GPP TS 22.030 clause 6.5.3.2 sends as USSD: up to two digits, or a string that ends in `#`.
fn is_code(text: &str) -> bool {
    let is_dialled = |c: char| c.is_ascii_digit() || "*#+".contains(c);
    text.chars().all(is_dialled) && (text.ends_with('#') || text.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{device, said, talk, typed};
    use crate::sim::device::{Device, Typed};
    use crate::sim::scenario::Scenario;
    use crate::sim::text;

    const SALDO: &str = "Uw herlaadbaar krediet bedraagt 12,34 EUR. Geldig tot 31/12/2026. Herladen? Bel gratis 1712.";

    #[test]
    fn a_plain_code_is_answered_after_ok() {
        let reply = format!("OK|+CUSD: 0,\"{SALDO}\",15");
        talk(
            "be-proximus",
            &[
                ("AT+CUSD?;+CUSD=?", "+CUSD: 1|+CUSD: (0-2)|OK"),
                ("AT+CUSD=1,\"#121#\",15", &reply),
                ("AT+CUSD=1,\"#121#\"", &reply),
                ("ATD#121#;", &reply),
                ("ATD#121#", "NO CARRIER"),
                ("AT+CUSD=1,\"#999#\",15", "OK|+CUSD: 4"),
                ("AT+CUSD=1", "OK"),
                ("AT+CUSD=2", "OK"),
                ("AT+CUSD=1,\"A3982C3602\",15", "ERROR"),
            ],
        );
    }

    #[test]
    fn requests_and_replies_follow_the_charset() {
        let mut device = device("be-orange");
        let reply = said(&mut device, "AT+CUSD=1,\"#123#\",15");
        assert!(reply.contains("cr\u{5}dit d'appel est de 8,50 \u{1B}e"), "{reply:?}");
        said(&mut device, "AT+CSCS=\"UCS2\"");
        let reply = said(&mut device, "AT+CUSD=1,\"00230031003200330023\",15");
        assert!(reply.contains("0,\"0056006F00740072006500200063007200E9"), "Votre cré: {reply:?}");
        assert_eq!(said(&mut device, "AT+CUSD=1,\"#123#\",15"), "\r\nERROR\r\n");
        said(&mut device, "AT+CSCS=\"HEX\"");
        let reply = said(&mut device, "AT+CUSD=1,\"2331323323\",15");
        assert!(reply.contains("0,\"566F747265206372056469742064"), "Votre crédit d: {reply:?}");
    }

    #[test]
    fn huawei_packs_both_ways() {
        talk(
            "huawei-e3372",
            &[
                ("AT+CMEE=1", "OK"),
                ("AT+CUSD=1,\"#120#\",15", "+CME ERROR: 304"),
                (
                    "AT+CUSD=1,\"A3980C3602\",15",
                    "OK|+CUSD: 0,\"C2B7BB3ED781DCEF33885603B5D36E1628268381E6ED39A8EC06D56030505308A2BFE9A019EC158BBD643099CD05\",15",
                ),
                (
                    "AT+CUSD=1,A3980C3602,15",
                    "OK|+CUSD: 0,\"C2B7BB3ED781DCEF33885603B5D36E1628268381E6ED39A8EC06D56030505308A2BFE9A019EC158BBD643099CD05\",15",
                ),
            ],
        );
    }

    #[test]
    fn a_mode_turns_between_text_and_packed_septets() {
        let rows = "code = [{ ask = \"*1#\", text = \"ok\" }]\nnetwork = { creg = 1 }\n";
        for (swapped, as_text, packed) in [(false, 0, 1), (true, 1, 0)] {
            let rows = format!("{rows}ussd = {{ mode = 1, is-mode-swapped = {swapped} }}");
            let mut device =
                Device::new(rows.parse::<toml::Table>().unwrap().try_into::<Scenario>().unwrap());
            assert!(said(&mut device, "AT^USSDMODE?").contains("^USSDMODE: 1\r\n\r\nOK"));
            said(&mut device, &format!("AT^USSDMODE={as_text}"));
            let reply = said(&mut device, "AT+CUSD=1,\"*1#\",15");
            assert!(reply.ends_with("+CUSD: 0,\"ok\"\r\n"), "{reply}");
            said(&mut device, &format!("AT^USSDMODE={packed}"));
            let request = format!("AT+CUSD=1,\"{}\",15", text::packed_hex("*1#"));
            let reply = said(&mut device, &request);
            assert!(reply.contains(&format!("\"{}\"", text::packed_hex("ok"))), "{reply}");
        }
        talk("be-proximus", &[("AT^USSDMODE?", "ERROR"), ("AT^PORTSEL=0", "ERROR")]);
    }

    #[test]
    fn a_menu_may_end_in_a_prompt() {
        let mut device = device("cinterion-bgs2");
        let menu = said(&mut device, "AT+CUSD=1,\"*103#\",15");
        assert!(menu.ends_with("0. Stop\",15\r\n\r\n> "), "{menu}");
        let reply = typed(&mut device, &Typed::Body(b"1".to_vec()));
        assert!(reply.starts_with("\r\nOK\r\n\r\n+CUSD: 0,\"Uw saldo is 7,05 EUR"), "{reply}");
        said(&mut device, "AT+CUSD=1,\"*103#\",15");
        assert_eq!(typed(&mut device, &Typed::Escape), "\r\nOK\r\n");
        assert_eq!(said(&mut device, "AT+CUSD=1,\"1\",15"), "\r\nOK\r\n\r\n+CUSD: 4\r\n");
    }

    #[test]
    fn sim7600_takes_plain_codes_and_answers_in_ucs2() {
        let mut device = device("sim7600");
        said(&mut device, "AT+CSCS=\"UCS2\"");
        let reply = said(&mut device, "AT+CUSD=1,\"#120#\",15");
        assert!(reply.starts_with("\r\nOK\r\n\r\n+CUSD: 0,\"0042006F006E00750073003A"), "{reply}");
        assert!(reply.ends_with("\",72\r\n"), "{reply}");
        assert_eq!(said(&mut device, "AT+CUSD=1,\"A3980C3602\",15"), "\r\nERROR\r\n");
    }

    #[test]
    fn a_menu_waits_for_its_answers() {
        let menu =
            "OK|+CUSD: 1,\"Lycamobile\n1. Saldo / Solde\n2. Bundels\n3. Mijn nummer\n0. Stop\",15";
        talk(
            "be-lyca-menu",
            &[
                ("AT+CUSD=1,\"*103#\",15", menu),
                (
                    "AT+CUSD=1,\"1\",15",
                    "OK|+CUSD: 0,\"Uw saldo is 7,05 EUR en blijft geldig tot 14-03-2027.\",15",
                ),
                ("AT+CUSD=1,\"1\",15", "OK|+CUSD: 4"),
                ("AT+CUSD=1,\"*103#\",15", menu),
                (
                    "AT+CUSD=1,\"2\",15",
                    "OK|+CUSD: 1,\"1. Bundel S: 5 EUR\n2. Bundel M: 10 EUR\n0. Stop\",15",
                ),
                ("AT+CUSD=2", "OK"),
                ("AT+CUSD=1,\"*103#\",15", menu),
                ("AT+CUSD=1,\"0\",15", "OK|+CUSD: 2"),
            ],
        );
        talk(
            "sim800",
            &[(
                "AT+CUSD=1,\"*103#\"",
                &menu.replacen("1,\"", "1, \"", 1).replace("\",15", "\", 15"),
            )],
        );
    }

    #[test]
    fn firmware_older_than_release_6_answers_before_ok() {
        talk(
            "telit-he910",
            &[(
                "AT+CUSD=1,\"#123#\",15",
                "+CUSD: 0,\"Tarif \"Tempo Essential\"\nVotre cr\u{5}dit: 8,50 EUR\nValable jusqu'au 15/01/2027\",15|OK",
            )],
        );
    }

    #[test]
    fn what_else_may_come_instead_of_an_answer() {
        talk("lte-only", &[("AT+CUSD=1,\"#121#\",15", "OK")]);
        talk(
            "unplugged",
            &[("AT+CUSD=1,\"#121#\",15", "OK\r\n<hangup>".replace("\r\n", "|").as_str())],
        );
        talk("be-proximus", &[("AT+CUSD=0", "OK"), ("AT+CUSD=0,\"#121#\"", "OK")]);
        let late = "code = [{ ask = \"*1#\", late-error = 132 }]\nnetwork = { creg = 1 }\nussd = { request = [\"plain\"] }";
        let mut device =
            Device::new(late.parse::<toml::Table>().unwrap().try_into::<Scenario>().unwrap());
        assert_eq!(
            said(&mut device, "AT+CMEE=1;+CUSD=1,\"*1#\""),
            "\r\nOK\r\n\r\n+CME ERROR: 132\r\n"
        );
        assert_eq!(
            said(&mut device, "AT+CUSD=1,\"*2#\""),
            "",
            "an operator with no row for it never answers"
        );
    }
}
