//! Numbers as people read them.

/// `n` with commas: `1,234`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `n` of something: `1 site`, `1,234 sites`.
pub(super) fn count(n: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(n), if n == 1 { "" } else { "s" })
}

/// Bytes, in units of 1024 with the names that pprof gives them: `24 bytes`, `1.5 kB`, `12 MB`.
pub(super) fn bytes(n: u64) -> String {
    let unit = |size: u64, name: &str| {
        // Tenths, rounded; so that 1024 of a unit are never shown.
        let tenths = (u128::from(n) * 10 + u128::from(size) / 2) / u128::from(size);
        match tenths {
            0..1000 if tenths % 10 != 0 => format!("{}.{} {name}", tenths / 10, tenths % 10),
            _ => format!("{} {name}", number(u64::try_from((tenths + 5) / 10).unwrap_or(u64::MAX))),
        }
    };
    match n {
        0..1024 => count(n, "byte"),
        1024..1_048_064 => unit(1 << 10, "kB"),
        1_048_064..1_073_217_536 => unit(1 << 20, "MB"),
        _ => unit(1 << 30, "GB"),
    }
}

/// A count of a profile. The difference of two profiles may have negative ones.
pub(super) fn signed_bytes(n: i64) -> String {
    format!("{}{}", if n < 0 { "-" } else { "" }, bytes(n.unsigned_abs()))
}

/// A part of a whole: `98.3 %`. Nothing if there is no whole.
pub(super) fn share(part: i64, whole: i64) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    let share = part as f64 * 100.0 / whole as f64;
    Some(match share {
        s if s > 0.0 && s < 0.05 => "<0.1 %".to_owned(),
        s if s >= 99.95 && part < whole => ">99.9 %".to_owned(),
        s => format!("{s:.1} %"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        assert_eq!(
            [0, 7, 999, 1000, 1_234_567].map(number),
            ["0", "7", "999", "1,000", "1,234,567"].map(str::to_owned)
        );
        assert_eq!([count(1, "site"), count(2, "site")], ["1 site", "2 sites"]);
    }

    #[test]
    fn bytes_have_units() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1024, "1 kB"),
            (1536, "1.5 kB"),
            (600_166, "586 kB"),
            (1_048_000, "1,023 kB"),
            (1_048_575, "1 MB"),
            (12 << 20, "12 MB"),
            (u64::MAX, "17,179,869,184 GB"),
        ];
        for (n, text) in cases {
            assert_eq!(bytes(n), text);
        }
        assert_eq!(signed_bytes(-1536), "-1.5 kB");
    }

    #[test]
    fn shares_of_nothing_are_not_shown() {
        assert_eq!(share(1, 0), None);
        assert_eq!(share(1, 3).as_deref(), Some("33.3 %"));
        assert_eq!(share(1, 1_000_000).as_deref(), Some("<0.1 %"));
        assert_eq!(share(999_999, 1_000_000).as_deref(), Some(">99.9 %"));
        assert_eq!(share(5, 5).as_deref(), Some("100.0 %"));
    }
}
