//! What a Go type is: types, objects, scopes, constants, sizes.
