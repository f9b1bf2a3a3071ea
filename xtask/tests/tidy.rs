//! The rules of the house hold.

#[test]
fn the_house_is_tidy() {
    let problems = xtask::tidy::run(&xtask::workspace::root()).expect("tidy runs");
    let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} problems:\n{}", list.len(), list.join("\n"));
}
