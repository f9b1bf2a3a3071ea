//! The settings of pprof: names, kinds, choices and defaults.

use super::words::{NotANumber, decimal, float, quoted, shown};

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// On or off.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A text, or one of the choices.
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Flag(on) => write!(f, "{on}"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Float(number) => f.write_str(&shown(*number)),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Value::Flag`].
    Flag,
    /// [`Value::Integer`].
    Integer,
    /// [`Value::Float`].
    Float,
    /// [`Value::Text`].
    Text,
}

/// A type that settings have.
trait Held: Sized {
    const KIND: Kind;
    fn value(&self) -> Value;
    fn take(&mut self, value: Value);
}

macro_rules! held {
    ($type:ty, $kind:ident) => {
        impl Held for $type {
            const KIND: Kind = Kind::$kind;
            fn value(&self) -> Value {
                Value::$kind(self.clone())
            }
            fn take(&mut self, value: Value) {
                if let Value::$kind(value) = value {
                    *self = value;
                }
            }
        }
    };
}

held!(bool, Flag);
held!(i64, Integer);
held!(f64, Float);
held!(String, Text);

/// A setting: its name, and the way to it.
pub struct Setting {
    /// Its name, on the command line and at the prompt.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it may be; anything of its kind if there are none.
    pub choices: &'static [&'static str],
    get: fn(&Settings) -> Value,
    put: fn(&mut Settings, Value),
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $choices:expr;)*) => {
        /// Values of all settings.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Settings {
            $($(#[$doc])* pub $name: $type,)*
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings { $($name: $default.into(),)* }
            }
        }

        /// All settings, in pprof's order.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            kind: <$type as Held>::KIND,
            choices: &$choices,
            get: |settings| settings.$name.value(),
            put: |settings, value| settings.$name.take(value),
        },)*];
    };
}

settings! {
    /// File that reports are written to; standard output if empty.
    output: String = "", [];
    /// Keep places apart that are reached on different paths.
    call_tree: bool = false, [];
    /// Percentages of what is left after focusing.
    relative_percentages: bool = false, [];
    /// Unit to show values in.
    unit: String = "minimum", [];
    /// Short headers.
    compact_labels: bool = false, [];
    /// Where source is looked for.
    source_path: String = "", [];
    /// What is cut from paths of source files before they are looked for.
    trim_path: String = "", [];
    /// Intel's syntax in disassembly.
    intel_syntax: bool = false, [];
    /// Averages over the first value.
    mean: bool = false, [];
    /// Number or name of the value that is shown.
    sample_index: String = "", [];
    /// Divisor of all values.
    divide_by: f64 = 1.0, [];
    /// Scale the profile to its base.
    normalize: bool = false, [];
    /// What entries are sorted by.
    sort: String = "flat", ["cum", "flat"];
    /// Labels that become frames at the root.
    tagroot: String = "", [];
    /// Labels that become frames at the leaf.
    tagleaf: String = "", [];
    /// Leave out what is below zero.
    drop_negative: bool = false, [];
    /// The most nodes to show; -1 is each report's default.
    nodecount: i64 = -1i64, [];
    /// Nodes below this share are hidden.
    nodefraction: f64 = 0.005, [];
    /// Edges below this share are hidden.
    edgefraction: f64 = 0.001, [];
    /// Whether anything is hidden for its size.
    trim: bool = true, [];
    /// Samples through a matching frame stay.
    focus: String = "", [];
    /// Samples through a matching frame go.
    ignore: String = "", [];
    /// Frames below a matching one go.
    prune_from: String = "", [];
    /// Matching frames go.
    hide: String = "", [];
    /// Only matching frames stay.
    show: String = "", [];
    /// Frames above the highest matching one go.
    show_from: String = "", [];
    /// Samples with a matching tag stay.
    tagfocus: String = "", [];
    /// Samples with a matching tag go.
    tagignore: String = "", [];
    /// Only matching tags stay.
    tagshow: String = "", [];
    /// Matching tags go.
    taghide: String = "", [];
    /// Inlined calls count for the function they are in.
    noinlines: bool = false, [];
    /// Columns beside lines.
    showcolumns: bool = false, [];
    /// What places are told apart by; functions if empty.
    granularity: String = "", ["functions", "filefunctions", "files", "lines", "addresses"];
}

impl Settings {
    /// The value of a setting.
    pub fn get(&self, setting: &Setting) -> Value {
        (setting.get)(self)
    }

    /// Gives a setting a value of its kind.
    pub fn put(&mut self, setting: &Setting, value: Value) {
        (setting.put)(self, value);
    }

    /// Assigns what was written at the prompt: `name=text`, where `name` may also be a choice of a setting.
    ///
    /// # Errors
    ///
    /// In pprof's words (config.go, configure and set).
    pub fn assign(&mut self, name: &str, text: &str) -> Result<(), String> {
        let unknown = || format!("unknown config field {}", quoted(name));
        let setting = setting(name).ok_or_else(unknown)?;
        if setting.name != name {
            // Only true takes a choice; an empty text does not, other than for settings that are on or off.
            if !["1", "t", "T", "TRUE", "true", "True"].contains(&text) {
                return Err(unknown());
            }
            self.put(setting, Value::Text(name.to_owned()));
            return Ok(());
        }
        let value = match setting.kind {
            Kind::Flag => Value::Flag(on_or_off(text)?),
            Kind::Integer => Value::Integer(decimal(text, 64).map_err(|e| e.words("Atoi", text))?),
            Kind::Float => Value::Float(float(text).map_err(|e: NotANumber| e.words("ParseFloat", text))?),
            Kind::Text if !setting.choices.is_empty() && !setting.choices.contains(&text) => {
                return Err(format!("invalid {} value {}", quoted(name), quoted(text)));
            }
            Kind::Text => Value::Text(text.to_owned()),
        };
        self.put(setting, value);
        Ok(())
    }
}

/// The setting with a name, or with a choice of that name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.name == name || s.choices.contains(&name))
}

/// Whether the name alone says all: a setting that is on or off, or a choice.
pub fn stands_alone(name: &str) -> bool {
    setting(name).is_some_and(|s| s.name != name || s.kind == Kind::Flag)
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match &*text.to_lowercase() {
        "true" | "t" | "yes" | "y" | "1" | "" => Ok(true),
        "false" | "f" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!("illegal value \"{text}\" for bool variable")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments() {
        let mut settings = Settings::default();
        settings.assign("trim", "No").unwrap();
        settings.assign("mean", "").unwrap();
        settings.assign("cum", "true").unwrap();
        settings.assign("granularity", "files").unwrap();
        settings.assign("nodecount", "+7").unwrap();
        settings.assign("nodefraction", "1e-3").unwrap();
        assert!(!settings.trim && settings.mean);
        assert_eq!((&*settings.sort, &*settings.granularity), ("cum", "files"));
        assert_eq!((settings.nodecount, settings.nodefraction), (7, 0.001));
        let wrong = |name: &str, text: &str| Settings::default().assign(name, text).unwrap_err();
        assert_eq!(wrong("cum", ""), r#"unknown config field "cum""#);
        assert_eq!(wrong("nodecount", "x"), r#"strconv.Atoi: parsing "x": invalid syntax"#);
        assert_eq!(wrong("divide_by", "x"), r#"strconv.ParseFloat: parsing "x": invalid syntax"#);
        assert_eq!(wrong("granularity", "zz"), r#"invalid "granularity" value "zz""#);
        assert_eq!(wrong("trim", "maybe"), r#"illegal value "maybe" for bool variable"#);
    }

    #[test]
    fn what_stands_alone() {
        assert!(stands_alone("trim") && stands_alone("cum"));
        assert!(!stands_alone("focus") && !stands_alone("sort") && !stands_alone("top"));
    }
}
