//! Bodies that are inlined again and again: copied from an earlier copy instead of being lowered anew.
//!
//! Lowering a body a second time makes the same nodes and names as the time before, in the same order, except for what
//! depends on the call: where it stands, its number in the inline tree, and the label behind the body. So the second copy of a
//! body is kept as it is before anything is inlined into it, and the others are made from that. Not the first one: it may be
//! the one that reads a type or a package variable first. Bodies with literals or labels, and those of literals, are
//! always lowered.

use std::rc::Rc;

use escargo_base::{Id, Symbol};
use escargo_ir::{FuncId, InlId, IrPos, Kind, List, Name, NameId, Node, NodeId, Original};

use crate::body::InlineFrame;
use crate::func::{Code, Source};
use crate::lowerer::Lowerer;
use crate::naming::is_made_up;

/// What is known of a function that was inlined.
#[derive(Debug)]
pub(crate) enum Inlined {
    /// It was inlined once, or each time something was read for the first time.
    Before,
    /// How it is copied.
    Template(Rc<Template>),
    /// It is lowered each time.
    Never,
}

/// A copy of a body, as it was lowered.
#[derive(Debug)]
pub(crate) struct Template {
    inl: InlId,
    call: IrPos,
    /// Parameters and results; the statements that the call becomes stand between them and the body.
    head: Part,
    body: Part,
    /// What was declared, in order.
    dcl: Vec<NameId>,
    params: (u32, u32),
    list: List,
    /// Expressions that messages show as something else.
    originals: Vec<(NodeId, Original)>,
    base_pos: IrPos,
    stand: IrPos,
}

/// Nodes and names that were added one after the other.
#[derive(Debug, Default)]
struct Part {
    nodes: Vec<Node>,
    first_node: usize,
    names: Vec<Name>,
    first_name: usize,
}

/// Where lowering stands: what is added after this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    nodes: usize,
    names: usize,
}

/// Sizes of everything that grows when something is read for the first time or is made beside the body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sizes([usize; 18]);

/// How the ids of a template become those of a copy.
struct Renumbering<'t> {
    template: &'t Template,
    inl: InlId,
    call: IrPos,
    ret_label: Symbol,
    /// First node and name of the copy's parts, as far as they are there.
    head: Place,
    body: Place,
}

