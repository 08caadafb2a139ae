//! The least difference between two bodies: which blocks stay, and which characters of those that changed.

use super::block::{Block, BlockKind};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// One step from an old body to a new one, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The old block stays and becomes the new one.
    Keep(usize, usize),
    /// The old block goes.
    Drop(usize),
    /// The new block comes.
    Add(usize),
}

/// Beyond this many comparisons, two sequences that differ are not looked into.
const COMPARISONS_MOST: usize = 50_000_000;

/// Beyond this many comparisons, which old block became which new one is not searched for.
const PAIRINGS_MOST: usize = 2_500;

/// From this much of their text in common on, a block is taken to have become the other, in hundredths.
const ALIKE: usize = 40;

/// How to get from `old` to `new`.
pub(crate) fn align(old: &[&Block], new: &[Block]) -> Vec<Step> {
    let head = old.iter().zip(new).take_while(|(old, new)| **old == *new).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| **old == *new).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let mut steps: Vec<Step> = (0..head).map(|at| Step::Keep(at, at)).collect();
    let middle_new: Vec<&Block> = new[head..new_end].iter().collect();
    for op in compared(&old[head..old_end], &middle_new) {
        let (from, to) = (op.old_range(), op.new_range());
        match op {
            DiffOp::Equal { .. } => steps.extend(from.zip(to).map(|(from, to)| Step::Keep(head + from, head + to))),
            _ => pair(old, new, head + from.start..head + from.end, head + to.start..head + to.end, &mut steps),
        }
    }
    steps.extend((0..tail).map(|at| Step::Keep(old_end + at, new_end + at)));
    steps
}

/// Equal runs and what lies between them; all one difference when it would cost too much to find out.
fn compared<T: std::hash::Hash + Eq + Ord>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.len().saturating_mul(new.len()) <= COMPARISONS_MOST {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }]
}

/// Pairs the blocks of a stretch that differs: each old one with the new one it became, in order.
fn pair(
    old: &[&Block],
    new: &[Block],
    from: std::ops::Range<usize>,
    to: std::ops::Range<usize>,
    steps: &mut Vec<Step>,
) {
    let pairs = if from.len().saturating_mul(to.len()) <= PAIRINGS_MOST {
        likeliest(old, new, from.clone(), to.clone())
    } else {
        from.clone().zip(to.clone()).filter(|(from, to)| likeness(old[*from], &new[*to]) >= ALIKE).collect()
    };
    let (mut from_next, mut to_next) = (from.start, to.start);
    for (from_paired, to_paired) in pairs.into_iter().chain([(from.end, to.end)]) {
        steps.extend((from_next..from_paired).map(Step::Drop));
        steps.extend((to_next..to_paired).map(Step::Add));
        if from_paired < from.end {
            steps.push(Step::Keep(from_paired, to_paired));
        }
        (from_next, to_next) = (from_paired + 1, to_paired + 1);
    }
}

