//! What stands aside on a page: admitted, kept by everybody, and not shown.

use crate::stream::Stream;
use hedgerow_access::Membership;
use hedgerow_document::history::{Version, versions};
use hedgerow_document::{Document, Edit, PageEdit, page};
use hedgerow_model::{ChangeHash, IdPrefix};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Why a version stands aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aside {
    /// Its writer may not write any more, and wrote it without having heard so.
    Late,
    /// Two devices went on from one copy of a folder, and the other's version stands.
    SecondVersion,
}

/// The most ends of what stands aside that are listed for one page, the longest lines first: each takes a document of its own
/// to look at, and somebody who was removed can leave as many as they like.
const MOST_ENDS: usize = 32;

impl Stream {
    /// The versions that stand aside, each line of them from its end to its beginning.
    pub(crate) fn versions_aside(&self, membership: &Membership) -> Vec<(Aside, Version)> {
        let (mut lines, mut listed) = (Vec::new(), BTreeSet::new());
        for end in self.ends_aside().into_iter().take(MOST_ENDS) {
            let Some(document) = self.version_aside(&end) else { continue };
            for version in versions(&document).into_iter().rev() {
                if let Some(why) = self.why_aside(membership, &version.hash)
                    && listed.insert(version.hash)
                {
                    lines.push((why, version));
                }
            }
        }
        lines
    }

    /// The changes that stand aside and whose names begin so.
    pub(crate) fn find_aside(&self, prefix: &IdPrefix) -> impl Iterator<Item = ChangeHash> {
        let all = self.changes.iter().map(|(hash, _)| *hash);
        all.filter(|hash| hash.starts_with(prefix) && self.is_aside(hash))
    }

    /// The page as whoever wrote this change had it, if the change stands aside.
    pub(crate) fn version_aside(&self, hash: &ChangeHash) -> Option<Document> {
        self.is_aside(hash).then(|| self.build(&self.changes.below([*hash])).ok()).flatten()
    }

    /// What stands aside and nothing else does on top of it, the longest lines first.
    fn ends_aside(&self) -> Vec<ChangeHash> {
        let mut ends: BTreeMap<ChangeHash, u64> = BTreeMap::new();
        let aside = || self.changes.iter().filter(|(hash, _)| self.is_aside(hash));
        ends.extend(aside().map(|(hash, change)| (*hash, change.depth)));
        for dep in aside().flat_map(|(_, change)| &change.deps) {
            ends.remove(dep);
        }
        let mut ends: Vec<(u64, ChangeHash)> = ends.into_iter().map(|(hash, depth)| (depth, hash)).collect();
        ends.sort_by(|a, b| b.cmp(a));
        ends.into_iter().map(|(_, hash)| hash).collect()
    }

    fn why_aside(&self, membership: &Membership, hash: &ChangeHash) -> Option<Aside> {
        let change = self.changes.get(hash).filter(|_| self.is_aside(hash))?;
        Some(if self.is_late(membership, hash, change) { Aside::Late } else { Aside::SecondVersion })
    }

    /// What is to be done where somebody would restore a version that stands aside: the document has never seen it.
    pub(crate) fn with_version_aside<'e>(&self, edit: &'e Edit) -> Cow<'e, Edit> {
        if let Edit::Page(PageEdit::Restore(heads)) = edit
            && let [version] = heads[..]
            && let Some(document) = self.version_aside(&version)
        {
            let page = Box::new(page::read(&document).0);
            return Cow::Owned(Edit::Page(PageEdit::RestoreFrom { version, page }));
        }
        Cow::Borrowed(edit)
    }
}
