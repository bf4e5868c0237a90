//! Which prefix is read by what, and what is made of lines without one.

use super::block::Block;
use super::{Context, Item};
use super::{
    apdu, cusd, fibocom, huawei, identity, labelled, operator, other, quectel, registration,
    retries, signal, sim, simcom, sms, telit, temperature, ublox, zte,
};

/// One prefix.
pub(super) struct Row {
    /// With its sign, in upper case.
    pub(super) name: &'static str,
    /// Lines without a prefix that follow belong to it.
    pub(super) takes_lines: bool,
    pub(super) parse: Parse,
}

type Parse = fn(&Block, &Context) -> Vec<Item>;

/// The row of a prefix in upper case.
pub(super) fn row(name: &str) -> Option<&'static Row> {
    let place = TABLE.binary_search_by(|row| row.name.cmp(name)).ok()?;
    TABLE.get(place)
}

/// Lines without prefix: what they are the request says, or else their shape.
pub(super) fn bare(lines: &[Vec<u8>], context: &Context) -> Vec<Item> {
    let asked = BARE.iter().find(|(names, _)| context.request.any_of(names).is_some());
    let items = asked.map(|(_, parse)| parse(lines, context)).unwrap_or_default();
    if !items.is_empty() {
        return items;
    }
    lines.iter().flat_map(|line| by_shape(line, context)).collect()
}

fn by_shape(line: &[u8], context: &Context) -> Vec<Item> {
    let items = SHAPES.iter().map(|parse| parse(line, context)).find(|items| !items.is_empty());
    items.unwrap_or_else(|| vec![other(line)])
}

type ParseLine = fn(&[u8], &Context) -> Vec<Item>;

/// What a line may be by its looks; the first that knows it decides.
const SHAPES: [ParseLine; 4] =
    [retries::bare_line, sim::bare_line, sms::bare_line, cusd::bare_line];

type ParseBare = fn(&[Vec<u8>], &Context) -> Vec<Item>;

/// Commands whose answers come without a prefix on some firmware.
#[rustfmt::skip]
const BARE: &[(&[&str], ParseBare)] = &[
    (identity::COMMANDS,    identity::bare),
    (&["+CCHO"],            apdu::bare_session),
    (&["+CIMI", "#CIMI", "*CIMI"], sim::bare_imsi),
    (&["+CPIN"],            sim::bare_state),
    (labelled::COMMANDS,    labelled::bare),
    (temperature::COMMANDS, temperature::bare),
];

const fn row_of(name: &'static str, parse: Parse) -> Row {
    Row { name, takes_lines: false, parse }
}

