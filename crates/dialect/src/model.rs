//! The toolchain imitated: how the front end of each release behaves where releases differ.
//!
//! A baseline (the oldest release supported) and dated deltas, folded once into an immutable
//! [`CompilerModel`]. A delta names the release that brought the behaviour and where its source says
//! so. Code matches a rule at one site and never asks for the release itself.

use crate::allocating::AllocRules;
use crate::escaping::EscapeRules;
use crate::experiment::Experiments;
use crate::feature::{Feature, LangSet};
use crate::inlining::InlineRules;
use crate::lowering::LowerRules;
use crate::messages::MessageStyle;
use crate::version::GoVersion;

/// Minor number of the oldest release imitated.
pub const OLDEST_RELEASE: u32 = 19;
/// Minor number of the newest release imitated; a newer one is read with its rules.
pub const NEWEST_RELEASE: u32 = 27;

/// Releases (minor numbers) whose diagnostics are compared with the real toolchain's and recorded.
pub const VERIFIED_RELEASES: &[u32] = &[19, 27];

/// What `//go:build go1.N` says about the language version of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileVersionRule {
    /// Nothing: the module's version holds for every file.
    Ignored,
    /// It raises the version; it lowers it only where the module is at 1.21 or later, and does
    /// nothing where no module version is known.
    RaiseOrLowerFrom121,
    /// It sets the version, but never below 1.21.
    AtLeast121,
}

/// When each iteration of a `for` loop has its own variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopVarRule {
    /// Never.
    Shared,
    /// Only with `GOEXPERIMENT=loopvar`, then in every file.
    Experiment,
    /// By the file's language version; `GOEXPERIMENT=loopvar` makes it hold in every file.
    ByFile,
}

/// What a range clause over a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeFuncRule {
    /// An error, the function being nothing that can be ranged over.
    Unknown,
    /// Allowed with `GOEXPERIMENT=rangefunc` alone, whatever the language version.
    Experiment,
    /// Allowed by the file's language version, and always with `GOEXPERIMENT=rangefunc`.
    ByFileOrExperiment,
    /// Allowed by the file's language version.
    ByFile,
}

/// What an alias declaration with type parameters is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenericAliasRule {
    /// The error "generic type cannot be alias".
    Unknown,
    /// Allowed by the file's language version where the experiment `aliastypeparams` is on, else
    /// the error "generic type alias requires GOEXPERIMENT=aliastypeparams".
    Experiment,
    /// Allowed by the file's language version.
    ByFile,
}

/// What happens to a module whose `go` line is newer than the toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewerGoLine {
    /// It is compiled with everything the toolchain knows; if that fails, a note says why.
    Try,
    /// It is refused.
    Refuse,
}

/// What the compiler appends to an error about a missing language version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionHint {
    /// ` (-lang was set to go1.N; check go.mod)`, always.
    Lang,
    /// ` (file declares //go:build go1.N)` where the file's version is the one its own constraint
    /// names, else as [`VersionHint::Lang`].
    FileOrLang,
}

/// How the front end of one release behaves. Immutable; made once per session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerModel {
    /// The release imitated, as asked for.
    pub toolchain: GoVersion,
    /// The release is newer than every row here: the newest rules are used, and the user is told once.
    pub newer_than_known: bool,
    /// The release is older than every row here: the oldest rules are used.
    pub older_than_known: bool,
    /// Meaning of a file's own version constraint.
    pub file_version: FileVersionRule,
    /// A file that asks for more than the toolchain's own language version is an error
    /// (`file requires newer Go version go1.N`), and so is a package.
    pub too_new_is_error: bool,
    /// Loop variables.
    pub loop_var: LoopVarRule,
    /// Range over functions.
    pub range_func: RangeFuncRule,
    /// Aliases with type parameters.
    pub generic_alias: GenericAliasRule,
    /// An alias is a type of its own that keeps its name in messages, not a second name.
    pub alias_nodes: bool,
    /// Modules newer than the toolchain.
    pub newer_go_line: NewerGoLine,
    /// The hint after errors about a missing language version.
    pub version_hint: VersionHint,
    /// Features are named in the plural in version errors (`binary literals`, `type aliases`).
    pub plural_feature_names: bool,
    /// `min` and `max` are called `built-in min`, `built-in max` in version errors.
    pub builtin_is_named_so: bool,
    /// Lowering to IR.
    pub lowering: LowerRules,
    /// The inliner.
    pub inlining: InlineRules,
    /// Escape analysis.
    pub escaping: EscapeRules,
    /// Allocation at run time.
    pub allocating: AllocRules,
    /// Wording of messages.
    pub messages: MessageStyle,
}

