//! Getting profiles: from files and servers, several at a time, with a base to compare with.

use std::sync::Arc;
use std::time::Duration;

use super::flags::Invocation;
use super::words::{joined, reason};
use super::world::{Answer, Ui, World};
use super::{symbols, url};
use crate::measure;
use crate::paths;
use crate::profile::{Profile, make_compatible, merge};

/// So many profiles are held at once.
const AT_ONCE: usize = 128;

/// So many names are tried for a file that must be new.
const NAMES: u32 = 10_000;

/// The profile that the command line asks for: sources merged, the base subtracted.
///
/// # Errors
///
/// In pprof's words.
pub(super) fn profile(asked: &Invocation, world: &dyn World, ui: &mut dyn Ui) -> Result<Profile, String> {
    let sources = gather(&asked.sources, asked, world, ui)
        .map_err(|e| format!("problem fetching source profiles: {e}"))?;
    let bases =
        gather(&asked.base, asked, world, ui).map_err(|e| format!("problem fetching base profiles: {e},"))?;
    let Some(mut gathered) = sources else {
        return Err("failed to fetch any source profiles".to_owned());
    };
    if bases.is_none() && !asked.base.is_empty() {
        return Err("failed to fetch any base profiles".to_owned());
    }
    for (count, all, kind) in [
        (gathered.count, asked.sources.len(), "source"),
        (bases.as_ref().map_or(0, |b| b.count), asked.base.len(), "base"),
    ] {
        if count != all {
            ui.warn(&format!("Fetched {count} {kind} profiles out of {all}"));
        }
    }
    if let Some(base) = bases {
        gathered.remote |= base.remote;
        gathered.profile = subtract(gathered.profile, base.profile, asked)?;
    }
    let mut profile = gathered.profile;
    if asked.all_frames {
        profile.drop_frames = Arc::default();
        profile.keep_frames = Arc::default();
    }
    symbols::complete(&mut profile, &asked.symbolize, world, ui);
    // Expressions that are none leave all frames, as they do in pprof.
    drop(profile.remove_uninteresting());
    for mapping in &mut profile.mappings {
        if mapping.build_id.is_empty() && url::is_absolute(&mapping.file) {
            mapping.file = Arc::default();
        }
    }
    if !asked.comment.is_empty() {
        profile.comments.push(asked.comment.as_str().into());
    }
    if gathered.remote {
        save(&profile, world, ui)?;
    }
    Ok(profile)
}

fn subtract(mut profile: Profile, mut base: Profile, asked: &Invocation) -> Result<Profile, String> {
    if asked.diff_base {
        base.set_label("pprof::base", &["true"]);
    }
    if asked.settings.normalize {
        profile.normalize(&base).map_err(|e| e.to_string())?;
    }
    base.scale(-1.0);
    combine(vec![profile, base])
}

/// Profiles that were merged.
struct Gathered {
    profile: Profile,
    count: usize,
    /// One came from a server.
    remote: bool,
}

/// A profile, or what is to be said instead.
type Got = Result<Profile, String>;

/// Gets and merges profiles; `None` if there are none.
fn gather(
    sources: &[String],
    asked: &Invocation,
    world: &dyn World,
    ui: &mut dyn Ui,
) -> Result<Option<Gathered>, String> {
    let mut all: Option<Gathered> = None;
    for chunk in sources.chunks(AT_ONCE) {
        let plans: Vec<Plan<'_>> = chunk.iter().map(|source| Plan::new(source, asked, world)).collect();
        plans.iter().for_each(|plan| plan.announce(asked, ui));
        let mut profiles = Vec::new();
        let mut remote = false;
        for (plan, got) in plans.iter().zip(all_at_once(&plans, world)) {
            match got {
                Ok(mut profile) => {
                    symbols::locate(&mut profile, asked, world, ui);
                    remote |= plan.name_source(&mut profile);
                    profiles.push(profile);
                }
                Err(text) => ui.warn(&format!("{}: {text}", plan.source)),
            }
        }
        let count = profiles.len();
        if count == 0 {
            continue;
        }
        let mut profile = combine(profiles)?;
        let (mut count, mut remote) = (count, remote);
        if let Some(before) = all.take() {
            profile = combine(vec![before.profile, profile])?;
            count += before.count;
            remote |= before.remote;
        }
        all = Some(Gathered { profile, count, remote });
    }
    Ok(all)
}

fn all_at_once(plans: &[Plan<'_>], world: &dyn World) -> Vec<Got> {
    if let [one] = plans {
        return vec![one.get(world)];
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = plans.iter().map(|plan| scope.spawn(|| plan.get(world))).collect();
        let failed = |_| Err("reading it failed".to_owned());
        running.into_iter().map(|thread| thread.join().unwrap_or_else(failed)).collect()
    })
}

fn combine(mut profiles: Vec<Profile>) -> Result<Profile, String> {
    make_compatible(&mut profiles).map_err(|e| e.to_string())?;
    measure::scale_profiles(&mut profiles).map_err(|e| e.to_string())?;
    if profiles.len() == 1 {
        return Ok(profiles.remove(0));
    }
    let all: Vec<&Profile> = profiles.iter().collect();
    merge(&all).map_err(|e| e.to_string())
}

