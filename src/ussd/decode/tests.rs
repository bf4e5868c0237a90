//! Every form a firmware may give a text, in every script, under DCSs that lie.

use proptest::prelude::*;

use crate::{gsm7, hex, ucs2};

use super::{Encoding, Reading, decode, decode_expecting};

/// Replies as operators word them; `{}` stands for the amount.
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "Your balance is {} EUR, valid until 31.12.2026.",
    "Dear customer, you have {}GB left. Dial *123# for more.",
    "Ihr Guthaben beträgt {} Euro. Bitte wählen Sie: 1 Aufladen 2 Ende",
    "Votre crédit est de {}€. Validité: 05/06/2026. Réf à noter",
    "Su saldo es ${}. ¿Desea recargar? Marque *611#",
    "O seu saldo é de {} EUR e é válido até 12-03-2027. Não perca!",
    "Il tuo credito è di {} euro. Più minuti con l'offerta.",
    "Kredinizde {} TL vardır. Geçerlilik süresi: 12.08.2026",
    "Stan Twojego konta: {} zł. Ważne do 2026-09-01. Dziękujemy",
    "Zůstatek vašeho účtu je {} Kč, platí do 1.2.2027",
    "Egyenlege: {} Ft. Lejárat: 2026.11.30. Köszönjük, hogy minket választott",
    "Soldul dvs este {} EUR. Valabil până la 12.12.2026 în reţea",
    "Tài khoản chính của quý khách là {} đồng, hạn dùng 30/12/2026",
    "Pulsa anda Rp {}. Masa aktif s/d 21/03/2027. Info lanjut *123#",
    "Salio lako ni TSh {}. Asante kwa kutumia mtandao wetu",
    "TO YΠOΛOIΠO ΣAΣ EINAI {} EYPΩ",
    "OCTATOK {} p.",
    "Ваш баланс: {} руб. Действует до 31.12.2026. Услуга бесплатна",
    "На вашому рахунку {} грн. Номер дійсний до 11.11.2026",
    "Баланс: {} тг. Сіздің шотыңызда бонус қалды",
    "Υπόλοιπο: {} ευρώ. Ισχύει μέχρι 30/06/2026",
    "היתרה שלך היא {} ש\"ח בתוקף עד 01/02/2027",
    "رصيدك الحالي {} ريال صالح حتى 2026-12-31 شكرا لك",
    "موجودی شما {} ریال است و تا پایان ماه اعتبار دارد",
    "आपका बैलेंस रु {} है और वैधता 31-12-2026 तक है",
    "আপনার ব্যালেন্স {} টাকা, মেয়াদ ৩১ ডিসেম্বর",
    "உங்கள் இருப்பு ரூ {}. செல்லுபடியாகும் நாள் 31-12-2026",
    "మీ బ్యాలెన్స్ రూ {} మాత్రమే ఉంది",
    "ನಿಮ್ಮ ಬ್ಯಾಲೆನ್ಸ್ ರೂ {} ಆಗಿದೆ",
    "നിങ്ങളുടെ ബാലൻസ് രൂ {} ആണ്",
    "ඔබගේ ශේෂය රු. {} වේ. වලංගු 2026-12-31 දක්වා",
    "ยอดเงินคงเหลือ {} บาท ใช้ได้ถึงวันที่ 31/12/2569",
    "ຍອດເງິນຂອງທ່ານ {} ກີບ ໃຊ້ໄດ້ເຖິງ 31/12/2026",
    "សមតុល្យរបស់អ្នកគឺ {} ដុល្លារ សុពលភាពដល់ 31/12/2026",
    "သင့်လက်ကျန်ငွေ {} ကျပ် ရှိပါသည်",
    "ቀሪ ሂሳብዎ {} ብር ነው። እስከ 31/12/2026 ያገለግላል",
    "თქვენი ბალანსია {} ლარი და მოქმედებს 31.12.2026-მდე",
    "Ձեր հաշվեկշիռը {} դրամ է, վավեր է մինչև 31.12.2026",
    "尊敬的客户,您的账户余额为{}元,有效期至2026年12月31日。",
    "您的儲值卡餘額為 HK${},有效期至2026年12月31日",
    "残高は{}円です。有効期限は2026年12月31日です。",
    "고객님의 잔액은 {}원입니다. 유효기간 2026-12-31",
    "ཁྱེད་ཀྱི་ལྷག་དངུལ་ནི་ {} རེད།",
    "Таны үлдэгдэл {} төгрөг, хүчинтэй хугацаа 2026.12.31",
    "1. Saldo ({})\n2. Recarga\n3. Internet\n0. Salir",
];

