//! What every reply carries.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::events::Listener;

/// The one type of reply.
pub(super) type Reply = Response<Body>;

/// A text that is there, or events as they come.
#[derive(Debug)]
pub(super) enum Body {
    Whole(Option<Bytes>),
    Events(Listener),
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Self::Events(listener) => {
                listener.poll(cx).map(|text| text.map(|text| Ok(Frame::data(text))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(text) => {
                let length = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or_default())
            }
            Self::Events(_) => SizeHint::default(),
        }
    }
}

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
/// Prometheus' text format, version 0.0.4.
pub(super) const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";
pub(super) const SVG: &str = "image/svg+xml";

/// A reply with the headers that all have.
pub(super) fn reply(status: StatusCode, kind: &'static str, body: Body) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    reply
}

/// A text, all is well.
pub(super) fn ok(kind: &'static str, text: impl Into<Bytes>) -> Reply {
    reply(StatusCode::OK, kind, Body::Whole(Some(text.into())))
}

/// To another address, by GET.
pub(super) fn see_other(place: &str) -> Reply {
    let mut reply = reply(StatusCode::SEE_OTHER, TEXT, Body::Whole(None));
    set(&mut reply, header::LOCATION, place);
    reply
}

/// Sets a header to a text of ours; one that cannot stand in a header is left out.
pub(super) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// Nothing from elsewhere, nowhere else, kept by nobody.
#[rustfmt::skip]
const ALWAYS: [(&str, &str); 10] = [
    ("cache-control",                "no-store"),
    ("content-security-policy",      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy",   "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy",           "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("referrer-policy",              "no-referrer"),
    ("server",                       "saldo"),
    ("x-content-type-options",       "nosniff"),
    ("x-frame-options",              "DENY"),
];
