//! In which notebooks a record may be, without looking into all of them.

use crate::archive::{Batch, Shelf};
use crate::notebook::Notebook;
use crate::replica::Replica;
use hedgerow_model::{RecordId, RoutingId};
use std::collections::BTreeSet;

/// What may be left over in the index before it is made anew.
const LEFT_OVER: usize = 65_536;

/// Beginnings of record ids, each with the beginning of a routing id: 12 bytes for a record, where the whole ids would
/// take 48. It only says where to look. What has left a notebook may stand in it for a while; what is in one never lacks.
#[derive(Debug, Default)]
pub(crate) struct Whereabouts {
    places: BTreeSet<(u64, u32)>,
    most: usize,
}

impl Whereabouts {
    /// A record is, or may come to be, in the notebook with this routing id.
    pub(crate) fn note(&mut self, record: &RecordId, routing: &RoutingId) {
        self.places.insert((beginning(record), u32::from_be_bytes(first(routing.as_bytes()))));
    }

    /// Notes every record that a batch puts into a notebook.
    pub(crate) fn note_all(&mut self, batch: &Batch) {
        for (shelf, key, value) in &batch.rows {
            if value.is_some()
                && matches!(shelf, Shelf::Record | Shelf::Replaced | Shelf::Refused)
                && let Some((routing, record)) = key.split_at_checked(16)
                && let (Some(routing), Some(record)) = (RoutingId::from_slice(routing), RecordId::from_slice(record))
            {
                self.note(&record, &routing);
            }
        }
    }

    /// The routing ids, from and to, of the notebooks that a record may be in.
    fn ranges(&self, record: &RecordId) -> impl Iterator<Item = (RoutingId, RoutingId)> {
        let beginning = beginning(record);
        self.places.range((beginning, 0)..=(beginning, u32::MAX)).map(|(_, place)| {
            let fill = |with: u8| {
                let mut bytes = [with; 16];
                bytes[..4].copy_from_slice(&place.to_be_bytes());
                RoutingId::from_bytes(bytes)
            };
            (fill(0), fill(0xff))
        })
    }
}

fn beginning(record: &RecordId) -> u64 {
    u64::from_be_bytes(first(record.as_bytes()))
}

fn first<const MANY: usize>(bytes: &[u8]) -> [u8; MANY] {
    let mut beginning = [0; MANY];
    for (to, from) in beginning.iter_mut().zip(bytes) {
        *to = *from;
    }
    beginning
}

impl Replica {
    /// The notebooks that may hold a record, in whatever state.
    pub(crate) fn may_hold(&self, record: &RecordId) -> impl Iterator<Item = &Notebook> {
        let routes = self.whereabouts.ranges(record).flat_map(|(from, to)| self.routes.range(from..=to));
        routes.filter_map(|(_, id)| self.notebooks.get(id))
    }

    /// Whether a record is here already, in whatever state.
    pub(crate) fn is_known(&self, id: &RecordId) -> bool {
        self.may_hold(id).any(|notebook| notebook.has(id) || notebook.waiting.contains(id))
    }

    /// Makes the index anew.
    pub(crate) fn survey(&mut self) {
        let mut found = Whereabouts::default();
        for notebook in self.notebooks.values() {
            let routing = notebook.routing();
            notebook.known().for_each(|id| found.note(id, &routing));
        }
        found.most = 2 * found.places.len() + LEFT_OVER;
        self.whereabouts = found;
    }

    /// Makes the index anew when too much in it may be left over: others can send us what is dropped again.
    pub(crate) fn survey_if_overgrown(&mut self) {
        if self.whereabouts.places.len() > self.whereabouts.most {
            self.survey();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_looked_for_only_where_it_may_be() {
        let id = |n: u64| RecordId::from_bytes(hedgerow_access::fingerprint(&[n.to_be_bytes().to_vec()]));
        let routing = |n: u64| RoutingId::from_bytes(first(id(n).as_bytes()));
        let mut whereabouts = Whereabouts::default();
        let mut batch = Batch::default();
        for n in 0..2_000 {
            let key = [routing(n % 500).as_bytes().as_slice(), id(n).as_bytes()].concat();
            batch.put(Shelf::Record, key, Vec::new());
        }
        whereabouts.note_all(&batch);
        for n in 0..2_000 {
            let found: Vec<_> = whereabouts.ranges(&id(n)).collect();
            assert!(found.len() == 1 && (found[0].0..=found[0].1).contains(&routing(n % 500)));
        }
        assert_eq!(whereabouts.ranges(&id(3_000)).count(), 0);
        batch.rows.iter_mut().for_each(|(_, _, value)| *value = None);
        let mut nothing = Whereabouts::default();
        nothing.note_all(&batch);
        assert_eq!(nothing.ranges(&id(1)).count(), 0, "what is deleted is not noted");
    }
}
