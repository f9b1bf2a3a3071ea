//! The Go project's own tests of error messages: what their files expect, and whether given errors
//! are what is expected.
