//! Where an action or outcome stands: a fraction, written so that comparing bytes compares fractions.
//!
//! Written as the package `fractional-indexing` of the npm registry does it, so that a window in TypeScript makes the same
//! ones: digits of base 62, first a whole number whose first letter says how many digits it has, then a fraction that
//! does not end in 0. Whoever adds at an end makes the whole number one more or less, so orders stay short there.

/// Where an action or outcome stands among the others: it comes before those with a greater one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order(String);

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Order {
    /// The longest, in bytes.
    pub const MOST: usize = 64;

    /// Reads an order: 1 to 64 letters and digits. `None` for anything else.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Order> {
        let fits = (1..=Order::MOST).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Order(raw.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// So many orders, ascending, after `low` and before `high`; without those from the beginning and to the end. `None` where
/// there is no room: one of them would be longer than [`Order::MOST`], `low` is not before `high`, or somebody wrote one of
/// them in another way.
pub(crate) fn between(low: Option<&Order>, high: Option<&Order>, count: usize) -> Option<Vec<Order>> {
    let key = |order: Option<&Order>| order.map_or(Some(None), |order| Key::of(order).map(Some));
    let (low, high) = (key(low)?, key(high)?);
    if let (Some(low), Some(high)) = (&low, &high)
        && low.whole() >= high.whole()
    {
        return None;
    }
    let mut made = Vec::new();
    spread(low.as_ref(), high.as_ref(), count, &mut made)?;
    made.into_iter().map(|key| Order::parse(&key.whole())).collect()
}

/// The middle one first, then those on either side of it; beside an open end one after the other.
fn spread(low: Option<&Key>, high: Option<&Key>, count: usize, made: &mut Vec<Key>) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    if high.is_none() {
        let mut last = low.cloned();
        for _ in 0..count {
            let next = one(last.as_ref(), None)?;
            made.push(next.clone());
            last = Some(next);
        }
        return Some(());
    }
    let middle = one(low, high)?;
    let before = match low {
        Some(_) => count / 2,
        // At the beginning too each takes a whole number.
        None => count - 1,
    };
    spread(low, Some(&middle), before, made)?;
    made.push(middle.clone());
    spread(Some(&middle), high, count - 1 - before, made)
}

fn one(low: Option<&Key>, high: Option<&Key>) -> Option<Key> {
    let key = match (low, high) {
        (None, None) => Key { number: "a0".to_owned(), fraction: String::new() },
        (None, Some(high)) if !high.fraction.is_empty() => {
            let key = Key { number: high.number.clone(), fraction: String::new() };
            if key.is_least() { Key { fraction: middle("", Some(&high.fraction)), ..key } } else { key }
        }
        (None, Some(high)) => Key { number: stepped(&high.number, Step::Down)?, fraction: String::new() },
        (Some(low), None) => match stepped(&low.number, Step::Up) {
            Some(number) => Key { number, fraction: String::new() },
            None => Key { number: low.number.clone(), fraction: middle(&low.fraction, None) },
        },
        (Some(low), Some(high)) if low.number == high.number => {
            Key { number: low.number.clone(), fraction: middle(&low.fraction, Some(&high.fraction)) }
        }
        (Some(low), Some(high)) => {
            let next = Key { number: stepped(&low.number, Step::Up)?, fraction: String::new() };
            if next.whole() < high.whole() {
                next
            } else {
                Key { number: low.number.clone(), fraction: middle(&low.fraction, None) }
            }
        }
    };
    // One that nothing can come before is of no use to anybody.
    (key.number.len() + key.fraction.len() <= Order::MOST && !(key.is_least() && key.fraction.is_empty()))
        .then_some(key)
}

/// An order in its two parts.
#[derive(Debug, Clone)]
struct Key {
    number: String,
    fraction: String,
}

impl Key {
    fn of(order: &Order) -> Option<Key> {
        let text = order.as_str();
        let length = length_of(text.bytes().next()?)?;
        let (number, fraction) = text.split_at_checked(length)?;
        let key = Key { number: number.to_owned(), fraction: fraction.to_owned() };
        (!(fraction.ends_with('0') || key.is_least() && fraction.is_empty())).then_some(key)
    }

    fn whole(&self) -> String {
        format!("{}{}", self.number, self.fraction)
    }

    /// Whether there is no smaller whole number.
    fn is_least(&self) -> bool {
        self.number.strip_prefix('A').is_some_and(|digits| digits.bytes().all(|digit| digit == b'0'))
    }
}

/// How long a whole number is that begins so.
fn length_of(head: u8) -> Option<usize> {
    match head {
        b'a'..=b'z' => Some(usize::from(head - b'a') + 2),
        b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Up,
    Down,
}

/// The next whole number. `None` beyond the last.
fn stepped(number: &str, step: Step) -> Option<String> {
    let (first, over) = if step == Step::Up { (0, DIGITS.len() - 1) } else { (DIGITS.len() - 1, 0) };
    let (head, mut digits) = (number.bytes().next()?, number.bytes().skip(1).collect::<Vec<u8>>());
    for digit in digits.iter_mut().rev() {
        let value = value_of(*digit);
        if value == over {
            *digit = DIGITS[first];
            continue;
        }
        *digit = DIGITS[if step == Step::Up { value + 1 } else { value - 1 }];
        return text([head].into_iter().chain(digits));
    }
    // All digits were used up: another length.
    let head = match (head, step) {
        (b'Z', Step::Up) => b'a',
        (b'a', Step::Down) => b'Z',
        (b'z', Step::Up) | (b'A', Step::Down) => return None,
        (head, Step::Up) => head + 1,
        (head, Step::Down) => head - 1,
    };
    let digits = vec![DIGITS[first]; length_of(head)? - 1];
    text([head].into_iter().chain(digits))
}

/// A fraction between two others, the first of which is less. Without a second up to, and not with, 1.
fn middle(low: &str, high: Option<&str>) -> String {
    let (mut low, mut high) = (low.as_bytes(), high.map(str::as_bytes));
    let mut out = String::new();
    loop {
        let low_digit = low.first().map_or(0, |digit| value_of(*digit));
        let high_digit = high.map(|high| high.first().map_or(0, |digit| value_of(*digit)));
        let room = high_digit.unwrap_or(DIGITS.len()).saturating_sub(low_digit);
        if room > 1 {
            // Half of an odd sum is rounded up.
            out.push(char::from(DIGITS[low_digit + room.div_ceil(2)]));
            return out;
        }
        if room == 1
            && let Some(high) = high.filter(|high| high.len() > 1)
        {
            out.push(char::from(high[0]));
            return out;
        }
        // The same digit, or the next one with nothing behind it: further down there is room.
        out.push(char::from(DIGITS[low_digit]));
        low = low.get(1..).unwrap_or_default();
        high = if room == 1 { None } else { high.map(|high| high.get(1..).unwrap_or_default()) };
        if high.is_some_and(<[u8]>::is_empty) {
            // The second one was not greater.
            return out;
        }
    }
}

fn value_of(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

fn text(bytes: impl Iterator<Item = u8>) -> Option<String> {
    Some(bytes.map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Order {
        Order::parse(text).expect("an order")
    }

    fn one_between(low: Option<&str>, high: Option<&str>) -> Option<String> {
        let (low, high) = (low.map(order), high.map(order));
        between(low.as_ref(), high.as_ref(), 1).map(|made| made[0].as_str().to_owned())
    }

    /// As the package `fractional-indexing` answers, version 4.
    #[test]
    fn the_window_makes_the_same_ones() {
        for (low, high, made) in [
            (None, None, "a0"),
            (None, Some("a0"), "Zz"),
            (None, Some("Zz"), "Zy"),
            (Some("a0"), None, "a1"),
            (Some("a1"), None, "a2"),
            (Some("a0"), Some("a1"), "a0V"),
            (Some("a1"), Some("a2"), "a1V"),
            (Some("a0V"), Some("a1"), "a0l"),
            (Some("Zz"), Some("a0"), "ZzV"),
            (Some("Zz"), Some("a1"), "a0"),
            (None, Some("Y00"), "Xzzz"),
            (Some("bzz"), None, "c000"),
            (Some("a0"), Some("a0V"), "a0G"),
            (Some("a0"), Some("a0G"), "a08"),
            (Some("b125"), Some("b129"), "b127"),
            (Some("a0"), Some("a1V"), "a1"),
            (Some("Zz"), Some("a01"), "a0"),
            (None, Some("a0V"), "a0"),
            (None, Some("b999"), "b99"),
            (Some("zzzzzzzzzzzzzzzzzzzzzzzzzzy"), None, "zzzzzzzzzzzzzzzzzzzzzzzzzzz"),
            (Some("zzzzzzzzzzzzzzzzzzzzzzzzzzz"), None, "zzzzzzzzzzzzzzzzzzzzzzzzzzzV"),
        ] {
            assert_eq!(one_between(low, high).as_deref(), Some(made), "{low:?} {high:?}");
        }
    }

    #[test]
    fn where_there_is_no_room_none_is_made() {
        for (low, high) in [
            (Some("a1"), Some("a1")),
            (Some("a2"), Some("a1")),
            (Some("a00"), None),
            (Some("0"), None),
            (None, Some("A00000000000000000000000000")),
            (Some("V"), Some("W")),
        ] {
            assert_eq!(one_between(low, high), None, "{low:?} {high:?}");
        }
        for wrong in ["", "a-", "a ", "ŵ", &"a".repeat(65)] {
            assert_eq!(Order::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn orders_stay_short_at_the_ends_and_end_between_two() {
        let (mut low, mut high) = (None, None);
        for _ in 0..5_000 {
            low = between(None, low.as_ref(), 1).map(|made| made[0].clone()).or(low);
            high = between(high.as_ref(), None, 1).map(|made| made[0].clone()).or(high);
        }
        assert!(low.is_some_and(|low| low.as_str().len() <= 4) && high.is_some_and(|high| high.as_str().len() <= 4));
        let (first, mut last) = (order("a0"), order("a1"));
        let mut times = 0;
        while let Some(made) = between(Some(&first), Some(&last), 1) {
            assert!(first < made[0] && made[0] < last);
            last = made[0].clone();
            times += 1;
        }
        assert!((300..400).contains(&times), "{times} halvings fit into {} bytes", Order::MOST);
    }

    proptest::proptest! {
        #[test]
        fn what_is_made_is_ascending_and_lies_between(places in proptest::collection::vec((0usize..200, 0usize..6), 1..60)) {
            let mut all: Vec<Order> = Vec::new();
            for (place, count) in places {
                let at = place % (all.len() + 1);
                let low = at.checked_sub(1).map(|low| &all[low]);
                if let Some(made) = between(low, all.get(at), count) {
                    proptest::prop_assert_eq!(made.len(), count);
                    all.splice(at..at, made);
                }
                proptest::prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", all);
            }
        }

        #[test]
        fn any_two_texts_are_dealt_with(low in "[0-9A-Za-z]{1,64}", high in "[0-9A-Za-z]{1,64}", count in 0usize..5) {
            let (low, high) = (order(&low), order(&high));
            for made in [between(Some(&low), Some(&high), count), between(None, Some(&high), count), between(Some(&low), None, count)] {
                for order in made.into_iter().flatten() {
                    proptest::prop_assert!(order.as_str().len() <= Order::MOST);
                }
            }
        }
    }
}
