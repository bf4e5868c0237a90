//! Who may: the token, the sessions it opens, and whether a request comes from a page of ours.

use std::cell::RefCell;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hyper::header::{self, AsHeaderName, HeaderMap};
use tokio::time::Instant;

use super::failures::Failures;

/// Decides about every request; all it knows is forgotten with the process.
pub(super) struct Gate {
    token: Option<String>,
    /// What a form carries where there is no session.
    form: String,
    names: Names,
    sessions: RefCell<Vec<Session>>,
    failures: RefCell<Failures>,
}

/// A browser whose reader has shown the token.
struct Session {
    id: String,
    form: String,
    last: Instant,
}

/// Which names of ours a request may use.
enum Names {
    /// Those of this machine to itself.
    Local,
    Any,
}

/// Whose request it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// Nobody has to say who they are.
    Open,
    /// The token came along, as no page of others can send it.
    Bearer,
    /// The cookie of a session; its forms carry this.
    Session { form: String },
    /// No token, and no session that we know.
    Nobody,
}

/// The token was wrong, or was too often.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Wrong,
    Wait(Duration),
}

/// Sessions that are kept; one more, and the one that was used least lately ends.
const SESSIONS: usize = 32;

/// A session that is not used ends.
pub(super) const IDLE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const COOKIE: &str = "saldo";

impl Gate {
    /// # Errors
    ///
    /// Where the system gives no random octets.
    pub(super) fn new(token: Option<String>, listen: SocketAddr) -> io::Result<Self> {
        let local = listen.ip().is_loopback() && token.is_none();
        Ok(Self {
            token,
            form: random()?,
            names: if local { Names::Local } else { Names::Any },
            sessions: RefCell::default(),
            failures: RefCell::default(),
        })
    }

    /// Whether anybody has to say who they are.
    pub(super) fn needs_token(&self) -> bool {
        self.token.is_some()
    }

    /// Whether this `Host` may be asked for. A page elsewhere can make its own name mean 127.0.0.1, and would then
    /// read what is open to this machine; it cannot change the name.
    pub(super) fn is_ours(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
        let name = name.map_or(host, |(name, _)| name);
        match self.names {
            Names::Any => true,
            Names::Local if name.eq_ignore_ascii_case("localhost") => true,
            Names::Local => name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback()),
        }
    }

    /// Who asks.
    ///
    /// # Errors
    ///
    /// [`Refused`] where a token came along that is not ours, or came too often.
    pub(super) fn caller(&self, headers: &HeaderMap, peer: IpAddr) -> Result<Caller, Refused> {
        if self.token.is_none() {
            return Ok(Caller::Open);
        }
        let bearer = text(headers, header::AUTHORIZATION).and_then(|it| it.split_once(' '));
        if let Some((scheme, token)) = bearer {
            if scheme.eq_ignore_ascii_case("bearer") {
                return self.try_token(token.trim(), peer).map(|()| Caller::Bearer);
            }
        }
        let form = cookie(headers).and_then(|id| self.session(id));
        Ok(form.map_or(Caller::Nobody, |form| Caller::Session { form }))
    }

    /// Opens a session; gives the cookie's whole text.
    ///
    /// # Errors
    ///
    /// [`Refused`]; a session that cannot be made for want of random octets is refused too.
    pub(super) fn log_in(&self, token: &str, peer: IpAddr) -> Result<String, Refused> {
        self.try_token(token, peer)?;
        let (id, form) = random().and_then(|id| Ok((id, random()?))).map_err(|_| Refused::Wrong)?;
        let cookie =
            format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", IDLE.as_secs());
        let mut sessions = self.sessions.borrow_mut();
        if sessions.len() >= SESSIONS {
            sessions.sort_by_key(|session| session.last);
            sessions.remove(0);
        }
        sessions.push(Session { id, form, last: Instant::now() });
        Ok(cookie)
    }

    /// Ends the session of this request; gives the cookie that takes the old one's place.
    pub(super) fn log_out(&self, headers: &HeaderMap) -> String {
        if let Some(id) = cookie(headers) {
            self.sessions.borrow_mut().retain(|session| !same(&session.id, id));
        }
        format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    }

    /// What the forms of this caller carry.
    pub(super) fn form<'a>(&'a self, caller: &'a Caller) -> &'a str {
        match caller {
            Caller::Session { form } => form,
            Caller::Open | Caller::Bearer | Caller::Nobody => &self.form,
        }
    }

    /// Whether a form came from a page that we gave to this caller.
    pub(super) fn is_our_form(&self, caller: &Caller, given: Option<&str>) -> bool {
        *caller == Caller::Bearer || given.is_some_and(|given| same(self.form(caller), given))
    }

    fn try_token(&self, given: &str, peer: IpAddr) -> Result<(), Refused> {
        let (mut failures, now) = (self.failures.borrow_mut(), Instant::now());
        if let Some(wait) = failures.wait(peer, now) {
            return Err(Refused::Wait(wait));
        }
        if self.token.as_deref().is_some_and(|token| same(token, given)) {
            return Ok(());
        }
        failures.add(peer, now);
        Err(Refused::Wrong)
    }

    fn session(&self, id: &str) -> Option<String> {
        let (mut sessions, now) = (self.sessions.borrow_mut(), Instant::now());
        sessions.retain(|session| now.duration_since(session.last) < IDLE);
        let session = sessions.iter_mut().find(|session| same(&session.id, id))?;
        session.last = now;
        Some(session.form.clone())
    }
}