const fn lines_of(name: &'static str, parse: Parse) -> Row {
    Row { name, takes_lines: true, parse }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    lines_of("!GSTATUS",   labelled::items),
    row_of("!ICCID",       sim::iccid),
    lines_of("!PCTEMP",    temperature::labelled),
    row_of("#CCID",        sim::iccid),
    row_of("#CESQ",        signal::cesq),
    row_of("#CIMI",        sim::imsi),
    row_of("#PCT",         retries::current),
    row_of("#QSS",         sim::qss),
    row_of("#RFSTS",       telit::rfsts),
    row_of("#SERVINFO",    telit::servinfo),
    row_of("#TEMPMEAS",    temperature::second),
    row_of("#TEMPMON",     temperature::second),
    row_of("$NWPINR",      retries::named),
    row_of("$QCRSRP",      signal::reference),
    row_of("$QCRSRQ",      signal::reference),
    row_of("%PINNUM",      retries::pins_by_pair),
    row_of("*EPIN",        retries::pins_by_pair),
    row_of("*ICCID",       sim::iccid),
    row_of("+BMCPNCNT",    retries::named),
    lines_of("+BMTCELLINFO", labelled::items),
    row_of("+C5GREG",      registration::items),
    row_of("+CCHO",        apdu::session),
    row_of("+CCID",        sim::iccid),
    lines_of("+CDS",         sms::items),
    row_of("+CEREG",       registration::items),
    row_of("+CESQ",        signal::cesq),
    row_of("+CGLA",        apdu::cgla),
    lines_of("+CGMI",      identity::prefixed),
    lines_of("+CGMM",      identity::prefixed),
    lines_of("+CGMR",      identity::prefixed),
    row_of("+CGREG",       registration::items),
    row_of("+CICCID",      sim::iccid),
    row_of("+CIMI",        sim::imsi),
    lines_of("+CMGL",      sms::items),
    lines_of("+CMGR",      sms::items),
    lines_of("+CMT",       sms::items),
    row_of("+CMTE",        temperature::last),
    row_of("+CNUM",        sim::cnum),
    lines_of("+COPS",      operator::items),
    row_of("+CPIN",        sim::state),
    row_of("+CPINC",       retries::pins_first),
    row_of("+CPINR",       retries::coded),
    row_of("+CPMUTEMP",    temperature::last),
    row_of("+CPNNUM",      retries::named),
    row_of("+CPSI",        simcom::cpsi),
    row_of("+CREG",        registration::items),
    row_of("+CRSM",        apdu::crsm),
    row_of("+CSIM",        apdu::csim),
    row_of("+CSPN",        sim::spn),
    row_of("+CSQ",         signal::csq),
    row_of("+CTEMP",       temperature::last),
    row_of("+EPINC",       retries::pins_first),
    lines_of("+GMI",       identity::prefixed),
    lines_of("+GMM",       identity::prefixed),
    lines_of("+GMR",       identity::prefixed),
    lines_of("+GTCCINFO",  fibocom::gtccinfo),
    row_of("+GTSENRDTEMP", temperature::gtsenrdtemp),
    row_of("+ICCID",       sim::iccid),
    row_of("+MENG",        quectel::qeng),
    row_of("+MTSM",        temperature::last),
    row_of("+QCAINFO",     quectel::qcainfo),
    row_of("+QCCID",       sim::iccid),
    row_of("+QCSQ",        signal::qcsq),
    row_of("+QENG",        quectel::qeng),
    row_of("+QNWINFO",     quectel::qnwinfo),
    row_of("+QPINC",       retries::qpinc),
    row_of("+QRSRP",       signal::branches),
    row_of("+QRSRQ",       signal::branches),
    row_of("+QSINR",       signal::branches),
    row_of("+QSPN",        sim::qspn),
    row_of("+QTEMP",       temperature::qtemp),
    row_of("+RSRP",        signal::reference),
    row_of("+RSRQ",        signal::reference),
    lines_of("+SGCELLINFOEX", labelled::sgcellinfoex),
    row_of("+SPIC",        retries::pins_by_pair),
    row_of("+TEMP",        temperature::qtemp),
    lines_of("+UCGED",     ublox::ucged),
    row_of("+UPINCNT",     retries::pins_first),
    row_of("+XCESQ",       signal::xcesq),
    row_of("+XMCI",        fibocom::xmci),
    row_of("+XPINCNT",     retries::pins_first),
    row_of("+ZCELLINFO",   zte::zcellinfo),
    row_of("+ZPINPUK",     retries::pins_by_pair),
    row_of("+ZRSSI",       zte::zrssi),
    row_of("+ZTEMPINFO",   temperature::last),
    row_of("^CHIPTEMP",    temperature::chiptemp),
    row_of("^CPIN",        sim::huawei),
    lines_of("^DEBUG",     labelled::items),
    row_of("^HCSQ",        signal::hcsq),
    row_of("^ICCID",       sim::iccid),
    row_of("^MONSC",       huawei::monsc),
    row_of("^SCID",        sim::iccid),
    row_of("^SCTM",        temperature::sctm),
    row_of("^SPIC",        retries::spic),
    row_of("^SYSINFO",     huawei::sysinfo),
    row_of("^SYSINFOEX",   huawei::sysinfoex),
    lines_of("^TEMP",      temperature::labelled),
    row_of("_OERCN",       retries::pins_by_pair),
    row_of("_OSIGQ",       signal::csq),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_sorted() {
        assert!(TABLE.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn a_prefix_is_found_whole() {
        assert_eq!(row("+CSQ").map(|row| row.name), Some("+CSQ"));
        assert!(row("+CS").is_none());
    }
}
