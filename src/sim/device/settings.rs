//! What the computer can set, with the values after power-on.

use crate::sim::scenario::Scenario;
use crate::sim::text::Charset;

/// Settings of the command interface. `ATZ` and `AT&F` put them back.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) echo: bool,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
    /// `<n>` of `+CMEE`.
    pub(super) cmee: u32,
    pub(super) charset: Charset,
    /// `<n>` of `+CREG`, `+CGREG` and `+CEREG`.
    pub(super) creg: u32,
    pub(super) cgreg: u32,
    pub(super) cereg: u32,
    /// `<n>` of `+CUSD`: whether answers are shown.
    pub(super) cusd: u32,
    /// The value of `^USSDMODE`.
    pub(super) ussd_mode: u32,
    /// Whether `^PORTSEL` sends unsolicited lines elsewhere.
    pub(super) is_elsewhere: bool,
    /// `<mode>` and `<format>` of `+COPS`.
    pub(super) cops_mode: u32,
    pub(super) cops_format: u32,
    /// 1 is text mode.
    pub(super) cmgf: u32,
    /// `<mode>` and `<mt>` of `+CNMI`.
    pub(super) cnmi: [u32; 5],
    /// `<fo>,<vp>,<pid>,<dcs>` of `+CSMP`.
    pub(super) csmp: [u32; 4],
    pub(super) cfun: u32,
    /// The storage that messages are read from, once one was chosen.
    pub(super) storage: Option<String>,
}

impl Settings {
    pub(super) fn of(scenario: &Scenario) -> Self {
        Self {
            echo: true,
            verbose: true,
            quiet: false,
            cmee: 0,
            charset: scenario.charset.as_deref().and_then(Charset::named).unwrap_or_default(),
            creg: 0,
            cgreg: 0,
            cereg: 0,
            cusd: 1,
            ussd_mode: scenario.ussd.mode.unwrap_or_default(),
            is_elsewhere: scenario.ussd.needs_portsel,
            cops_mode: 0,
            cops_format: 0,
            cmgf: 0,
            cnmi: [2, 1, 0, 0, 0],
            csmp: [17, 167, 0, 0],
            cfun: 1,
            storage: None,
        }
    }
}
