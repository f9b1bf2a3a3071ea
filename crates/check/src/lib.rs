//! Type checking Go packages as the compiler does.
