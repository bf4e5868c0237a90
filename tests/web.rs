//! The page of `saldo watch`: over a socket, byte by byte, and in a real browser.

#![cfg(feature = "web")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used
)]

#[path = "web/browser.rs"]
mod browser;
#[path = "web/limits.rs"]
mod limits;
#[path = "web/live.rs"]
mod live;
#[path = "web/process.rs"]
mod process;
#[path = "web/site.rs"]
mod site;

use serde_json::Value;

use site::{Site, TOKEN, alerted, body, empty, form_of, header, locally, record, status};

const NOW: &str = "2026-11-28T08:00:00Z";

fn json(reply: &str) -> Value {
    let value: Value = serde_json::from_str(body(reply)).unwrap_or_else(|_| panic!("{reply}"));
    assert_eq!(value["schema"], 1, "{reply}");
    assert!(body(reply).starts_with("{\"schema\":1,"), "{reply}");
    value
}

#[tokio::test]
async fn the_page_shows_what_is_left_without_a_script() {
    locally(async {
        let site = Site::open(None);
        site.answer(record("attic", NOW, "12.34"));
        let page = site.get("/").await;
        assert_eq!(status(&page), 200);
        for shown in ["attic", "Proximus Pay&amp;Go", "31 Jan 2027", "All is well", "/dev/ttyUSB2"]
        {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(page.contains("<p class=\"amount\">12<span>.34</span>"), "{page}");
        assert!(page.contains("&lt;b&gt;&amp; more&lt;/b&gt;") && !page.contains("<b>"), "{page}");
        assert_eq!(status(&site.get("/modems/attic").await), 200);
        assert_eq!(status(&site.get("/modems/cellar").await), 404);
    })
    .await;
}

#[tokio::test]
async fn every_state_has_its_own_words() {
    use saldo::watch::AlertKind;
    locally(async {
        let site = Site::open(None);
        assert!(site.get("/").await.contains("No modem is watched yet"));
        site.board.show(alerted("a", AlertKind::Low));
        site.board.show(alerted("b", AlertKind::Critical));
        site.board.show(saldo::watch::View { is_present: false, ..empty("c") });
        site.board.show(empty("d"));
        let page = site.get("/").await;
        for shown in [
            "Needs attention soon",
            "Needs you now",
            "Modem is gone",
            "Not known",
            "4 need attention",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn names_from_outside_stay_text_and_reach_their_modem() {
    locally(async {
        let mut site = Site::open(None);
        let name = "/dev/\"><script>alert(1)</script> ü%41";
        site.answer(record(name, NOW, "1"));
        let page = site.get("/").await;
        assert!(!page.contains("<script>alert"), "{page}");
        let coded = page.split("href=\"/modems/").nth(1).unwrap().split('"').next().unwrap();
        let modem = json(&site.get(&format!("/api/modems/{coded}")).await);
        assert_eq!(modem["modem"], name);
        let checked =
            site.ask(&format!("POST /api/modems/{coded}/check"), &["x-saldo: 1"], "").await;
        assert_eq!(status(&checked), 202);
        assert_eq!(site.wishes.recv().await.as_deref(), Some(name));
    })
    .await;
}

#[tokio::test]
async fn programs_read_the_same() {
    locally(async {
        let site = Site::open(None);
        for (day, amount) in [("26", "14"), ("27", "13"), ("28", "12.34")] {
            site.answer(record("attic", &format!("2026-11-{day}T08:00:00Z"), amount));
        }
        let all = json(&site.get("/api/modems").await);
        assert_eq!(all["modems"][0]["last_good"]["answer"]["pots"][0]["amount"], "12.34");
        for (query, ids) in [
            ("", vec![1, 2, 3]),
            ("?limit=2", vec![2, 3]),
            ("?limit=0", vec![3]),
            ("?limit=99999", vec![1, 2, 3]),
            ("?since=2026-11-27T09:00:00%2B01:00", vec![2, 3]),
            ("?since=2027-01-01T00:00:00Z", vec![]),
        ] {
            let records = json(&site.get(&format!("/api/modems/attic/records{query}")).await);
            let found: Vec<_> = records["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_i64().unwrap())
                .collect();
            assert_eq!(found, ids, "{query}");
        }
        for query in ["?limit=-1", "?limit=x", "?since=yesterday"] {
            let reply = site.get(&format!("/api/modems/attic/records{query}")).await;
            assert_eq!(status(&reply), 400, "{query}");
            assert_eq!(json(&reply)["error"]["class"], "usage");
        }
        assert_eq!(status(&site.get("/api/modems/cellar/records").await), 404);
        assert_eq!(body(&site.get("/healthz").await), "ok\n");
    })
    .await;
}

#[tokio::test]
async fn a_button_asks_once_and_leads_back() {
    locally(async {
        let mut site = Site::open(None);
        site.answer(record("attic", NOW, "5"));
        let page = site.get("/").await;
        let form = format!("form={}", form_of(&page));
        for _ in 0..2 {
            let reply = site.ask("POST /modems/attic/check", &[], &form).await;
            assert_eq!((status(&reply), header(&reply, "location")), (303, Some("/?asked=attic")));
        }
        assert_eq!(site.wishes.recv().await.as_deref(), Some("attic"));
        assert!(site.wishes.try_recv().is_err(), "the second wish came too soon");
        let reply = site.ask("POST /api/modems/attic/check", &["x-saldo: 1"], "").await;
        assert_eq!(status(&reply), 429);
        assert!(header(&reply, "retry-after").is_some());
        assert!(site.get("/?asked=attic").await.contains("attic is being asked"));
        assert!(!site.get("/?asked=cellar").await.contains("is being asked"));
    })
    .await;
}

#[tokio::test]
async fn a_post_comes_from_our_page_or_from_a_program() {
    locally(async {
        let site = Site::open(None);
        site.answer(record("attic", NOW, "5"));
        let form = format!("form={}", form_of(&site.get("/").await));
        let own = format!("origin: http://{}", site.address);
        for (line, headers, body, expected) in [
            ("POST /modems/attic/check", vec![], "", 403),
            ("POST /modems/attic/check", vec![], "form=", 403),
            ("POST /modems/attic/check", vec!["x-saldo: 1"], "", 403),
            ("POST /modems/attic/check", vec!["origin: http://evil.example"], &form, 403),
            ("POST /modems/attic/check", vec!["sec-fetch-site: cross-site"], &form, 403),
            ("POST /modems/attic/check", vec!["sec-fetch-site: same-site", &own], &form, 403),
            ("POST /api/modems/attic/check", vec![], "", 403),
            ("POST /api/modems/attic/check", vec![], &form, 403),
            (
                "POST /api/modems/attic/check",
                vec!["x-saldo: 1", "origin: http://evil.example"],
                "",
                403,
            ),
            (
                "POST /api/modems/attic/check",
                vec!["x-saldo: 1", "sec-fetch-site: cross-site"],
                "",
                403,
            ),
            (
                "POST /modems/attic/check",
                vec!["sec-fetch-site: same-origin", "origin: null"],
                &form,
                303,
            ),
            ("POST /modems/attic/check", vec![&own], &form, 303),
        ] {
            let reply = site.ask(line, &headers, body).await;
            assert_eq!(status(&reply), expected, "{line} {headers:?} {body}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_our_own_names_are_answered_to_where_there_is_no_token() {
    locally(async {
        let site = Site::open(None);
        for (host, expected) in [
            ("host: localhost", 200),
            ("host: [::1]:80", 200),
            ("host: rebound.evil.example", 421),
            ("host: ", 421),
            ("host: localhost\r\nhost: evil.example", 400),
        ] {
            assert_eq!(status(&site.ask("GET /", &[host], "").await), expected, "{host}");
        }
        assert_eq!(status(&site.send("GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await), 421);
    })
    .await;
}

#[tokio::test]
async fn a_token_opens_the_page_by_a_form_and_the_rest_by_a_header() {
    locally(async {
        let site = Site::open(Some(TOKEN));
        site.answer(record("attic", NOW, "5"));
        assert_eq!(header(&site.get("/").await, "location"), Some("/login"));
        for path in ["/api/modems", "/api/modems/attic/records", "/events"] {
            let reply = site.get(path).await;
            assert_eq!(
                (status(&reply), header(&reply, "www-authenticate")),
                (401, Some("Bearer")),
                "{path}"
            );
            assert!(!reply.contains("attic"));
        }
        let bearer = format!("authorization: Bearer {TOKEN}");
        json(&site.ask("GET /api/modems", &[&bearer], "").await);
        let reply = site.ask("POST /api/modems/attic/check", &[&bearer], "").await;
        assert_eq!(status(&reply), 202);

        let login = site.get("/login").await;
        let form = format!("form={}&token=", form_of(&login));
        let refused = site.ask("POST /login", &[], &format!("{form}wrong")).await;
        assert_eq!(status(&refused), 403);
        assert!(refused.contains("That is not the token"), "{refused}");
        let coded = TOKEN.replace(' ', "+");
        let reply = site.ask("POST /login", &[], &format!("{form}{coded}")).await;
        assert_eq!((status(&reply), header(&reply, "location")), (303, Some("/")));
        let set = header(&reply, "set-cookie").unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
        assert!(!set.contains("horse"), "{set}");
        let cookie = format!("cookie: {}", set.split(';').next().unwrap());
        let page = site.ask("GET /", &[&cookie], "").await;
        assert_eq!(status(&page), 200);
        let of_session = format!("form={}", form_of(&page));
        assert_ne!(form_of(&page), form_of(&login));
        let reply = site.ask("POST /logout", &[&cookie], &of_session).await;
        assert_eq!(header(&reply, "location"), Some("/login"));
        assert_eq!(status(&site.ask("GET /", &[&cookie], "").await), 303, "the session has ended");
    })
    .await;
}

#[tokio::test]
async fn a_session_does_not_lend_itself_to_other_pages() {
    locally(async {
        let site = Site::open(Some(TOKEN));
        site.answer(record("attic", NOW, "5"));
        let login = site.get("/login").await;
        let form = format!("form={}&token={}", form_of(&login), TOKEN.replace(' ', "+"));
        let reply = site.ask("POST /login", &[], &form).await;
        let cookie = header(&reply, "set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let cookie = format!("cookie: {cookie}");
        let open_form = format!("form={}", form_of(&login));
        let reply = site.ask("POST /modems/attic/check", &[&cookie], &open_form).await;
        assert_eq!(status(&reply), 403, "the form of another session");
        let reply = site.ask("POST /api/modems/attic/check", &[&cookie], "").await;
        assert_eq!(status(&reply), 403, "a cookie alone is not enough");
        let reply = site.ask("POST /api/modems/attic/check", &[&cookie, "x-saldo: 1"], "").await;
        assert_eq!(status(&reply), 202);
    })
    .await;
}

#[tokio::test]
async fn whoever_guesses_has_to_wait() {
    locally(async {
        let site = Site::open(Some(TOKEN));
        for _ in 0..5 {
            let reply = site.ask("GET /api/modems", &["authorization: Bearer guess"], "").await;
            assert_eq!(status(&reply), 401);
        }
        let bearer = format!("authorization: bearer {TOKEN}");
        let reply = site.ask("GET /api/modems", &[&bearer], "").await;
        assert_eq!(status(&reply), 429, "also the right one, else the limit would tell");
        let wait: u64 = header(&reply, "retry-after").unwrap().parse().unwrap();
        assert!((50..=61).contains(&wait), "{wait}");
        let login = site.get("/login").await;
        let form = format!("form={}&token={}", form_of(&login), TOKEN.replace(' ', "+"));
        assert_eq!(status(&site.ask("POST /login", &[], &form).await), 429);
        assert_eq!(status(&site.get("/healthz").await), 200);
    })
    .await;
}

#[tokio::test]
async fn every_reply_keeps_to_itself() {
    locally(async {
        let site = Site::open(None);
        for path in [
            "/",
            "/login",
            "/style.css",
            "/script.js",
            "/icon.svg",
            "/api/modems",
            "/nothing",
            "/healthz",
        ] {
            let reply = site.get(path).await;
            for (name, value) in [
                ("content-security-policy", "default-src 'none'"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-frame-options", "DENY"),
            ] {
                let found = header(&reply, name).unwrap_or_default();
                assert!(found.starts_with(value), "{path}: {name}: {found}");
            }
        }
        let page = site.get("/").await;
        for inline in ["style=", "<style", "onclick", "javascript:", "http://", "https://"] {
            assert!(!body(&page).contains(inline), "{inline}");
        }
    })
    .await;
}

#[tokio::test]
async fn methods_and_paths_are_what_they_are() {
    locally(async {
        let site = Site::open(None);
        site.answer(record("attic", NOW, "5"));
        for (line, expected) in [
            ("GET /nothing", 404),
            ("GET //", 404),
            ("GET /modems/", 404),
            ("GET /../etc/passwd", 404),
            ("GET /modems/..%2F..%2Fetc%2Fpasswd", 404),
            ("GET /modems/%00", 404),
            ("GET /modems/%ff", 404),
            ("GET /style.css?x=../../y", 200),
            ("GET http://127.0.0.1/healthz", 200),
            ("OPTIONS *", 404),
            ("POST /", 405),
            ("DELETE /api/modems", 405),
            ("OPTIONS /api/modems", 405),
            ("TRACE /", 405),
            ("GET /api/modems/attic/check", 405),
            ("FOO /", 405),
        ] {
            let reply = site.ask(line, &[], "").await;
            assert_eq!(status(&reply), expected, "{line}: {reply}");
            assert_eq!(expected == 405, header(&reply, "allow").is_some(), "{line}");
        }
        assert_eq!(
            header(&site.ask("PUT /login", &[], "").await, "allow"),
            Some("GET, HEAD, POST")
        );
        for path in ["/", "/api/modems", "/events"] {
            let head = site.ask(&format!("HEAD {path}"), &[], "").await;
            assert_eq!((status(&head), body(&head)), (200, ""), "{path}");
        }
    })
    .await;
}