impl Lowerer<'_> {
    /// How a function can be copied, if it can.
    pub(crate) fn template(&self, callee: FuncId) -> Option<Rc<Template>> {
        match self.inlined.get(&callee)? {
            Inlined::Template(template) => Some(template.clone()),
            Inlined::Before | Inlined::Never => None,
        }
    }

    pub(crate) fn place(&self) -> Place {
        Place { nodes: self.unit.nodes.len(), names: self.unit.names.len() }
    }

    pub(crate) fn sizes(&self) -> Sizes {
        let unit = &self.unit;
        Sizes([
            unit.funcs.len(),
            unit.func_list.len(),
            unit.imprecise_calls.len(),
            unit.method_types.len(),
            unit.static_temps as usize,
            unit.inline_tree.calls.len(),
            self.globals.len(),
            self.funcs.len(),
            self.types.len(),
            self.literals.len(),
            self.new_instances.len(),
            self.todo_dicts.len() + self.todo_bodies.len(),
            self.runtime_funcs.len(),
            self.value_wrappers.len(),
            self.wrappers.have.len() + self.wrappers.have_values.len(),
            self.wrappers.need.len() + self.wrappers.need_values.len(),
            self.range_plans.len(),
            self.pseudo_pkgs.len(),
        ])
    }

    /// Takes note of a body that was lowered: of its parts, given where each began, and of what had grown before.
    pub(crate) fn note_inlined(
        &mut self,
        frame: &InlineFrame,
        source: &Source<'_>,
        places: [Place; 3],
        before: &Sizes,
        list: &List,
    ) {
        let callee = frame.callee;
        let plain_source = matches!(source.code, Code::Decl(_)) && !self.unit.funcs[callee].is_literal();
        let known = if !plain_source {
            Inlined::Never
        } else if !self.inlined.contains_key(&callee) || self.sizes() != *before {
            Inlined::Before
        } else {
            let template = self.make_template(frame, places, list);
            template.map_or(Inlined::Never, |template| Inlined::Template(Rc::new(template)))
        };
        self.inlined.insert(callee, known);
    }

    /// The template; none if the body has something that is different in each copy.
    fn make_template(&self, frame: &InlineFrame, places: [Place; 3], list: &List) -> Option<Template> {
        let [start, head_end, body_start] = places;
        let func = &self.unit.funcs[self.scratch?];
        let template = Template {
            inl: frame.inl,
            call: self.unit.nodes[frame.call].pos,
            head: self.part(start, head_end),
            body: self.part(body_start, self.place()),
            dcl: func.dcl.clone(),
            params: func.params,
            list: list.clone(),
            originals: self.originals_between(start, self.place()),
            base_pos: self.base_pos,
            stand: self.stand,
        };
        let between = head_end.nodes..body_start.nodes;
        let labels = |node: &Node| match node.kind {
            Kind::Branch(_, Some(label)) | Kind::Label(label) => label != frame.ret_label,
            Kind::For { label, .. }
            | Kind::Range { label, .. }
            | Kind::Switch { label, .. }
            | Kind::Select { label, .. } => label.is_some(),
            Kind::Closure(_) => true,
            _ => false,
        };
        let copied = (start.nodes..head_end.nodes).chain(body_start.nodes..self.unit.nodes.len());
        let fits = copied.map(NodeId::from_index).all(|node| {
            let mut inside = true;
            self.unit.for_each_child(node, &mut |child| inside &= !between.contains(&child.index()));
            inside && !labels(&self.unit.nodes[node])
        });
        let is_placed = template.call.pos.file.is_some();
        (fits && is_placed && func.dict_param.is_none() && head_end.names == body_start.names)
            .then_some(template)
    }

    fn part(&self, start: Place, end: Place) -> Part {
        let nodes = (start.nodes..end.nodes).map(|i| self.unit.nodes[NodeId::from_index(i)].clone());
        let names = (start.names..end.names).map(|i| self.unit.names[NameId::from_index(i)].clone());
        Part {
            nodes: nodes.collect(),
            first_node: start.nodes,
            names: names.collect(),
            first_name: start.names,
        }
    }

    fn originals_between(&self, start: Place, end: Place) -> Vec<(NodeId, Original)> {
        if self.unit.originals.is_empty() {
            return Vec::new();
        }
        let nodes = (start.nodes..end.nodes).map(NodeId::from_index);
        nodes.filter_map(|node| Some((node, *self.unit.originals.get(&node)?))).collect()
    }

    /// Makes the parameters and results of a copy, in the scratch function; where they begin.
    pub(crate) fn copy_head(&mut self, template: &Template, frame: &InlineFrame) -> Place {
        let head = self.place();
        let call = self.unit.nodes[frame.call].pos;
        let body = head;
        let ids = Renumbering { template, inl: frame.inl, call, ret_label: frame.ret_label, head, body };
        self.copy_part(&template.head, &ids);
        if let Some(scratch) = self.scratch {
            let pkg = self.unit.func_name(scratch).pkg;
            for i in head.names..self.unit.names.len() {
                let name = &mut self.unit.names[NameId::from_index(i)];
                // Those without a name belong to the caller's package.
                if is_made_up(name.sym) {
                    name.pkg = pkg;
                }
            }
            let f = &mut self.unit.funcs[scratch];
            let own = template.params.0 + template.params.1;
            f.dcl = template.dcl[..own as usize].iter().map(|&name| ids.name(name)).collect();
            f.params = template.params;
        }
        head
    }

    /// Makes the body of a copy whose parameters and results begin at `head`; its statements.
    pub(crate) fn copy_body(&mut self, template: &Template, frame: &InlineFrame, head: Place) -> List {
        let call = self.unit.nodes[frame.call].pos;
        let body = self.place();
        let ids = Renumbering { template, inl: frame.inl, call, ret_label: frame.ret_label, head, body };
        self.copy_part(&template.body, &ids);
        for &(node, original) in &template.originals {
            let original = match original {
                Original::Node(other) => Original::Node(ids.node(other)),
                text @ Original::Text(..) => text,
            };
            self.unit.originals.insert(ids.node(node), original);
        }
        // What defines results may stand in the body.
        for (i, name) in template.head.names.iter().enumerate() {
            if let Some(defn) = name.defn.filter(|&defn| template.body.node(defn).is_some()) {
                self.unit.names[NameId::from_index(head.names + i)].defn = Some(ids.node(defn));
            }
        }
        if let Some(scratch) = self.scratch {
            self.unit.funcs[scratch].dcl = template.dcl.iter().map(|&name| ids.name(name)).collect();
        }
        self.base_pos = ids.pos(template.base_pos);
        self.stand = ids.pos(template.stand);
        template.list.iter().map(|&node| ids.node(node)).collect()
    }

    fn copy_part(&mut self, part: &Part, ids: &Renumbering<'_>) {
        for node in &part.nodes {
            let mut node = node.clone();
            node.pos = ids.pos(node.pos);
            match &mut node.kind {
                Kind::Name(name) | Kind::Decl(name) => *name = ids.name(*name),
                Kind::LinkSymOffset { name, .. } => *name = ids.name(*name),
                Kind::Case(case) => case.var = case.var.map(|var| ids.name(var)),
                Kind::Branch(_, Some(label)) | Kind::Label(label) => *label = ids.ret_label,
                _ => {}
            }
            let copy = self.unit.nodes.push(node);
            self.unit.edit_children(copy, &mut |_, child| ids.node(child));
        }
        for name in &part.names {
            let mut name = name.clone();
            name.pos = ids.pos(name.pos);
            name.node = ids.node(name.node);
            // What the statements before the body define is defined when they are made.
            name.defn = name.defn.filter(|&defn| ids.template.is_copied(defn)).map(|defn| ids.node(defn));
            name.outer = name.outer.map(|outer| ids.name(outer));
            self.unit.names.push(name);
        }
    }
}

