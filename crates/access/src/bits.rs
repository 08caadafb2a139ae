//! Sets of small numbers, a bit each.

/// A set of positions in a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, at: usize) {
        if self.0.len() <= at / 64 {
            self.0.resize(at / 64 + 1, 0);
        }
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(crate) fn add(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// What is in both.
    pub(crate) fn and(&self, other: &Bits) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(mine, theirs)| mine & theirs).collect())
    }

    /// What is in this and not in `other`.
    pub(crate) fn without(&self, other: &Bits) -> Bits {
        let theirs = other.0.iter().copied().chain(std::iter::repeat(0));
        Bits(self.0.iter().zip(theirs).map(|(mine, theirs)| mine & !theirs).collect())
    }

    /// Whether all of `other` is in this.
    pub(crate) fn covers(&self, other: &Bits) -> bool {
        let mine = self.0.iter().copied().chain(std::iter::repeat(0));
        other.0.iter().zip(mine).all(|(theirs, mine)| theirs & !mine == 0)
    }

    pub(crate) fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Lowest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// Sets are equal if they hold the same, however much room they take.
impl PartialEq for Bits {
    fn eq(&self, other: &Bits) -> bool {
        self.covers(other) && other.covers(self)
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(all: I) -> Bits {
        let mut bits = Bits::default();
        for at in all {
            bits.set(at);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(all: &[usize]) -> Bits {
        all.iter().copied().collect()
    }

    #[test]
    fn sets_behave() {
        let (few, many) = (set(&[1, 64]), set(&[1, 2, 64, 200]));
        assert!(many.covers(&few) && !few.covers(&many) && few.meets(&many));
        assert_eq!(many.without(&few).iter().collect::<Vec<_>>(), [2, 200]);
        assert_eq!(many.and(&few), few);
        assert_eq!(many.without(&set(&[200])), set(&[1, 2, 64]), "room left over does not tell");
        assert!(!few.has(65) && !few.has(10_000));
    }
}
