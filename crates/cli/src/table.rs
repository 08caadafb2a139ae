//! Columns that line up.

/// Rows of cells under headings. The last column is as wide as it likes; nothing is cut.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these headings.
    pub(crate) fn new<const COLUMNS: usize>(headings: [&str; COLUMNS]) -> Table {
        Table { rows: vec![headings.into_iter().map(str::to_owned).collect()] }
    }

    /// Adds a row. A cell is one line, whatever was in it.
    pub(crate) fn row<const COLUMNS: usize>(&mut self, cells: [String; COLUMNS]) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell)).collect());
    }
}

fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines without trailing spaces, and without a line break at the end.
impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for (at, row) in self.rows.iter().enumerate() {
            let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            let end = if at + 1 == self.rows.len() { "" } else { "\n" };
            write!(f, "{}{end}", padded.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn columns_line_up_in_welsh_too() {
        let mut table = Table::new(["NAME", "ROLE", "WHERE"]);
        table.row(["Siân Tŷ".to_owned(), "admin".to_owned(), "Cyngor\nGwynedd".to_owned()]);
        table.row(["Bo".to_owned(), "reader".to_owned(), String::new()]);
        expect![[r#"
            NAME     ROLE    WHERE
            Siân Tŷ  admin   Cyngor Gwynedd
            Bo       reader"#]]
        .assert_eq(&table.to_string());
    }
}
