//! Errors in statements and assignments.

mod common;

use common::{check_body, check_source};

#[test]
fn unused_variables_come_by_scope() {
    let src = "package p\nfunc _() {\n\ta, b := 1, 2\n\tfunc() { c := b }()\n\t{ d := 3 }\n}";
    assert_eq!(
        check_source(src, ""),
        ["4:11: declared and not used: c", "3:2: declared and not used: a", "5:4: declared and not used: d"]
    );
}
