//! How a country writes numbers, dates and money, and which languages its operators speak.
//!
//! Mobile country codes are those of ITU-T E.212; a code that several territories share gives the
//! largest. Currencies are ISO 4217.

/// One country, as far as reading a reply depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Country {
    /// ISO 3166 alpha-2.
    pub code: &'static str,
    /// Mobile country codes.
    pub mcc: &'static [u16],
    /// ISO 4217 of what prepaid accounts are kept in.
    pub currency: &'static str,
    /// The mark before the decimals, as operators there write it.
    pub decimal: char,
    /// ISO 639-1 codes of the lexicons to read with; English always joins them.
    pub languages: &'static str,
}

/// The country of an ISO 3166 alpha-2 code, in either case.
pub fn by_code(code: &str) -> Option<&'static Country> {
    let [a, b] = code.as_bytes() else { return None };
    let key = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    let found = COUNTRIES.binary_search_by(|row| row.code.as_bytes().cmp(&key));
    found.ok().and_then(|index| COUNTRIES.get(index))
}

/// The country of a PLMN such as `20601`: its first three digits are the MCC.
pub fn by_plmn(plmn: &str) -> Option<&'static Country> {
    let mcc: u16 = plmn.get(..3)?.parse().ok()?;
    COUNTRIES.iter().find(|country| country.mcc.contains(&mcc))
}

impl Country {
    /// Whether `04/03` is the third of April here.
    pub fn month_first(&self) -> bool {
        matches!(self.code, "US" | "PH" | "PR" | "GU" | "FM" | "MH" | "PW")
    }
}

/// Every country there is.
#[cfg(test)]
pub(super) fn all() -> &'static [Country] {
    COUNTRIES
}

/// Every language that some country names.
#[cfg(test)]
pub(super) fn languages() -> impl Iterator<Item = &'static str> {
    all().iter().flat_map(|country| country.languages.split_whitespace())
}

const fn row(
    code: &'static str,
    mcc: &'static [u16],
    currency: &'static str,
    decimal: char,
    languages: &'static str,
) -> Country {
    Country { code, mcc, currency, decimal, languages }
}

