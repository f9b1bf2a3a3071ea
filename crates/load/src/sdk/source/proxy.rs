//! The module proxies of GOPROXY: module `golang.org/toolchain`, as the go command fetches it.
//!
//! As for the go command, a toolchain from a proxy must be vouched for by the checksum database,
//! whatever GONOSUMDB says; GOSUMDB=off therefore rules this source out. The database is asked
//! directly over HTTPS, not through the proxy, and its certificate is what vouches for the answer:
//! the proof that the answer is in the database's public log is not checked. Only for a lone
//! `file://` proxy is the database not asked, as the go command does not.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use escargo_dialect::{GoVersion, Target};
use ureq::tls::{RootCerts, TlsConfig};

use super::{Order, Source, make_executable};
use crate::sdk::unpack::{Layout, module_hash, unzip};

const MODULE: &str = "golang.org/toolchain";
const DEFAULT_PROXIES: &str = "https://proxy.golang.org,direct";
const DEFAULT_DATABASE: &str = "sum.golang.org";

/// A toolchain is near 80 MB.
const MAX_DOWNLOAD: u64 = 1 << 30;

/// One entry of GOPROXY.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Proxy {
    url: String,
    /// Followed by `|`: the next one is asked after any failure, not only where this one does not
    /// have the module.
    forgiving: bool,
}

/// The proxies and the checksum database that the user's settings name.
pub(super) struct ModuleProxy {
    proxies: Vec<Proxy>,
    /// The database's URL; `None` if it is off.
    database: Option<String>,
}

/// Why a proxy did not answer.
#[derive(Debug)]
enum Failure {
    /// It does not have it.
    NotThere,
    Other(String),
}

impl ModuleProxy {
    /// From the values of GOPROXY and GOSUMDB.
    pub(super) fn new(goproxy: Option<&str>, gosumdb: Option<&str>) -> ModuleProxy {
        ModuleProxy {
            proxies: parse_list(goproxy.unwrap_or(DEFAULT_PROXIES)),
            database: database_url(gosumdb.unwrap_or(DEFAULT_DATABASE)),
        }
    }

    /// The sum that the module must have; `None` if nobody is asked for it.
    fn expected(&self, agent: &ureq::Agent, version: &str) -> Result<Option<String>, String> {
        if matches!(&self.proxies[..], [only] if only.url.starts_with("file://")) {
            return Ok(None);
        }
        match &self.database {
            Some(database) => look_up(agent, database, version).map(Some),
            None => Err("GOSUMDB=off: a toolchain from a proxy cannot be verified".to_owned()),
        }
    }
}

impl Source for ModuleProxy {
    fn name(&self) -> String {
        "module proxy".to_owned()
    }

    fn fetch(&self, order: &Order<'_>, tree: &Path, scratch: &Path) -> Result<String, String> {
        if self.proxies.is_empty() {
            return Err("GOPROXY names no proxy".to_owned());
        }
        let version = module_version(order.version);
        let agent = agent();
        // The database first: its answer is small, and without it the download is of no use.
        let want = self.expected(&agent, &version)?;
        let zip = scratch.join("toolchain.zip");
        let proxy = self.download(&agent, order, &version, &zip)?;
        let layout = ModuleLayout { prefix: format!("{MODULE}@{version}/") };
        let sums = unzip(&zip, tree, &layout, order.job())?;
        let verified = compare(&module_hash(&sums), want.as_deref())
            .map_err(|problem| format!("{MODULE}@{version} from {}: {problem}", without_password(&proxy)))?;
        restore_go_mod(tree)?;
        if order.full {
            make_executable(tree)?;
        }
        Ok(verified)
    }
}

/// Compares a module's sum with the one it must have; says what that shows.
fn compare(sum: &str, want: Option<&str>) -> Result<String, String> {
    match want {
        Some(want) if want != sum => {
            Err(format!("SECURITY ERROR: checksum mismatch: it has {sum}, the checksum database has {want}"))
        }
        Some(_) => Ok(format!("{sum}, as the checksum database has it")),
        None => Ok(format!("{sum}, not compared: the proxy is a local directory")),
    }
}

impl ModuleProxy {
    /// Downloads the module from the first proxy that has it; returns that proxy.
    fn download(
        &self,
        agent: &ureq::Agent,
        order: &Order<'_>,
        version: &str,
        to: &Path,
    ) -> Result<String, String> {
        let mut problems = Vec::new();
        for proxy in &self.proxies {
            let url = format!("{}/{MODULE}/@v/{version}.zip", proxy.url.trim_end_matches('/'));
            match get(agent, &url, order, to) {
                Ok(()) => return Ok(proxy.url.clone()),
                Err(failure) => {
                    let (problem, over) = match failure {
                        Failure::NotThere => ("not available there".to_owned(), false),
                        Failure::Other(problem) => (problem, !proxy.forgiving),
                    };
                    problems.push(format!("{}: {problem}", without_password(&proxy.url)));
                    if over || order.cancel.is_cancelled() {
                        break;
                    }
                }
            }
        }
        Err(problems.join("\n"))
    }
}

