//! From a request to a reply.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode, header};
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::events::Listeners;
use super::gate::{Caller, Gate, Refused, is_foreign, text};
use super::page::Page;
use super::reply::{Body, HTML, JSON, METRICS, Reply, SVG, TEXT, ok, reply, see_other, set};
use super::route::{self, Access, Route, Target};
use super::{Past, form, json, page};
use crate::daemon::Board;
use crate::watch::{self, Record};

/// What every connection shares.
pub(super) struct Site {
    pub(super) board: Board,
    pub(super) past: Option<Rc<dyn Past>>,
    pub(super) gate: Gate,
    pub(super) listeners: Listeners,
    /// When a modem was last wished to be asked.
    pub(super) wishes: RefCell<BTreeMap<String, Instant>>,
    /// Whether it is there for Prometheus alone.
    pub(super) only_metrics: bool,
}

/// A request whose address and sender are known.
struct Asked<'a> {
    route: &'static Route,
    name: &'a str,
    caller: &'a Caller,
    head: &'a Parts,
    /// Of a POST.
    body: &'a str,
}

/// A longer address is refused.
const LONGEST_URI: usize = 2048;

/// A larger body is refused.
const LARGEST_BODY: usize = 4096;

/// A body that takes longer is refused.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A modem is not asked more often by hand.
const PAUSE: Duration = Duration::from_secs(10);

/// The header that programs send with a POST: no form of another page can.
const HEADER: &str = "x-saldo";

/// Answers one request.
pub(super) async fn answer(site: &Site, peer: IpAddr, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let reply = match admit(site, &head) {
        Ok((route, name)) => of_caller(site, peer, route, &name, &head, body).await,
        Err(refusal) => *refusal,
    };
    let (method, status) = (head.method.as_str(), reply.status().as_u16());
    tracing::debug!(method, path = head.uri.path(), status, "request");
    reply
}

