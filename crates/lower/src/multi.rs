//! Lists of values on the right-hand side, which may be one expression with several values
//! (`noder/writer.go`, `noder/reader.go`: multiExpr).

use escargo_dialect::lowering::{ConversionPlace, LowerRules};
use escargo_ir::{Build, IrPos, Kind, List, NodeId, Op};
use escargo_syntax::ExprId;
use escargo_types::{Type, TypeId};

use crate::body::Body;

impl<'w> Body<'_, 'w> {
    /// A builder of nodes.
    pub(crate) fn build(&mut self) -> Build<'_> {
        self.low.unit.build(&self.low.cx)
    }

    /// How the release lowers.
    pub(crate) fn rules(&self) -> &'w LowerRules {
        &self.low.cx.model.lowering
    }

    /// Where a conversion stands that is found to be needed while something at `pos` is lowered.
    pub(crate) fn place(&self, pos: IrPos) -> IrPos {
        match self.rules().conversions {
            ConversionPlace::Standing => self.low.stand,
            ConversionPlace::Operand => pos,
        }
    }

    /// The type of an expression for the checker.
    pub(crate) fn type_of(&self, e: ExprId) -> TypeId {
        self.type_and_value(e).ty
    }

    /// Values of `exprs`, each converted implicitly to the checker's type in `dst`, where one is given. The values
    /// of a single expression with several values go through temporaries that are assigned at `pos`.
    pub(crate) fn multi_expr(&mut self, pos: IrPos, dst: &[Option<TypeId>], exprs: &[ExprId]) -> List {
        if self.rules().spreads_values
            && let [single] = *exprs
            && let Type::Tuple(tuple) = self.low.cx.store.ty(self.type_of(single))
        {
            let types: Vec<TypeId> = tuple.vars.iter().map(|&var| self.low.cx.store.obj_type(var)).collect();
            return self.spread(pos, single, &types, dst);
        }
        let mut list = List::with_capacity(exprs.len());
        for (i, &e) in exprs.iter().enumerate() {
            list.push(match dst.get(i).copied().flatten() {
                Some(to) => self.convert(e, to),
                None => self.expr(e),
            });
        }
        list
    }

    /// Assigns the values of `e` to temporaries; the assignment runs before the first of the results.
    fn spread(&mut self, pos: IrPos, e: ExprId, types: &[TypeId], dst: &[Option<TypeId>]) -> List {
        let store = self.low.cx.store;
        let value = self.expr(e);
        let (mut lhs, mut init, mut results) = (List::new(), List::new(), List::new());
        let mut temps = Vec::with_capacity(types.len());
        for (i, &src) in types.iter().enumerate() {
            let ty = self.ty(src);
            let temp = self.temp(pos, ty);
            temps.push(temp);
            init.push(self.low.unit.stmt(pos, Kind::Decl(temp)));
            let node = self.low.unit.names[temp].node;
            lhs.push(node);
            let dst = dst.get(i).copied().flatten();
            results.push(match dst.filter(|&dst| !escargo_types::identity::identical(store, src, dst)) {
                Some(dst) => {
                    let to = self.ty(dst);
                    self.conv_types(src, dst);
                    self.build().convert(pos, node, to, true)
                }
                None => node,
            });
        }
        let op = self.list_op(value);
        let rhs = List::from([value]);
        let assign = self.low.unit.stmt(pos, Kind::AssignList { op, lhs, rhs, def: true });
        self.low.unit.nodes[assign].init = init;
        for temp in temps {
            self.low.unit.names[temp].defn = Some(assign);
        }
        let at = self.low.base_pos;
        results[0] = self.build().with_init(at, List::from([assign]), results[0]);
        results
    }

    /// The operation that assigns several values of one expression. Type assertions become the form with two
    /// results (`typecheck/stmt.go`, assign).
    pub(crate) fn list_op(&mut self, value: NodeId) -> Op {
        match &mut self.low.unit.nodes[value].kind {
            Kind::Index(Op::IndexMap, ..) => Op::As2MapR,
            Kind::Unary(Op::Recv, _) => Op::As2Recv,
            Kind::TypeAssert(op, _) => {
                *op = Op::DotType2;
                Op::As2DotType
            }
            Kind::DynamicTypeAssert { op, .. } => {
                *op = Op::DynamicDotType2;
                Op::As2DotType
            }
            _ => Op::As2Func,
        }
    }
}
