//! One page to hand to somebody else: findings first, then facts, then what was said.
//!
//! The page stands alone: no script, nothing loaded, light and dark. Whatever came from outside, also an
//! operator's words, is text in it and never markup.

mod gauge;
pub(crate) mod text;

use std::fmt::{self, Write};

use serde_json::{Value, json};

use super::{Facts, Finding};
use text::Text;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// When, in words of the reader's choice: RFC 3339.
    pub time: &'a str,
    /// Which saldo.
    pub version: &'a str,
    /// What was found out.
    pub facts: &'a Facts,
    /// What follows from it, worst first.
    pub findings: &'a [Finding],
    /// Commands and what the modem said to them, masked.
    pub said: &'a [(String, Vec<String>)],
}

const STYLE: &str = include_str!("style.css");

impl Report<'_> {
    /// The page, whole.
    pub fn html(&self) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut page);
        page
    }

    fn write(&self, page: &mut String) -> fmt::Result {
        let title = self.title();
        let title = Text(&title);
        write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <header>\n<h1>{title}</h1>\n<p>{} · saldo {}</p>\n</header>\n",
            Text(self.time),
            Text(self.version),
        )?;
        self.findings(page)?;
        self.signal(page)?;
        self.facts(page)?;
        self.conversation(page)?;
        page.push_str("</main>\n</body>\n</html>\n");
        Ok(())
    }

    fn title(&self) -> String {
        let name = self.facts.modem.name().unwrap_or_else(|| "A modem".into());
        match self.facts.port.name.as_str() {
            "" => name,
            port => format!("{name} on {port}"),
        }
    }

    fn findings(&self, page: &mut String) -> fmt::Result {
        page.push_str("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n<ul class=\"findings\">\n");
        for finding in self.findings {
            let level = finding.level;
            write!(
                page,
                "<li class=\"{level}\"><p><strong>{level}</strong> {} <code>{}</code></p>",
                Text(&finding.message),
                finding.name
            )?;
            if let Some(hint) = &finding.hint {
                write!(page, "<p class=\"hint\">{}</p>", text::with_code(hint))?;
            }
            page.push_str("</li>\n");
        }
        page.push_str("</ul>\n</section>\n");
        Ok(())
    }

    fn signal(&self, page: &mut String) -> fmt::Result {
        let measures: Vec<_> = super::signal(self.facts).into_iter().flatten().collect();
        if measures.is_empty() {
            return Ok(());
        }
        page.push_str("<section aria-labelledby=\"signal\">\n<h2 id=\"signal\">Signal</h2>\n");
        for measure in measures {
            gauge::write(page, measure)?;
        }
        page.push_str("</section>\n");
        Ok(())
    }

    fn facts(&self, page: &mut String) -> fmt::Result {
        page.push_str("<section aria-labelledby=\"facts\">\n<h2 id=\"facts\">Facts</h2>\n");
        let facts = self.facts;
        let layers = [
            ("Port", json!(facts.port)),
            ("Modem", json!(facts.modem)),
            ("SIM", json!(facts.sim)),
            ("Radio", json!(facts.radio)),
            ("Network", json!(facts.network)),
            ("Services", json!(facts.service)),
            ("Operator", json!(facts.operator)),
        ];
        for (layer, facts) in layers {
            let rows = rows(&facts);
            if rows.is_empty() {
                continue;
            }
            writeln!(page, "<h3>{layer}</h3>\n<dl>")?;
            for (name, value) in rows {
                writeln!(page, "<dt>{}</dt><dd>{}</dd>", Text(&name), Text(&value))?;
            }
            page.push_str("</dl>\n");
        }
        page.push_str("</section>\n");
        Ok(())
    }

    fn conversation(&self, page: &mut String) -> fmt::Result {
        if self.said.is_empty() {
            return Ok(());
        }
        page.push_str(
            "<section aria-labelledby=\"said\">\n<h2 id=\"said\">What was said</h2>\n<details>\n\
             <summary>Commands and answers, numbers masked</summary>\n<pre>",
        );
        for (command, lines) in self.said {
            writeln!(page, "<b>{}</b>", Text(command))?;
            lines.iter().try_for_each(|line| writeln!(page, "{}", Text(line)))?;
        }
        page.push_str("</pre>\n</details>\n</section>\n");
        Ok(())
    }
}

/// What is known of a layer, `name: value`; nested values by their path.
fn rows(facts: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect("", facts, &mut found);
    found
}

fn collect(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    let below = |name: &str| {
        let name = name.replace('_', " ");
        if path.is_empty() { name } else { format!("{path} {name}") }
    };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect(&below(name), value, found));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| collect(&below(&(at + 1).to_string()), item, found)),
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::judge;

    fn page(facts: &Facts) -> String {
        let findings = judge(facts);
        let said = [("AT+COPS?".to_owned(), vec!["+COPS: 0,0,\"<script>\"".to_owned()])];
        let time = "2026-11-28T05:00:00Z";
        Report { time, version: "0", facts, findings: &findings, said: &said }.html()
    }

    #[test]
    fn words_from_outside_stay_words() {
        let mut facts = Facts::default();
        facts.port.name = "/dev/\"><img src=x onerror=alert(1)>".into();
        facts.modem.model = Some("<b>EC25</b>&amp;".into());
        facts.network.name = Some("<script>alert(1)</script>".into());
        let page = page(&facts);
        for wild in ["<script", "<img", "<b>EC25"] {
            assert!(!page.contains(wild), "{wild}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(page.contains("&amp;amp;"));
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = page(&Facts::default());
        for outside in ["http:", "https:", "src=", "@import", "url(", "<link", "<script"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn findings_come_first_with_their_names() {
        let mut facts = Facts::default();
        facts.sim.state = Some("SIM PIN".into());
        let page = page(&facts);
        let (finding, facts) =
            (page.find("sim-pin-required").unwrap(), page.find("<h2 id=\"facts\"").unwrap());
        assert!(finding < facts);
        assert!(page.contains("<code>saldo sim unlock</code>"));
    }
}
