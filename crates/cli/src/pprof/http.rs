//! Profiles from servers.

use std::net::ToSocketAddrs;
use std::time::Duration;

use escargo_pprof::session::Answer;
use ureq::tls::{RootCerts, TlsConfig};

/// The server may take so much longer than the profile.
const GRACE: Duration = Duration::from_secs(5);
/// Clocks overflow beyond it.
const LONGEST: Duration = Duration::from_secs(1 << 30);
/// More than any profile has.
const MAX_BODY: u64 = 4 << 30;

/// Gets a URL; failures are told in Go's words where it has some.
pub(super) fn get(url: &str, timeout: Duration) -> Result<Answer, String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let insecure = scheme == "https+insecure";
    let url = match scheme {
        "http" | "https" => url.to_owned(),
        "https+insecure" => format!("https://{rest}"),
        _ => return Err(format!("unsupported protocol scheme \"{scheme}\"")),
    };
    let tls =
        TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).disable_verification(insecure).build();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_recv_response(Some(timeout.min(LONGEST) + GRACE))
        .user_agent(concat!("escargo/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut response = agent.get(&url).call().map_err(|e| reason(&e, &url))?;
    let status = response.status();
    let header = |name: &str| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (content_type, go_pprof) = (header("Content-Type"), header("X-Go-Pprof"));
    let body = response.body_mut().with_config().limit(MAX_BODY).read_to_vec();
    Ok(Answer {
        status: status.as_u16(),
        status_line: format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()),
        content_type,
        go_pprof,
        body: body.map_err(|e| reason(&e, &url))?,
    })
}

fn reason(error: &ureq::Error, url: &str) -> String {
    let (host, port) = host_and_port(url);
    let dialled = || {
        let address = (host, port).to_socket_addrs().ok().and_then(|mut all| all.next());
        address.map_or_else(|| format!("{host}:{port}"), |address| address.to_string())
    };
    match error {
        ureq::Error::HostNotFound => format!("dial tcp: lookup {host}: no such host"),
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
            format!("dial tcp {}: connect: connection refused", dialled())
        }
        ureq::Error::Io(e) if host_is_unknown(e) => format!("dial tcp: lookup {host}: no such host"),
        ureq::Error::Timeout(ureq::Timeout::RecvResponse) => {
            "net/http: timeout awaiting response headers".to_owned()
        }
        other => other.to_string(),
    }
}

/// Whether looking up the host failed; the standard library has no kind for it.
fn host_is_unknown(error: &std::io::Error) -> bool {
    error.to_string().contains("failed to lookup address")
}

fn host_and_port(url: &str) -> (&str, u16) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let place = authority.rsplit('@').next().unwrap_or(authority);
    let usual = if scheme == "https" { 443 } else { 80 };
    match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (unbracketed(host), port.parse().unwrap_or(usual)),
        _ => (unbracketed(place), usual),
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        assert_eq!(host_and_port("http://u:p@h:6060/x?y"), ("h", 6060));
        assert_eq!(host_and_port("https://[::1]/x"), ("::1", 443));
        assert_eq!(host_and_port("http://[::1]:8"), ("::1", 8));
    }

    #[test]
    fn only_http() {
        let text = get("ftp://a/b", Duration::ZERO).unwrap_err();
        assert_eq!(text, "unsupported protocol scheme \"ftp\"");
    }
}
