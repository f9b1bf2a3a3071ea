//! Texts in columns.

/// Aligns cells that end in tabs, to the right, with a space before each. A column goes on over lines that have a cell in
/// it; what stands after the last tab of a line is no cell. Vertical tabs and form feeds count as tabs and line ends.
pub(super) fn align(text: &str) -> String {
    let lines: Vec<Vec<&str>> =
        text.split(['\n', '\x0c']).map(|line| line.split(['\t', '\x0b']).collect()).collect();
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|line| vec![0; line.len() - 1]).collect();
    let columns = widths.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..columns {
        let mut at = 0;
        while at < lines.len() {
            let has_cell = |line: &&Vec<usize>| line.len() > column;
            let height = widths[at..].iter().take_while(has_cell).count();
            let block = &lines[at..at + height];
            let width = block.iter().map(|line| line[column].chars().count() + 1).max().unwrap_or(0);
            for line in &mut widths[at..at + height] {
                line[column] = width;
            }
            at += height.max(1);
        }
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (at, (line, widths)) in lines.iter().zip(&widths).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        for (cell, &width) in line.iter().zip(widths) {
            out.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
            out.push_str(cell);
        }
        out.push_str(line.last().copied().unwrap_or(""));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn columns_end_where_a_line_has_no_cell() {
        let text = "key:\t Total\n \tlong:\t x\n \ts:\t y\n\nk:\t z\n";
        assert_eq!(align(text), " key: Total\n      long: x\n         s: y\n\n k: z\n");
    }
}
