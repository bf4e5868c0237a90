//! A real browser, by the Chrome DevTools Protocol over its pipe: JSON that ends in a zero octet.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// One page in a browser of its own.
pub(crate) struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    next: u64,
    /// What the browser complained of.
    pub(crate) complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens one, or says that there is none.
    pub(crate) fn open() -> Option<Self> {
        let version = Command::new("chromium").arg("--version").output();
        if !version.is_ok_and(|out| out.status.success()) {
            println!("skipped: no chromium");
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        // The browser reads descriptor 3 and writes to descriptor 4.
        let script = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut process = Command::new("sh")
            .args([
                "-c",
                script,
                "sh",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--remote-debugging-pipe", "--hide-scrollbars", "--no-proxy-server"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let from = BufReader::new(process.stdout.take().unwrap());
        let (session, complaints) = (None, Vec::new());
        let mut browser =
            Self { process, to, from, session, next: 0, complaints, _profile: profile };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let id = &target["targetId"];
        let session =
            self.call("Target.attachToTarget", json!({ "targetId": id, "flatten": true }));
        self.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// The shape of the window, and whether its owner likes it dark.
    pub(crate) fn shape(&mut self, width: u32, height: u32, scheme: &str) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Goes to an address and waits until the page is whole.
    pub(crate) fn visit(&mut self, address: &str) {
        self.call("Page.navigate", json!({ "url": address }));
        self.until(&format!(
            "location.href.startsWith({address:?}) && document.readyState === 'complete'"
        ));
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let wanted = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let found = self.call("Runtime.evaluate", wanted);
        assert!(found["exceptionDetails"].is_null(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    /// Waits until this is true in the page, half a minute at most.
    pub(crate) fn until(&mut self, condition: &str) {
        let look = format!(
            "new Promise((done) => {{ const end = Date.now() + 30000; const is = () => {{ try {{ return {condition}; }} catch {{ return false; }} }}; const look = () => is() ? done(true) : \
             Date.now() > end ? done(document.documentElement.outerHTML) : setTimeout(look, 20); look(); }})"
        );
        // What the expression ran in may go away while a page is left: then it is asked again.
        for _ in 0..10 {
            let wanted = json!({ "expression": look, "awaitPromise": true, "returnByValue": true });
            let found = self.try_call("Runtime.evaluate", wanted).unwrap_or_default();
            match &found["result"]["value"] {
                Value::Bool(true) => return,
                Value::String(page) => panic!("{condition}: {page}"),
                _ => {}
            }
        }
        panic!("{condition}");
    }

    /// Presses a key, as a user of the keyboard does.
    pub(crate) fn press(&mut self, key: &str, text: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// A picture of the whole page.
    pub(crate) fn picture(&mut self) -> Vec<u8> {
        let wanted = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.call("Page.captureScreenshot", wanted);
        base64(shot["data"].as_str().unwrap())
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut octets = message.to_string().into_bytes();
        octets.push(0);
        self.to.write_all(&octets).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == id {
                return match answer.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(answer["result"].clone()),
                };
            }
            self.note(&answer);
        }
    }

    fn read(&mut self) -> Value {
        let mut octets = Vec::new();
        self.from.read_until(0, &mut octets).unwrap();
        octets.pop().expect("the browser is gone");
        serde_json::from_slice(&octets).unwrap()
    }

    fn note(&mut self, event: &Value) {
        let complains = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] != "verbose",
            Some("Runtime.consoleAPICalled") => event["params"]["type"] != "log",
            _ => false,
        };
        if complains {
            self.complaints.push(event["params"].to_string());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter_map(|octet| DIGITS.bytes().position(|digit| digit == octet))
        .map(|digit| u32::try_from(digit).unwrap())
        .collect();
    let octets = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    octets.collect()
}