/// How a source is read.
struct Plan<'a> {
    source: &'a str,
    way: Way,
}

enum Way {
    File,
    /// Standard input: `-`, unless there is a file of that name. pprof knows files only.
    Input,
    /// A URL, and how long the answer may take.
    Server(String, Duration),
    /// What the system says of the file.
    Nothing(String),
}

impl<'a> Plan<'a> {
    fn new(source: &'a str, asked: &Invocation, world: &dyn World) -> Plan<'a> {
        let way = match world.stat(source) {
            Ok(()) => Way::File,
            Err(_) if source == "-" => Way::Input,
            Err(e) => match url::of_source(source, asked.seconds, asked.timeout) {
                Some((url, timeout)) => Way::Server(url, timeout),
                None => Way::Nothing(format!("stat {source}: {}", reason(&e))),
            },
        };
        Plan { source, way }
    }

    fn announce(&self, asked: &Invocation, ui: &mut dyn Ui) {
        let Way::Server(url, _) = &self.way else { return };
        ui.say(&format!("Fetching profile over HTTP from {url}"));
        if asked.seconds > 0 {
            ui.say(&format!("Please wait... ({})", whole_seconds(asked.seconds)));
        }
    }

    fn get(&self, world: &dyn World) -> Got {
        let data = match &self.way {
            Way::Nothing(why) => return Err(why.clone()),
            Way::File => from_file(self.source, world)?,
            Way::Input => world.input().map_err(|e| format!("read -: {}", reason(&e)))?,
            Way::Server(url, timeout) => from_server(url, *timeout, world)?,
        };
        Profile::parse(&data).map_err(|e| e.to_string())
    }

    /// Gives mappings without a name that of the server; says whether the profile comes from one.
    fn name_source(&self, profile: &mut Profile) -> bool {
        let Way::Server(url, _) = &self.way else { return false };
        for mapping in &mut profile.mappings {
            if mapping.build_id.is_empty() && mapping.file.is_empty() {
                mapping.file = url.as_str().into();
            }
        }
        true
    }
}

fn from_file(path: &str, world: &dyn World) -> Result<Vec<u8>, String> {
    let data = world.read(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::PermissionDenied => format!("open {path}: {}", reason(&e)),
        _ => format!("read {path}: {}", reason(&e)),
    })?;
    if data.starts_with(b"PERFILE2") {
        return Err("this is a profile of perf, which escargo does not convert. Try github.com/google/perf_data_converter".to_owned());
    }
    Ok(data)
}

fn from_server(url: &str, timeout: Duration, world: &dyn World) -> Result<Vec<u8>, String> {
    let answer = world.get(url, timeout).map_err(|why| format!("Get \"{url}\": {why}"))?;
    if answer.status == 200 {
        return Ok(answer.body);
    }
    let Answer { status_line, body, .. } = &answer;
    if !answer.go_pprof.is_empty() && answer.content_type.contains("text/plain") {
        return Err(format!("server response: {status_line} - {}", String::from_utf8_lossy(body)));
    }
    Err(format!("server response: {status_line}"))
}

/// Keeps a profile that came from a server.
fn save(profile: &Profile, world: &dyn World, ui: &mut dyn Ui) -> Result<(), String> {
    let directory = directory(world, ui)?;
    let mut prefix = "pprof.".to_owned();
    if let Some(mapping) = profile.mappings.first().filter(|m| !m.file.is_empty()) {
        prefix.push_str(&format!("{}.", paths::base(&mapping.file)));
    }
    for kind in &profile.sample_types {
        prefix.push_str(&format!("{}.", kind.kind));
    }
    match new_file(&joined(&directory, &prefix), ".pb.gz", &profile.encode_gzip(), world) {
        Ok(path) => ui.warn(&format!("Saved profile in {path}")),
        Err(why) => ui.warn(&format!("Could not save profile: {why}")),
    }
    Ok(())
}

/// The directory in which profiles are kept.
fn directory(world: &dyn World, ui: &mut dyn Ui) -> Result<String, String> {
    let home = world.variable("HOME");
    let below_home = if home.is_empty() { String::new() } else { joined(&home, "pprof") };
    for directory in [world.variable("PPROF_TMPDIR"), below_home, world.temporary()] {
        if directory.is_empty() {
            continue;
        }
        match world.make_directory(&directory) {
            Ok(()) => return Ok(directory),
            Err(e) => {
                ui.warn(&format!("Could not use temp dir {directory}: mkdir {directory}: {}", reason(&e)));
            }
        }
    }
    Err("failed to identify temp dir".to_owned())
}

/// Writes a file that is not there yet, `PREFIX001SUFFIX` or the next one that is free; returns its path.
///
/// # Errors
///
/// In pprof's words.
pub(super) fn new_file(prefix: &str, suffix: &str, data: &[u8], world: &dyn World) -> Result<String, String> {
    for number in 1..NAMES {
        let path = format!("{prefix}{number:03}{suffix}");
        match world.create(&path, data) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("open {path}: {}", reason(&e))),
        }
    }
    Err(format!("could not create file of the form {prefix}001{suffix}"))
}

/// A span as Go prints it: `1m30s`.
fn whole_seconds(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, minutes) => format!("{minutes}m{rest}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
    }
}
