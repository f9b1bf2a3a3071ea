//! The frames of a profile: what its locations are taken for, each told from the others by a number.

use std::cell::OnceCell;
use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::paths;
use crate::profile::{Line, Location, LocationId, Profile};

/// A text, by its place in a table of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextId(u32);

/// A frame, by its place in [`Frames`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub(super) u32);

impl FrameId {
    /// Its place.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a frame is, as far as the profile tells places apart: nodes of the graph with the same frame are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Name of the function; empty if unknown.
    pub name: TextId,
    /// The address; 0 if addresses do not matter.
    pub address: u64,
    /// The source file; empty if files do not matter.
    pub file: TextId,
    /// The line at which the function starts; 0 if unknown.
    pub start_line: i64,
    /// The line; 0 if lines do not matter.
    pub line: i64,
    /// The column; 0 if columns do not matter.
    pub column: i64,
    /// The binary; empty if binaries do not matter.
    pub object: TextId,
}

/// Texts, each once. The first is empty.
#[derive(Debug)]
struct Texts {
    texts: Vec<Arc<str>>,
    places: FxHashMap<Arc<str>, TextId>,
}

impl Texts {
    fn new() -> Texts {
        let mut texts = Texts { texts: Vec::new(), places: FxHashMap::default() };
        texts.add(&Arc::from(""));
        texts
    }

    fn add(&mut self, text: &Arc<str>) -> TextId {
        if let Some(&id) = self.places.get(text) {
            return id;
        }
        let id = TextId(self.texts.len() as u32);
        self.texts.push(Arc::clone(text));
        self.places.insert(Arc::clone(text), id);
        id
    }
}

/// How frames are told apart.
#[derive(Clone, Copy, Default)]
pub struct FrameOptions<'a> {
    /// Functions of different binaries differ, and so do functions that start at different lines.
    pub objects: bool,
    /// What is made of the name of a source file.
    pub rename: Option<&'a dyn Fn(&str) -> String>,
}

/// All frames of a profile.
#[derive(Debug)]
pub struct Frames {
    texts: Texts,
    frames: Vec<Frame>,
    /// By frame, that of the whole function.
    functions: Vec<FrameId>,
    /// The frames of all locations, one after the other, innermost first.
    listed: Vec<FrameId>,
    /// By location, the first of its frames in `listed`; and the end of the last.
    starts: Vec<u32>,
    /// By frame, its name, once it was asked for.
    names: Vec<OnceCell<Box<str>>>,
}

/// Frames that are being collected.
struct Collector {
    frames: Vec<Frame>,
    functions: Vec<FrameId>,
    places: FxHashMap<Frame, FrameId>,
}

impl Collector {
    fn add(&mut self, frame: Frame) -> FrameId {
        if let Some(&id) = self.places.get(&frame) {
            return id;
        }
        let id = FrameId(self.frames.len() as u32);
        self.frames.push(frame);
        self.functions.push(id);
        self.places.insert(frame, id);
        if frame.address != 0 || frame.line != 0 {
            self.functions[id.index()] = self.add(Frame { address: 0, line: 0, column: 0, ..frame });
        }
        id
    }
}

