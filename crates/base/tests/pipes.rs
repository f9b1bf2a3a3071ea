//! Reading what is no file must come to an end.

#![cfg(unix)]

use escargo_base::{OsSystem, System};

#[test]
fn a_pipe_without_a_writer_is_not_waited_for() {
    let dir = std::env::temp_dir().join(format!("escargo-pipes-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let pipe = dir.join("p.go");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(OsSystem.read(&pipe).is_err());
        assert!(OsSystem.read_prefix(&pipe, 100).is_err());
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_device_without_end_is_read_up_to_a_bound() {
    let zero = std::path::Path::new("/dev/zero");
    if zero.exists() {
        assert!(OsSystem.read(zero).unwrap().len() <= 1 << 24);
        assert_eq!(OsSystem.read_prefix(zero, 10).unwrap(), (vec![0; 11], false));
    }
}
