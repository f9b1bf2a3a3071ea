//! The prompt on a terminal: editing, completion with Tab, and the lines before.

use std::borrow::Cow;
use std::io::{self, IsTerminal};

use escargo_pprof::session::{Ui, complete};
use reedline::{ColumnarMenu, MenuBuilder};
use reedline::{
    Completer, CompletionResult, Emacs, KeyCode, KeyModifiers, Prompt, PromptEditMode, PromptHistorySearch,
    Reedline, ReedlineEvent, ReedlineMenu, Signal, Span, Suggestion, default_emacs_keybindings,
};

use super::plain::{write_err, write_out};

const MENU: &str = "completions";

/// A line editor; made when the first line is read, so that reports leave the terminal alone.
pub(super) struct Editor {
    line: Option<Reedline>,
    functions: Vec<String>,
    colours: bool,
}

impl Editor {
    pub(super) fn new() -> Editor {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Editor { line: None, functions: Vec::new(), colours: io::stderr().is_terminal() && !plain }
    }
}

impl Ui for Editor {
    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let functions = &mut self.functions;
        let line = self.line.get_or_insert_with(|| line_editor(std::mem::take(functions)));
        match line.read_line(&Plain(prompt))? {
            Signal::Success(text) => Ok(Some(text)),
            // Ctrl-C ends the conversation, as Ctrl-D does.
            _ => Ok(None),
        }
    }

    fn say(&mut self, text: &str) {
        write_err(text);
    }

    fn warn(&mut self, text: &str) {
        if !self.colours {
            return write_err(text);
        }
        write_err(&format!("\x1b[0;31m{}\x1b[0m", text.strip_suffix('\n').unwrap_or(text)));
    }

    fn report(&mut self, data: &[u8]) -> io::Result<()> {
        write_out(data)
    }

    fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    fn complete_functions(&mut self, functions: Vec<String>) {
        self.functions = functions;
    }
}

fn line_editor(functions: Vec<String>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let next = ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext]);
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, next);
    let menu = ReedlineMenu::EngineCompleter(Box::new(ColumnarMenu::default().with_name(MENU)));
    Reedline::create()
        .with_completer(Box::new(Words(functions)))
        .with_menu(menu)
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_edit_mode(Box::new(Emacs::new(keys)))
        .with_ansi_colors(false)
}

/// Commands, settings and functions.
struct Words(Vec<String>);

impl Completer for Words {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let line = line.get(..position).unwrap_or(line);
        let (start, words) = complete::candidates(line, &self.0);
        let suggestion = |value: String| Suggestion {
            value,
            span: Span::new(start, line.len()),
            append_whitespace: true,
            ..Suggestion::default()
        };
        CompletionResult::fresh(words.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

/// A prompt that is a text and nothing else.
struct Plain<'a>(&'a str);

impl Prompt for Plain<'_> {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("(search: {}) ", search.term))
    }
}