/// What is wrong with a request, whoever sends it.
fn admit(site: &Site, head: &Parts) -> Result<(&'static Route, String), Box<Reply>> {
    let hosts = head.headers.get_all(header::HOST).iter().count();
    let host = text(&head.headers, header::HOST).unwrap_or_default();
    if head.uri.path_and_query().is_some_and(|it| it.as_str().len() > LONGEST_URI) {
        return Err(refused(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    if hosts > 1 {
        return Err(refused(StatusCode::BAD_REQUEST, "one Host is enough"));
    }
    if !site.gate.is_ours(host) {
        return Err(refused(StatusCode::MISDIRECTED_REQUEST, "this name is not ours"));
    }
    let served = |target| !site.only_metrics || matches!(target, Target::Metrics | Target::Health);
    let found = route::find(head.uri.path()).filter(|(route, _)| served(route.target));
    let (route, name) =
        found.ok_or_else(|| refused(StatusCode::NOT_FOUND, "there is nothing here"))?;
    if !route.allows(head.method.as_str()) {
        let mut reply = refusal(StatusCode::METHOD_NOT_ALLOWED, "not with this method");
        set(&mut reply, header::ALLOW, route.methods);
        return Err(Box::new(reply));
    }
    Ok((route, name))
}

async fn of_caller(
    site: &Site,
    peer: IpAddr,
    route: &'static Route,
    name: &str,
    head: &Parts,
    body: Incoming,
) -> Reply {
    let caller = match site.gate.caller(&head.headers, peer) {
        Ok(caller) => caller,
        Err(refused) => return unauthorized(&refused),
    };
    let outside = caller == Caller::Nobody && site.gate.needs_token();
    match route.access {
        Access::Reader if outside => return see_other("/login"),
        Access::Program if outside => return unauthorized(&Refused::Wrong),
        _ => {}
    }
    let body = match read(head, body).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let asked = Asked { route, name, caller: &caller, head, body: &body };
    if head.method == Method::POST {
        if let Some(refusal) = foreign(site, &asked) {
            return refusal;
        }
    }
    respond(site, peer, &asked)
}

/// The body of a POST; nothing else has one that matters.
async fn read(head: &Parts, body: Incoming) -> Result<String, Box<Reply>> {
    if head.method != Method::POST {
        return Ok(String::new());
    }
    let whole = timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await;
    let whole =
        whole.map_err(|_| refused(StatusCode::REQUEST_TIMEOUT, "the body took too long"))?;
    let octets = whole
        .map_err(|_| refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broken"))?
        .to_bytes();
    String::from_utf8(octets.to_vec())
        .map_err(|_| refused(StatusCode::BAD_REQUEST, "the body is not UTF-8"))
}

/// Why a POST does not come from our own page, nor from a program that means us.
fn foreign(site: &Site, asked: &Asked<'_>) -> Option<Reply> {
    let headers = &asked.head.headers;
    let meant = match asked.route.access {
        Access::Program => *asked.caller == Caller::Bearer || headers.contains_key(HEADER),
        Access::All | Access::Reader => {
            site.gate.is_our_form(asked.caller, form::field(asked.body, "form").as_deref())
        }
    };
    if is_foreign(headers) {
        return Some(refusal(StatusCode::FORBIDDEN, "this comes from a page elsewhere"));
    }
    let what = "reload the page and try again; a program posts below /api, with the token or the header X-Saldo";
    (!meant).then(|| refusal(StatusCode::FORBIDDEN, what))
}

fn respond(site: &Site, peer: IpAddr, asked: &Asked<'_>) -> Reply {
    match asked.route.target {
        Target::Home => home(site, asked),
        Target::Modem => one(site, asked),
        Target::Chart => chart(site, asked),
        Target::Ask => ask(site, asked),
        Target::Login => login(site, peer, asked),
        Target::Logout => {
            let mut reply = see_other("/login");
            set(&mut reply, header::SET_COOKIE, &site.gate.log_out(&asked.head.headers));
            reply
        }
        Target::Style => ok("text/css; charset=utf-8", include_str!("style.css")),
        Target::Script => ok("text/javascript; charset=utf-8", include_str!("script.js")),
        Target::Icon => ok(SVG, include_str!("icon.svg")),
        Target::Events => events(site, asked),
        Target::ApiModems => ok(JSON, json::modems(&site.board.views())),
        Target::ApiModem => match site.board.view(asked.name) {
            Some(view) => ok(JSON, json::modem(&view)),
            None => unknown_modem(),
        },
        Target::ApiRecords => records(site, asked),
        Target::ApiCheck => check(site, asked),
        Target::OpenApi => ok(JSON, include_str!("openapi.json")),
        Target::Metrics => ok(METRICS, watch::metrics(&site.board.views(), Timestamp::now())),
        Target::Health => ok(TEXT, "ok\n"),
    }
}

fn page<'a>(site: &'a Site, asked: &'a Asked<'_>) -> Page<'a> {
    Page {
        now: Timestamp::now(),
        form: site.gate.form(asked.caller),
        has_session: matches!(asked.caller, Caller::Session { .. }),
        past: site.past.as_deref(),
    }
}

fn home(site: &Site, asked: &Asked<'_>) -> Reply {
    let wished = form::field(asked.head.uri.query().unwrap_or_default(), "asked");
    ok(HTML, page(site, asked).all(&site.board.views(), wished.as_deref()))
}

fn one(site: &Site, asked: &Asked<'_>) -> Reply {
    let views = site.board.views();
    match views.iter().position(|view| view.modem == asked.name) {
        Some(at) => ok(HTML, page(site, asked).one(&views, at)),
        None => reply(StatusCode::NOT_FOUND, HTML, whole(page::not_found())),
    }
}

/// How much a chart shows.
const CHART: watch::chart::Size = watch::chart::Size { width: 400, height: 190 };

fn chart(site: &Site, asked: &Asked<'_>) -> Reply {
    let Some(past) = site.past.as_ref().filter(|_| site.board.view(asked.name).is_some()) else {
        return unknown_modem();
    };
    match past.records(asked.name, None, RECORDS) {
        Ok(records) => {
            let records: Vec<Record> = records.into_iter().map(|(_, record)| record).collect();
            let mut reply = ok(SVG, watch::chart::svg(&records, Timestamp::now(), CHART));
            // A picture brings its own style and can do nothing else.
            let alone =
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
            set(&mut reply, header::CONTENT_SECURITY_POLICY, alone);
            reply
        }
        Err(why) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &why),
    }
}

/// The button, where no script has sent it.
fn ask(site: &Site, asked: &Asked<'_>) -> Reply {
    match wish(site, asked.name) {
        Ok(()) | Err(Some(_)) => see_other(&format!("/?asked={}", form::encode(asked.name))),
        Err(None) => unknown_modem(),
    }
}

fn check(site: &Site, asked: &Asked<'_>) -> Reply {
    match wish(site, asked.name) {
        Ok(()) => reply(StatusCode::ACCEPTED, JSON, whole(json::accepted(asked.name))),
        Err(Some(wait)) => later(wait, "this modem is just being asked"),
        Err(None) => unknown_modem(),
    }
}

/// Wishes that a modem be asked; else how long it has to wait, or `None` where there is no such modem.
fn wish(site: &Site, modem: &str) -> Result<(), Option<Duration>> {
    let (mut wishes, now) = (site.wishes.borrow_mut(), Instant::now());
    wishes.retain(|_, last| now.duration_since(*last) < PAUSE);
    if let Some(last) = wishes.get(modem) {
        return Err(Some(PAUSE.saturating_sub(now.duration_since(*last))));
    }
    if !site.board.check(modem) {
        return Err(None);
    }
    wishes.insert(modem.to_owned(), now);
    Ok(())
}

fn login(site: &Site, peer: IpAddr, asked: &Asked<'_>) -> Reply {
    let form = site.gate.form(&Caller::Nobody);
    if !site.gate.needs_token() || matches!(asked.caller, Caller::Session { .. }) {
        return see_other("/");
    }
    if asked.head.method != Method::POST {
        return ok(HTML, page::login(form, None));
    }
    let token = form::field(asked.body, "token").unwrap_or_default();
    match site.gate.log_in(token.trim(), peer) {
        Ok(cookie) => {
            let mut reply = see_other("/");
            set(&mut reply, header::SET_COOKIE, &cookie);
            reply
        }
        Err(Refused::Wrong) => {
            let page = page::login(form, Some("That is not the token."));
            reply(StatusCode::FORBIDDEN, HTML, whole(page))
        }
        Err(Refused::Wait(wait)) => {
            let page = page::login(form, Some("Too many wrong tokens. Wait a minute."));
            wait_for(wait, reply(StatusCode::TOO_MANY_REQUESTS, HTML, whole(page)))
        }
    }
}

fn events(site: &Site, asked: &Asked<'_>) -> Reply {
    let kind = "text/event-stream";
    if asked.head.method == Method::HEAD {
        return reply(StatusCode::OK, kind, Body::Whole(None));
    }
    match site.listeners.add(site.board.listen()) {
        Some(listener) => reply(StatusCode::OK, kind, Body::Events(listener)),
        None => {
            let busy = refusal(StatusCode::SERVICE_UNAVAILABLE, "too many pages are open");
            wait_for(Duration::from_secs(30), busy)
        }
    }
}

/// Not more than this many at once.
const RECORDS: usize = 1000;

fn records(site: &Site, asked: &Asked<'_>) -> Reply {
    if site.board.view(asked.name).is_none() {
        return unknown_modem();
    }
    match wanted(site, asked) {
        Ok(records) => ok(JSON, json::records(&records)),
        Err(refusal) => *refusal,
    }
}

fn wanted(site: &Site, asked: &Asked<'_>) -> Result<Vec<(i64, Record)>, Box<Reply>> {
    let query = asked.head.uri.query().unwrap_or_default();
    let bad = |what| refused(StatusCode::BAD_REQUEST, what);
    let limit = form::field(query, "limit").map_or(Ok(100), |text| text.parse::<usize>());
    let limit = limit.map_err(|_| bad("`limit` is a number"))?.clamp(1, RECORDS);
    let since = form::field(query, "since").map(|text| text.parse::<Timestamp>()).transpose();
    let since = since.map_err(|_| bad("`since` is a time as 2026-11-22T10:00:00Z"))?;
    let Some(past) = &site.past else { return Ok(Vec::new()) };
    past.records(asked.name, since, limit)
        .map_err(|why| refused(StatusCode::INTERNAL_SERVER_ERROR, &why))
}

fn whole(text: String) -> Body {
    Body::Whole(Some(text.into()))
}

fn refusal(status: StatusCode, message: &str) -> Reply {
    reply(status, JSON, whole(json::error(message, None)))
}

fn refused(status: StatusCode, message: &str) -> Box<Reply> {
    Box::new(refusal(status, message))
}

fn unknown_modem() -> Reply {
    refusal(StatusCode::NOT_FOUND, "no modem of that name is watched")
}

fn unauthorized(refused: &Refused) -> Reply {
    match refused {
        Refused::Wait(wait) => later(*wait, "too many wrong tokens"),
        Refused::Wrong => {
            let hint = "send `Authorization: Bearer TOKEN`";
            let text = json::error("the token is missing or wrong", Some(hint));
            let mut reply = reply(StatusCode::UNAUTHORIZED, JSON, whole(text));
            set(&mut reply, header::WWW_AUTHENTICATE, "Bearer");
            reply
        }
    }
}

fn later(wait: Duration, message: &str) -> Reply {
    wait_for(wait, refusal(StatusCode::TOO_MANY_REQUESTS, message))
}

/// In whole seconds, rounded up.
fn wait_for(wait: Duration, mut reply: Reply) -> Reply {
    set(&mut reply, header::RETRY_AFTER, &(wait.as_secs() + 1).to_string());
    reply
}
