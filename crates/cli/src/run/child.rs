//! Waiting for a program that does what it likes with the terminal, as if it had been started without us.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

use crate::stop;

/// Runs a program to its end. Signals do not end this process meanwhile: those from the terminal reach the program
/// anyway, those that are sent to this process are passed on.
pub(super) fn wait(mut command: Command) -> io::Result<ExitStatus> {
    let _held = stop::hold();
    let forward = Forward::ready()?;
    let mut child = command.spawn()?;
    let forwarding = forward.to(child.id());
    let status = child.wait();
    drop(forwarding);
    status
}

/// Runs a program to its end, and reads what it prints on standard output.
pub(super) fn read(mut command: Command) -> io::Result<(ExitStatus, String)> {
    let _held = stop::hold();
    let output = command.stderr(Stdio::inherit()).output()?;
    Ok((output.status, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The exit code that a shell would show.
pub(super) fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    // On other systems codes may be larger: what is left says at least that there was an error.
    status.code().map_or(crate::ERRORS, |code| u8::try_from(code).unwrap_or(u8::MAX))
}

/// The signal that ended the program, if one did.
pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    return None;
}

#[cfg(unix)]
use forwarding::Forward;
#[cfg(not(unix))]
use nothing::Forward;

#[cfg(unix)]
mod forwarding {
    use std::io;
    use std::thread::JoinHandle;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::exfiltrator::origin::WithOrigin;
    use signal_hook::iterator::{Handle, SignalsInfo};
    use signal_hook::low_level::siginfo::Cause;

    use crate::stop;

    /// Catches signals.
    pub(super) struct Forward(SignalsInfo<WithOrigin>);

    /// Passes them on until it is dropped.
    pub(super) struct Forwarding {
        handle: Handle,
        thread: Option<JoinHandle<()>>,
    }

    impl Forward {
        pub(super) fn ready() -> io::Result<Forward> {
            let caught = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];
            // One that is ignored has to stay so, for the program as well.
            let caught = caught.iter().filter(|signal| !stop::is_ignored(signal.unsigned_abs()));
            SignalsInfo::new(caught).map(Forward)
        }

        pub(super) fn to(self, process: u32) -> Forwarding {
            let mut signals = self.0;
            let handle = signals.handle();
            let to = i32::try_from(process).ok().and_then(Pid::from_raw);
            let pass = move || {
                for origin in &mut signals {
                    // The terminal tells all processes that it has in front.
                    let ours_alone = matches!(origin.cause, Cause::Sent(_));
                    let signal = Signal::from_named_raw(origin.signal);
                    if let (true, Some(to), Some(signal)) = (ours_alone, to, signal) {
                        // It may be gone.
                        let _ = kill_process(to, signal);
                    }
                }
            };
            let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(pass).ok();
            Forwarding { handle, thread }
        }
    }

    impl Drop for Forwarding {
        fn drop(&mut self) {
            self.handle.close();
            if let Some(thread) = self.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

#[cfg(not(unix))]
mod nothing {
    /// Where there are no signals, the console tells all its processes.
    pub(super) struct Forward;

    impl Forward {
        pub(super) fn ready() -> std::io::Result<Forward> {
            Ok(Forward)
        }

        pub(super) fn to(self, _: u32) {}
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> ExitStatus {
        // A signal to this process reaches the children of all tests.
        static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _alone = ALONE.lock().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        wait(command).unwrap()
    }

    #[test]
    fn codes_are_those_of_a_shell() {
        assert_eq!(code(sh("exit 3")), 3);
        let killed = sh("kill -9 $$");
        assert_eq!((code(killed), signal(killed)), (137, Some(9)));
        assert!(wait(Command::new("/no/such/program")).is_err());
    }

    #[test]
    fn a_signal_is_passed_on() {
        // The child tells its parent, which is this process.
        let ended = sh("trap 'exit 7' TERM; kill -TERM $PPID; while :; do sleep 0.01; done");
        assert_eq!(code(ended), 7);
    }
}
