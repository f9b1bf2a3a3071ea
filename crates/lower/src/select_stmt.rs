//! Select statements (`noder/reader.go`: selectStmt; `typecheck/stmt.go`: tcSelect).

use escargo_base::Symbol;
use escargo_ir::{IrPos, Kind, List, Node, NodeId, Op};
use escargo_syntax::{ClauseId, StmtId};

use crate::body::Body;

impl Body<'_, '_> {
    /// A select statement.
    pub(crate) fn select_stmt(
        &mut self,
        pos: IrPos,
        label: Option<Symbol>,
        clauses: escargo_syntax::List<ClauseId>,
    ) -> NodeId {
        let tree = &self.source().tree;
        let mut cases = List::with_capacity(clauses.len());
        for clause in tree.list(clauses) {
            cases.push(self.comm_clause(clause));
        }
        // Communications take their final form when all clauses have been read.
        for &case in &cases {
            if let Kind::Comm { comm: Some(comm), .. } = self.low.unit.nodes[case].kind {
                let received = self.receive_two(comm);
                if let Kind::Comm { comm, .. } = &mut self.low.unit.nodes[case].kind {
                    *comm = Some(received);
                }
            }
        }
        self.low.unit.stmt(pos, Kind::Select { label, cases })
    }

    fn comm_clause(&mut self, clause: ClauseId) -> NodeId {
        let tree = &self.source().tree;
        let pos = self.at(tree[clause].loc.pos);
        let mut comm = self.single(tree[clause].comm);
        let list: Vec<StmtId> = tree.list(tree[clause].body).collect();
        let mut body = self.stmts(&list);
        if let Some(stmt) = comm {
            let (received, first) = self.move_assignment(pos, stmt);
            comm = Some(received);
            if let Some(first) = first {
                body.insert(0, first);
            }
        }
        self.low.unit.stmt(pos, Kind::Comm { comm, body })
    }

    /// Makes a communication receive only: what is done with the value afterwards moves to the body, as the second
    /// result.
    fn move_assignment(&mut self, pos: IrPos, stmt: NodeId) -> (NodeId, Option<NodeId>) {
        match self.low.unit.nodes[stmt].kind {
            // `i = <-c` where i is an interface: `tmp := <-c`, then `i = tmp`.
            Kind::Assign { y: Some(conv), def: false, .. }
                if matches!(self.low.unit.nodes[conv].kind, Kind::Conv(Op::ConvIface, _)) =>
            {
                let Kind::Conv(_, recv) = self.low.unit.nodes[conv].kind else { return (stmt, None) };
                let ty = self.low.unit.nodes[recv].ty;
                let temp = self.temp(pos, ty);
                let x = self.low.unit.names[temp].node;
                let mut assign = Node::new(pos, Kind::Assign { x, y: Some(recv), def: true });
                assign.init.push(self.low.unit.stmt(pos, Kind::Decl(temp)));
                let assign = self.low.unit.add(assign);
                self.low.unit.names[temp].defn = Some(assign);
                self.low.unit.nodes[conv].kind = Kind::Conv(Op::ConvIface, x);
                (assign, Some(stmt))
            }
            // `v, ok = <-c`: the values go through temporaries, which are assigned before the first value.
            Kind::AssignList { op: Op::As2, ref rhs, .. } => {
                let Some(&first) = rhs.first() else { return (stmt, None) };
                let init = std::mem::take(&mut self.low.unit.nodes[first].init);
                match init[..] {
                    [received] => (received, Some(stmt)),
                    _ => (stmt, None),
                }
            }
            _ => (stmt, None),
        }
    }

    /// The form with two results that all receiving communications have.
    fn receive_two(&mut self, stmt: NodeId) -> NodeId {
        let (x, recv, def) = match self.low.unit.nodes[stmt].kind {
            Kind::Assign { x, y: Some(y), def } => match self.low.unit.nodes[y].kind {
                Kind::Conv(Op::ConvNop | Op::ConvIface, inner) if self.low.unit.nodes[y].implicit => {
                    (x, inner, def)
                }
                _ => (x, y, def),
            },
            Kind::AssignList { op: ref mut op @ Op::As2Recv, .. } => {
                *op = Op::SelRecv2;
                return stmt;
            }
            Kind::Unary(Op::Recv, _) => (self.blank(), stmt, false),
            _ => return stmt,
        };
        let lhs = List::from([x, self.blank()]);
        let rhs = List::from([recv]);
        let (pos, init) = (self.low.unit.nodes[stmt].pos, self.low.unit.nodes[stmt].init.clone());
        let mut node = Node::new(pos, Kind::AssignList { op: Op::SelRecv2, lhs, rhs, def });
        node.init = init;
        self.low.unit.add(node)
    }
}