impl Part {
    /// The number of a node in the part.
    fn node(&self, node: NodeId) -> Option<usize> {
        node.index().checked_sub(self.first_node).filter(|&i| i < self.nodes.len())
    }

    fn name(&self, name: NameId) -> Option<usize> {
        name.index().checked_sub(self.first_name).filter(|&i| i < self.names.len())
    }
}

impl Template {
    fn is_copied(&self, node: NodeId) -> bool {
        self.head.node(node).or(self.body.node(node)).is_some()
    }
}

impl Renumbering<'_> {
    fn node(&self, node: NodeId) -> NodeId {
        let Template { head, body, .. } = self.template;
        match (head.node(node), body.node(node)) {
            (Some(i), _) => NodeId::from_index(self.head.nodes + i),
            (_, Some(i)) => NodeId::from_index(self.body.nodes + i),
            _ => node,
        }
    }

    fn name(&self, name: NameId) -> NameId {
        let Template { head, body, .. } = self.template;
        match (head.name(name), body.name(name)) {
            (Some(i), _) => NameId::from_index(self.head.names + i),
            (_, Some(i)) => NameId::from_index(self.body.names + i),
            _ => name,
        }
    }

    fn pos(&self, pos: IrPos) -> IrPos {
        match pos {
            pos if pos == self.template.call => self.call,
            pos if pos.inl == Some(self.template.inl) => IrPos { inl: Some(self.inl), ..pos },
            pos => pos,
        }
    }
}