/// DCSs that real replies came with, most of them wrong for most forms.
const DCS: &[Option<i32>] = &[
    None,
    Some(0),
    Some(1),
    Some(7),
    Some(15),
    Some(17),
    Some(64),
    Some(68),
    Some(72),
    Some(240),
    Some(-12),
];

/// Every body that some firmware makes of a text, and the reading's name.
fn forms(text: &str) -> Vec<(Encoding, Vec<u8>)> {
    let units = ucs2::octets_from_text(text);
    let mut forms = vec![
        (Encoding::Plain, text.as_bytes().to_vec()),
        (Encoding::Ucs2, hex::digits(&units).into_bytes()),
        (Encoding::Ucs2, hex::digits(&units).to_lowercase().into_bytes()),
        (Encoding::Ucs2, units),
        (Encoding::Octets, hex::digits(text.as_bytes()).into_bytes()),
    ];
    if let Ok(packed) = gsm7::ussd_from_text(text) {
        forms.push((Encoding::Gsm7Packed, hex::digits(&packed).into_bytes()));
        forms.push((Encoding::Gsm7Packed, packed));
    }
    if let Ok(septets) = gsm7::septets_from_text(text, gsm7::Shift::default()) {
        forms.push((Encoding::Gsm7Octets, hex::digits(&septets).into_bytes()));
        forms.push((Encoding::Gsm7Octets, septets));
    }
    if let Some(octets) = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect() {
        forms.push((Encoding::Latin1, octets));
    }
    forms
}

