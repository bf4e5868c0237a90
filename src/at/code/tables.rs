//! Numbers, meanings and hints of `+CME ERROR` and `+CMS ERROR`: one row one number, sorted.

use super::Class;

/// One number of a table.
pub(super) struct Row {
    pub(super) code: u16,
    pub(super) meaning: &'static str,
    pub(super) hint: Option<&'static str>,
}

/// The number that a worded error stands for: case, blanks and punctuation do not count.
pub(super) fn code_of(class: Class, wording: &str) -> Option<u32> {
    let table = if class == Class::Cms { CMS } else { CME };
    let wording = bare(wording);
    let alias = ALIASES.iter().find(|(of, words, _)| *of == class && bare(words) == wording);
    let row = || table.iter().find(|row| bare(row.meaning) == wording).map(|row| row.code);
    alias.map(|(_, _, code)| *code).or_else(row).map(u32::from)
}

fn bare(wording: &str) -> String {
    let letters: String = wording.chars().filter(char::is_ascii_alphanumeric).collect();
    let lower = letters.to_ascii_lowercase();
    lower.strip_prefix("usim").map_or(lower.clone(), |rest| format!("sim{rest}"))
}

const fn row(code: u16, meaning: &'static str, hint: Option<&'static str>) -> Row {
    Row { code, meaning, hint }
}

const UNLOCK: Option<&str> = Some("`saldo sim unlock` gives the SIM its PIN");
const PUK: Option<&str> = Some("three wrong PINs blocked the SIM: a phone takes the PUK");
const TRAY: Option<&str> = Some("check the tray; a modem with two slots may be on its other one");
const WAIT: Option<&str> = Some("the SIM is starting up: wait a few seconds and try again");
const NOW: Option<&str> =
    Some("often an open session, which ends by itself, or LTE without circuit-switched service");
const SERVICE: Option<&str> =
    Some("check antenna and reception; on LTE most modems have no USSD, on 2G and 3G they do");
const ROOM: Option<&str> =
    Some("messages fill the SIM: `AT+CMGD=1,1` deletes those that were read");
const FORM: Option<&str> =
    Some("this firmware wants the code in another form; `saldo ussd` tries them in turn");

/// Other wordings of the same errors, as firmware prints them.
#[rustfmt::skip]
const ALIASES: &[(Class, &str, u16)] = &[
    (Class::Cme, "invalid parameter",  50),
    (Class::Cme, "invalid parameters", 50),
    (Class::Cme, "no SIM",             10),
    (Class::Cme, "unknown error",      100),
    (Class::Cms, "unknown",            500),
];