/// The pairs, in order, with the greatest likeness in all.
fn likeliest(
    old: &[&Block],
    new: &[Block],
    from: std::ops::Range<usize>,
    to: std::ops::Range<usize>,
) -> Vec<(usize, usize)> {
    let width = to.len() + 1;
    // best[i * width + j]: the most likeness that the first i old and j new blocks can have.
    let mut best = vec![0usize; (from.len() + 1) * width];
    let like: Vec<usize> = from
        .clone()
        .flat_map(|i| to.clone().map(move |j| (i, j)))
        .map(|(i, j)| Some(likeness(old[i], &new[j])).filter(|like| *like >= ALIKE).unwrap_or(0))
        .collect();
    for i in 1..=from.len() {
        for j in 1..=to.len() {
            let paired = best[(i - 1) * width + j - 1] + like[(i - 1) * to.len() + j - 1];
            best[i * width + j] = paired.max(best[(i - 1) * width + j]).max(best[i * width + j - 1]);
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (from.len(), to.len());
    while i > 0 && j > 0 {
        let here = best[i * width + j];
        if here == best[(i - 1) * width + j] {
            i -= 1;
        } else if here == best[i * width + j - 1] {
            j -= 1;
        } else {
            (i, j) = (i - 1, j - 1);
            pairs.push((from.start + i, to.start + j));
        }
    }
    pairs.reverse();
    pairs
}

/// How much of their text two blocks have in common at the beginning and the end or by words, in hundredths.
fn likeness(old: &Block, new: &Block) -> usize {
    // Two files are two blocks, whatever is said of them: two people who put other files there must not make one of both.
    let file = |block: &Block| match &block.kind {
        BlockKind::Attachment(file) => Some(file.id),
        _ => None,
    };
    if file(old) != file(new) {
        return 0;
    }
    if old.text == new.text {
        return 100 + usize::from(old.kind == new.kind);
    }
    let total = old.text.len() + new.text.len();
    let edges = common_edges(&old.text, &new.text) * 200 / total.max(1);
    let (mut left, mut right): (Vec<&str>, Vec<&str>) =
        (old.text.split_whitespace().collect(), new.text.split_whitespace().collect());
    let words: usize = left.iter().chain(&right).map(|word| word.len()).sum();
    left.sort_unstable();
    right.sort_unstable();
    edges.max(common_words(&left, &right) * 200 / words.max(1)).min(99)
}

/// The bytes of the common beginning and the common end.
fn common_edges(old: &str, new: &str) -> usize {
    let head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    head + old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(|(a, b)| a == b).count()
}

/// The bytes of the words that both sorted lists have.
fn common_words(left: &[&str], right: &[&str]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += a.len();
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    common
}

/// One splice within a block's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextEdit {
    pub(crate) at: usize,
    pub(crate) delete: usize,
    pub(crate) insert: String,
}

/// The splices that make `old` into `new`; indices are into `old`. Compared word by word: a shorter difference that
/// takes letters of one word for those of another would, where two people save at once, leave neither word whole.
pub(crate) fn edits(old: &str, new: &str) -> Vec<TextEdit> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let (old_words, new_words) = (words(&old), words(&new));
    let (mut old_at, mut new_at) = (0, 0);
    let mut out = Vec::new();
    for op in compared(&old_words, &new_words) {
        let old_end = old_at + old_words[op.old_range()].iter().map(|word| word.len()).sum::<usize>();
        let new_end = new_at + new_words[op.new_range()].iter().map(|word| word.len()).sum::<usize>();
        if !matches!(op, DiffOp::Equal { .. }) {
            out.push(one_edit(old_at, &old[old_at..old_end], &new[new_at..new_end]));
        }
        (old_at, new_at) = (old_end, new_end);
    }
    out
}

/// The one splice for two pieces of text, the old one of which begins at `base`: but for their common beginning and
/// end, when these are most of it, for then one became the other.
fn one_edit(base: usize, old: &[char], new: &[char]) -> TextEdit {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let alike = 2 * (head + tail) >= old.len().max(new.len());
    let (head, tail) = if alike { (head, tail) } else { (0, 0) };
    let insert = new[head..new.len() - tail].iter().collect();
    TextEdit { at: base + head, delete: old.len() - tail - head, insert }
}

/// Words, white space, and each sign by itself.
fn words(text: &[char]) -> Vec<&[char]> {
    let class = |c: char| match c {
        c if c.is_whitespace() => 0,
        c if c.is_ascii_punctuation() => 1,
        _ => 2,
    };
    text.chunk_by(|a, b| class(*a) == class(*b) && class(*a) != 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
        let old: Vec<Block> = old.iter().map(|text| Block::paragraph(*text)).collect();
        let new: Vec<Block> = new.iter().map(|text| Block::paragraph(*text)).collect();
        align(&old.iter().collect::<Vec<_>>(), &new)
    }

    #[test]
    fn what_stays_is_kept_and_what_changed_a_little_is_amended() {
        assert_eq!(
            steps(&["rota", "night cover is thin", "end"], &["rota", "new", "night cover is very thin", "end"]),
            [Step::Keep(0, 0), Step::Add(1), Step::Keep(1, 2), Step::Keep(2, 3)]
        );
        assert_eq!(steps(&["one two"], &["seven"]), [Step::Drop(0), Step::Add(0)]);
    }

    #[test]
    fn only_the_characters_that_differ_are_touched() {
        let edit = |at, delete, insert: &str| TextEdit { at, delete, insert: insert.to_owned() };
        assert_eq!(edits("a night cover", "the night cöver!"), [edit(0, 1, "the"), edit(8, 5, "cöver!")]);
        assert_eq!(edits("the colour", "the colours"), [edit(10, 0, "s")]);
        assert_eq!(edits("ask Ada ask Bo", "ask Bo"), [edit(4, 8, "")]);
        assert_eq!(edits("same", "same"), []);
    }

    proptest::proptest! {
        #[test]
        fn applying_the_edits_gives_the_new_text(old in "[abc ŵ\n]{0,12}", new in "[abc ŵ\n]{0,12}") {
            let mut text: Vec<char> = old.chars().collect();
            for edit in edits(&old, &new).into_iter().rev() {
                text.splice(edit.at..edit.at + edit.delete, edit.insert.chars());
            }
            proptest::prop_assert_eq!(text.into_iter().collect::<String>(), new);
        }
    }
}
