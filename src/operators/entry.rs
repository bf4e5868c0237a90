//! One operator's brand: how to ask it, and what else is known.

use std::fmt;

use serde::Deserialize;

use super::number::{NumberRange, SmsNumber};
use super::read::Parsed;
use super::topup::TopUp;
use crate::ids::Plmn;
use crate::ussd::{Answer, UssdCode};

/// A brand that a SIM can be of, as one `[[operator]]` of a data file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Operator {
    /// Stable name for `--operator`, for example `be-proximus-prepaid`.
    #[serde(default)]
    pub id: String,
    /// The brand as people know it.
    pub name: String,
    /// Who stands behind the brand, where that is another name.
    pub company: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The country in English.
    pub country_name: Option<String>,
    /// Home networks of its SIMs; several brands may share one.
    #[serde(default)]
    plmn: Vec<Parsed<Plmn>>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// The decimal sign of the country.
    pub decimal: Option<char>,
    /// Languages its replies may come in (ISO 639).
    #[serde(default)]
    pub language: Vec<String>,
    /// How to ask what is left, best first.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// How to ask what is left of data, minutes and messages where the balance does not say.
    #[serde(default)]
    pub data: Vec<Ask>,
    /// How to ask the SIM's own number.
    #[serde(default)]
    pub number: Vec<Ask>,
    /// How a voucher is sent. Never sent as a question.
    #[serde(default)]
    pub topup: Vec<TopUp>,
    /// The app that shows the balance.
    pub app: Option<String>,
    /// Numbers to call: they say the balance, or help.
    #[serde(default)]
    pub hotline: Vec<String>,
    /// The web site.
    pub web: Option<String>,
    /// Service provider names by which the SIM tells this brand from others of its network
    /// (EF_SPN, 3GPP TS 31.102 clause 4.2.12).
    #[serde(default)]
    pub spn: Vec<String>,
    /// The same by group identifier, hexadecimal (EF_GID1, TS 31.102 clause 4.2.10).
    #[serde(default)]
    pub gid1: Vec<String>,
    /// The same by the first digits of the ICCID.
    #[serde(default)]
    pub iccid: Vec<String>,
    /// The same by the first digits of the IMSI: a range of its network (3GPP TS 23.003 clause 2.2).
    #[serde(default)]
    pub imsi: Vec<String>,
    /// Where this is from; short names are explained beside the data.
    #[serde(default)]
    pub source: Vec<String>,
    /// When the source was last known to be right.
    pub seen: Option<String>,
    /// How well the best way to ask is supported.
    #[serde(default)]
    pub confidence: Confidence,
    /// Country calling code, from the file's head.
    #[serde(skip)]
    pub(super) calling: Option<String>,
    /// Numbers that bill whoever writes to them, from the file's head.
    #[serde(skip)]
    pub(super) premium: Vec<NumberRange>,
    /// What else one should know.
    pub note: Option<String>,
    /// Replies of this operator and what they must read as.
    #[serde(default)]
    pub reply: Vec<Reply>,
}

/// How well a way to ask is supported. None of them says that it works today: `seen` dates it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Confidence {
    /// An undated old list.
    Legacy,
    /// One source.
    #[default]
    SingleSource,
    /// Two independent sources, or the operator's own page.
    Verified,
}

impl Confidence {
    /// The word for listing and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::SingleSource => "single-source",
            Self::Verified => "verified",
        }
    }
}

/// One way to ask, and how the answer comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "super::read::AskRow")]
#[non_exhaustive]
pub struct Ask {
    /// What is sent.
    pub way: Way,
    /// How the answer comes.
    pub reply: ReplyBy,
    /// What asking costs, where it is known to cost anything: `70 CLP`, `after 5 a month`.
    pub cost: Option<String>,
    /// Whether the source says that it costs nothing; for a message, this text to this number.
    pub free: bool,
    /// What the answer is about, and limits.
    pub note: Option<String>,
    /// Why a code that a supplementary service claims may be sent to this brand.
    pub why: Option<String>,
    /// Where it differs from the operator's.
    pub confidence: Option<Confidence>,
}

/// What is sent to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// A USSD code, then these answers to the menus that follow.
    Ussd {
        /// The code.
        code: UssdCode,
        /// What to answer, menu by menu; most often nothing.
        path: Vec<Answer>,
        /// What the choice says at each menu, in the operator's words; without it, it has to speak of
        /// the balance.
        says: Vec<String>,
    },
    /// A message; it may cost one.
    Sms(Sms),
}

/// A message: exactly this text to exactly this number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Sms {
    /// The operator's number, digits only.
    pub to: SmsNumber,
    /// The text; some operators want it empty.
    pub text: String,
}

