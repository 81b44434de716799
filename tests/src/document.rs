//! What the documents show beside SQL: commands of a shell, and configuration.

/// The blocks of a document in this language.
///
/// # Panics
/// When a block has no end.
pub fn blocks<'d>(document: &'d str, language: &str) -> Vec<&'d str> {
    let begin = format!("```{language}\n");
    let blocks = document.split(begin.as_str()).skip(1);
    blocks.map(|rest| rest.split_once("```").expect("a block has an end").0).collect()
}

/// The commands of a document's `console` blocks: what follows `$ `, with the lines that
/// continue it, and what is shown below.
pub fn commands(document: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in blocks(document, "console") {
        let mut is_continued = false;
        for line in block.lines() {
            let said = line.strip_prefix("$ ").or(is_continued.then_some(line));
            let Some(said) = said else {
                if let Some((_, shown)) = commands.last_mut() {
                    *shown += &format!("{line}\n");
                }
                continue;
            };
            if is_continued && let Some((command, _)) = commands.last_mut() {
                *command += &format!(" {}", said.trim().trim_end_matches('\\').trim());
            } else {
                commands.push((said.trim_end_matches('\\').trim().to_owned(), String::new()));
            }
            is_continued = said.ends_with('\\');
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_its_further_lines_and_what_is_shown() {
        let document = "x\n```console\n$ one \\\n    two  # why\n{\"a\": 1}\n$ three\n```\n";
        let expected = [("one two  # why", "{\"a\": 1}\n"), ("three", "")];
        let expected = expected.map(|(command, shown)| (command.to_owned(), shown.to_owned()));
        assert_eq!(commands(document), expected);
    }
}
