use std::collections::BTreeSet;

use super::*;

fn dialect(modem: &Identity) -> Dialect {
    Dialects::built_in().of(modem)
}

fn identity(manufacturer: &str, model: &str) -> Identity {
    Identity { manufacturer: manufacturer.into(), model: model.into(), ..Identity::default() }
}

#[test]
#[rustfmt::skip]
fn a_modem_finds_its_row() {
    for (manufacturer, model, key) in [
        ("Cinterion",                      "EHS6",                  "cinterion"),
        ("Cinterion",                      "BGS2-W",                "cinterion-bgs2"),
        ("Thales",                         "MV31-W",                "cinterion-mv31"),
        ("SIEMENS",                        "TC35i",                 "cinterion-siemens"),
        ("Fibocom",                        "NL668-EAU-00",          "fibocom"),
        ("Fibocom Wireless Inc.",          "FM350-GL",              "fibocom-mtk"),
        ("Fibocom",                        "L610-EU",               "fibocom-unisoc"),
        ("Fibocom Wireless Inc.",          "L850 LTE Module",       "fibocom-xmm"),
        ("Brovi",                          "E3372-325",             "huawei"),
        ("huawei",                         "E3372",                 "huawei"),
        ("Huawei Technologies Co., Ltd.",  "ME909s-120",            "huawei"),
        ("Vodafone (Huawei)",              "K3770",                 "huawei-3g"),
        ("HUAWEI TECHNOLOGIES CO., LTD",   "E173",                  "huawei-3g"),
        ("huawei",                         "E1550",                 "huawei-3g"),
        ("Icera",                          "Espresso400",           "icera"),
        ("Alcatel",                        "X220L",                 "longcheer"),
        ("AirM2M",                         "Air724UG",              "luat"),
        ("AirM2M",                         "Air780E",               "luat-ec618"),
        ("Ericsson",                       "F3507g",                "mbm"),
        ("MTK2",                           "MTK2",                  "mediatek"),
        ("Nokia",                          "Nokia CS-18",           "nokia"),
        ("Novatel Wireless Incorporated",  "Ovation MC998D",        "novatel"),
        ("Option N.V.",                    "GTM382",                "option"),
        ("QUALCOMM INCORPORATED",          "M6281",                 "qualcomm"),
        ("MEIG INCORPORATED",              "SLM750-V",              "qualcomm-meig"),
        ("MikroTik",                       "R11e-LTE",              "qualcomm-mikrotik"),
        ("Quectel",                        "EC25",                  "quectel"),
        ("Quectel_Ltd",                    "Quectel_M35",           "quectel-2g"),
        ("Quectel",                        "RM500Q-GL",             "quectel-5g"),
        ("Quectel",                        "EP06",                  "quectel-advanced"),
        ("",                               "Quectel_EC200",         "quectel-asr"),
        ("Quectel",                        "BG95-M3",               "quectel-iot"),
        ("Quectel",                        "BG77",                  "quectel-nb"),
        ("Ai Thinker Co.LTD",              "A6",                    "rda"),
        ("Sierra Wireless, Incorporated",  "MC7455",                "sierra-card"),
        ("Sierra Wireless",                "HL8548",                "sierra-hl"),
        ("WAVECOM MODEM",                  "MULTIBAND  900E  1800", "sierra-wavecom"),
        ("SIMCOM_Ltd",                     "SIMCOM_SIM800L",        "simcom-2g"),
        ("SIMCOM_Ltd",                     "SIMCOM_SIM300D",        "simcom-300"),
        ("SIMCOM INCORPORATED",            "A7670E-FASE",           "simcom-asr"),
        ("SIMCOM INCORPORATED",            "SIM7080",               "simcom-iot"),
        ("SIMCOM INCORPORATED",            "SIMCOM_SIM7600E-H",     "simcom-lte"),
        ("Sony Ericsson",                  "Z710",                  "sony-ericsson"),
        ("Telit",                          "HE910-D",               "telit"),
        ("Telit",                          "GM862-QUAD",            "telit-2g"),
        ("Telit",                          "LM960",                 "telit-lte"),
        ("u-blox",                         "SARA-U201",             "ublox"),
        ("u-blox",                         "SARA-R410M-02B",        "ublox-iot"),
        ("u-blox",                         "TOBY-L210",             "ublox-lte"),
        ("ZTE CORPORATION",                "MF286D",                "zte"),
        ("ZTE CORPORATION",                "MF667",                 "zte-3g"),
        ("Example",                        "EX25",                  "generic"),
        ("",                               "",                      "generic"),
    ] {
        assert_eq!(dialect(&identity(manufacturer, model)).key, key, "{manufacturer} {model}");
    }
}

