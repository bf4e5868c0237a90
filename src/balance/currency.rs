//! What money is called: ISO 4217 codes, signs, and the words of operators.
//!
//! A word that several countries use says which currency it is only at home in one of them: `Rs` in
//! India, `kr` in Norway. Elsewhere it is money all the same, of an unknown currency.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dictionary::{Dictionary, Hashed};
use super::scan::fold::fold_word;

/// A word for money, and which currency it is where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    /// ISO 4217; none where the word alone does not say.
    pub(crate) code: Option<&'static str>,
    /// Whether it is the ISO code itself, or a sign or word of this one currency.
    pub(crate) is_plain: bool,
    /// Whether it is the currency of the country.
    pub(crate) is_home: bool,
}

/// The ISO 4217 code as this table spells it.
pub(crate) fn code(text: &str) -> Option<&'static str> {
    CURRENCIES.iter().map(|(code, _)| *code).find(|code| code.eq_ignore_ascii_case(text))
}

/// Whether amounts of it are whole in practice, so that `1.250` has no decimals.
pub(crate) fn is_whole(code: &str) -> bool {
    WHOLE.contains(&code)
}

/// Whether it has three decimals.
pub(crate) fn has_three_decimals(code: &str) -> bool {
    matches!(code, "BHD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND")
}

/// What `word` (folded) says about money to somebody at home with `home`.
pub(crate) fn money(word: &Hashed<'_>, home: Option<&'static str>) -> Option<Money> {
    let rows = WORDS.find(word)?;
    if let Some(code) = home.filter(|code| index(code).is_some_and(|index| rows.any.has(index))) {
        return Some(Money { code: Some(code), is_plain: true, is_home: true });
    }
    match rows.plain.only() {
        Only::One(index) => {
            let code = CURRENCIES.get(index).map(|row| row.0);
            Some(Money { code, is_plain: true, is_home: false })
        }
        Only::Several => Some(Money { code: None, is_plain: true, is_home: false }),
        Only::None if home.is_none() => Some(Money { code: None, is_plain: false, is_home: false }),
        Only::None => None,
    }
}

/// Whether people write thousandths of it, so that `33.215` need not be a big number.
pub(crate) fn shows_thousandths(code: &str) -> bool {
    matches!(code, "BDT" | "INR" | "LKR" | "NPR" | "PKR")
}

/// Whether `5/=` or `5/-` is an amount of it.
pub(crate) fn ends_in_stroke(code: &str, mark: char) -> bool {
    match mark {
        '=' => matches!(code, "KES" | "SOS" | "TZS" | "UGX"),
        _ => matches!(code, "BDT" | "INR" | "KES" | "LKR" | "NPR" | "PKR" | "TZS" | "UGX"),
    }
}

/// Whether a single letter behind a number counts hundredths of `home`: `47p`, `85c`. Words for the
/// hundredth stand in the lexicons.
pub(crate) fn is_subunit_sign(word: &str, home: &str) -> bool {
    match word {
        "c" | "¢" => matches!(home, "AUD" | "CAD" | "NZD" | "USD" | "ZAR"),
        "p" => matches!(home, "GBP" | "GIP" | "INR"),
        _ => false,
    }
}

fn index(code: &str) -> Option<usize> {
    CURRENCIES.binary_search_by(|row| row.0.cmp(code)).ok()
}

/// The rows of [`CURRENCIES`] that hold a word.
#[derive(Clone, Copy, Debug)]
struct Rows {
    any: Set,
    /// Those where it counts for everybody.
    plain: Set,
}

/// A set of row numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Set([u64; 3]);

enum Only {
    None,
    One(usize),
    Several,
}

impl Set {
    fn of(index: usize) -> Self {
        let mut set = Self::default();
        if let Some(bits) = set.0.get_mut(index / 64) {
            *bits = 1 << (index % 64);
        }
        set
    }

    fn has(self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|bits| bits & (1 << (index % 64)) != 0)
    }

    fn union(self, other: Self) -> Self {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        Self([a | d, b | e, c | f])
    }

    fn only(self) -> Only {
        match self.0.iter().map(|bits| bits.count_ones()).sum() {
            0 => Only::None,
            1 => {
                let word = self.0.iter().position(|bits| *bits != 0).unwrap_or(0);
                let bits = self.0.get(word).copied().unwrap_or(1);
                Only::One(word * 64 + bits.trailing_zeros() as usize)
            }
            _ => Only::Several,
        }
    }
}

