//! Every standard command: what it needs, its test form, what it does.

use super::line::Command;
use super::{Device, Info, Needs, Stop, basic, card, euicc, network, sms, ussd};

/// One command.
pub(super) struct Standard {
    pub(super) name: &'static str,
    pub(super) needs: Needs,
    /// What stands behind the name in the answer to `=?`; empty where that is just OK.
    pub(super) test: &'static str,
    pub(super) run: fn(&mut Device, &Command) -> Result<Info, Stop>,
}

/// The command of that name, in capitals.
pub(super) fn find(name: &str) -> Option<&'static Standard> {
    let place = TABLE.binary_search_by_key(&name, |row| row.name).ok()?;
    TABLE.get(place)
}

/// The names, for `+CLAC`.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}

const fn row(
    name: &'static str,
    needs: Needs,
    test: &'static str,
    run: fn(&mut Device, &Command) -> Result<Info, Stop>,
) -> Standard {
    Standard { name, needs, test, run }
}

/// Sorted by name.
#[rustfmt::skip]
const TABLE: &[Standard] = &[
    row("&C",     Needs::Nothing, "",                                      basic::accept),
    row("&D",     Needs::Nothing, "",                                      basic::accept),
    row("&F",     Needs::Nothing, "",                                      basic::reset),
    row("&K",     Needs::Nothing, "",                                      basic::accept),
    row("&W",     Needs::Nothing, "",                                      basic::accept),
    row("+CCHC",  Needs::Nothing, "",                                      euicc::close),
    row("+CCHO",  Needs::Nothing, "",                                      euicc::open),
    row("+CCLK",  Needs::Nothing, "",                                      network::clock),
    row("+CEREG", Needs::Nothing, "(0-2)",                                 network::registration),
    row("+CESQ",  Needs::Nothing, "(0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)", network::extended_signal),
    row("+CFUN",  Needs::Nothing, "(0,1,4),(0,1)",                         network::function),
    row("+CGLA",  Needs::Nothing, "",                                      euicc::access),
    row("+CGMI",  Needs::Nothing, "",                                      basic::manufacturer),
    row("+CGMM",  Needs::Nothing, "",                                      basic::model),
    row("+CGMR",  Needs::Nothing, "",                                      basic::revision),
    row("+CGREG", Needs::Nothing, "(0-2)",                                 network::registration),
    row("+CGSN",  Needs::Nothing, "",                                      basic::serial_number),
    row("+CIMI",  Needs::Pin,     "",                                      card::imsi),
    row("+CLAC",  Needs::Nothing, "",                                      basic::list),
    row("+CLCK",  Needs::Card,    "(\"SC\")",                              card::lock),
    row("+CMEE",  Needs::Nothing, "(0-2)",                                 basic::error_format),
    row("+CMGD",  Needs::Pin,     "",                                      sms::delete),
    row("+CMGF",  Needs::Nothing, "(0,1)",                                 sms::format),
    row("+CMGL",  Needs::Pin,     "(0-4)",                                 sms::list),
    row("+CMGR",  Needs::Pin,     "",                                      sms::read),
    row("+CMGS",  Needs::Pin,     "",                                      sms::send),
    row("+CNMI",  Needs::Nothing, "(0-2),(0-3),(0,2),(0,1),(0,1)",         sms::indications),
    row("+CNUM",  Needs::Pin,     "",                                      card::number),
    row("+COPS",  Needs::Pin,     "",                                      network::operator),
    row("+CPIN",  Needs::Card,    "",                                      card::pin),
    row("+CPINR", Needs::Card,    "",                                      card::tries),
    row("+CPMS",  Needs::Pin,     "(\"ME\",\"SM\"),(\"ME\",\"SM\"),(\"ME\",\"SM\")", sms::storage),
    row("+CREG",  Needs::Nothing, "(0-2)",                                 network::registration),
    row("+CRSM",  Needs::Pin,     "",                                      card::restricted_access),
    row("+CSCA",  Needs::Pin,     "",                                      sms::service_centre),
    row("+CSCS",  Needs::Nothing, "(\"GSM\",\"HEX\",\"IRA\",\"UCS2\")",    basic::charset),
    row("+CSIM",  Needs::Nothing, "",                                      card::generic_access),
    row("+CSMP",  Needs::Nothing, "",                                      sms::parameters),
    row("+CSMS",  Needs::Nothing, "(0,1)",                                 sms::service),
    row("+CSQ",   Needs::Nothing, "(0-31,99),(0-7,99)",                    network::signal),
    row("+CUSD",  Needs::Pin,     "(0-2)",                                 ussd::request),
    row("+GCAP",  Needs::Nothing, "",                                      basic::capabilities),
    row("+GMI",   Needs::Nothing, "",                                      basic::manufacturer),
    row("+GMM",   Needs::Nothing, "",                                      basic::model),
    row("+GMR",   Needs::Nothing, "",                                      basic::revision),
    row("+GSN",   Needs::Nothing, "",                                      basic::serial_number),
    row("D",      Needs::Pin,     "",                                      ussd::dial),
    row("E",      Needs::Nothing, "",                                      basic::echo),
    row("H",      Needs::Nothing, "",                                      basic::accept),
    row("I",      Needs::Nothing, "",                                      basic::information),
    row("Q",      Needs::Nothing, "",                                      basic::quiet),
    row("S0",     Needs::Nothing, "",                                      basic::accept),
    row("S3",     Needs::Nothing, "",                                      basic::accept),
    row("V",      Needs::Nothing, "",                                      basic::verbose),
    row("X",      Needs::Nothing, "",                                      basic::accept),
    row("Z",      Needs::Nothing, "",                                      basic::reset),
    row("^PORTSEL", Needs::Nothing, "",                                    ussd::port),
    row("^USSDMODE", Needs::Nothing, "",                                   ussd::mode),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sorted_and_found() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
        for name in names() {
            assert_eq!(find(name).map(|row| row.name), Some(name));
        }
    }
}
