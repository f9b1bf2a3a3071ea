//! URLs of profiles, as net/url reads and writes them.

use std::fmt::Write;
use std::time::Duration;

/// Where `go tool pprof` looks on a server that is named without a path.
const CPU_PROFILE: &str = "/debug/pprof/profile";

/// A URL with a host.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Url {
    scheme: String,
    /// With user and port, as written.
    authority: String,
    path: String,
    query: String,
    fragment: String,
}

/// The URL that a source stands for, and how long the server may take to answer; `None` if it is no URL.
pub(super) fn of_source(source: &str, seconds: i64, timeout: i64) -> Option<(String, Duration)> {
    let first = parse(source)
        .filter(|url| !(url.authority.is_empty() && !url.scheme.is_empty() && url.scheme != "file"));
    let mut url = match first {
        Some(url) => url,
        None => parse(&format!("http://{source}"))?,
    };
    if url.authority.is_empty() {
        return None;
    }
    if matches!(&*url.path, "" | "/") {
        url.path = CPU_PROFILE.to_owned();
    }
    let mut values = values(&url.query);
    let mut lasts = seconds;
    if seconds > 0 {
        values.retain(|(key, _)| key != "seconds");
        values.push(("seconds".to_owned(), seconds.to_string()));
    } else if let Some((_, text)) = values.iter().find(|(key, _)| key == "seconds") {
        lasts = super::words::decimal(text, 32).unwrap_or(seconds);
    }
    values.sort_by(|a, b| a.0.cmp(&b.0));
    url.query = encoded(&values);
    let wait = match (timeout, lasts) {
        (1.., _) => Duration::from_secs(timeout.unsigned_abs()),
        (_, 1..) => Duration::from_millis(lasts.unsigned_abs().saturating_mul(1500)),
        _ => Duration::from_secs(60),
    };
    Some((url.to_string(), wait))
}

/// Whether a text begins with a scheme, and could be a URL.
pub(super) fn is_absolute(text: &str) -> bool {
    parse(text).is_some_and(|url| !url.scheme.is_empty())
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)?;
        for b in self.path.bytes() {
            let plain = b.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@!'()*[]%".contains(&b);
            if plain { f.write_char(b.into())? } else { write!(f, "%{b:02X}")? }
        }
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.fragment)?;
        }
        Ok(())
    }
}

fn parse(text: &str) -> Option<Url> {
    if text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return None;
    }
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (scheme, rest) = scheme(text)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut url = Url {
        scheme: scheme.to_ascii_lowercase(),
        query: query.to_owned(),
        fragment: fragment.to_owned(),
        ..Url::default()
    };
    let Some(after) = rest.strip_prefix("//").filter(|_| !rest.starts_with("///") || !scheme.is_empty())
    else {
        let first = rest.split('/').next().unwrap_or(rest);
        // A colon in the first part would make it a scheme.
        if scheme.is_empty() && !rest.starts_with('/') && first.contains(':') {
            return None;
        }
        url.path = rest.to_owned();
        return Some(url);
    };
    let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    if !is_host(host) {
        return None;
    }
    url.authority = authority.to_owned();
    url.path = path.to_owned();
    Some(url)
}

/// The scheme, which may be empty, and what follows it; `None` if it cannot be one.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return None,
            b':' => return Some((&text[..at], &text[at + 1..])),
            _ => return Some(("", text)),
        }
    }
    Some(("", text))
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rfind(']') {
        Some(end) if host.starts_with('[') => (&host[..end], &host[end + 1..]),
        Some(_) => return false,
        // One colon at most: what follows it is the port.
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_is_right =
        port.is_empty() || (port.starts_with(':') && port[1..].bytes().all(|b| b.is_ascii_digit()));
    port_is_right && !name.contains([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}'])
}

/// Keys and values of a query; pairs that are wrong are left out.
fn values(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';'));
    pairs
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(key)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit()?, digit()?);
                out.push((high * 16 + low) as u8);
            }
            b => out.push(b),
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn encoded(values: &[(String, String)]) -> String {
    let escape = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for b in text.bytes() {
            match b {
                b' ' => out.push('+'),
                b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => out.push(b.into()),
                // Writing to a string does not fail.
                b => drop(write!(out, "%{b:02X}")),
            }
        }
        out
    };
    let pairs: Vec<String> = values.iter().map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        let url =
            |source: &str, seconds| of_source(source, seconds, -1).map(|(url, wait)| (url, wait.as_secs()));
        let some = |url: &str, wait| Some((url.to_owned(), wait));
        assert_eq!(url("localhost:6060", -1), some("http://localhost:6060/debug/pprof/profile", 60));
        assert_eq!(
            url("host:1/debug/pprof/heap?gc=1&a=b c", 4),
            some("http://host:1/debug/pprof/heap?a=b+c&gc=1&seconds=4", 6)
        );
        assert_eq!(url("https://h/x?seconds=10", -1), some("https://h/x?seconds=10", 15));
        assert_eq!(url("abc:123/xx", -1), some("http://abc:123/xx", 60));
        assert_eq!(of_source("http://h/p", -1, 3).map(|(_, wait)| wait.as_secs()), Some(3));
        for file in ["mem_2023-11-02_03:55:24", "foo:bar", "nofile", "-", "a/b", "/a/b", "./a:b", "file:///x"]
        {
            assert_eq!(url(file, -1), None, "{file}");
        }
    }

    #[test]
    fn absolute() {
        assert!(is_absolute("http://h/x") && is_absolute("C:\\x"));
        assert!(!is_absolute("/usr/bin/x") && !is_absolute("x") && !is_absolute(""));
    }
}