/// How the answer comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReplyBy {
    /// In the way it was asked.
    #[default]
    Inline,
    /// As a menu; the balance may stand above the choices or behind one.
    Menu,
    /// By SMS.
    Sms,
}

impl ReplyBy {
    /// The word for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Menu => "menu",
            Self::Sms => "sms",
        }
    }
}

/// A real reply, and what it must read as.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reply {
    /// The operator's words.
    pub text: String,
    /// The main amount, for example `12.34 EUR`.
    pub gives: String,
    /// How to read it, only where the general reader goes wrong.
    pub format: Option<String>,
}

impl Ask {
    /// Whether asking so takes a yes: it is known to cost something, or is a message not known to be free.
    pub fn may_cost(&self) -> bool {
        self.cost.is_some() || matches!(self.way, Way::Sms(_)) && !self.free
    }
}

impl Operator {
    /// Home networks of its SIMs.
    pub fn plmn(&self) -> impl Iterator<Item = Plmn> + '_ {
        self.plmn.iter().map(|plmn| plmn.0)
    }

    /// Whether SIMs of this network may be of this brand.
    pub fn is_on(&self, plmn: Plmn) -> bool {
        self.plmn().any(|own| own == plmn)
    }

    /// Whether exactly this code is a known question to this brand: what
    /// [`UssdCode::check_query`] calls listed.
    pub fn lists(&self, code: &UssdCode) -> bool {
        self.asks().any(|ask| matches!(&ask.way, Way::Ussd { code: own, .. } if own == code))
    }

    /// Whether a row says that the answer to this code comes by message.
    pub fn answers_by_message(&self, code: &UssdCode) -> bool {
        let is_it = |ask: &&Ask| matches!(&ask.way, Way::Ussd { code: own, .. } if own == code);
        self.asks().find(is_it).is_some_and(|ask| ask.reply == ReplyBy::Sms)
    }

    /// Whether a row says that this code costs something.
    pub fn charges(&self, code: &UssdCode) -> bool {
        let is_it = |ask: &&Ask| matches!(&ask.way, Way::Ussd { code: own, .. } if own == code);
        self.asks().filter(is_it).any(|ask| ask.cost.is_some())
    }

    /// Whether messages to or calls of this number are known to be the brand's.
    pub fn has_number(&self, number: &str) -> bool {
        let is_it = |ask: &Ask| matches!(&ask.way, Way::Sms(sms) if sms.to.as_str() == number);
        let tops_up = |topup: &TopUp| topup.number().is_some_and(|own| own == number);
        self.hotline.iter().any(|own| own == number)
            || self.asks().any(is_it)
            || self.topup.iter().any(tops_up)
    }

    /// Every question that is known.
    fn asks(&self) -> impl Iterator<Item = &Ask> {
        self.ask.iter().chain(&self.data).chain(&self.number)
    }

    /// Whether this text to this number is known to cost nothing.
    pub fn sends_free(&self, number: &str, text: &str) -> bool {
        self.asks().filter(|ask| ask.free).any(|ask| match &ask.way {
            Way::Sms(sms) => sms.to.as_str() == number && sms.text.eq_ignore_ascii_case(text),
            Way::Ussd { .. } => false,
        })
    }

    /// Whether its country bills whoever writes to this number, and the number is not known to be the brand's.
    pub fn is_premium(&self, number: &str) -> bool {
        self.premium.iter().any(|range| range.holds(number)) && !self.has_number(number)
    }

    /// Whether nothing is known that a modem could send.
    pub fn has_no_method(&self) -> bool {
        self.ask.is_empty()
    }

    /// The ways that remain where no modem can ask: app, number to call, web site. For the hint of
    /// an error; `None` where we know none.
    pub fn other_ways(&self) -> Option<String> {
        let app = self.app.as_ref().map(|app| format!("use the {app} app"));
        let call =
            (!self.hotline.is_empty()).then(|| format!("call {}", self.hotline.join(" or ")));
        let web = self.web.as_ref().map(|web| format!("see {web}"));
        let ways: Vec<_> = [app, call, web].into_iter().flatten().collect();
        (!ways.is_empty()).then(|| ways.join(", or "))
    }
}

/// `*123#`, `*123# > 1`, `SMS "BAL" to 1966`.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ussd { code, path, .. } => {
                write!(f, "{code}")?;
                path.iter().try_for_each(|answer| write!(f, " > {answer}"))
            }
            Self::Sms(sms) => sms.fmt(f),
        }
    }
}

impl fmt::Display for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SMS {:?} to {}", self.text, self.to)
    }
}
