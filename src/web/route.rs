//! Every address there is: how it may be asked, and by whom.

/// One address.
#[derive(Debug)]
pub(super) struct Route {
    /// `{name}` stands for any one part: a modem.
    pub(super) path: &'static str,
    /// The methods, as `Allow` lists them.
    pub(super) methods: &'static str,
    pub(super) access: Access,
    pub(super) target: Target,
}

/// By whom, and how a refusal is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    All,
    /// A reader who has logged in, where that is needed: others are shown where to.
    Reader,
    /// A program with the token, or a page of ours.
    Program,
}

/// What stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Home,
    Modem,
    Chart,
    Ask,
    Login,
    Logout,
    Style,
    Script,
    Icon,
    Events,
    ApiModems,
    ApiModem,
    ApiRecords,
    ApiCheck,
    OpenApi,
    Metrics,
    Health,
}

const READ: &str = "GET, HEAD";
const WRITE: &str = "POST";

use Access::{All, Program, Reader};

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    Route { path: "/",                          methods: READ,              access: Reader,  target: Target::Home },
    Route { path: "/modems/{name}",             methods: READ,              access: Reader,  target: Target::Modem },
    Route { path: "/modems/{name}/chart.svg",   methods: READ,              access: Program, target: Target::Chart },
    Route { path: "/modems/{name}/check",       methods: WRITE,             access: Reader,  target: Target::Ask },
    Route { path: "/login",                     methods: "GET, HEAD, POST", access: All,     target: Target::Login },
    Route { path: "/logout",                    methods: WRITE,             access: Reader,  target: Target::Logout },
    Route { path: "/style.css",                 methods: READ,              access: All,     target: Target::Style },
    Route { path: "/script.js",                 methods: READ,              access: All,     target: Target::Script },
    Route { path: "/icon.svg",                  methods: READ,              access: All,     target: Target::Icon },
    Route { path: "/events",                    methods: READ,              access: Program, target: Target::Events },
    Route { path: "/api/modems",                methods: READ,              access: Program, target: Target::ApiModems },
    Route { path: "/api/modems/{name}",         methods: READ,              access: Program, target: Target::ApiModem },
    Route { path: "/api/modems/{name}/records", methods: READ,              access: Program, target: Target::ApiRecords },
    Route { path: "/api/modems/{name}/check",   methods: WRITE,             access: Program, target: Target::ApiCheck },
    Route { path: "/openapi.json",              methods: READ,              access: All,     target: Target::OpenApi },
    Route { path: "/metrics",                   methods: READ,              access: Program, target: Target::Metrics },
    Route { path: "/healthz",                   methods: READ,              access: All,     target: Target::Health },
];

/// The route of a path, and the modem's name in it, decoded.
pub(super) fn find(path: &str) -> Option<(&'static Route, String)> {
    ROUTES.iter().find_map(|route| name_in(route.path, path).map(|name| (route, name)))
}

impl Route {
    /// Whether it may be asked so.
    pub(super) fn allows(&self, method: &str) -> bool {
        self.methods.split(", ").any(|known| known == method)
    }
}

/// What stands in `path` at the place of `{name}`; empty where there is none such.
fn name_in(pattern: &str, path: &str) -> Option<String> {
    let (mut name, mut parts) = (String::new(), path.split('/'));
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        match wanted {
            "{name}" => name = super::form::decode(part).filter(|name| !name.is_empty())?,
            _ if wanted == part => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn a_path_is_taken_as_it_stands() {
        for (path, expected) in [
            ("/",                                  Some((Target::Home, ""))),
            ("/modems/attic",                      Some((Target::Modem, "attic"))),
            ("/api/modems/%2Fdev%2FttyUSB2/check", Some((Target::ApiCheck, "/dev/ttyUSB2"))),
            ("/modems/..",                         Some((Target::Modem, ".."))),
            ("",                                   None),
            ("*",                                  None),
            ("//",                                 None),
            ("/modems/",                           None),
            ("/modems/%",                          None),
            ("/modems/attic/",                     None),
            ("/modems/../login",                   None),
            ("/style.css/",                        None),
            ("/STYLE.CSS",                         None),
            ("/%73tyle.css",                       None),
        ] {
            let found = find(path).map(|(route, name)| (route.target, name));
            assert_eq!(found, expected.map(|(target, name)| (target, name.to_owned())), "{path}");
        }
    }

    #[test]
    fn the_description_names_every_address_and_how_it_may_be_asked() {
        let text = include_str!("openapi.json");
        let description: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(description["openapi"], "3.1.0");
        let mut described: Vec<(String, String)> = Vec::new();
        for (path, operations) in description["paths"].as_object().unwrap() {
            let methods = operations.as_object().unwrap().keys().filter(|key| *key != "parameters");
            described.extend(methods.map(|method| (path.clone(), method.to_uppercase())));
        }
        let mut served: Vec<(String, String)> = Vec::new();
        for route in ROUTES {
            let methods = route.methods.split(", ").filter(|method| *method != "HEAD");
            served.extend(methods.map(|method| (route.path.to_owned(), method.to_owned())));
        }
        described.sort();
        served.sort();
        assert_eq!(described, served);
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(description.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
