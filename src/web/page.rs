//! The page: every modem, or one.

use std::fmt::{self, Write};

use jiff::Timestamp;

use super::words::{self, State};
use super::{Past, card};
use crate::diag::report::text::Text;
use crate::watch::View;

/// What a page is made with.
pub(super) struct Page<'a> {
    pub(super) now: Timestamp,
    /// What its forms carry.
    pub(super) form: &'a str,
    /// Whether there is a session to end.
    pub(super) has_session: bool,
    pub(super) past: Option<&'a dyn Past>,
}

impl Page<'_> {
    /// Every modem; the one that the reader has just wished to be asked is said.
    pub(super) fn all(&self, views: &[View], wished: Option<&str>) -> String {
        let wished = wished.filter(|name| views.iter().any(|view| view.modem == *name));
        let cards: Vec<(usize, &View)> = views.iter().enumerate().collect();
        text(|out| {
            self.top(out, "Saldo")?;
            if let Some(name) = wished {
                writeln!(
                    out,
                    "<p class=\"notice\">{} is being asked. <a href=\"/\">Reload</a> in a minute to see its answer.</p>",
                    Text(name)
                )?;
            }
            summary(out, views)?;
            self.cards(out, &cards)
        })
    }

    /// The modem that is number `at` among all.
    pub(super) fn one(&self, views: &[View], at: usize) -> String {
        let cards: Vec<(usize, &View)> = views.get(at).map(|view| (at, view)).into_iter().collect();
        let title = cards.first().map_or("Saldo", |(_, view)| view.modem.as_str());
        text(|out| {
            self.top(out, title)?;
            out.push_str("<p class=\"back\"><a href=\"/\">All modems</a></p>\n");
            self.cards(out, &cards)
        })
    }

    fn top(&self, out: &mut String, title: &str) -> fmt::Result {
        head(out, title)?;
        writeln!(
            out,
            "<header class=\"top\">\n<h1><a href=\"/\"><img src=\"/icon.svg\" alt=\"\" width=\"28\" height=\"28\">Saldo</a></h1>\n\
             <p id=\"live\" class=\"live\">As of {}</p>",
            words::time(self.now)
        )?;
        if self.has_session {
            writeln!(
                out,
                "<form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"form\" value=\"{}\">\
                 <button type=\"submit\" class=\"quiet\">Log out</button></form>",
                self.form
            )?;
        }
        out.push_str("</header>\n<main id=\"main\">\n");
        Ok(())
    }

    fn cards(&self, out: &mut String, cards: &[(usize, &View)]) -> fmt::Result {
        out.push_str("<div class=\"cards\">\n");
        for (at, view) in cards {
            card::write(out, self, *at, view)?;
        }
        out.push_str("</div>\n");
        foot(out);
        Ok(())
    }
}

/// How many there are, and how many need somebody.
fn summary(out: &mut String, views: &[View]) -> fmt::Result {
    if views.is_empty() {
        out.push_str(
            "<section class=\"empty\" id=\"summary\"><h2>No modem is watched yet</h2>\n\
             <p>Plug one in. Or name them in <code>config.toml</code>. This page shows a modem as soon as it is met.</p></section>\n",
        );
        return Ok(());
    }
    let troubled = views.iter().filter(|view| State::of(view) != State::Ok).count();
    let (count, s) = (views.len(), if views.len() == 1 { "" } else { "s" });
    write!(out, "<p class=\"summary\" id=\"summary\">{count} modem{s}. ")?;
    match troubled {
        0 => out.push_str("All is well."),
        1 => out.push_str("One needs attention."),
        troubled => write!(out, "{troubled} need attention.")?,
    }
    out.push_str("</p>\n");
    Ok(())
}

/// The form for the token; why the last try was refused.
pub(super) fn login(form: &str, refused: Option<&str>) -> String {
    text(|out| {
        head(out, "Saldo: log in")?;
        out.push_str("<main id=\"main\" class=\"login\">\n<h1><img src=\"/icon.svg\" alt=\"\" width=\"40\" height=\"40\">Saldo</h1>\n");
        let (described, invalid) = match refused {
            Some(why) => {
                writeln!(out, "<p class=\"refused\" id=\"why\" role=\"alert\">{why}</p>")?;
                (" aria-describedby=\"why\"", " aria-invalid=\"true\"")
            }
            None => ("", ""),
        };
        writeln!(
            out,
            "<form method=\"post\" action=\"/login\">\n<input type=\"hidden\" name=\"form\" value=\"{form}\">\n\
             <label for=\"token\">Token</label>\n\
             <input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"current-password\" required autofocus{described}{invalid}>\n\
             <button type=\"submit\">Log in</button>\n</form>\n\
             <p class=\"note\">The one that the page of <code>saldo watch</code> was given.</p>"
        )?;
        foot(out);
        Ok(())
    })
}

/// Where no modem of that name is.
pub(super) fn not_found() -> String {
    text(|out| {
        head(out, "Saldo: no such modem")?;
        out.push_str(
            "<main id=\"main\" class=\"login\">\n<h1>No such modem</h1>\n\
             <p>No modem of that name is watched. <a href=\"/\">All modems</a></p>\n",
        );
        foot(out);
        Ok(())
    })
}

fn head(out: &mut String, title: &str) -> fmt::Result {
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n<script src=\"/script.js\" defer></script>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the content</a>",
        Text(title)
    )
}

fn foot(out: &mut String) {
    out.push_str("</main>\n<div id=\"said\" class=\"spoken\" role=\"status\" aria-live=\"polite\"></div>\n</body>\n</html>\n");
}

/// Writing to a text cannot fail.
fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let _ = write(&mut out);
    out
}
