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
        let ussd = &self.scenario.ussd;
        let understood = ussd.request.iter().find_map(|form| self.understood(*form, typed));
        let text = understood.ok_or(Stop::error(ussd.refusal))?;
        self.answer_to(text)
    }

    /// What was asked, if it was asked in this form.
    fn understood(&self, form: RequestForm, typed: &str) -> Option<String> {
        let text = match form {
            RequestForm::Charset => text::from_terminal(self.settings.charset, typed),
            RequestForm::Plain => Some(typed.to_owned()),
            RequestForm::PackedHex => text::from_packed_hex(typed),
        }?;
        let is_code = |c: char| c.is_ascii_digit() || "*#+".contains(c);
        (self.dialogue.is_some() || text.chars().all(is_code)).then_some(text)
    }

    fn answer_to(&mut self, asked: String) -> Result<Info, Stop> {
        if !self.is_registered() {
            return Err(Stop::Cme(30));
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
        if let Some(message) = &code.sms {
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
    pub(super) fn ussd_report(&self, code: &Code) -> Vec<u8> {
        match (code.late_error, self.settings.cusd) {
            (Some(error), _) => self.end(Stop::Cme(error)),
            (None, 0) => Vec::new(),
            (None, _) => self.urc(self.cusd(code)),
        }
    }

    fn cusd(&self, code: &Code) -> Vec<u8> {
        let status = code.status;
        let Some(reply) = &code.text else { return format!("+CUSD: {status}").into_bytes() };
        let ussd = &self.scenario.ussd;
        let body = match ussd.reply {
            ReplyForm::Charset => text::for_terminal(self.settings.charset, reply),
            ReplyForm::PackedHex if text::fits_gsm(reply) => text::packed_hex(reply).into_bytes(),
            ReplyForm::PackedHex => text::ucs2_hex(reply).into_bytes(),
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
