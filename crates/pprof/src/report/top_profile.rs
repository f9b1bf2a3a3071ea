//! The heaviest functions, as a profile.

use rustc_hash::FxHashMap;

use super::{Report, Sources};
use crate::graph::Frame;
use crate::measure;
use crate::profile::{Function, FunctionId, Line, Location, LocationId, Profile, ValueType};

/// A profile with a sample for each line of the text report, of what was spent in the function with all that it called,
/// and in itself.
pub fn top_profile(report: &Report, profile: &Profile, sources: &dyn Sources) -> Profile {
    let mut printer = report.printer(profile, sources);
    let frames = printer.frames();
    let graph = printer.trimmed(&frames).graph;
    printer.choose_unit(&graph);
    let value_type = |kind: &str| ValueType { kind: kind.into(), unit: printer.unit.as_str().into() };
    let mut top = Profile {
        sample_types: vec![value_type("cum"), value_type("flat")],
        time_nanos: profile.time_nanos,
        duration_nanos: profile.duration_nanos,
        period_type: profile.period_type.clone(),
        period: profile.period,
        ..Profile::default()
    };
    let mut functions: FxHashMap<Frame, FunctionId> = FxHashMap::default();
    for node in graph.shown() {
        let frame = *frames.frame(node.frame);
        let key =
            Frame { name: frame.name, file: frame.file, start_line: frame.start_line, ..Frame::default() };
        let function = *functions.entry(key).or_insert_with(|| {
            top.functions.push(Function {
                id: top.functions.len() as u64 + 1,
                name: frames.shared_text(frame.name),
                filename: frames.shared_text(frame.file),
                start_line: frame.start_line,
                ..Function::default()
            });
            FunctionId(top.functions.len() as u32 - 1)
        });
        let location = LocationId(top.locations.len() as u32);
        top.locations.push(Location {
            id: top.locations.len() as u64 + 1,
            address: frame.address,
            lines: vec![Line { function: Some(function), line: frame.line, column: frame.column }],
            ..Location::default()
        });
        let scaled = |value: i64| {
            measure::truncate(measure::scale(value, &report.options.sample_unit, &printer.unit).0)
        };
        let values = [scaled(node.cum.value()), scaled(node.flat.value())];
        top.add_sample(&[location], &values, []);
    }
    top
}
