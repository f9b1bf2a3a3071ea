//! Lexer, error-tolerant parser and tree of Go source.
