//! Reporting errors, and naming things in messages.

use escargo_base::{Diagnostic, Label, Pos, Severity, Span};
use escargo_syntax::{Expr, ExprId};
use escargo_types::print::Printer;
use escargo_types::{ObjId, PkgId, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::Operand;

/// An error in the making: a first text and further lines, each with its place.
#[derive(Debug)]
pub(crate) struct ErrorBuilder {
    code: Code,
    soft: bool,
    parts: Vec<(Pos, String)>,
}

impl ErrorBuilder {
    /// Adds a line. The place of the first is where the error is reported.
    pub(crate) fn add(&mut self, at: Pos, message: impl Into<String>) {
        self.parts.push((at, message.into()));
    }
    pub(crate) fn soft(mut self) -> Self {
        self.soft = true;
        self
    }
    /// The same error with words before its first text.
    pub(crate) fn prefixed(mut self, prefix: &str) -> Self {
        if let Some((_, first)) = self.parts.first_mut() {
            first.insert_str(0, prefix);
        }
        self
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// Bytes that the types and expressions in a package's messages may have together, before they are cut short.
pub(crate) const TEXT_BUDGET: usize = 64 << 20;
/// Types and expressions of this length are always shown.
const SHORT_TEXT: usize = 200;
/// Longer ones never.
const LONG_TEXT: usize = 1 << 20;

impl Checker<'_> {
    pub(crate) fn new_error(&self, code: Code) -> ErrorBuilder {
        ErrorBuilder { code, soft: false, parts: Vec::new() }
    }
    /// Adds the line that points to another declaration of the same name.
    pub(crate) fn add_alt_decl(&self, err: &mut ErrorBuilder, obj: ObjId) {
        let obj = self.store.obj(obj);
        if obj.pos.is_known() {
            err.add(obj.pos, format!("other declaration of {}", obj.name));
        }
    }
    /// Reports an error at a place.
    pub(crate) fn error(&mut self, at: Pos, code: Code, message: impl Into<String>) {
        let mut err = self.new_error(code);
        err.add(at, message);
        self.report(err);
    }
    /// Reports an error at the start of an expression of the current file.
    pub(crate) fn error_at(&mut self, at: ExprId, code: Code, message: impl Into<String>) {
        let at = self.start(at);
        self.error(at, code, message);
    }
    /// Reports an error that does not keep later stages from running.
    pub(crate) fn soft_error(&mut self, at: Pos, code: Code, message: impl Into<String>) {
        let mut err = self.new_error(code);
        err.add(at, message);
        self.report(err.soft());
    }
    /// Reports an error. Follow-on errors about invalid operands and types are dropped, as the
    /// compiler does (`types2/errors.go`).
    pub(crate) fn report(&mut self, err: ErrorBuilder) {
        let mut parts = err.parts.into_iter();
        let Some((mut at, mut message)) = parts.next() else { return };
        let follows_on = |text: &str| message.find(text).is_some_and(|i| i > 0);
        if !self.errors.is_empty() && (follows_on("invalid operand") || follows_on("invalid type")) {
            return;
        }
        if self.env.errpos.is_known() {
            at = self.env.errpos;
        }
        if err.code == Code::InvalidSyntaxTree {
            message = format!("invalid syntax tree: {message}");
        }
        self.errors.push(Diagnostic {
            code: err.code.as_str(),
            severity: Severity::Error,
            span: Span::at(at),
            message,
            labels: parts.map(|(pos, message)| Label { span: Span::at(pos), message }).collect(),
            soft: err.soft,
        });
    }

    /// A position as `file:line:column` in a message's own text (file names as in messages' positions).
    pub(crate) fn position_text(&self, pos: Pos) -> String {
        match self.config.sources.position(pos) {
            None => "<unknown position>".to_owned(),
            Some(p) => match p.column {
                Some(column) => format!("{}:{}:{column}", p.file.display(), p.line),
                None => format!("{}:{}", p.file.display(), p.line),
            },
        }
    }

    // ----- places -----

    /// Where most errors about an expression are reported: at its start, but for slice expressions at the `[`, and so
    /// for what starts with one.
    pub(crate) fn start(&self, e: ExprId) -> Pos {
        let tree = self.tree();
        let mut e = e;
        let offset = loop {
            e = match tree[e] {
                Expr::CompositeLit { ty: Some(ty), .. } => ty,
                Expr::KeyValue { key, .. } => key,
                Expr::Selector { x, .. }
                | Expr::Index { x, .. }
                | Expr::TypeAssert { x, .. }
                | Expr::TypeSwitchGuard { x }
                | Expr::Binary { x, .. } => x,
                Expr::Call { fun, .. } => fun,
                _ => break tree.loc(e).pos,
            };
        };
        Pos::new(self.file_id(), offset)
    }
    /// The position that the compiler gives an expression's node.
    pub(crate) fn node_pos(&self, e: ExprId) -> Pos {
        Pos::new(self.file_id(), self.tree().loc(e).pos)
    }
    /// The position of an offset in the current file.
    pub(crate) fn at(&self, offset: u32) -> Pos {
        Pos::new(self.file_id(), offset)
    }
    /// Where an operand starts.
    pub(crate) fn op_start(&self, x: &Operand) -> Pos {
        x.expr.map_or(Pos::NONE, |e| self.start(e))
    }

    // ----- names in messages -----

    /// How a package is named in messages: nothing for the package being checked, else its name, or its quoted path
    /// where the name is ambiguous.
    pub(crate) fn qualify(&self, pkg: PkgId) -> String {
        if pkg == self.pkg {
            return String::new();
        }
        let package = self.store.pkg(pkg);
        if self.package_name_is_ambiguous(package.name()) {
            return escargo_types::constant::quote::quote(package.path.as_str().as_bytes());
        }
        package.name().to_string()
    }
    /// A type as text.
    pub(crate) fn ts(&self, ty: TypeId) -> String {
        self.print(|printer| printer.ty(ty))
    }
    /// An object as text.
    pub(crate) fn os(&self, obj: ObjId) -> String {
        self.print(|printer| printer.object(obj))
    }
    fn print(&self, write: impl FnOnce(&mut Printer<'_>)) -> String {
        let qualifier = |p| self.qualify(p);
        let position = |p| self.position_text(p);
        let mut printer = Printer::new(self.store, &qualifier);
        printer.position = Some(&position);
        printer.limit = self.text_limit();
        write(&mut printer);
        self.spend_text(printer.finish())
    }
    /// An expression of the current file as text.
    pub(crate) fn es(&self, e: ExprId) -> String {
        let text = escargo_syntax::short_expr_string(self.tree(), self.src(), e, self.text_limit());
        self.spend_text(text)
    }

    /// How long a text may be. Each of very many errors may be about a very long expression; those of a package that
    /// anybody reads are complete.
    fn text_limit(&self) -> usize {
        self.text_left.get().clamp(SHORT_TEXT, LONG_TEXT)
    }
    fn spend_text(&self, text: String) -> String {
        self.text_left.set(self.text_left.get().saturating_sub(text.len()));
        text
    }
}
