//! A figure as an SVG picture: every run a dot, ours and the baseline's, and where the goal lies.

use crate::figure::Figure;
use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 40.0;
const LANE: f64 = 46.0;
const TOP: f64 = 44.0;

/// All figures of one row, one below the other.
#[must_use]
pub(crate) fn svg(title: &str, figures: &[Figure]) -> String {
    let (mut body, mut y) = (String::new(), TOP);
    for figure in figures {
        y = lanes(&mut body, figure, y) + 26.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y:.0}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{}</text>\n{body}</svg>\n",
        escaped(title)
    )
}

/// A figure's own lanes from `y` on; where they end.
fn lanes(body: &mut String, figure: &Figure, y: f64) -> f64 {
    let theirs = figure.baseline.as_ref().map(|baseline| ("baseline", &baseline.runs));
    let rows: Vec<(&str, &Vec<f64>)> = std::iter::once(("Hedgerow", &figure.ours)).chain(theirs).collect();
    let all: Vec<f64> = rows.iter().flat_map(|(_, runs)| runs.iter().copied()).chain(goal_line(figure)).collect();
    let most = all.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let x = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * value / (most * 1.05);
    line(body, 12.0, y + 12.0, "#000", &heading(figure));
    let (mut at, end) = (y + 24.0, y + 24.0 + LANE * rows.len() as f64);
    for (name, runs) in rows {
        let middle = at + LANE / 2.0;
        let colour = if name == "Hedgerow" { "#2f6f4f" } else { "#8a8a8a" };
        line(body, 12.0, middle + 4.0, colour, name);
        let _ = writeln!(body, "<path d=\"M{LEFT} {middle:.1}H{:.1}\" stroke=\"#ddd\"/>", WIDTH - RIGHT);
        for (index, run) in runs.iter().enumerate() {
            // Beside each other in the order measured, so that a drift shows.
            let shift = (index as f64 + 0.5) / runs.len() as f64 * (LANE - 14.0) - (LANE - 14.0) / 2.0;
            let (cx, cy) = (x(*run), middle + shift);
            let _ =
                writeln!(body, "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3\" fill=\"{colour}\" fill-opacity=\".6\"/>");
        }
        at += LANE;
    }
    if let Some(goal) = goal_line(figure) {
        let gx = x(goal);
        let _ = writeln!(
            body,
            "<path d=\"M{gx:.1} {:.1}V{end:.1}\" stroke=\"#b03030\" stroke-dasharray=\"4 3\"/>",
            y + 20.0
        );
        line(body, gx + 4.0, end, "#b03030", &format!("goal {}", figure.unit.shown(goal)));
    }
    line(body, LEFT, end + 12.0, "#555", "0");
    line(body, x(most) - 60.0, end + 12.0, "#555", &figure.unit.shown(most));
    end
}

fn heading(figure: &Figure) -> String {
    let against = figure.baseline.as_ref().map(|baseline| format!(" against {}", baseline.what)).unwrap_or_default();
    format!("{}{against}: {}", figure.what, figure.shown(figure.value()))
}

/// Where ours would just reach the goal, in the unit measured.
fn goal_line(figure: &Figure) -> Option<f64> {
    let scale = figure.baseline.as_ref().map_or(1.0, |baseline| crate::figure::median(&baseline.runs));
    figure.goal.map(|goal| goal.limit() * scale)
}

fn line(body: &mut String, x: f64, y: f64, colour: &str, text: &str) {
    // Writing into a string does not fail.
    let _ = writeln!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{colour}\">{}</text>", escaped(text));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
