//! Words for selectors and struct literal keys that name nothing.

use escargo_base::Symbol;
use escargo_types::object::is_exported;
use escargo_types::{ObjId, ObjectKind, TypeId};

use crate::checker::Checker;

/// How the name that was meant, if there is one, relates to the name that was written.
#[derive(Clone, Copy, PartialEq)]
enum Near {
    Missing,
    Misspelled,
    Unexported,
    Inaccessible,
}

impl Checker<'_> {
    /// Why `sel` is not found in `ty`. `found` is what a look-up that ignores case gives.
    pub(crate) fn lookup_error(
        &self,
        ty: TypeId,
        sel: Symbol,
        found: Option<ObjId>,
        struct_lit: bool,
    ) -> String {
        let near = found.map_or(Near::Missing, |obj| self.nearness(sel, obj));
        let alt = found.map_or("", |obj| self.store.obj(obj).name.as_str());
        let ty = self.ts(ty);
        if struct_lit {
            let unknown = format!("unknown field {sel} in struct literal of type {ty}");
            return match near {
                Near::Missing => unknown,
                Near::Misspelled => format!("{unknown}, but does have {alt}"),
                Near::Unexported => format!("{unknown}, but does have unexported {alt}"),
                Near::Inaccessible => {
                    format!("cannot refer to unexported field {alt} in struct literal of type {ty}")
                }
            };
        }
        let what = match found.map(|obj| &self.store.obj(obj).kind) {
            Some(ObjectKind::Var { .. }) => "field",
            Some(ObjectKind::Func { .. }) => "method",
            _ => "object",
        };
        let missing = format!("type {ty} has no field or method {sel}");
        match near {
            Near::Missing => missing,
            Near::Misspelled => format!("{missing}, but does have {what} {alt}"),
            Near::Unexported => format!("{missing}, but does have unexported {what} {alt}"),
            Near::Inaccessible => format!("cannot refer to unexported {what} {alt}"),
        }
    }

    fn nearness(&self, sel: Symbol, obj: ObjId) -> Near {
        let obj = self.store.obj(obj);
        let same_tail = tail(sel.as_str()) == tail(obj.name.as_str());
        if obj.pkg == Some(self.pkg) {
            return Near::Misspelled;
        }
        match (is_exported(sel), is_exported(obj.name)) {
            (true, true) => Near::Misspelled,
            (true, false) if same_tail => Near::Unexported,
            (false, true) if same_tail => Near::Misspelled,
            (false, false) if sel == obj.name => Near::Inaccessible,
            _ => Near::Missing,
        }
    }
}

/// The text after the first character.
fn tail(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}