#[test]
fn what_a_models_row_leaves_out_stands_in_its_makers() {
    let (wide, close) = ("Quectel", identity("Quectel", "EP06-E"));
    let (wide, close) = (dialect(&identity(wide, "EC25")), dialect(&close));
    assert_eq!(
        (close.key.as_str(), close.iccid, close.reply),
        ("quectel-advanced", wide.iccid, wide.reply)
    );
    assert!(close.note.is_some() && wide.note.is_none());
    let lte = dialect(&identity("Telit", "LM960"));
    assert_eq!((lte.order, !lte.fallback.is_empty()), (Order::OkFirst, true));
}

#[test]
fn no_two_rows_fit_a_model_equally_well() {
    for file in &FILES {
        let mut words = BTreeSet::new();
        for word in file.data().dialect.iter().flat_map(|row| &row.models) {
            assert!(words.insert(word.to_lowercase()), "{}.toml: `{word}` stands twice", file.name);
        }
        let for_all = file.data().dialect.iter().filter(|row| row.models.is_empty());
        assert!(for_all.count() <= 1, "{}.toml: two rows for every model", file.name);
    }
}

#[test]
fn a_modem_that_names_no_maker_is_known_by_its_usb_vendor_unless_several_share_it() {
    let of = |vendor| Identity { usb: Some(UsbId { vendor, product: 1 }), ..Identity::default() };
    assert_eq!(dialect(&of(0x12d1)).key, "huawei");
    assert_eq!(dialect(&of(0x05c6)).key, "generic");
    assert_eq!(dialect(&of(0xffff)).key, "generic");
}

#[test]
#[rustfmt::skip]
fn an_interface_finds_its_role() {
    let vendor = |number, protocol| Interface { number, class: 0xff, subclass: 1, protocol };
    let acm = |number| Interface { number, class: 2, subclass: 2, protocol: 1 };
    for (vendor, product, interface, role) in [
        (0x2c7c, 0x0125, vendor(0, 0xff),  Role::Diag),
        (0x2c7c, 0x0125, vendor(1, 0),     Role::Nmea),
        (0x2c7c, 0x0125, vendor(2, 0),     Role::At),
        (0x2c7c, 0x0125, vendor(3, 0),     Role::Modem),
        (0x2c7c, 0x0125, vendor(9, 0),     Role::Unknown),
        (0x2c7c, 0xfffe, vendor(2, 0),     Role::Unknown),
        (0x12d1, 0x1506, vendor(0, 0x01),  Role::Modem),
        (0x12d1, 0x1506, vendor(0, 0x12),  Role::At),
        (0x12d1, 0x1506, acm(0x12),        Role::Unknown),
        (0x0bdb, 0x1926, acm(9),           Role::Nmea),
        (0xffff, 0x0001, acm(0),           Role::At),
        (0xffff, 0x0001, vendor(0, 0),     Role::Unknown),
    ] {
        let usb = UsbId { vendor, product };
        assert_eq!(super::role(usb, &interface).0, role, "{usb} {interface:?}");
    }
}

#[test]
fn what_a_vendor_does_with_its_ports_holds_for_products_nobody_has_listed() {
    let (sierra, huawei) = ([0x1199, 0xffff], [0x12d1, 0xffff]);
    let usb = |[vendor, product]: [u16; 2]| UsbId { vendor, product };
    assert_eq!(decoys(usb(sierra)).next(), Some("APP1"));
    assert_eq!(decoys(usb(huawei)).next(), None);
    assert!(replies_elsewhere(usb(huawei)) && !replies_elsewhere(usb(sierra)));
    assert!(is_maker(0x2c7c) && !is_maker(0x10c4));
}

