//! What `go tool pprof` says of the profiles in `conformance/pprof`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use escargo_testkit::pprof::{Answer, Answers, Known, Suite, Tool, answers, compare};

use crate::cli::PprofArgs;
use crate::sdk::Sdk;
use crate::workspace;

/// `cargo xtask oracle pprof`.
pub(crate) fn pprof(args: &PprofArgs) -> Result<bool> {
    let suite = Suite::read(&workspace::root().join("conformance/pprof"))?;
    let scratch = workspace::scratch("pprof")?;
    if args.ours {
        let program = workspace::release_binary()?;
        let known = Known::read(&suite.dir)?;
        let tool = Tool { program: &program, before: &["tool", "pprof"] };
        let have = answers(tool, &suite, &scratch)?;
        return judge(args, &suite, &have, &known);
    }
    let program = tool(&args.sdk.open()?)?;
    let tool = Tool { program: &program, before: &[] };
    let have = answers(tool, &suite, &scratch)?;
    if args.record.bless {
        // What the tool itself does not say twice cannot be asked of anyone.
        let again = answers(tool, &suite, &scratch)?;
        let mut steady = true;
        for (case, (a, b)) in suite.cases.iter().zip(have.iter().zip(&again)) {
            if let Some(text) = case.difference(a, b) {
                println!("{} $ {}: another answer the second time: {text}", case.profile, case.line);
                steady = false;
            }
        }
        return Ok(record(&suite, &have)? && steady);
    }
    judge(args, &suite, &have, &Known::default())
}

/// pprof as the SDK builds it, so that running it is running nothing else.
pub(crate) fn tool(sdk: &Sdk) -> Result<PathBuf> {
    let program = workspace::scratch("pprof-tool")?.join(format!("pprof-{}", sdk.version));
    let dir = workspace::scratch("empty-module")?;
    let mut go = sdk.go()?;
    go.args(["build", "-trimpath", "-o"])
        .arg(&program)
        .arg("cmd/pprof")
        .current_dir(dir)
        .env("GO111MODULE", "off");
    workspace::output(&mut go)?;
    Ok(program)
}

fn record(suite: &Suite, have: &[Answer]) -> Result<bool> {
    let mut total = 0;
    for profile in &suite.profiles {
        let mut all = Answers::default();
        for (case, answer) in suite.cases.iter().zip(have).filter(|(case, _)| case.profile == *profile) {
            all.push(&case.line, answer.clone());
        }
        let (path, text) = (suite.answers_file(profile), all.write());
        total += text.len();
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("{} answers for {} profiles, {total} bytes", have.len(), suite.profiles.len());
    Ok(true)
}

fn judge(args: &PprofArgs, suite: &Suite, have: &[Answer], known: &Known) -> Result<bool> {
    let found = compare(suite, have, known, args.limit)?;
    for line in &found.profiles {
        println!("{line}");
    }
    print!("{}", found.report);
    println!("{} of {} command lines answered as recorded", found.equal, found.compared);
    Ok(found.report.is_empty())
}
