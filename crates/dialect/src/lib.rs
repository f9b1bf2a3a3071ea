//! Go releases, language features and targets as data.