/// 3GPP TS 27.007 clause 9.2. From 257 on: Qualcomm's, and two of other makers.
#[rustfmt::skip]
pub(super) const CME: &[Row] = &[
    row(0,   "phone failure", None),
    row(1,   "no connection to phone", None),
    row(2,   "phone-adaptor link reserved", None),
    row(3,   "operation not allowed", NOW),
    row(4,   "operation not supported", NOW),
    row(5,   "PH-SIM PIN required", Some("the modem is locked to another SIM; its maker has the code")),
    row(6,   "PH-FSIM PIN required", None),
    row(7,   "PH-FSIM PUK required", None),
    row(10,  "SIM not inserted", TRAY),
    row(11,  "SIM PIN required", UNLOCK),
    row(12,  "SIM PUK required", PUK),
    row(13,  "SIM failure", TRAY),
    row(14,  "SIM busy", WAIT),
    row(15,  "SIM wrong", Some("the modem is locked to another operator's SIM")),
    row(16,  "incorrect password", Some("the third wrong PIN blocks the SIM")),
    row(17,  "SIM PIN2 required", None),
    row(18,  "SIM PUK2 required", None),
    row(20,  "memory full", ROOM),
    row(21,  "invalid index", None),
    row(22,  "not found", None),
    row(23,  "memory failure", None),
    row(24,  "text string too long", None),
    row(25,  "invalid characters in text string", FORM),
    row(26,  "dial string too long", None),
    row(27,  "invalid characters in dial string", FORM),
    row(30,  "no network service", SERVICE),
    row(31,  "network timeout", SERVICE),
    row(32,  "network not allowed - emergency calls only", SERVICE),
    row(40,  "network personalization PIN required", None),
    row(41,  "network personalization PUK required", None),
    row(42,  "network subset personalization PIN required", None),
    row(43,  "network subset personalization PUK required", None),
    row(44,  "service provider personalization PIN required", None),
    row(45,  "service provider personalization PUK required", None),
    row(46,  "corporate personalization PIN required", None),
    row(47,  "corporate personalization PUK required", None),
    row(48,  "hidden key required", None),
    row(49,  "EAP method not supported", None),
    row(50,  "incorrect parameters", FORM),
    row(51,  "command implemented but currently disabled", None),
    row(52,  "command aborted by user", None),
    row(53,  "not attached to network due to MT functionality restrictions", SERVICE),
    row(54,  "modem not allowed - MT restricted to emergency calls only", None),
    row(55,  "operation not allowed because of MT functionality restrictions", Some("the radio may be off: `AT+CFUN?` tells, `AT+CFUN=1` switches it on")),
    row(56,  "fixed dial number only allowed - called number is not a fixed dial number", None),
    row(57,  "temporarily out of service due to other MT usage", None),
    row(58,  "language/alphabet not supported", FORM),
    row(59,  "unexpected data value", None),
    row(60,  "system failure", None),
    row(61,  "data missing", None),
    row(62,  "call barred", None),
    row(63,  "message waiting indication subscription failure", None),
    row(100, "unknown", SERVICE),
    row(103, "illegal MS", None),
    row(106, "illegal ME", None),
    row(107, "GPRS services not allowed", None),
    row(108, "GPRS services and non-GPRS services not allowed", None),
    row(111, "PLMN not allowed", None),
    row(112, "location area not allowed", None),
    row(113, "roaming not allowed in this location area", None),
    row(114, "GPRS services not allowed in this PLMN", None),
    row(115, "no suitable cells in location area", None),
    row(122, "congestion", None),
    row(126, "insufficient resources", None),
    row(127, "missing or unknown APN", None),
    row(128, "unknown PDP address or PDP type", None),
    row(129, "user authentication failed", None),
    row(130, "activation rejected by GGSN, Serving GW or PDN GW", None),
    row(131, "activation rejected, unspecified", None),
    row(132, "service option not supported", SERVICE),
    row(133, "requested service option not subscribed", Some("the operator has not enabled this service for the SIM")),
    row(134, "service option temporarily out of order", Some("try again later")),
    row(140, "feature not supported", None),
    row(141, "semantic errors in the TFT operation", None),
    row(142, "syntactical errors in the TFT operation", None),
    row(143, "unknown PDP context", None),
    row(144, "semantic errors in packet filter(s)", None),
    row(145, "syntactical errors in packet filter(s)", None),
    row(146, "PDP context without TFT already activated", None),
    row(148, "unspecified GPRS error", None),
    row(149, "PDP authentication failure", None),
    row(150, "invalid mobile class", None),
    row(171, "last PDN disconnection not allowed", None),
    row(172, "semantically incorrect message", SERVICE),
    row(173, "mandatory information element error", SERVICE),
    row(174, "information element non-existent or not implemented", SERVICE),
    row(175, "conditional IE error", SERVICE),
    row(176, "protocol error, unspecified", SERVICE),
    row(177, "operator determined barring", Some("the operator has barred this service for the SIM")),
    row(178, "maximum number of PDP contexts reached", None),
    row(179, "requested APN not supported in current RAT and PLMN combination", None),
    row(180, "request rejected, bearer control mode violation", None),
    row(181, "unsupported QCI value", None),
    row(257, "network rejected request", SERVICE),
    row(258, "retry operation", FORM),
    row(259, "invalid deflected to number", None),
    row(260, "deflected to own number", None),
    row(261, "unknown subscriber", None),
    row(262, "service not available", SERVICE),
    row(263, "unknown class specified", None),
    row(264, "unknown network message", None),
    // Huawei, with the number of the +CMS table, for a USSD string not in the form ^USSDMODE selects.
    row(304, "invalid PDU mode parameter", FORM),
    // Wavecom, for some seconds after AT+CFUN=1.
    row(515, "please wait, init or command processing in progress", WAIT),
];