/// The behaviour of the oldest release.
/// `cmd/compile/internal/{types2,noder}`, `cmd/go/internal/work/exec.go` of 1.19.8.
fn baseline(minor: u32) -> CompilerModel {
    CompilerModel {
        toolchain: GoVersion::language(OLDEST_RELEASE),
        newer_than_known: false,
        older_than_known: false,
        file_version: FileVersionRule::Ignored,
        too_new_is_error: false,
        loop_var: LoopVarRule::Shared,
        range_func: RangeFuncRule::Unknown,
        generic_alias: GenericAliasRule::Unknown,
        alias_nodes: false,
        newer_go_line: NewerGoLine::Try,
        version_hint: VersionHint::Lang,
        plural_feature_names: true,
        builtin_is_named_so: false,
        lowering: LowerRules::for_release(minor),
        inlining: InlineRules::for_release(minor),
        escaping: EscapeRules::for_release(minor),
        allocating: AllocRules::for_release(minor),
        messages: MessageStyle::for_release(minor),
    }
}

/// A change of behaviour: the minor release it came with, and what it does to the model.
type Delta = (u32, fn(&mut CompilerModel));

/// The changes, oldest first.
const DELTAS: &[Delta] = &[
    // 1.21: build constraints set the version of a file. `types2/check.go`, initFiles.
    (21, |m| m.file_version = FileVersionRule::RaiseOrLowerFrom121),
    // 1.21: experiment loopvar. `cmd/compile/internal/base/flag.go`, `loopvar/loopvar.go`.
    (21, |m| m.loop_var = LoopVarRule::Experiment),
    // 1.21: toolchains refuse newer modules. `cmd/go/internal/modload/init.go`, gover.TooNewError.
    (21, |m| m.newer_go_line = NewerGoLine::Refuse),
    // 1.22: loop variables by file. `noder/writer.go`, distinctVars.
    (22, |m| m.loop_var = LoopVarRule::ByFile),
    // 1.22: experiment rangefunc, with no version gate. `types2/stmt.go`, rangeKeyVal.
    (22, |m| m.range_func = RangeFuncRule::Experiment),
    // 1.22: the hint names the file's own constraint. `noder/irgen.go`, checkFiles.
    (22, |m| m.version_hint = VersionHint::FileOrLang),
    // 1.23: a constraint sets max(its version, 1.21). `types2/check.go`, initFiles.
    (23, |m| m.file_version = FileVersionRule::AtLeast121),
    // 1.23: "package requires newer Go version", "file requires newer Go version". Same place.
    (23, |m| m.too_new_is_error = true),
    // 1.23: range over functions. `types2/stmt.go`, rangeKeyVal.
    (23, |m| m.range_func = RangeFuncRule::ByFileOrExperiment),
    // 1.23: the compiler sets EnableAlias; generic aliases under an experiment, which is on by
    // default from 1.24. `noder/irgen.go`, `types2/decl.go`, `internal/buildcfg/exp.go`.
    (23, |m| m.alias_nodes = true),
    (23, |m| m.generic_alias = GenericAliasRule::Experiment),
    // 1.23: version errors name one feature. `types2/{decl,literals,builtins}.go`.
    (23, |m| m.plural_feature_names = false),
    (23, |m| m.builtin_is_named_so = true),
    // 1.26: the experiments rangefunc and aliastypeparams are gone. `internal/goexperiment/flags.go`.
    (26, |m| m.range_func = RangeFuncRule::ByFile),
    (26, |m| m.generic_alias = GenericAliasRule::ByFile),
];

impl CompilerModel {
    /// The behaviour of a toolchain. Releases outside 1.19 … 1.27 get the nearest row's, and a flag.
    pub fn for_toolchain(toolchain: GoVersion) -> CompilerModel {
        let minor = if toolchain.at_least(NEWEST_RELEASE + 1) { NEWEST_RELEASE } else { toolchain.minor() };
        let mut model = CompilerModel {
            toolchain,
            newer_than_known: toolchain.at_least(NEWEST_RELEASE + 1),
            older_than_known: !toolchain.at_least(OLDEST_RELEASE),
            ..baseline(minor)
        };
        for (since, apply) in DELTAS {
            if toolchain.at_least(*since) {
                apply(&mut model);
            }
        }
        model
    }

