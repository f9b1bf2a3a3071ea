//! Forgetting details, so that frames which differ only in them become the same.

use super::Profile;
use std::sync::Arc;

/// The details that frames keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AggregateBy {
    /// Frames that were inlined.
    pub inlines: bool,
    /// Names of functions.
    pub functions: bool,
    /// Names of files.
    pub filenames: bool,
    /// Numbers of lines; without them, columns go too.
    pub line_numbers: bool,
    /// Numbers of columns.
    pub columns: bool,
    /// Addresses.
    pub addresses: bool,
}

impl Profile {
    /// Takes from all frames the details that are not to be kept.
    pub fn aggregate(&mut self, by: AggregateBy) {
        for mapping in &mut self.mappings {
            mapping.has_inline_frames &= by.inlines;
            mapping.has_functions &= by.functions;
            mapping.has_filenames &= by.filenames;
            mapping.has_line_numbers &= by.line_numbers;
        }
        let nothing: Arc<str> = Arc::default();
        for function in &mut self.functions {
            if !by.functions {
                function.name = nothing.clone();
                function.system_name = nothing.clone();
            }
            if !by.filenames {
                function.filename = nothing.clone();
            }
        }
        for location in &mut self.locations {
            if !by.inlines && location.lines.len() > 1 {
                location.lines.drain(..location.lines.len() - 1);
            }
            for line in &mut location.lines {
                if !by.line_numbers {
                    line.line = 0;
                }
                if !by.line_numbers || !by.columns {
                    line.column = 0;
                }
            }
            if !by.addresses {
                location.address = 0;
            }
        }
    }
}