/// 3GPP TS 27.005 clause 3.2.5; to 127 by TS 24.011 annex E, to 255 by TS 23.040 clause 9.2.3.22.
#[rustfmt::skip]
pub(super) const CMS: &[Row] = &[
    row(1,   "unassigned (unallocated) number", None),
    row(8,   "operator determined barring", None),
    row(10,  "call barred", None),
    row(17,  "network failure", None),
    row(21,  "short message transfer rejected", None),
    row(22,  "memory capacity exceeded", ROOM),
    row(27,  "destination out of order", None),
    row(28,  "unidentified subscriber", None),
    row(29,  "facility rejected", None),
    row(30,  "unknown subscriber", None),
    row(38,  "network out of order", None),
    row(41,  "temporary failure", Some("try again later")),
    row(42,  "congestion", Some("try again later")),
    row(47,  "resources unavailable, unspecified", None),
    row(50,  "requested facility not subscribed", None),
    row(69,  "requested facility not implemented", None),
    row(81,  "invalid short message transfer reference value", None),
    row(95,  "invalid message, unspecified", None),
    row(96,  "invalid mandatory information", None),
    row(97,  "message type non-existent or not implemented", None),
    row(98,  "message not compatible with short message protocol state", None),
    row(99,  "information element non-existent or not implemented", None),
    row(111, "protocol error, unspecified", None),
    row(127, "interworking, unspecified", None),
    row(128, "telematic interworking not supported", None),
    row(129, "short message type 0 not supported", None),
    row(130, "cannot replace short message", None),
    row(143, "unspecified TP-PID error", None),
    row(144, "data coding scheme (alphabet) not supported", None),
    row(145, "message class not supported", None),
    row(159, "unspecified TP-DCS error", None),
    row(160, "command cannot be actioned", None),
    row(161, "command unsupported", None),
    row(175, "unspecified TP-Command error", None),
    row(176, "TPDU not supported", None),
    row(192, "SC busy", Some("try again later")),
    row(193, "no SC subscription", None),
    row(194, "SC system failure", None),
    row(195, "invalid SME address", None),
    row(196, "destination SME barred", None),
    row(197, "SM rejected - duplicate SM", None),
    row(198, "TP-VPF not supported", None),
    row(199, "TP-VP not supported", None),
    row(208, "SIM SMS storage full", ROOM),
    row(209, "no SMS storage capability in SIM", None),
    row(210, "error in MS", None),
    row(211, "memory capacity exceeded", ROOM),
    row(212, "SIM application toolkit busy", None),
    row(213, "SIM data download error", None),
    row(255, "unspecified error cause", None),
    row(300, "ME failure", None),
    row(301, "SMS service of ME reserved", None),
    row(302, "operation not allowed", None),
    row(303, "operation not supported", None),
    row(304, "invalid PDU mode parameter", None),
    row(305, "invalid text mode parameter", None),
    row(310, "SIM not inserted", TRAY),
    row(311, "SIM PIN required", UNLOCK),
    row(312, "PH-SIM PIN required", None),
    row(313, "SIM failure", TRAY),
    row(314, "SIM busy", WAIT),
    row(315, "SIM wrong", None),
    row(316, "SIM PUK required", PUK),
    row(317, "SIM PIN2 required", None),
    row(318, "SIM PUK2 required", None),
    row(320, "memory failure", None),
    row(321, "invalid memory index", None),
    row(322, "memory full", ROOM),
    row(330, "SMSC address unknown", Some("the SIM holds no SMS centre; the operator's help page names it")),
    row(331, "no network service", SERVICE),
    row(332, "network timeout", SERVICE),
    row(340, "no +CNMA acknowledgement expected", None),
    row(500, "unknown error", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [CME, CMS] {
            assert!(table.is_sorted_by(|a, b| a.code < b.code));
        }
        assert!(ALIASES.is_sorted_by_key(|(class, words, _)| (*class == Class::Cms, *words)));
    }

    #[test]
    fn every_wording_leads_back_to_its_number() {
        for row in CME {
            assert_eq!(code_of(Class::Cme, row.meaning), Some(u32::from(row.code)), "{}", row.code);
        }
    }
}