    /// The language version the toolchain speaks: what a file gets where nothing names a version.
    pub fn own_language(&self) -> GoVersion {
        self.toolchain.lang()
    }

    /// Whether the toolchain implements a feature at all, whatever a file's language version is.
    /// Where it does not, the construct is not gated but unknown (`undefined: clear`).
    pub fn implements(&self, feature: Feature, experiments: &Experiments) -> bool {
        match feature {
            Feature::RangeOverFunc => match self.range_func {
                RangeFuncRule::Unknown => false,
                RangeFuncRule::Experiment => experiments.is_enabled("rangefunc"),
                RangeFuncRule::ByFileOrExperiment | RangeFuncRule::ByFile => true,
            },
            Feature::GenericTypeAlias => match self.generic_alias {
                GenericAliasRule::Unknown => false,
                GenericAliasRule::Experiment => experiments.is_enabled("aliastypeparams"),
                GenericAliasRule::ByFile => true,
            },
            Feature::LoopVarPerIteration => match self.loop_var {
                LoopVarRule::Shared => false,
                LoopVarRule::Experiment => experiments.is_enabled("loopvar"),
                LoopVarRule::ByFile => true,
            },
            feature => self.toolchain.language_at_least(feature.since()),
        }
    }

    /// The language version of a file: `lang` is what the compiler's `-lang` says (the module's `go`
    /// line, where there is one), `constraint` the version that the file's `//go:build` line
    /// requires, if it requires one. The result is unaltered `lang` where the constraint has no say;
    /// it may be newer than the toolchain ([`CompilerModel::too_new_is_error`]).
    pub fn file_version(&self, lang: Option<GoVersion>, constraint: Option<GoVersion>) -> Option<GoVersion> {
        let Some(constraint) = constraint.map(GoVersion::lang) else { return lang };
        match (self.file_version, lang) {
            (FileVersionRule::Ignored, _) => lang,
            (FileVersionRule::RaiseOrLowerFrom121, None) => None,
            (FileVersionRule::RaiseOrLowerFrom121, Some(module)) => {
                let obeyed = constraint.language_at_least(module) || module.at_least(21);
                if obeyed && !constraint.same_language(module) { Some(constraint) } else { lang }
            }
            (FileVersionRule::AtLeast121, _) => {
                Some(if constraint.at_least(21) { constraint } else { GoVersion::language(21) })
            }
        }
    }

    /// What the compiler appends to an error `… requires go1.N or later`, by the same two versions
    /// as [`CompilerModel::file_version`].
    pub fn hint_after_version_error(&self, lang: Option<GoVersion>, constraint: Option<GoVersion>) -> String {
        let file = self.file_version(lang, constraint);
        match (self.version_hint, constraint.map(GoVersion::lang)) {
            (VersionHint::FileOrLang, Some(own)) if file.map(GoVersion::lang) == Some(own) => {
                format!(" (file declares //go:build {own})")
            }
            _ => {
                let lang = lang.map(|lang| lang.lang().to_string()).unwrap_or_default();
                format!(" (-lang was set to {lang}; check go.mod)")
            }
        }
    }

