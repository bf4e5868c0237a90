//! The page in a real browser, where one is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use saldo::watch::{AlertKind, Forecast, Radio, Record, View};

use crate::browser::Browser;
use crate::site::{Site, TOKEN, body, empty, locally, record};

fn target() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    fs::create_dir_all(&target).unwrap();
    target
}

/// Modems in every state there is.
fn furnish(site: &Site) {
    for (at, day) in (1..=28).enumerate() {
        let left = format!("{}.{:02}", 26 - at / 2, 90 - 3 * at);
        site.answer(record("attic", &format!("2026-11-{day:02}T08:00:00Z"), &left));
    }
    let mut view = site.board.view("attic").unwrap();
    let mut richer = view.last_good.clone().unwrap();
    if let saldo::watch::Outcome::Answer(answer) = &mut richer.outcome {
        answer.text =
            "Saldo: 13,09 EUR geldig tot 31/01/2027.\nInternet: 2.5 GB, Bel: 100 min, SMS: 250"
                .into();
        for pot in [
            r#"{"type":"data","role":"main","amount":"2.5","unit":"GB","expires":"2026-12-05"}"#,
            r#"{"type":"voice","role":"bonus","amount":"100","unit":"min","expires":null}"#,
            r#"{"type":"sms","role":"main","amount":"250","unit":null,"expires":null}"#,
        ] {
            answer.pots.push(serde_json::from_str(pot).unwrap());
        }
    }
    view.forecast = Some(Forecast {
        unit: Some("EUR".into()),
        per_day: "0.52".parse().unwrap(),
        days_left: Some("25.1".parse().unwrap()),
        empty_on: Some("2026-12-23".parse().unwrap()),
        expires: Some("2027-01-31".parse().unwrap()),
        ends_before_expiry: true,
    });
    view.radio = Some(Radio { rssi_dbm: Some(-79), registration: Some(1) });
    view.last = Some(richer.clone());
    view.last_good = Some(richer);
    site.board.show(view);
    site.answer(record("boat", "2026-11-28T06:30:00Z", "1.80"));
    let boat = site.board.view("boat").unwrap();
    let radio = Some(Radio { rssi_dbm: Some(-103), registration: Some(5) });
    site.board.show(View { alerts: vec![AlertKind::Low], radio, ..boat });
    site.answer(record("cabin", "2026-11-27T06:30:00Z", "-0.35"));
    let cabin = site.board.view("cabin").unwrap();
    site.board.show(View { alerts: vec![AlertKind::Critical, AlertKind::Expiring], ..cabin });
    let failed: Record = serde_json::from_str(
        r#"{"time":"2026-11-28T07:55:00Z","modem":"depot","sim":null,"iccid":null,"plmn":null,"operator":null,"failure":{"class":"port","message":"/dev/ttyUSB6 was unplugged or the modem restarted (power?)","hint":"`saldo doctor` says more"}}"#,
    )
    .unwrap();
    site.answer(failed);
    let depot = site.board.view("depot").unwrap();
    let alerts = vec![AlertKind::ModemGone];
    site.board.show(View { is_present: false, operator: None, alerts, ..depot });
    site.board.show(View { operator: None, port: None, ..empty("field") });
}

/// Answers every wish with an amount.
async fn attend(mut site: Site) {
    while let Some(name) = site.wishes.recv().await {
        site.answer(record(&name, "2026-11-28T08:01:00Z", "42.50"));
    }
}

/// Does this with the page in a browser, while a modem answers.
async fn in_browser(token: Option<&'static str>, test: fn(&mut Browser, &str)) {
    locally(async {
        let site = Site::open(token);
        furnish(&site);
        let address = format!("http://{}/", site.address);
        let browsing = tokio::task::spawn_blocking(move || {
            let Some(mut browser) = Browser::open() else { return };
            test(&mut browser, &address);
            assert!(browser.complaints.is_empty(), "{:#?}", browser.complaints);
        });
        tokio::select! {
            () = attend(site) => {}
            done = browsing => done.unwrap(),
        }
    })
    .await;
}

fn keep(browser: &mut Browser, name: &str) {
    let picture = browser.picture();
    assert!(picture.len() > 20_000, "{name}: an empty picture");
    fs::write(target().join(format!("web-{name}.png")), picture).unwrap();
}

const CARD: &str = "document.querySelector('[data-modem=boat]')";