#[rustfmt::skip]
const COUNTRIES: &[Country] = &[
    row("AD", &[213], "EUR", ',', "es fr"),
    row("AE", &[424, 430, 431], "AED", '.', "ar"),
    row("AF", &[412], "AFN", '.', "fa"),
    row("AG", &[344], "XCD", '.', ""),
    row("AI", &[365], "XCD", '.', ""),
    row("AL", &[276], "ALL", ',', "sq"),
    row("AM", &[283], "AMD", '.', "ru hy"),
    row("AO", &[631], "AOA", ',', "pt"),
    row("AR", &[722], "ARS", ',', "es"),
    row("AS", &[544], "USD", '.', ""),
    row("AT", &[232], "EUR", ',', "de"),
    row("AU", &[505], "AUD", '.', ""),
    row("AW", &[363], "AWG", '.', "nl"),
    row("AZ", &[400], "AZN", '.', "az ru"),
    row("BA", &[218], "BAM", ',', "sr"),
    row("BB", &[342], "BBD", '.', ""),
    row("BD", &[470], "BDT", '.', "bn"),
    row("BE", &[206], "EUR", ',', "nl fr de"),
    row("BF", &[613], "XOF", ',', "fr"),
    row("BG", &[284], "BGN", ',', "bg"),
    row("BH", &[426], "BHD", '.', "ar"),
    row("BI", &[642], "BIF", ',', "fr sw rw"),
    row("BJ", &[616], "XOF", ',', "fr"),
    row("BM", &[350], "BMD", '.', ""),
    row("BN", &[528], "BND", '.', "id"),
    row("BO", &[736], "BOB", ',', "es"),
    row("BR", &[724], "BRL", ',', "pt"),
    row("BS", &[364], "BSD", '.', ""),
    row("BT", &[402], "BTN", '.', ""),
    row("BW", &[652], "BWP", '.', ""),
    row("BY", &[257], "BYN", ',', "ru"),
    row("BZ", &[702], "BZD", '.', ""),
    row("CA", &[302], "CAD", '.', "fr"),
    row("CD", &[630], "CDF", ',', "fr sw"),
    row("CF", &[623], "XAF", ',', "fr"),
    row("CG", &[629], "XAF", ',', "fr"),
    row("CH", &[228], "CHF", '.', "de fr it"),
    row("CI", &[612], "XOF", ',', "fr"),
    row("CK", &[548], "NZD", '.', ""),
    row("CL", &[730], "CLP", ',', "es"),
    row("CM", &[624], "XAF", ',', "fr"),
    row("CN", &[460, 461], "CNY", '.', "zh"),
    row("CO", &[732], "COP", ',', "es"),
    row("CR", &[712], "CRC", ',', "es"),
    row("CU", &[368], "CUP", '.', "es"),
    row("CV", &[625], "CVE", ',', "pt"),
    row("CW", &[362], "ANG", '.', "nl"),
    row("CY", &[280], "EUR", ',', "el tr"),
    row("CZ", &[230], "CZK", ',', "cs"),
    row("DE", &[262], "EUR", ',', "de tr"),
    row("DJ", &[638], "DJF", ',', "fr ar"),
    row("DK", &[238], "DKK", ',', "da"),
    row("DM", &[366], "XCD", '.', ""),
    row("DO", &[370], "DOP", '.', "es"),
    row("DZ", &[603], "DZD", ',', "fr ar"),
    row("EC", &[740], "USD", '.', "es"),
    row("EE", &[248], "EUR", ',', "et ru"),
    row("EG", &[602], "EGP", '.', "ar"),
    row("ER", &[657], "ERN", '.', ""),
    row("ES", &[214], "EUR", ',', "es"),
    row("ET", &[636], "ETB", '.', "am"),
    row("FI", &[244], "EUR", ',', "fi sv"),
    row("FJ", &[542], "FJD", '.', ""),
    row("FM", &[550], "USD", '.', ""),
    row("FO", &[288], "DKK", ',', "da"),
    row("FR", &[208], "EUR", ',', "fr"),
    row("GA", &[628], "XAF", ',', "fr"),
    row("GB", &[234, 235], "GBP", '.', ""),
    row("GD", &[352], "XCD", '.', ""),
    row("GE", &[282], "GEL", '.', "ka ru"),
    row("GF", &[742], "EUR", ',', "fr"),
    row("GH", &[620], "GHS", '.', ""),
    row("GI", &[266], "GBP", '.', "es"),
    row("GL", &[290], "DKK", ',', "da"),
    row("GM", &[607], "GMD", '.', ""),
    row("GN", &[611], "GNF", ',', "fr"),
    row("GP", &[340], "EUR", ',', "fr"),
    row("GQ", &[627], "XAF", ',', "es fr"),
    row("GR", &[202], "EUR", ',', "el"),
    row("GT", &[704], "GTQ", '.', "es"),
    row("GU", &[535], "USD", '.', ""),
    row("GW", &[632], "XOF", ',', "pt fr"),
    row("GY", &[738], "GYD", '.', ""),
    row("HK", &[454], "HKD", '.', "zh"),
    row("HN", &[708], "HNL", '.', "es"),
    row("HR", &[219], "EUR", ',', "sr"),
    row("HT", &[372], "HTG", '.', "fr ht"),
    row("HU", &[216], "HUF", ',', "hu"),
    row("ID", &[510], "IDR", ',', "id"),
    row("IE", &[272], "EUR", '.', ""),
    row("IL", &[425], "ILS", '.', "he ar ru"),
    row("IN", &[404, 405, 406], "INR", '.', "hi"),
    row("IQ", &[418], "IQD", '.', "ar"),
    row("IR", &[432], "IRR", '.', "fa"),
    row("IS", &[274], "ISK", ',', "da"),
    row("IT", &[222], "EUR", ',', "it"),
    row("JM", &[338], "JMD", '.', ""),
    row("JO", &[416], "JOD", '.', "ar"),
    row("JP", &[440, 441], "JPY", '.', "ja"),
    row("KE", &[639], "KES", '.', "sw"),
    row("KG", &[437], "KGS", ',', "ru ky"),
    row("KH", &[456], "USD", '.', "km"),
    row("KI", &[545], "AUD", '.', ""),
    row("KM", &[654], "KMF", ',', "fr"),
    row("KN", &[356], "XCD", '.', ""),
    row("KR", &[450], "KRW", '.', "ko"),
    row("KW", &[419], "KWD", '.', "ar"),
    row("KY", &[346], "KYD", '.', ""),
    row("KZ", &[401], "KZT", '.', "ru kk"),
    row("LA", &[457], "LAK", '.', "lo th"),
    row("LB", &[415], "USD", '.', "ar fr"),
    row("LC", &[358], "XCD", '.', ""),
    row("LI", &[295], "CHF", '.', "de"),
    row("LK", &[413], "LKR", '.', ""),
    row("LR", &[618], "LRD", '.', ""),
    row("LS", &[651], "LSL", '.', ""),
    row("LT", &[246], "EUR", ',', "lt ru"),
    row("LU", &[270], "EUR", ',', "fr de"),
    row("LV", &[247], "EUR", ',', "lv ru"),
    row("LY", &[606], "LYD", '.', "ar"),
    row("MA", &[604], "MAD", ',', "fr ar"),
    row("MC", &[212], "EUR", ',', "fr"),
    row("MD", &[259], "MDL", ',', "ro ru"),
    row("ME", &[297], "EUR", ',', "sr"),
    row("MG", &[646], "MGA", ',', "fr mg"),
    row("MH", &[551], "USD", '.', ""),
    row("MK", &[294], "MKD", ',', "bg sr sq"),
    row("ML", &[610], "XOF", ',', "fr"),
    row("MM", &[414], "MMK", '.', "my"),
    row("MN", &[428], "MNT", '.', "mn"),
    row("MO", &[455], "MOP", '.', "zh pt"),
    row("MQ", &[340], "EUR", ',', "fr"),
    row("MR", &[609], "MRU", ',', "fr ar"),
    row("MS", &[354], "XCD", '.', ""),
    row("MT", &[278], "EUR", '.', ""),
    row("MU", &[617], "MUR", '.', "fr"),
    row("MV", &[472], "MVR", '.', ""),
    row("MW", &[650], "MWK", '.', ""),
    row("MX", &[334], "MXN", '.', "es"),
    row("MY", &[502], "MYR", '.', "id zh"),
    row("MZ", &[643], "MZN", ',', "pt"),
    row("NA", &[649], "NAD", '.', ""),
    row("NC", &[546], "XPF", ',', "fr"),
    row("NE", &[614], "XOF", ',', "fr ha"),
    row("NG", &[621], "NGN", '.', "ha"),
    row("NI", &[710], "NIO", '.', "es"),
    row("NL", &[204], "EUR", ',', "nl"),
    row("NO", &[242], "NOK", ',', "no"),
    row("NP", &[429], "NPR", '.', "hi"),
    row("NR", &[536], "AUD", '.', ""),
    row("NZ", &[530], "NZD", '.', ""),
    row("OM", &[422], "OMR", '.', "ar"),
    row("PA", &[714], "PAB", '.', "es"),
    row("PE", &[716], "PEN", '.', "es"),
    row("PF", &[547], "XPF", ',', "fr"),
    row("PG", &[537], "PGK", '.', ""),
    row("PH", &[515], "PHP", '.', "tl"),
    row("PK", &[410], "PKR", '.', "ur hi"),
    row("PL", &[260], "PLN", ',', "pl"),
    row("PM", &[308], "EUR", ',', "fr"),
    row("PR", &[330], "USD", '.', "es"),
    row("PS", &[425], "ILS", '.', "ar"),
    row("PT", &[268], "EUR", ',', "pt"),
    row("PW", &[552], "USD", '.', ""),
    row("PY", &[744], "PYG", ',', "es"),
    row("QA", &[427], "QAR", '.', "ar"),
    row("RE", &[647], "EUR", ',', "fr"),
    row("RO", &[226], "EUR", ',', "ro"),
    row("RS", &[220], "RSD", ',', "sr"),
    row("RU", &[250], "RUB", ',', "ru"),
    row("RW", &[635], "RWF", '.', "fr rw"),
    row("SA", &[420], "SAR", '.', "ar"),
    row("SB", &[540], "SBD", '.', ""),
    row("SC", &[633], "SCR", '.', "fr"),
    row("SD", &[634], "SDG", '.', "ar"),
    row("SE", &[240], "SEK", ',', "sv"),
    row("SG", &[525], "SGD", '.', "zh id"),
    row("SI", &[293], "EUR", ',', "sl sr"),
    row("SK", &[231], "EUR", ',', "sk cs"),
    row("SL", &[619], "SLE", '.', ""),
    row("SM", &[292], "EUR", ',', "it"),
    row("SN", &[608], "XOF", ',', "fr"),
    row("SO", &[637], "USD", '.', "so"),
    row("SR", &[746], "SRD", '.', "nl"),
    row("SS", &[659], "SSP", '.', "ar"),
    row("ST", &[626], "STN", ',', "pt"),
    row("SV", &[706], "USD", '.', "es"),
    row("SX", &[362], "ANG", '.', "nl"),
    row("SY", &[417], "SYP", '.', "ar"),
    row("SZ", &[653], "SZL", '.', ""),
    row("TC", &[376], "USD", '.', ""),
    row("TD", &[622], "XAF", ',', "fr ar"),
    row("TG", &[615], "XOF", ',', "fr"),
    row("TH", &[520], "THB", '.', "th"),
    row("TJ", &[436], "TJS", '.', "ru"),
    row("TL", &[514], "USD", '.', "pt id"),
    row("TM", &[438], "TMT", '.', "tk ru"),
    row("TN", &[605], "TND", ',', "fr ar"),
    row("TO", &[539], "TOP", '.', ""),
    row("TR", &[286], "TRY", ',', "tr"),
    row("TT", &[374], "TTD", '.', ""),
    row("TW", &[466], "TWD", '.', "zh"),
    row("TZ", &[640], "TZS", '.', "sw"),
    row("UA", &[255], "UAH", ',', "uk ru"),
    row("UG", &[641], "UGX", '.', "sw"),
    row("US", &[310, 311, 312, 313, 316], "USD", '.', "es"),
    row("UY", &[748], "UYU", ',', "es"),
    row("UZ", &[434], "UZS", '.', "uz ru"),
    row("VC", &[360], "XCD", '.', ""),
    row("VE", &[734], "VES", ',', "es"),
    row("VG", &[348], "USD", '.', ""),
    row("VI", &[332], "USD", '.', ""),
    row("VN", &[452], "VND", ',', "vi"),
    row("VU", &[541], "VUV", '.', "fr"),
    row("WS", &[549], "WST", '.', ""),
    row("XK", &[221], "EUR", ',', "sq sr"),
    row("YE", &[421], "YER", '.', "ar"),
    row("ZA", &[655], "ZAR", '.', ""),
    row("ZM", &[645], "ZMW", '.', ""),
    row("ZW", &[648], "USD", '.', ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_for_the_binary_search() {
        assert!(COUNTRIES.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn a_plmn_gives_its_country() {
        for (plmn, expected) in [
            ("20601", Some("BE")),
            ("310260", Some("US")),
            ("00101", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(by_plmn(plmn).map(|country| country.code), expected, "{plmn}");
        }
    }

    #[test]
    fn codes_are_found_in_either_case() {
        assert_eq!(by_code("be").map(|country| country.currency), Some("EUR"));
        assert!(by_code("ZZ").is_none());
        assert!(by_code("Belgium").is_none());
    }
}
