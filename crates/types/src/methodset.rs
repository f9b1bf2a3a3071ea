//! Method sets.
