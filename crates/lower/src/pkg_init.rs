//! The initializer of a package's variables (`noder/reader.go`, pkgInitOrder).

use crate::lowerer::Lowerer;

impl Lowerer<'_> {
    /// Reads the initializers.
    pub(crate) fn package_init(&mut self) {}
}
