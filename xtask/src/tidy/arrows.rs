//! Arrows between crates, against the table.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Problem;
use super::table::{ARROWS, OUTSIDE};

/// A workspace crate and its workspace dependencies.
#[derive(Debug)]
pub(super) struct Room {
    name: String,
    manifest: String,
    /// Room, and whether only tests use it.
    uses: Vec<(String, bool)>,
}

/// The room a package is: `escargo-load` is `load`, `escargo` is `cli`.
fn room_name(package: &str) -> Option<&str> {
    match package {
        "escargo" => Some("cli"),
        "xtask" => Some("xtask"),
        _ => package.strip_prefix("escargo-"),
    }
}

/// The rooms, from what `cargo metadata` says.
pub(super) fn read(metadata: &Value, root: &Path) -> Result<Vec<Room>> {
    let members = metadata["workspace_members"].as_array().context("no workspace members")?;
    let mut rooms = Vec::new();
    for package in metadata["packages"].as_array().context("no packages")? {
        if !members.contains(&package["id"]) {
            continue;
        }
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let name = text(&package["name"]);
        let manifest = text(&package["manifest_path"]);
        let manifest = Path::new(&manifest).strip_prefix(root).unwrap_or(Path::new(&manifest));
        let mut uses = Vec::new();
        for dep in package["dependencies"].as_array().context("no dependencies")? {
            // Only dependencies within the workspace have a path.
            if dep["path"].is_string() {
                uses.push((text(&dep["name"]), dep["kind"].as_str() == Some("dev")));
            }
        }
        rooms.push(Room { name, manifest: manifest.to_string_lossy().replace('\\', "/"), uses });
    }
    Ok(rooms)
}

/// Compares with the table.
pub(super) fn check(rooms: &[Room], problems: &mut Vec<Problem>) {
    for room in rooms {
        let mut complain = |text: String| problems.push(Problem::new(&room.manifest, 0, text));
        let name = room_name(&room.name).unwrap_or(&room.name);
        if OUTSIDE.contains(&name) {
            continue;
        }
        let Some(arrows) = ARROWS.iter().find(|a| a.room == name) else {
            complain(format!("room {name} is not in the table of arrows (xtask/src/tidy/table.rs)"));
            continue;
        };
        for (dep, tests_only) in &room.uses {
            let to = room_name(dep).unwrap_or(dep);
            let allowed = arrows.may_use.contains(&to) || *tests_only && to == "testkit";
            if !allowed {
                complain(format!("no arrow leads from {name} to {to}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, uses: &[(&str, bool)]) -> Vec<String> {
        let uses = uses.iter().map(|&(n, t)| (n.to_owned(), t)).collect();
        let room = Room { name: name.into(), manifest: "m".into(), uses };
        let mut found = Vec::new();
        check(&[room], &mut found);
        found.into_iter().map(|p| p.text).collect()
    }

    #[test]
    fn arrows_point_one_way() {
        assert_eq!(
            problems("escargo-check", &[("escargo-types", false), ("escargo-testkit", true)]),
            [""; 0]
        );
        assert_eq!(
            problems("escargo-check", &[("escargo-load", false)]),
            ["no arrow leads from check to load"]
        );
        assert_eq!(problems("escargo-types", &[("escargo-testkit", false)]).len(), 1);
        assert_eq!(problems("escargo", &[("escargo-driver", false), ("escargo-check", false)]).len(), 1);
        assert_eq!(problems("xtask", &[("escargo-check", false)]), [""; 0]);
        assert_eq!(problems("escargo-attic", &[]).len(), 1);
    }

    #[test]
    fn the_table_has_no_cycle() {
        for (i, arrows) in ARROWS.iter().enumerate() {
            for to in arrows.may_use {
                let place = ARROWS.iter().position(|a| a.room == *to);
                assert!(place.is_some_and(|p| p < i), "{} -> {to}", arrows.room);
            }
        }
    }

    #[test]
    fn reads_metadata() {
        let json = serde_json::json!({
            "workspace_members": ["a"],
            "packages": [
                {"id": "a", "name": "escargo-base", "manifest_path": "/r/crates/base/Cargo.toml",
                 "dependencies": [{"name": "memchr", "kind": null}, {"name": "escargo-load", "kind": null, "path": "/x"}]},
                {"id": "b", "name": "memchr", "manifest_path": "/m", "dependencies": []},
            ],
        });
        let rooms = read(&json, Path::new("/r")).expect("well-formed");
        assert_eq!(rooms.len(), 1);
        assert_eq!(rooms[0].manifest, "crates/base/Cargo.toml");
        assert_eq!(rooms[0].uses, [("escargo-load".to_owned(), false)]);
    }
}