static WORDS: LazyLock<Dictionary<Rows>> = LazyLock::new(|| {
    let mut words = Dictionary::with_capacity(600);
    for (index, (code, names)) in CURRENCIES.iter().enumerate() {
        let mut add = |name: Cow<'static, str>, at_home_only: bool| {
            let any = Set::of(index);
            let plain = if at_home_only { Set::default() } else { any };
            words.add(name, Rows { any, plain }, merge);
        };
        add(Cow::Owned(code.to_ascii_lowercase()), WORDLIKE.contains(code));
        for name in names.split_whitespace() {
            match name.strip_prefix('!') {
                Some(name) => add(fold_word(name), true),
                None => add(fold_word(name), false),
            }
        }
    }
    // At home a word is also what its stem is there: `rub` in Belarus.
    words.inherit(|whole, stem| Rows { any: whole.any.union(stem.any), ..whole });
    words
});

fn merge(a: Rows, b: Rows) -> Rows {
    Rows { any: a.any.union(b.any), plain: a.plain.union(b.plain) }
}

/// Codes that are words of their own in some language: they count at home only.
#[rustfmt::skip]
const WORDLIKE: &[&str] = &[
    "ALL", "AMD", "ANG", "BAM", "COP", "CUP", "GEL", "LAK", "MAD", "MOP", "PEN", "RON", "SEK", "SOS", "TOP", "TRY",
];

/// Nobody writes decimals of these.
#[rustfmt::skip]
const WHOLE: &[&str] = &[
    "BIF", "CDF", "CLP", "COP", "CRC", "DJF", "GNF", "HUF", "IDR", "IQD", "IRR", "JPY", "KHR", "KMF", "KRW", "LAK", "LBP",
    "MGA", "MMK", "MNT", "PYG", "RWF", "SYP", "TZS", "UGX", "UZS", "VND", "VUV", "XAF", "XOF", "XPF", "YER",
];

