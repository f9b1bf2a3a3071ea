//! Finding SDKs, modules, packages and files.