#[test]
fn every_row_keeps_the_rules() {
    for file in &FILES {
        let data: Data =
            rows::read(&file.text()).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        index_agrees(file, &data);
        for row in &data.dialect {
            check::row(row).unwrap_or_else(|offence| panic!("{}: {offence}", row.key));
            assert!(
                Dialect::from(row.clone()).why.ends_with('.'),
                "{}: `why` is a sentence",
                row.key
            );
        }
        for layout in &data.usb {
            layout_is_sound(file.name, layout);
        }
        let keys: Vec<_> = data.dialect.iter().map(|row| row.key.as_str()).collect();
        is_sorted(&format!("{}.toml: dialects", file.name), &keys);
        let places: Vec<_> = data.usb.iter().map(|row| (row.vendor, &row.products)).collect();
        is_sorted(&format!("{}.toml: USB rows", file.name), &places);
    }
}

fn index_agrees(file: &File, data: &Data) {
    let name = file.name;
    assert_eq!(data.maker, file.makers, "{name}.toml: `maker` differs from FILES");
    let vendors: BTreeSet<_> = data.usb.iter().map(|layout| layout.vendor).collect();
    let vendors: Vec<_> = vendors.into_iter().collect();
    assert_eq!(vendors, file.vendors, "{name}.toml: USB vendors differ from FILES");
    is_sorted(&format!("{name}.toml: maker"), &data.maker);
    for word in file.makers {
        assert_eq!(*word, word.to_lowercase(), "{name}.toml: write `{word}` in lower case");
    }
}

fn layout_is_sound(name: &str, layout: &Layout) {
    let row = format!("{name}.toml: USB row {:04x}", layout.vendor);
    assert!(layout.why.ends_with('.'), "{row}: `why` is a sentence");
    assert!(!layout.seen.is_empty(), "{row}: say where it was `seen`");
    is_sorted(&format!("{row}: products"), &layout.products);
    let numbers: Vec<u8> =
        layout.lists().iter().flat_map(|(_, list)| list.iter().copied()).collect();
    let distinct: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(numbers.len(), distinct.len(), "{row}: an interface has two roles");
}

fn is_sorted<T: Ord + std::fmt::Debug>(what: &str, list: &[T]) {
    assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{what}: not sorted: {list:?}");
}

#[test]
fn no_device_has_two_layouts() {
    let mut seen = BTreeSet::new();
    for layout in layouts() {
        for product in &layout.products {
            let usb = UsbId { vendor: layout.vendor, product: *product };
            assert!(seen.insert(usb), "{usb} stands in two rows");
        }
        let alone = layouts().iter().filter(|other| other.vendor == layout.vendor).count() == 1;
        let vendor = layout.vendor;
        assert!(alone || !layout.products.is_empty(), "{vendor:04x}: name the products");
    }
}

#[test]
fn keys_are_unique_and_files_sorted_and_none_is_forgotten() {
    let names: Vec<_> = FILES.iter().map(|file| file.name).collect();
    is_sorted("FILES", &names);
    let rows = FILES.iter().flat_map(|file| &file.data().dialect);
    let mut keys = BTreeSet::new();
    for row in rows {
        assert!(keys.insert(row.key.clone()), "{}: stands twice", row.key);
    }
    let files: Vec<_> = FILES.iter().map(|file| (file.name.to_owned(), file.text())).collect();
    packed::assert_same_as_folder("src/modems/data", &files);
}

#[test]
fn the_readme_tells_of_every_field() {
    let readme = include_str!("data/README.md");
    for table in ["dialect", "usb"] {
        let error = rows::read::<Data>(&format!("maker = []\n[[{table}]]\nno = 1\n"));
        let error = error.err().unwrap().to_string();
        let (_, known) = error.split_once("expected one of").unwrap();
        for field in known.split('`').skip(1).step_by(2) {
            assert!(readme.contains(&format!("`{field}`")), "README.md: `{field}` of {table}");
        }
    }
}

#[test]
fn a_misspelt_field_is_refused_with_the_known_ones() {
    let text =
        "maker = []\n[[dialect]]\nkey = \"x\"\nreqest = [\"plain\"]\nwhy = \"\"\nseen = \"\"";
    let error = rows::read::<Data>(text).err().unwrap().to_string();
    assert!(error.contains("reqest") && error.contains("`request`"), "{error}");
}
