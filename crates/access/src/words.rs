//! The few words that two people read to each other to know that nobody stands between them.

/// Four words; the same on both sides when they spoke to each other and to nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortWords([u8; 4]);

impl ShortWords {
    /// From four bytes of a transcript's hash.
    pub(crate) fn from_bytes(bytes: [u8; 4]) -> ShortWords {
        ShortWords(bytes)
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> [&'static str; 4] {
        self.0.map(|byte| WORDS[usize::from(byte)])
    }
}

/// With hyphens between: `acorn-lemon-violet-wren`.
impl std::fmt::Display for ShortWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().join("-"))
    }
}

/// Plain words of things, told apart by eye and ear: no two begin with the same four letters, and it takes at least two
/// letters to turn one into another. Their order is part of the protocol.
#[rustfmt::skip]
const WORDS: [&str; 256] = [
    "acorn", "album", "alley", "amber", "anchor", "apple", "apron", "arch", "arrow", "aspen", "atlas", "attic",
    "autumn", "bacon", "badger", "bamboo", "banjo", "barley", "basil", "basket", "beach", "beaver", "berry",
    "bicycle", "bishop", "blanket", "blossom", "bonfire", "border", "bottle", "bramble", "brick", "bridge", "bronze",
    "brush", "bubble", "bucket", "button", "cabin", "cactus", "camel", "candle", "canvas", "carpet", "cedar",
    "cello", "chalk", "cheese", "cherry", "chimney", "circus", "clover", "cobweb", "coffee", "comet", "copper",
    "coral", "cotton", "cradle", "crayon", "cricket", "crown", "curtain", "cushion", "daisy", "dancer", "dentist",
    "desert", "diamond", "dinner", "doctor", "dolphin", "donkey", "dragon", "drum", "duck", "eagle", "easel", "echo",
    "elbow", "elephant", "eleven", "engine", "fabric", "falcon", "family", "feather", "fern", "fiddle", "finch",
    "flamingo", "flute", "forest", "fossil", "fountain", "fox", "frost", "galaxy", "garden", "garlic", "giant",
    "ginger", "giraffe", "glacier", "globe", "goose", "granite", "grape", "guitar", "hammer", "harbour", "harp",
    "harvest", "hazel", "hedgehog", "helmet", "heron", "honey", "igloo", "island", "ivory", "jacket", "jelly",
    "jigsaw", "jungle", "juniper", "kangaroo", "kayak", "kennel", "kettle", "kitchen", "kite", "ladder", "lamp",
    "lantern", "lemon", "leopard", "library", "lily", "lizard", "lobster", "lotus", "magnet", "mailbox", "mango",
    "maple", "meadow", "melon", "mirror", "mitten", "moss", "motor", "muffin", "museum", "mustard", "napkin",
    "needle", "north", "nutmeg", "oak", "ocean", "octopus", "olive", "onion", "opera", "orange", "orbit", "orchard",
    "otter", "owl", "oyster", "paddle", "palace", "pancake", "panda", "parrot", "pastry", "pebble", "pelican",
    "pencil", "pepper", "piano", "pigeon", "pillow", "pirate", "planet", "plum", "pocket", "poem", "poppy", "potato",
    "pumpkin", "puzzle", "pyramid", "quarry", "queen", "quilt", "rabbit", "radish", "raven", "ribbon", "river",
    "robin", "ruby", "salmon", "sandal", "scarf", "school", "scooter", "shadow", "shepherd", "shovel", "silver",
    "slipper", "snail", "sparrow", "spider", "spoon", "squirrel", "stable", "swan", "tailor", "teapot", "temple",
    "thistle", "thunder", "tiger", "toast", "tomato", "torch", "tower", "tractor", "trumpet", "tulip", "tunnel",
    "turtle", "umbrella", "unicorn", "vanilla", "velvet", "village", "violet", "volcano", "waffle", "wagon",
    "walnut", "whale", "window", "winter", "wolf", "wren", "yacht", "yellow", "yogurt", "zebra", "zigzag",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// How many letters must be put in, taken out or changed.
    fn distance(a: &str, b: &str) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.bytes().enumerate() {
            let mut corner = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.bytes().enumerate() {
                let changed = corner + usize::from(x != y);
                corner = row[j + 1];
                row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
            }
        }
        row[b.len()]
    }

    #[test]
    fn no_two_words_are_taken_for_each_other() {
        for (at, word) in WORDS.iter().enumerate() {
            assert!((3..=10).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
            for other in &WORDS[at + 1..] {
                assert!(word < other, "{word} and {other} are out of order");
                assert!(distance(word, other) >= 2, "{word} and {other}");
                assert_ne!(word.get(..4).unwrap_or(word), other.get(..4).unwrap_or(other));
            }
        }
    }

    #[test]
    fn words_are_written_with_hyphens() {
        assert_eq!(ShortWords::from_bytes([0, 1, 2, 255]).to_string(), "acorn-album-alley-zigzag");
    }
}
