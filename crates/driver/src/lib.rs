//! Sessions: scheduling, caches and artefacts of packages.