/// Whether a browser says that a page elsewhere sends this.
///
/// `Sec-Fetch-Site` is sent only where the way is secure or local. With `no-referrer`, which our pages ask for, the
/// `Origin` of a plain form is `null`; then the form's own token has to tell.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let site = text(headers, "sec-fetch-site");
    let host = text(headers, header::HOST).unwrap_or_default();
    let origin = text(headers, header::ORIGIN).filter(|origin| *origin != "null");
    let elsewhere = origin.is_some_and(|origin| {
        origin.split_once("://").is_none_or(|(_, name)| !name.eq_ignore_ascii_case(host))
    });
    site.is_some_and(|site| site != "same-origin") || elsewhere
}

/// A header as text.
pub(super) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = text(headers, header::COOKIE)?.split(';');
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(ours: &str, given: &str) -> bool {
    let padded = ours.bytes().chain(std::iter::repeat(0));
    let differences = padded.zip(given.bytes()).fold(0, |sum, (a, b)| black_box(sum | (a ^ b)));
    (differences == 0) & (ours.len() == given.len())
}

/// 256 random bits.
fn random() -> io::Result<String> {
    let mut octets = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut octets)?;
    Ok(crate::hex::digits(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";
    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn gate(token: Option<&str>, listen: &str) -> Gate {
        Gate::new(token.map(str::to_owned), listen.parse().unwrap()).unwrap()
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    #[rustfmt::skip]
    fn only_names_of_this_machine_reach_what_is_open_to_it() {
        let open = gate(None, "127.0.0.1:80");
        for (host, ours) in [
            ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1:80", true), ("127.9.9.9", true), ("[::1]:80", true), ("[::1]", true),
            ("evil.example", false), ("localhost.evil.example:80", false), ("10.0.0.1", false), ("", false), ("[::2]:80", false), ("127.0.0.1.evil", false),
        ] {
            assert_eq!(open.is_ours(host), ours, "{host}");
        }
        assert!(gate(Some(TOKEN), "127.0.0.1:80").is_ours("balance.example"), "behind a proxy");
    }

    #[test]
    #[rustfmt::skip]
    fn a_request_from_a_page_elsewhere_is_known() {
        for (lines, foreign) in [
            (vec![],                                                             false),
            (vec![("origin", "http://saldo:80")],                                false),
            (vec![("origin", "https://SALDO:80")],                               false),
            (vec![("origin", "null")],                                           false),
            (vec![("origin", "http://evil.example")],                            true),
            (vec![("origin", "saldo:80")],                                       true),
            (vec![("sec-fetch-site", "same-origin"), ("origin", "null")],        false),
            (vec![("sec-fetch-site", "same-site")],                              true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "http://saldo:80")], true),
            (vec![("sec-fetch-site", "none")],                                   true),
        ] {
            let mut all = headers(&lines);
            all.insert("host", "saldo:80".parse().unwrap());
            assert_eq!(is_foreign(&all), foreign, "{lines:?}");
        }
    }

    #[tokio::test]
    async fn a_token_opens_a_session_and_its_end_closes_it() {
        let gate = gate(Some(TOKEN), "0.0.0.0:80");
        assert_eq!(gate.caller(&headers(&[]), PEER), Ok(Caller::Nobody));
        assert_eq!(gate.log_in("0123456789abcdeX", PEER), Err(Refused::Wrong));
        let cookie = gate.log_in(TOKEN, PEER).unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let sent = headers(&[("cookie", &format!("a=b; {}", cookie.split(';').next().unwrap()))]);
        let caller = gate.caller(&sent, PEER).unwrap();
        let Caller::Session { form } = &caller else { panic!("{caller:?}") };
        assert!(
            gate.is_our_form(&caller, Some(form)) && !gate.is_our_form(&caller, Some(&gate.form))
        );
        assert!(!gate.is_our_form(&caller, None) && !gate.is_our_form(&caller, Some("")));
        gate.log_out(&sent);
        assert_eq!(gate.caller(&sent, PEER), Ok(Caller::Nobody));
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_are_few_and_end() {
        let gate = gate(Some(TOKEN), "0.0.0.0:80");
        let first = gate.log_in(TOKEN, PEER).unwrap();
        for _ in 0..2 * SESSIONS {
            tokio::time::advance(Duration::from_secs(1)).await;
            gate.log_in(TOKEN, PEER).unwrap();
        }
        assert_eq!(gate.sessions.borrow().len(), SESSIONS);
        let sent = headers(&[("cookie", first.split(';').next().unwrap())]);
        assert_eq!(gate.caller(&sent, PEER), Ok(Caller::Nobody), "the oldest has ended");
        let last = gate.log_in(TOKEN, PEER).unwrap();
        let sent = headers(&[("cookie", last.split(';').next().unwrap())]);
        assert!(matches!(gate.caller(&sent, PEER), Ok(Caller::Session { .. })));
        tokio::time::advance(IDLE).await;
        assert_eq!(gate.caller(&sent, PEER), Ok(Caller::Nobody));
    }

    #[test]
    fn texts_are_the_same_or_not() {
        for (a, b) in [("", "a"), ("a", ""), ("a", "a\0"), ("ab", "a"), ("ab", "ac")] {
            assert!(!same(a, b), "{a:?} {b:?}");
        }
        assert!(same("ab", "ab"));
        assert_ne!(random().unwrap(), random().unwrap());
    }
}
