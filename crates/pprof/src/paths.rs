//! Slash-separated paths, as Go's `path/filepath` treats them on Unix: texts, which need not name anything.

/// The shortest path that means the same: without empty and `.` elements, and with `..` resolved where possible.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => {
                    kept.pop();
                }
                None if rooted => {}
                _ => kept.push(".."),
            },
            _ => kept.push(element),
        }
    }
    match (rooted, kept.is_empty()) {
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
        (true, _) => format!("/{}", kept.join("/")),
    }
}

/// Whether [`clean`] would leave a path as it is, by a look that may miss some.
pub(crate) fn is_clean(path: &str) -> bool {
    let bytes = path.strip_prefix('/').unwrap_or(path).as_bytes();
    let starts_element = |at: usize| at == 0 || bytes[at - 1] == b'/';
    !bytes.is_empty()
        && bytes.last() != Some(&b'/')
        && bytes.iter().enumerate().all(|(at, byte)| !matches!(byte, b'/' | b'.') || !starts_element(at))
}

/// The last element.
pub(crate) fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed.rsplit('/').next().unwrap_or(trimmed) }
}

/// All but the last element.
pub(crate) fn parent(path: &str) -> String {
    clean(&path[..path.rfind('/').map_or(0, |at| at + 1)])
}

/// `path` seen from `directory`.
pub(crate) fn join(directory: &str, path: &str) -> String {
    match (directory.is_empty(), path.is_empty()) {
        (true, true) => String::new(),
        (true, false) => clean(path),
        (false, _) => clean(&format!("{directory}/{path}")),
    }
}

/// The paths of a list such as `PATH`.
pub(crate) fn split_list(list: &str) -> impl Iterator<Item = &str> {
    list.split(':').filter(move |_| !list.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning() {
        for (path, expected) in [
            ("", "."),
            ("/", "/"),
            ("a/./b//c/", "a/b/c"),
            ("/../a", "/a"),
            ("../../a/../b", "../../b"),
            ("a/..", "."),
            ("/a/b/../../..", "/"),
        ] {
            assert_eq!(clean(path), expected, "{path}");
            assert!(is_clean(path) <= (path == expected), "{path}");
        }
        assert!(is_clean("/usr/go/src/a.go") && is_clean("a.go"));
    }

    #[test]
    fn parts() {
        assert_eq!((base(""), base("/"), base("/a/b/"), base("b")), (".", "/", "b", "b"));
        assert_eq!((parent("/a/b").as_str(), parent("a").as_str(), parent("/").as_str()), ("/a", ".", "/"));
        assert_eq!(join("", "a/../b"), "b");
        assert_eq!(split_list("").count(), 0);
        assert_eq!(split_list("a::b").collect::<Vec<_>>(), ["a", "", "b"]);
    }
}