fn best(body: &[u8], dcs: Option<i32>, cscs: Option<&str>) -> Reading {
    decode(body, dcs, cscs).into_iter().next().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_reply_in_any_form_is_read_whatever_the_dcs_says(
        text in prop::sample::select(TEXTS),
        dcs in prop::sample::select(DCS),
        amount in "[1-9][0-9]{0,3}[.,][0-9]{2}",
    ) {
        let text = text.replace("{}", &amount);
        for (encoding, body) in forms(&text) {
            let reading = best(&body, dcs, None);
            prop_assert_eq!(&reading.text, &text, "{:?} {:?}", encoding, dcs);
            // A text that two encodings write alike has either name.
            let alike = text.is_ascii() || encoding == reading.encoding;
            prop_assert!(alike, "{:?} read as {:?}: {}", encoding, reading.encoding, text);
        }
    }

    #[test]
    fn a_reply_cut_anywhere_keeps_its_beginning(
        text in prop::sample::select(TEXTS),
        cut: prop::sample::Index,
    ) {
        let text = text.replace("{}", "12.50");
        let digits = hex::digits(&ucs2::octets_from_text(&text));
        let cut = 48 + cut.index(digits.len() - 48);
        let reading = best(&digits.as_bytes()[..cut], Some(15), None);
        prop_assert_eq!(reading.encoding, Encoding::Ucs2);
        prop_assert_eq!(reading.truncated, cut % 4 != 0);
        prop_assert!(text.starts_with(&reading.text));
    }

    #[test]
    fn any_octets_have_a_reading(body: Vec<u8>, dcs: Option<i32>, cscs: Option<String>) {
        let readings = decode(&body, dcs, cscs.as_deref());
        prop_assert_eq!(readings.is_empty(), body.is_empty());
        prop_assert!(readings.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }

    #[test]
    fn any_digits_have_a_reading(body in "[0-9A-Fa-f]{1,80}", dcs: Option<u8>) {
        prop_assert!(!decode(body.as_bytes(), dcs.map(i32::from), Some("UCS2")).is_empty());
    }

    #[test]
    fn a_number_stays_a_number(number in "[0-9]{1,20}") {
        prop_assume!(!number.starts_with("00"));
        prop_assert_eq!(best(number.as_bytes(), Some(15), None).text, number);
    }
}

#[test]
#[rustfmt::skip]
fn short_bodies_are_text_until_something_says_otherwise() {
    for (body, dcs, cscs, text) in [
        ("FACE",         Some(15), None,         "FACE"),
        ("BEEF",         Some(0),  Some("GSM"),  "BEEF"),
        ("00",           None,     None,         "00"),
        ("2500",         Some(15), None,         "2500"),
        ("0054",         None,     None,         "0054"),
        ("0054",         None,     Some("UCS2"), "T"),
        ("0054",         Some(72), None,         "T"),
        ("3530",         None,     Some("HEX"),  "50"),
        ("87654321",     Some(15), None,         "87654321"),
        ("2750700301090", Some(15), None,        "2750700301090"),
        ("1040194650005000000", Some(15), None,  "1040194650005000000"),
        ("003500300030", Some(15), Some("UCS2"), "500"),
        ("003500300030", Some(72), None,         "500"),
    ] {
        assert_eq!(best(body.as_bytes(), dcs, cscs).text, text, "{body} {dcs:?} {cscs:?}");
    }
}

#[test]
fn a_language_in_front_is_dropped_only_where_it_is_one() {
    let arabic = hex::digits(&ucs2::octets_from_text("رصيدك 12.50"));
    let tagged = format!("6139{arabic}");
    assert_eq!(best(tagged.as_bytes(), Some(17), None).text, "رصيدك 12.50");
    assert_eq!(best(arabic.as_bytes(), Some(17), None).text, "رصيدك 12.50");
    let packed = gsm7::ussd_from_text("de\rGuthaben 7,35 EUR").unwrap();
    assert_eq!(best(hex::digits(&packed).as_bytes(), Some(16), None).text, "Guthaben 7,35 EUR");
    assert_eq!(best(b"hi\rthere you", Some(15), None).text, "hi\nthere you");
}

#[test]
fn garbage_behind_the_end_is_dropped() {
    let text = hex::digits(&ucs2::octets_from_text("Saldo 12,50 EUR"));
    for tail in ["0000FFFF60B1EEEEFFFFFFFF8123", "FFFFFFFFFFFF", "0000"] {
        let reading = best(format!("{text}{tail}").as_bytes(), Some(72), None);
        assert_eq!(
            (reading.text.as_str(), reading.truncated),
            ("Saldo 12,50 EUR", false),
            "{tail}"
        );
    }
}

#[test]
fn lost_high_octets_are_told() {
    let low =
        |text: &str| -> Vec<u8> { text.encode_utf16().map(|unit| unit.to_be_bytes()[1]).collect() };
    let reading = best(&low("Ваш баланс: 152.30 руб. Услуга бесплатна"), Some(72), Some("IRA"));
    assert!(reading.lossy);
    assert!(reading.text.contains("152.30"));
    assert!(!best(b"Saldo: 152.30 EUR", Some(15), None).lossy);
}

#[test]
fn noise_is_told_from_texts_of_any_script() {
    let is_garbage = |body: &[u8]| best(body, Some(15), None).is_garbage();
    for text in ["系统繁忙，请稍后再试。", "Баланс: 152.30 руб", "OCTATOK 0.51 p.", "HK$38.50"]
    {
        assert!(!is_garbage(text.as_bytes()), "{text}");
    }
    assert!(!is_garbage(b"&=#"), "too short to tell");
    assert!(is_garbage(b"9F3CE1077BD2481EA65593C2F00D6E8B4417"));
    assert!(is_garbage(b"+&;J#%r@{d|J%=R~8^RH<Q/`W"));
}

#[test]
fn what_a_modem_usually_does_decides_between_readings_alike_and_nothing_else() {
    use crate::ussd::Form;
    let read = |body: &[u8], expected: &[Form]| {
        decode_expecting(body, None, None, expected).remove(0).encoding
    };
    let text = b"Saldo: 12,34 EUR";
    assert_eq!(read(text, &[Form::Packed, Form::Ucs2]), Encoding::Plain);
    let packed = b"D3309B8D06814A20";
    let (without, with) = (
        decode_expecting(packed, None, None, &[]),
        decode_expecting(packed, None, None, &[Form::Packed]),
    );
    let score = |readings: &[Reading]| {
        readings.iter().find(|one| one.encoding == Encoding::Gsm7Packed).unwrap().score
    };
    assert_eq!(score(&with), score(&without) + 2.0);
}
