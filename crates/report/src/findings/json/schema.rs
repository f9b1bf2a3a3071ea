//! The objects that are written, key by key, in the order of `docs/json.md`.

use escargo_findings::finding::Measured;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RunLine<'a> {
    pub(super) kind: &'static str,
    pub(super) schema: &'static str,
    pub(super) escargo: &'a str,
    pub(super) go: &'a str,
    pub(super) target: &'a str,
}

#[derive(Serialize)]
pub(super) struct FindingLine<'a> {
    pub(super) kind: &'static str,
    pub(super) package: &'a str,
    pub(super) function: &'a str,
    pub(super) imported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<PlacePart>,
    pub(super) subject: &'a str,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) site: &'static str,
    pub(super) class: ClassPart,
    pub(super) verdict: &'static str,
    pub(super) escapes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<&'static str>,
    pub(super) title: String,
    pub(super) story: StoryPart<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) copies: Vec<CopyPart<'a>>,
    pub(super) cost: CostPart,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) advice: Vec<AdvicePart<'a>>,
}

#[derive(Serialize)]
pub(super) struct AnswerLine<'a> {
    pub(super) kind: &'static str,
    pub(super) package: &'a str,
    pub(super) function: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<PlacePart>,
    pub(super) subject: &'a str,
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) site: Option<&'static str>,
    pub(super) class: ClassPart,
    pub(super) verdict: &'static str,
    pub(super) escapes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<&'static str>,
    pub(super) title: String,
    pub(super) ways: Vec<WayPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) copies: Vec<CopyPart<'a>>,
    pub(super) cost: CostPart,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) advice: Vec<AdvicePart<'a>>,
}

#[derive(Serialize)]
pub(super) struct TotalsLine {
    pub(super) kind: &'static str,
    pub(super) packages: usize,
    pub(super) sites: usize,
    pub(super) escaping: usize,
    pub(super) shown: usize,
    pub(super) hidden: HiddenPart,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<ProfilePart>,
}

#[derive(Serialize)]
pub(super) struct HiddenPart {
    pub(super) unasked: usize,
    pub(super) minor: usize,
    pub(super) cheap: usize,
    pub(super) beyond_limit: usize,
}

#[derive(Serialize)]
pub(super) struct ProfilePart {
    pub(super) all: MeasuredPart,
    pub(super) named: MeasuredPart,
    pub(super) imported: MeasuredPart,
    pub(super) runtime: MeasuredPart,
    pub(super) helpers: MeasuredPart,
    pub(super) unknown_source: MeasuredPart,
    pub(super) unmatched: MeasuredPart,
}

#[derive(Serialize)]
pub(super) struct PlacePart {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

#[derive(Serialize)]
pub(super) struct ClassPart {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct StoryPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<&'static str>,
    pub(super) partial: bool,
    pub(super) steps: Vec<StepPart<'a>>,
}

#[derive(Serialize, Default)]
pub(super) struct StepPart<'a> {
    pub(super) depth: u32,
    pub(super) function: &'a str,
    pub(super) package: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<PlacePart>,
    pub(super) what: &'static str,
    pub(super) words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) callee: Option<CalleePart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) variable: Option<VariablePart<'a>>,
}

#[derive(Serialize)]
pub(super) struct CalleePart<'a> {
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct VariablePart<'a> {
    pub(super) name: &'a str,
    pub(super) role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<PlacePart>,
}

#[derive(Serialize)]
pub(super) struct WayPart<'a> {
    pub(super) leads: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<&'a str>,
    pub(super) derefs: u32,
    pub(super) story: StoryPart<'a>,
}

#[derive(Serialize)]
pub(super) struct CopyPart<'a> {
    pub(super) function: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<PlacePart>,
    pub(super) escapes: bool,
}

#[derive(Serialize)]
pub(super) struct CostPart {
    pub(super) estimate: EstimatePart,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured: Option<MeasuredPart>,
    pub(super) moved: bool,
}

#[derive(Serialize)]
pub(super) struct EstimatePart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    pub(super) loop_depth: u32,
    pub(super) callers: u32,
    pub(super) weight: f64,
}

#[derive(Serialize)]
pub(super) struct MeasuredPart {
    pub(super) bytes: i64,
    pub(super) objects: i64,
}

impl From<Measured> for MeasuredPart {
    fn from(measured: Measured) -> MeasuredPart {
        MeasuredPart { bytes: measured.bytes, objects: measured.objects }
    }
}

#[derive(Serialize)]
pub(super) struct AdvicePart<'a> {
    pub(super) code: &'static str,
    pub(super) text: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) ty: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) variable: Option<&'a str>,
}
