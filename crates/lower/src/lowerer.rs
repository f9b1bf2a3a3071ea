//! The lowering of one package.

use escargo_ir::{Context, Unit};

use crate::package::{TypedPackage, World};

/// Lowers a package, and afterwards the bodies that the inliner asks for.
pub struct Lowerer<'w> {
    /// Surroundings.
    pub cx: Context<'w>,
    /// Packages that can be seen.
    pub world: &'w dyn World,
    /// The package compiled.
    pub package: &'w TypedPackage,
    /// What has been made so far.
    pub unit: Unit,
}

impl std::fmt::Debug for Lowerer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lowerer").field("package", &self.package.path).finish_non_exhaustive()
    }
}