/// Code, then its signs and words: `*` ends a stem, `!` counts only at home with this currency.
#[rustfmt::skip]
const CURRENCIES: &[(&str, &str)] = &[
    ("AED", "dhs درهم !dh !دا"),
    ("AFN", "afghani* افغاني !afs !af"),
    ("ALL", "!lek !leke"),
    ("AMD", "dram* драм* դրամ* ֏"),
    ("ANG", "guilder* !naf !f"),
    ("AOA", "kwanza* !kz"),
    ("ARS", "!$ !pesos !ps"),
    ("AUD", "a$ !$"),
    ("AWG", "florin* !afl"),
    ("AZN", "manat* ₼ манат* !man"),
    ("BAM", "!km"),
    ("BBD", "bds$ !$"),
    ("BDT", "!tk taka* ৳ টাকা"),
    ("BGN", "!lv лв* !lev !leva лева"),
    ("BHD", "!bd !دب dinar* دينار*"),
    ("BIF", "!fbu !f franc francs !bu"),
    ("BMD", "!$"),
    ("BND", "b$ !$"),
    ("BOB", "!bs boliviano*"),
    ("BRL", "r$ reais !real !$ !rs"),
    ("BSD", "!$"),
    ("BTN", "ngultrum !nu"),
    ("BWP", "!pula !p"),
    ("BYN", "!р !r !руб* !rub* !p !rbl* белруб !byr"),
    ("BZD", "bz$ !$"),
    ("CAD", "cdn$ !$"),
    ("CDF", "!fc !f franc francs"),
    ("CHF", "!fr franken !sfr franc francs franchi"),
    ("CLP", "!$ !pesos !ps"),
    ("CNY", "元 !rmb yuan ¥ 人民币 块"),
    ("COP", "!$ !pesos !ps"),
    ("CRC", "₡ colon colones !c"),
    ("CUP", "!cuc !$ !pesos"),
    ("CVE", "escudo* !$ !esc"),
    ("CZK", "kc korun*"),
    ("DJF", "!fdj !f franc francs"),
    ("DKK", "!kr kroner* !dkr"),
    ("DOP", "rd$ !$ !pesos !rd"),
    ("DZD", "!da dinar* دج دينار* !dinars"),
    ("EGP", "جنيه* !le !pt !£ !جم قرش"),
    ("ERN", "nakfa !nfk"),
    ("ETB", "birr !br ብር"),
    ("EUR", "€ euro* eiro evro* ευρω евро يورو !e"),
    ("FJD", "fj$ !$"),
    ("GBP", "£ pound pounds sterling"),
    ("GEL", "lari* ლარი* ₾ лари"),
    ("GHS", "ghc cedi* gh¢ gh₵ ₵ !gh"),
    ("GIP", "!£"),
    ("GMD", "dalasi* !d"),
    ("GNF", "!f !fg franc francs"),
    ("GTQ", "quetzal* !q"),
    ("GYD", "gy$ !$"),
    ("HKD", "hk$ !$ !元 港元 港币 港幣"),
    ("HNL", "lempira* !l !lps"),
    ("HTG", "gourde* goud gdes !g"),
    ("HUF", "ft forint*"),
    ("IDR", "!rp rupiah"),
    ("ILS", "₪ nis shekel* שח שקל* شيكل"),
    ("INR", "rs ₹ rupee* रु रू रुपये रुपए रुपया !re"),
    ("IQD", "دينار* dinar* !دع"),
    ("IRR", "ريال* rial* ﷼ toman* تومان*"),
    ("ISK", "!kr kronur"),
    ("JMD", "j$ !$"),
    ("JOD", "!jd دينار* dinar*"),
    ("JPY", "円 !yen !¥"),
    ("KES", "ksh* kshs shilling* !sh !shs !bob"),
    ("KGS", "!som сом* !с"),
    ("KHR", "riel* រៀល ៛"),
    ("KMF", "!fc franc francs"),
    ("KRW", "원 !won ₩"),
    ("KWD", "!kd !دك دينار* dinar*"),
    ("KYD", "ci$ !$"),
    ("KZT", "tenge тенге тг ₸ !tg !t !т"),
    ("LAK", "!kip* ກີບ ₭ !k"),
    ("LBP", "ليره* لل !ll"),
    ("LKR", "rs rupee* !ரூ !රු"),
    ("LRD", "l$ !$ !ld"),
    ("LSL", "maloti loti !m !r"),
    ("LYD", "دينار* dinar* !ld !دل"),
    ("MAD", "!dh !دم dhs درهم dirham*"),
    ("MDL", "!lei !leu лей*"),
    ("MGA", "!ar !ariary"),
    ("MKD", "!den ден* denar* денар*"),
    ("MMK", "!ks kyat* ကျပ် !k"),
    ("MNT", "₮ tugrik* !tug төгрөг* tugrug* !tg"),
    ("MOP", "mop$ pataca* !元 !$"),
    ("MRU", "!um ouguiya* اوقيه !mro"),
    ("MUR", "rs rupee*"),
    ("MVR", "!mrf rufiyaa !rf"),
    ("MWK", "kwacha* !mk !k"),
    ("MXN", "mx$ !$ !pesos !mn"),
    ("MYR", "!rm ringgit*"),
    ("MZN", "!mt meticai* metical !mts"),
    ("NAD", "n$ !$"),
    ("NGN", "₦ naira !n"),
    ("NIO", "c$ cordoba* !cs"),
    ("NOK", "!kr kroner* !nkr"),
    ("NPR", "rs rupee* रु !nrs"),
    ("NZD", "nz$ !$"),
    ("OMR", "!ro !رع ريال* rial*"),
    ("PAB", "b/ !balboa* !$"),
    ("PEN", "s/ soles !sol !s"),
    ("PGK", "!kina !k"),
    ("PHP", "₱ peso* piso* !p !pesos"),
    ("PKR", "rs rupee* روپے"),
    ("PLN", "zl zloty* zloty zlotych zlote"),
    ("PYG", "!gs ₲ guarani* !g"),
    ("QAR", "!qr !رق ريال* rial* riyal*"),
    ("RON", "!lei !leu"),
    ("RSD", "!din dinar* дин*"),
    ("RUB", "₽ rub* руб* ruble* рубл* !r !р !p !rur !rbl*"),
    ("RWF", "!frw !rf !f franc francs"),
    ("SAR", "!sr !رس ريال* riyal* rial*"),
    ("SBD", "si$ !$"),
    ("SCR", "rs rupee* !sr"),
    ("SDG", "جنيه*"),
    ("SEK", "!kr kronor* !skr"),
    ("SGD", "s$ !$"),
    ("SLE", "!le !nle leone* !sll"),
    ("SLL", "leones"),
    ("SOS", "!sh sosh"),
    ("SRD", "sr$ !$"),
    ("SSP", "!£"),
    ("STN", "dobra* !db"),
    ("SYP", "لس ليره* !sp"),
    ("SZL", "emalangeni lilangeni !e"),
    ("THB", "บาท ฿ baht บ !b"),
    ("TJS", "сомони* somoni* !с"),
    ("TMT", "manat* !man"),
    ("TND", "!dt دينار* dinar* !d"),
    ("TOP", "top$ !t$ !$ paanga"),
    ("TRY", "!tl lira* ₺"),
    ("TTD", "tt$ !$"),
    ("TWD", "nt$ !元 !$ 新台幣 台幣"),
    ("TZS", "tsh* tshs shilling* !sh !shs"),
    ("UAH", "hrn* grn* грн* ₴ hryv* гривн* griv* !г !g"),
    ("UGX", "ushs !ush ugsh* shilling* !sh !shs"),
    ("USD", "$ us$ dollar* dolar* dola"),
    ("UYU", "$u !$ !pesos"),
    ("UZS", "!som !sum сум* !sumi !s"),
    ("VES", "!bs bolivar* !bsf !bss"),
    ("VND", "!d !dong ₫"),
    ("VUV", "vatu !vt"),
    ("WST", "!tala !$"),
    ("XAF", "fcfa !cfa franc francs !f !frs !fr"),
    ("XCD", "ec$ !$"),
    ("XOF", "fcfa !cfa franc francs !f !frs !fr"),
    ("XPF", "!cfp !f franc francs"),
    ("YER", "ريال* rial*"),
    ("ZAR", "rand rands !r"),
    ("ZMW", "kwacha* !zmk !k"),
    ("ZWG", "rtgs !zig !zwl !$"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted() {
        assert!(CURRENCIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(WORDLIKE.is_sorted() && WHOLE.is_sorted());
        assert!(WORDLIKE.iter().chain(WHOLE).all(|code| super::code(code).is_some()));
    }

    #[test]
    fn at_home_each_word_is_the_currency_of_the_country() {
        for (code, names) in CURRENCIES {
            for name in names.split_whitespace() {
                let word = fold_word(name.trim_start_matches('!').trim_end_matches('*'));
                let found = money(&Hashed::new(&word), Some(code)).and_then(|money| money.code);
                assert_eq!(found, Some(*code), "{name}");
            }
        }
    }

    #[test]
    fn every_country_keeps_its_accounts_in_a_known_currency() {
        for country in crate::balance::country::all() {
            assert_eq!(code(country.currency), Some(country.currency), "{}", country.code);
        }
    }

    #[test]
    #[rustfmt::skip]
    fn the_same_word_is_another_currency_elsewhere() {
        let code = |word, home| money(&Hashed::new(word), home).map(|money| money.code);
        for (word, home, expected) in [
            ("rs",     Some("INR"), Some(Some("INR"))),
            ("rs",     Some("PKR"), Some(Some("PKR"))),
            ("rs",     None,        Some(None)),
            ("kr",     Some("SEK"), Some(Some("SEK"))),
            ("kr",     Some("EUR"), None),
            ("k",      Some("ZMW"), Some(Some("ZMW"))),
            ("k",      Some("EUR"), None),
            ("$",      Some("MXN"), Some(Some("MXN"))),
            ("$",      Some("EUR"), Some(Some("USD"))),
            ("€",      Some("USD"), Some(Some("EUR"))),
            ("euros",  None,        Some(Some("EUR"))),
            ("usd",    Some("KHR"), Some(Some("USD"))),
            ("top",    Some("INR"), None),
            ("руб",    Some("RUB"), Some(Some("RUB"))),
            ("руб",    Some("BYN"), Some(Some("BYN"))),
            ("fcfa",   Some("XOF"), Some(Some("XOF"))),
            ("saldo",  Some("EUR"), None),
        ] {
            assert_eq!(code(word, home), expected, "{word} at home with {home:?}");
        }
    }
}
