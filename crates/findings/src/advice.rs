//! Usual ways out, where the facts show that they fit.

use escargo_alloc::SiteKind;

use crate::Cause;
use crate::facts::SiteFacts;
use crate::finding::Advice;
use crate::story::{Happens, Story};

/// Values up to this size are better returned than pointed to; copying more may cost as much as allocating.
const SMALL: u64 = 256;

/// What would keep a site on the stack.
pub(crate) fn advice(site: &SiteFacts, cause: Cause, story: &Story) -> Vec<Advice> {
    let mut list = Vec::new();
    let direct = story.steps.iter().all(|step| step.depth == 0);
    match cause {
        Cause::Returned if direct => {
            let size = site.size.unwrap_or(u64::MAX);
            let by_value = matches!(site.kind, SiteKind::Variable | SiteKind::New | SiteKind::CompositePtr);
            if by_value && size <= SMALL {
                list.push(Advice::ReturnValue { ty: site.ty.clone(), size });
            } else {
                list.push(Advice::PassDestination);
            }
        }
        Cause::Boxed => list.push(Advice::ConcreteType),
        Cause::Append => list.push(Advice::Preallocate),
        Cause::UnknownSize => list.push(Advice::ConstantSize),
        Cause::Closure | Cause::Goroutine => list.extend(captured(site, story)),
        Cause::OutlivesLoop => list.push(Advice::Hoist),
        Cause::DeferInLoop => list.push(Advice::DeferInFunction),
        Cause::TooLarge => list.push(Advice::Reuse),
        Cause::Concat => list.push(Advice::Builder),
        _ => {}
    }
    list
}

/// A captured variable could be passed instead.
fn captured(site: &SiteFacts, story: &Story) -> Option<Advice> {
    let captured = story.steps.iter().any(|step| {
        matches!(step.what, Happens::Flows { reason: escargo_escape::Reason::CapturedByClosure, .. })
    });
    let variable = escargo_base::Symbol::intern(&site.text);
    (captured && site.kind == SiteKind::Variable).then_some(Advice::PassToClosure { variable })
}