/// GOPROXY's entries up to the first `direct` or `off`: neither can serve toolchains.
fn parse_list(list: &str) -> Vec<Proxy> {
    let mut proxies = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let (entry, separator, tail) = match rest.find([',', '|']) {
            Some(at) => (&rest[..at], &rest[at..=at], &rest[at + 1..]),
            None => (rest, "", ""),
        };
        rest = tail;
        match entry.trim() {
            "" => {}
            "off" | "direct" => break,
            entry => {
                let complete = entry.contains(":/") || entry.starts_with('/');
                let url = if complete { entry.to_owned() } else { format!("https://{entry}") };
                proxies.push(Proxy { url, forgiving: separator == "|" });
            }
        }
    }
    proxies
}

/// GOSUMDB is a name, or a name with a key, or both and a URL.
fn database_url(gosumdb: &str) -> Option<String> {
    let mut words = gosumdb.split_whitespace();
    let name = words.next()?.split('+').next()?;
    match (name, words.next()) {
        ("off", _) => None,
        (_, Some(url)) => Some(url.trim_end_matches('/').to_owned()),
        (name, None) => Some(format!("https://{name}")),
    }
}

fn without_password(url: &str) -> String {
    match (url.find("://"), url.find('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    }
}

/// The module's version for this machine; on a machine Go has no toolchain for, that of one it has:
/// the sources are the same.
fn module_version(version: GoVersion) -> String {
    let host = Target::host();
    let host = if host.check(version).is_ok() { host } else { Target::new("linux", "amd64") };
    format!("v0.0.1-{version}.{}-{}", host.goos(), host.goarch())
}

fn agent() -> ureq::Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_resolve(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_recv_body(Some(Duration::from_secs(30 * 60)))
        .http_status_as_error(false)
        .user_agent(concat!("escargo/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Fetches a URL into a file.
fn get(agent: &ureq::Agent, url: &str, order: &Order<'_>, to: &Path) -> Result<(), Failure> {
    let other = |error: &dyn std::fmt::Display| Failure::Other(error.to_string());
    let mut out = File::create(to).map_err(|error| other(&error))?;
    if let Some(path) = url.strip_prefix("file://") {
        let mut file = File::open(local_path(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::NotThere,
            _ => other(&error),
        })?;
        let size = file.metadata().map(|metadata| metadata.len()).ok();
        return copy(&mut file, &mut out, size, order).map_err(Failure::Other);
    }
    let response = agent.get(url).call().map_err(|error| other(&error))?;
    match response.status().as_u16() {
        200 => {}
        404 | 410 => return Err(Failure::NotThere),
        status => return Err(Failure::Other(format!("status {status}"))),
    }
    let size = response.body().content_length();
    copy(&mut response.into_body().into_reader(), &mut out, size, order).map_err(Failure::Other)
}

/// The path of a `file://` URL, with its escapes resolved.
fn local_path(path: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = match (byte, tail) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        let (byte, used) = escape.map_or((byte, 0), |(high, low)| ((high * 16 + low) as u8, 2));
        bytes.push(byte);
        rest = &tail[used..];
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

fn copy(from: &mut dyn Read, to: &mut File, size: Option<u64>, order: &Order<'_>) -> Result<(), String> {
    order.progress.start("downloading", size);
    let mut buffer = vec![0; 64 << 10];
    let mut copied = 0;
    let result = loop {
        if order.cancel.is_cancelled() {
            break Err("interrupted".to_owned());
        }
        match from.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(n) => {
                copied += n as u64;
                if copied > MAX_DOWNLOAD {
                    break Err("the download is too large".to_owned());
                }
                if let Err(error) = to.write_all(&buffer[..n]) {
                    break Err(error.to_string());
                }
                order.progress.advance(n as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error.to_string()),
        }
    };
    order.progress.finish();
    result?;
    match size {
        Some(size) if size != copied => Err(format!("the download ended after {copied} of {size} bytes")),
        _ => Ok(()),
    }
}

/// The module's sum in the checksum database.
fn look_up(agent: &ureq::Agent, database: &str, version: &str) -> Result<String, String> {
    let failed = |problem: &dyn std::fmt::Display| {
        format!("cannot verify the download: checksum database {}: {problem}", without_password(database))
    };
    if !database.starts_with("https://") {
        return Err(failed(&"only HTTPS can be trusted"));
    }
    let url = format!("{database}/lookup/{MODULE}@{version}");
    let mut response = agent.get(&url).call().map_err(|error| failed(&error))?;
    if response.status().as_u16() != 200 {
        return Err(failed(&format!("status {}", response.status().as_u16())));
    }
    let text =
        response.body_mut().with_config().limit(1 << 20).read_to_string().map_err(|error| failed(&error))?;
    sum_in(&text, version).ok_or_else(|| failed(&"its answer has no sum"))
}

/// The sum of the module in lines of go.sum's form.
fn sum_in(lines: &str, version: &str) -> Option<String> {
    lines.lines().find_map(|line| {
        let mut words = line.split(' ');
        let ours = words.next()? == MODULE && words.next()? == version;
        words.next().filter(|sum| ours && sum.starts_with("h1:")).map(str::to_owned)
    })
}

struct ModuleLayout {
    prefix: String,
}

impl Layout for ModuleLayout {
    fn path<'n>(&self, name: &'n str) -> Result<Option<&'n str>, String> {
        match name.strip_prefix(&self.prefix) {
            Some(path) => Ok(Some(path)),
            None => Err(format!("archive holds {name}, which is not of the module")),
        }
    }

    fn hash_all(&self) -> bool {
        true
    }
}

/// A module may hold no further go.mod, so the archive calls them `_go.mod`.
fn restore_go_mod(tree: &Path) -> Result<(), String> {
    let mut dirs = vec![tree.to_owned()];
    while let Some(dir) = dirs.pop() {
        let entries = std::fs::read_dir(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        for entry in entries.flatten() {
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_dir {
                dirs.push(entry.path());
            } else if entry.file_name() == "_go.mod" {
                let to = dir.join("go.mod");
                std::fs::copy(entry.path(), &to).map_err(|error| format!("{}: {error}", to.display()))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdk::Silent;
    use crate::sdk::testing::TestDir;

    #[test]
    fn lists_of_proxies() {
        let read = |list: &str| -> Vec<String> {
            let show = |p: Proxy| format!("{}{}", p.url, if p.forgiving { "|" } else { "" });
            parse_list(list).into_iter().map(show).collect()
        };
        assert_eq!(
            read("https://a,b.example|file:///c,direct,https://d"),
            ["https://a", "https://b.example|", "file:///c"]
        );
        assert_eq!(read("off"), [""; 0]);
        assert_eq!(read(" , https://a"), ["https://a"]);
        assert_eq!(without_password("https://me:secret@host/x"), "https://…@host/x");
    }

    #[test]
    fn the_database_and_its_answer() {
        assert_eq!(database_url("sum.golang.org").as_deref(), Some("https://sum.golang.org"));
        assert_eq!(database_url("sum.golang.org+033de0ae+Ac4").as_deref(), Some("https://sum.golang.org"));
        assert_eq!(
            database_url("corp+1+k https://corp.example/db/").as_deref(),
            Some("https://corp.example/db")
        );
        assert_eq!(database_url("off"), None);
        let answer = "7\ngolang.org/toolchain v0.0.1-go1.27.3.linux-amd64/go.mod h1:no=\ngolang.org/toolchain v0.0.1-go1.27.3.linux-amd64 h1:yes=\n";
        assert_eq!(sum_in(answer, "v0.0.1-go1.27.3.linux-amd64").as_deref(), Some("h1:yes="));
        assert_eq!(sum_in(answer, "v0.0.1-go1.27.2.linux-amd64"), None);
    }

    #[test]
    fn a_wrong_sum_is_refused() {
        assert!(compare("h1:a=", Some("h1:a=")).is_ok_and(|said| said.contains("checksum database")));
        assert!(compare("h1:a=", None).is_ok_and(|said| said.contains("not compared")));
        assert!(compare("h1:a=", Some("h1:b=")).is_err_and(|error| error.contains("mismatch")));
        let off = ModuleProxy::new(Some("https://127.0.0.1:1"), Some("off"));
        assert!(off.expected(&agent(), "v").is_err_and(|error| error.contains("GOSUMDB=off")));
        let insecure = ModuleProxy::new(None, Some("corp http://127.0.0.1:1"));
        assert!(insecure.expected(&agent(), "v").is_err_and(|error| error.contains("only HTTPS")));
    }

    /// Serves one answer; returns the URL.
    fn serve(answer: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        });
        url
    }

    #[test]
    fn answers_of_a_proxy() {
        let dir = TestDir::new();
        let file = dir.path().join("f");
        let cancel = escargo_base::CancelToken::new();
        let version = GoVersion::release(27, 3);
        let order = Order { version, full: false, progress: &Silent, cancel: &cancel };
        let fetch = |answer| get(&agent(), &serve(answer), &order, &file);
        assert!(fetch("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").is_ok());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "hello");
        assert!(matches!(
            fetch("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
            Err(Failure::NotThere)
        ));
        assert!(matches!(fetch("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), Err(Failure::Other(_))));
        assert!(matches!(
            fetch("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
            Err(Failure::Other(_))
        ));
        assert!(matches!(fetch("nonsense"), Err(Failure::Other(_))));
    }

    #[test]
    fn escapes_in_file_urls() {
        assert_eq!(local_path("/a%20b/c%"), PathBuf::from("/a b/c%"));
    }
}