impl Frames {
    /// Collects the frames of a profile.
    pub fn new(profile: &Profile, options: FrameOptions<'_>) -> Frames {
        let mut texts = Texts::new();
        let functions: Vec<Frame> = profile
            .functions
            .iter()
            .map(|function| Frame {
                name: texts.add(&function.name),
                file: file_name(&mut texts, &function.filename, options),
                start_line: function.start_line,
                ..Frame::default()
            })
            .collect();
        let objects: Vec<TextId> = profile.mappings.iter().map(|mapping| texts.add(&mapping.file)).collect();

        let mut collector =
            Collector { frames: Vec::new(), functions: Vec::new(), places: FxHashMap::default() };
        let mut listed = Vec::with_capacity(profile.locations.len());
        let mut starts = Vec::with_capacity(profile.locations.len() + 1);
        for location in &profile.locations {
            starts.push(listed.len() as u32);
            let object =
                location.mapping.and_then(|id| objects.get(id.0 as usize)).copied().unwrap_or_default();
            let mut add = |line: &Line| {
                let frame = frame(location, line, &functions, object, options.objects);
                listed.push(collector.add(frame));
            };
            // A location without lines is a frame of which the address is known.
            if location.lines.is_empty() {
                add(&Line::default());
            }
            location.lines.iter().for_each(add);
        }
        starts.push(listed.len() as u32);
        let Collector { frames, functions, .. } = collector;
        let names = vec![OnceCell::new(); frames.len()];
        Frames { texts, frames, functions, listed, starts, names }
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A frame.
    pub fn frame(&self, id: FrameId) -> &Frame {
        &self.frames[id.index()]
    }

    /// The frame of the whole function to which a frame belongs.
    pub fn function(&self, id: FrameId) -> FrameId {
        self.functions[id.index()]
    }

    /// The frames of a location, innermost first.
    pub fn of(&self, location: LocationId) -> &[FrameId] {
        let at = location.0 as usize;
        &self.listed[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Which frames were inlined anywhere.
    pub fn inlined(&self) -> Vec<bool> {
        let mut inlined = vec![false; self.len()];
        for ends in self.starts.windows(2) {
            let listed = &self.listed[ends[0] as usize..ends[1] as usize];
            // The last is what the others were inlined into.
            for frame in listed.iter().rev().skip(1) {
                inlined[frame.index()] = true;
            }
        }
        inlined
    }

    /// The frames of all locations, and for each location where its frames start.
    pub(super) fn table(&self) -> (&[FrameId], &[u32]) {
        (&self.listed, &self.starts)
    }

    /// A text of a frame.
    pub fn text(&self, id: TextId) -> &str {
        &self.texts.texts[id.0 as usize]
    }

    /// A text of a frame, to be kept.
    pub fn shared_text(&self, id: TextId) -> Arc<str> {
        Arc::clone(&self.texts.texts[id.0 as usize])
    }

    /// The name of the function.
    pub fn function_name(&self, id: FrameId) -> &str {
        self.text(self.frame(id).name)
    }

    /// The source file.
    pub fn file(&self, id: FrameId) -> &str {
        self.text(self.frame(id).file)
    }

    /// What a frame is called in reports: its address, function, file and line, as far as they matter.
    pub fn name(&self, id: FrameId) -> &str {
        self.names[id.index()].get_or_init(|| {
            let frame = self.frame(id);
            let parts =
                name_parts(frame, self.text(frame.name), self.text(frame.file), self.text(frame.object));
            parts.join(" ").into_boxed_str()
        })
    }

    /// The order of two frames by [`Frames::name`].
    pub fn compare_names(&self, one: FrameId, other: FrameId) -> std::cmp::Ordering {
        if one == other {
            return std::cmp::Ordering::Equal;
        }
        let addresses = (self.frame(one).address, self.frame(other).address);
        if addresses.0 != 0 && addresses.1 != 0 && addresses.0 != addresses.1 {
            return addresses.0.cmp(&addresses.1);
        }
        self.name(one).cmp(self.name(other))
    }
}

fn file_name(texts: &mut Texts, name: &Arc<str>, options: FrameOptions<'_>) -> TextId {
    let renamed = options.rename.map(|rename| rename(name));
    let name = renamed.as_deref().unwrap_or(name);
    if name.is_empty() || paths::is_clean(name) {
        texts.add(&Arc::from(name))
    } else {
        texts.add(&Arc::from(paths::clean(name)))
    }
}

/// The frame of a line. `functions` are frames of whole functions.
fn frame(
    location: &Location,
    line: &Line,
    functions: &[Frame],
    object: TextId,
    keeps_objects: bool,
) -> Frame {
    let Some(function) = line.function.and_then(|id| functions.get(id.0 as usize)) else {
        return Frame { address: location.address, object, ..Frame::default() };
    };
    // Without a name the binary is all that is known.
    let keeps_object = keeps_objects || function.name == TextId::default();
    Frame {
        address: location.address,
        line: line.line,
        column: line.column,
        object: if keeps_object { object } else { TextId::default() },
        start_line: if keeps_object { function.start_line } else { 0 },
        ..*function
    }
}

/// The parts of the name of a frame, of which function, file and binary are given as they are to be shown.
pub(super) fn name_parts(frame: &Frame, function: &str, file: &str, object: &str) -> Vec<String> {
    let mut parts = Vec::with_capacity(3);
    if frame.address != 0 {
        parts.push(format!("{:016x}", frame.address));
    }
    if !function.is_empty() {
        parts.push(function.to_owned());
    }
    if frame.line != 0 {
        let column = if frame.column != 0 { format!(":{}", frame.column) } else { String::new() };
        parts.push(format!("{file}:{}{column}", frame.line));
    } else if !file.is_empty() {
        parts.push(file.to_owned());
    } else if !function.is_empty() {
        // The function is all that was asked for.
    } else if !object.is_empty() {
        parts.push(format!("[{}]", paths::base(object)));
    } else {
        parts.push("<unknown>".to_owned());
    }
    parts
}
