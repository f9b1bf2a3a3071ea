//! Initializers of large maps get functions of their own, which the linker can leave out
//! (`staticinit/sched.go`, OutlineMapInits).

use escargo_ir::{FuncId, Kind, List, NodeId, Op, Role};
use escargo_types::Type;

use crate::lowerer::Lowerer;

/// Values of fewer nodes stay where they are.
const MIN_SIZE: u32 = 20;

impl Lowerer<'_> {
    /// Replaces assignments of large values without side effects to maps by calls of functions `map.init.N`.
    pub(crate) fn outline_maps(&mut self, list: &mut List) {
        let control = self.cx.flags.debug("wrapglobalmapctl");
        if control == 1 {
            return;
        }
        let mut count = 0;
        for slot in list {
            if !self.is_outlined(*slot, control == 2) {
                continue;
            }
            let pos = self.unit.nodes[*slot].pos;
            let func = self.init_func(&format!("map.init.{count}"), pos, Role::MapInit);
            count += 1;
            self.unit.funcs[func].body = List::from([*slot]);
            *slot = self.init_call(func, *slot);
        }
    }

    fn init_call(&mut self, callee: FuncId, stmt: NodeId) -> NodeId {
        let pos = self.unit.nodes[stmt].pos;
        let fun = self.unit.names[self.unit.funcs[callee].name].node;
        self.unit.build(&self.cx).call(callee, pos, fun, List::new(), false)
    }

    fn is_outlined(&self, stmt: NodeId, any_size: bool) -> bool {
        let Kind::Assign { x, y: Some(y), .. } = self.unit.nodes[stmt].kind else { return false };
        let store = self.store();
        let is_map = matches!(store.ty(store.under(self.unit.nodes[x].ty)), Type::Map { .. });
        if !is_map || self.unit.nodes[x].op() != Op::Name || self.unit.is_blank(x) {
            return false;
        }
        let mut size = 0;
        self.unit.preorder(y, &mut |_| size += 1);
        (any_size || size >= MIN_SIZE) && !self.unit.any_side_effects(y)
    }
}
