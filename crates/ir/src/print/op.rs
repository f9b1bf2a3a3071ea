//! Spelling and precedence of operations (`ir/fmt.go`).

use crate::Op;

/// The operation in Go syntax; for those that have none, the compiler's name for it.
pub(super) fn spelling(op: Op) -> &'static str {
    match op {
        Op::Addr | Op::And => "&",
        Op::Add | Op::AddStr | Op::Plus => "+",
        Op::AndAnd => "&&",
        Op::AndNot => "&^",
        Op::Append => "append",
        Op::As | Op::As2 => "=",
        Op::Break => "break",
        Op::Cap => "cap",
        Op::Case | Op::CommCase => "case",
        Op::Clear => "clear",
        Op::Close => "close",
        Op::Complex => "complex",
        Op::BitNot | Op::Xor => "^",
        Op::Continue => "continue",
        Op::Copy => "copy",
        Op::Delete => "delete",
        Op::Defer => "defer",
        Op::Div => "/",
        Op::Eq => "==",
        Op::Fall => "fallthrough",
        Op::For => "for",
        Op::Ge => ">=",
        Op::Go => "go",
        Op::Goto => "goto",
        Op::Gt => ">",
        Op::If => "if",
        Op::Imag => "imag",
        Op::InlMark => "inlmark",
        Op::Deref | Op::Mul => "*",
        Op::Len => "len",
        Op::Le => "<=",
        Op::Lsh => "<<",
        Op::Lt => "<",
        Op::Neg | Op::Sub => "-",
        Op::Max => "max",
        Op::Min => "min",
        Op::Mod => "%",
        Op::New => "new",
        Op::Ne => "!=",
        Op::Not => "!",
        Op::OrOr => "||",
        Op::Or => "|",
        Op::Panic => "panic",
        Op::Println => "println",
        Op::Print => "print",
        Op::Range => "range",
        Op::Real => "real",
        Op::Recv | Op::Send => "<-",
        Op::Recover => "recover",
        Op::Return => "return",
        Op::Rsh => ">>",
        Op::Select => "select",
        Op::Switch => "switch",
        Op::UnsafeAdd => "unsafe.Add",
        Op::UnsafeSlice => "unsafe.Slice",
        Op::UnsafeSliceData => "unsafe.SliceData",
        Op::UnsafeString => "unsafe.String",
        Op::UnsafeStringData => "unsafe.StringData",
        Op::GetCallerSp => "GETCALLERSP",
        Op::IData => "IDATA",
        Op::ITab => "ITAB",
        Op::SPtr => "SPTR",
        Op::CheckNil => "CHECKNIL",
        Op::DynamicDotType => "DYNAMICDOTTYPE",
        Op::DynamicDotType2 => "DYNAMICDOTTYPE2",
        Op::DynamicType => "DYNAMICTYPE",
        Op::SelRecv2 => "SELRECV2",
        Op::TypeSw => "TYPESW",
        Op::TailCall => "TAILCALL",
        // All others have a text of their own.
        _ => "",
    }
}

/// How operands bind.
const PRIMARY: u8 = 8;
/// How unary operators bind.
pub(super) const UNARY: u8 = 7;

/// How strongly an operation binds; `None` for statements. What binds less than its place demands gets parentheses,
/// operations with 0 thus everywhere but in lists.
pub(super) fn precedence(op: Op) -> Option<u8> {
    Some(match op {
        Op::Append
        | Op::Bytes2Str
        | Op::ArrayLit
        | Op::SliceLit
        | Op::Runes2Str
        | Op::CallFunc
        | Op::CallInter
        | Op::Cap
        | Op::Clear
        | Op::Close
        | Op::ConvIface
        | Op::ConvNop
        | Op::Conv
        | Op::Copy
        | Op::Delete
        | Op::GetG
        | Op::Len
        | Op::Literal
        | Op::MakeSlice
        | Op::MapLit
        | Op::Max
        | Op::Min
        | Op::Name
        | Op::New
        | Op::Nil
        | Op::Panic
        | Op::Paren
        | Op::Println
        | Op::Print
        | Op::RuneStr
        | Op::Slice2Arr
        | Op::Slice2ArrPtr
        | Op::Str2Bytes
        | Op::Str2Runes
        | Op::StructLit
        | Op::Type
        | Op::UnsafeAdd
        | Op::UnsafeSlice
        | Op::UnsafeSliceData
        | Op::UnsafeString
        | Op::UnsafeStringData
        | Op::IndexMap
        | Op::Index
        | Op::Slice
        | Op::SliceStr
        | Op::SliceArr
        | Op::Slice3
        | Op::Slice3Arr
        | Op::DotInter
        | Op::DotMeth
        | Op::DotPtr
        | Op::DotType2
        | Op::DotType
        | Op::Dot
        | Op::MethValue
        | Op::MethExpr => PRIMARY,
        Op::Plus | Op::Not | Op::BitNot | Op::Neg | Op::Addr | Op::Deref | Op::Recv => UNARY,
        Op::Mul | Op::Div | Op::Mod | Op::Lsh | Op::Rsh | Op::And | Op::AndNot => 6,
        Op::Add | Op::Sub | Op::Or | Op::Xor => 5,
        Op::Eq | Op::Lt | Op::Le | Op::Ge | Op::Gt | Op::Ne => 4,
        Op::Send => 3,
        Op::AndAnd => 2,
        Op::OrOr => 1,
        Op::As
        | Op::As2
        | Op::As2DotType
        | Op::As2Func
        | Op::As2MapR
        | Op::As2Recv
        | Op::AsOp
        | Op::Block
        | Op::Break
        | Op::Case
        | Op::CommCase
        | Op::Continue
        | Op::Dcl
        | Op::Defer
        | Op::Fall
        | Op::For
        | Op::Goto
        | Op::If
        | Op::Label
        | Op::Go
        | Op::Range
        | Op::Return
        | Op::Select
        | Op::Switch => return None,
        _ => 0,
    })
}