#[tokio::test]
async fn a_button_in_a_browser_brings_a_new_amount_without_a_reload() {
    in_browser(None, |browser, address| {
        browser.shape(1280, 900, "light");
        browser.visit(address);
        browser.until("document.getElementById('live').textContent === 'Live'");
        browser.value("window.stayed = true");
        assert!(browser.value(&format!("{CARD}.innerText")).as_str().unwrap().contains("1.80"));
        browser.value(&format!("{CARD}.querySelector('details summary').click()"));
        browser.value(&format!("{CARD}.querySelector('.ask button').focus()"));
        browser.press("Enter", "\r");
        browser.until(&format!("{CARD}.innerText.includes('42.50')"));
        browser.until(&format!("{CARD}.querySelector('.ask button').textContent === 'Check now'"));
        browser.until("document.getElementById('said').textContent === 'boat: 42.50 EUR'");
        browser.until("document.getElementById('summary').textContent.includes('4 need')");
        assert_eq!(browser.value("window.stayed"), true);
        assert_eq!(browser.value(&format!("{CARD}.querySelector('details').open")), true);
        let focused = browser.value(&format!("{CARD}.contains(document.activeElement)"));
        assert_eq!(focused, true, "the keyboard stays where it was");
    })
    .await;
}

#[tokio::test]
async fn it_fits_a_phone_and_a_desk_by_day_and_by_night() {
    in_browser(None, |browser, address| {
        for (name, width, height) in
            [("phone", 390, 844), ("narrow", 320, 568), ("desk", 1280, 900)]
        {
            for scheme in ["light", "dark"] {
                browser.shape(width, height, scheme);
                browser.visit(address);
                browser.until("document.getElementById('live').textContent === 'Live'");
                let wide = browser.value("document.documentElement.scrollWidth > innerWidth");
                assert_eq!(wide, false, "{name}: it scrolls sideways");
                keep(browser, &format!("{name}-{scheme}"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_keyboard_reaches_every_button_and_shows_where_it_is() {
    in_browser(None, |browser, address| {
        browser.shape(1280, 900, "light");
        browser.visit(address);
        let wanted = browser.value("document.querySelectorAll('a, button, summary').length");
        let mut reached = 0;
        for _ in 0..wanted.as_u64().unwrap() {
            browser.press("Tab", "");
            let shown = browser.value(
                "document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle !== 'none'",
            );
            reached += u64::from(shown == true);
        }
        assert_eq!(Some(reached), wanted.as_u64());
    })
    .await;
}

#[tokio::test]
async fn a_token_is_asked_for_and_opens_the_page() {
    in_browser(Some(TOKEN), |browser, address| {
        browser.shape(390, 844, "light");
        browser.visit(address);
        browser.until("location.pathname === '/login' && document.readyState === 'complete'");
        keep(browser, "login");
        browser.value(&format!("document.getElementById('token').value = {TOKEN:?}"));
        browser.value("setTimeout(() => document.querySelector('button').click()), true");
        browser.until(
            "location.pathname === '/' && document.getElementById('live').textContent === 'Live'",
        );
        browser.value(&format!("{CARD}.querySelector('.ask button').click()"));
        browser.until(&format!("{CARD}.innerText.includes('42.50')"));
        browser.value("setTimeout(() => document.querySelector('.quiet').click()), true");
        browser.until("location.pathname === '/login'");
    })
    .await;
}

#[tokio::test]
async fn every_page_is_valid_html() {
    let validator = target().join("html-validate/node_modules/.bin/html-validate");
    if !Command::new(&validator).arg("--version").output().is_ok_and(|out| out.status.success()) {
        println!("skipped: no {}", validator.display());
        return;
    }
    locally(async {
        let (open, closed, bare) = (Site::open(None), Site::open(Some(TOKEN)), Site::open(None));
        furnish(&open);
        for (name, site, path) in [
            ("all", &open, "/?asked=boat"),
            ("one", &open, "/modems/cabin"),
            ("none", &open, "/modems/nowhere"),
            ("empty", &bare, "/"),
            ("login", &closed, "/login"),
        ] {
            let file = target().join(format!("web-{name}.html"));
            fs::write(&file, body(&site.get(path).await)).unwrap();
            let out = Command::new(&validator).arg(file).output().unwrap();
            assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stdout));
        }
    })
    .await;
}
