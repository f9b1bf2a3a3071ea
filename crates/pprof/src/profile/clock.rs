//! Times as people read them.

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

/// A time in nanoseconds since 1970, in the time zone of the machine.
pub fn local_time(nanos: i64) -> ZonedDateTime {
    Timestamp::from_nanosecond(i128::from(nanos))
        .unwrap_or_default()
        .to_zoned_datetime(TimeZone::try_system().unwrap_or(TimeZone::UTC))
}

/// A time as Go prints it unasked: `2026-11-28 22:47:00.5 +0000 UTC`.
pub(super) fn go_time(nanos: i64) -> String {
    let time = local_time(nanos);
    let fraction = match time.subsec_nanosecond() {
        0 => String::new(),
        nanos => format!(".{nanos:09}").trim_end_matches('0').to_string(),
    };
    format!("{}{fraction} {}", time.strftime("%Y-%m-%d %H:%M:%S"), time.strftime("%z %Z"))
}

/// A span as Go prints it: `1h2m3.5s`, `1.5ms`.
pub(super) fn go_duration(nanos: i64) -> String {
    let amount = nanos.unsigned_abs();
    let sign = if nanos < 0 { "-" } else { "" };
    let of = |unit: u64, digits: usize| decimal(amount, unit, digits);
    match amount {
        0 => "0s".into(),
        1..1_000 => format!("{sign}{amount}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", of(1_000, 3)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", of(1_000_000, 6)),
        _ => {
            const SECOND: u64 = 1_000_000_000;
            let minutes = amount / (60 * SECOND);
            let seconds = decimal(amount % (60 * SECOND), SECOND, 9);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn decimal(amount: u64, unit: u64, digits: usize) -> String {
    match amount % unit {
        0 => format!("{}", amount / unit),
        fraction => format!("{}.{fraction:0digits$}", amount / unit).trim_end_matches('0').to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let spans = [0, 5, -1_500, 2_000_000, 1_003_400_000, 60_000_000_000, 3_723_500_000_000];
        let texts = ["0s", "5ns", "-1.5µs", "2ms", "1.0034s", "1m0s", "1h2m3.5s"];
        assert_eq!(spans.map(go_duration), texts);
    }
}