    /// The features of a file of the given language version (from [`CompilerModel::file_version`]):
    /// those of the version that the toolchain implements, and those an experiment opens.
    pub fn lang_set(&self, version: Option<GoVersion>, experiments: &Experiments) -> LangSet {
        let mut set = version.map_or_else(LangSet::unrestricted, LangSet::for_version);
        if self.loop_var != LoopVarRule::Shared && experiments.is_enabled("loopvar") {
            set = set.with(Feature::LoopVarPerIteration);
        }
        let range_func_opened =
            matches!(self.range_func, RangeFuncRule::Experiment | RangeFuncRule::ByFileOrExperiment);
        if range_func_opened && experiments.is_enabled("rangefunc") {
            set = set.with(Feature::RangeOverFunc);
        }
        for &feature in Feature::ALL {
            if !self.implements(feature, experiments) {
                set = set.without(feature);
            }
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    fn model(minor: u32) -> CompilerModel {
        CompilerModel::for_toolchain(GoVersion::release(minor, 1))
    }

    fn experiments(minor: u32, text: &str) -> Experiments {
        Experiments::parse(GoVersion::release(minor, 0), &Target::new("linux", "amd64"), text).unwrap()
    }

    #[test]
    fn deltas_are_dated_in_order() {
        assert!(DELTAS.is_sorted_by_key(|d| d.0));
        assert!(DELTAS.iter().all(|d| (OLDEST_RELEASE..=NEWEST_RELEASE).contains(&d.0)));
        let newer = model(NEWEST_RELEASE + 1);
        assert!(newer.newer_than_known && !model(NEWEST_RELEASE).newer_than_known);
        assert!(model(18).older_than_known);
        assert_eq!(newer.range_func, model(NEWEST_RELEASE).range_func);
    }

    #[test]
    fn file_versions_per_release() {
        // toolchain, module, constraint, result
        let rows = [
            (19, Some(17), 18, Some(17)),
            (20, Some(20), 18, Some(20)),
            (21, Some(20), 21, Some(21)),
            (21, Some(20), 18, Some(20)),
            (21, Some(21), 18, Some(18)),
            (22, Some(22), 18, Some(18)),
            (22, None, 18, None),
            (23, Some(22), 18, Some(21)),
            (23, Some(18), 17, Some(21)),
            (27, None, 22, Some(22)),
            (27, Some(27), 26, Some(26)),
        ];
        for (toolchain, module, constraint, want) in rows {
            let got = model(toolchain)
                .file_version(module.map(GoVersion::language), Some(GoVersion::language(constraint)));
            assert_eq!(got, want.map(GoVersion::language), "{toolchain} {module:?} {constraint}");
        }
        let exact = GoVersion::release(22, 4);
        assert_eq!(model(22).file_version(Some(exact), Some(GoVersion::language(22))), Some(exact));
        assert_eq!(model(24).file_version(Some(exact), None), Some(exact));
    }

    #[test]
    fn hints_after_version_errors() {
        // As go1.21.13, go1.22.10 and go1.27.3 print them for these modules and constraints.
        let own = |minor: u32| format!(" (file declares //go:build go1.{minor})");
        let lang = |minor: u32| format!(" (-lang was set to go1.{minor}; check go.mod)");
        let rows = [
            (21, 21, 17, lang(21)),
            (22, 21, 17, own(17)),
            (22, 20, 17, lang(20)),
            (22, 21, 21, own(21)),
            (27, 22, 17, lang(22)),
            (27, 20, 21, own(21)),
        ];
        for (toolchain, module, constraint, want) in rows {
            let versions = [module, constraint].map(|minor| Some(GoVersion::language(minor)));
            let got = model(toolchain).hint_after_version_error(versions[0], versions[1]);
            assert_eq!(got, want, "{toolchain} {module} {constraint}");
        }
    }

    #[test]
    fn experiments_open_gates() {
        let lang = Some(GoVersion::language(18));
        let has = |minor, text: &str, feature| {
            let e = experiments(minor, text);
            model(minor).lang_set(lang, &e).has(feature)
        };
        assert!(!has(21, "", Feature::LoopVarPerIteration));
        assert!(has(21, "loopvar", Feature::LoopVarPerIteration));
        assert!(has(22, "rangefunc", Feature::RangeOverFunc));
        assert!(has(25, "rangefunc", Feature::RangeOverFunc));
        assert!(!has(25, "", Feature::RangeOverFunc));
    }

    #[test]
    fn a_toolchain_has_only_what_it_implements() {
        let all = |minor| model(minor).lang_set(None, &experiments(minor, ""));
        assert!(!all(19).has(Feature::Clear) && all(21).has(Feature::Clear));
        assert!(!all(22).has(Feature::RangeOverFunc) && all(23).has(Feature::RangeOverFunc));
        assert!(!all(23).has(Feature::GenericTypeAlias) && all(24).has(Feature::GenericTypeAlias));
        assert!(!all(21).has(Feature::LoopVarPerIteration));
        assert!(!all(26).has(Feature::GenericMethod) && all(27).has(Feature::GenericMethod));
    }
}
