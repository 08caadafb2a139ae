//! What is on its way to the disk: in order, a group at a time.

use hedgerow_store::{Batch, Store, StoreFault};
use hedgerow_sync::Ticket;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Batches that are saved as one, so that what gathers while the disk is busy costs it one effort.
const GROUP: usize = 256;
/// Rows in one group, beyond which it takes no further batch.
const GROUP_ROWS: usize = 8_192;

/// Numbers what is handed over, from 1.
pub(crate) type Number = u64;

/// Something handed over.
struct Entry {
    number: Number,
    /// None for rows of the node's own.
    ticket: Option<Ticket>,
    batch: Batch,
}

/// Batches in the order in which they were handed over. One group is at the disk at a time, and when it fails all that
/// came after it fails with it: so what is on the disk is always a beginning of what was handed over.
pub(crate) struct Saving {
    store: Arc<dyn Store>,
    told: UnboundedSender<Result<(), StoreFault>>,
    queue: VecDeque<Entry>,
    under_way: Vec<(Number, Option<Ticket>)>,
    last: Number,
    settled: Number,
}

/// What became of a group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is durable.
    Saved {
        /// The last of the replica's tickets in it, which stands for those before.
        last: Option<Ticket>,
    },
    /// It is not, and nothing that waited behind it will be.
    Lost {
        /// The replica's first ticket among them.
        first: Option<Ticket>,
        /// The numbers from this one on are lost.
        from: Number,
        /// Why, in words.
        why: String,
    },
}

impl Saving {
    /// Saves to `store`; what became of each group is sent to `told`, and belongs into [`Saving::ended`].
    pub(crate) fn new(store: Arc<dyn Store>, told: UnboundedSender<Result<(), StoreFault>>) -> Saving {
        Saving { store, told, queue: VecDeque::new(), under_way: Vec::new(), last: 0, settled: 0 }
    }

    /// Hands over a batch.
    pub(crate) fn add(&mut self, ticket: Option<Ticket>, batch: Batch) -> Number {
        self.last += 1;
        self.queue.push_back(Entry { number: self.last, ticket, batch });
        self.begin_next();
        self.last
    }

    /// The number of what was handed over last.
    pub(crate) fn last(&self) -> Number {
        self.last
    }

    /// Whether this number's fate is known.
    pub(crate) fn is_settled(&self, number: Number) -> bool {
        self.settled >= number
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.settled == self.last
    }

    /// How many batches wait behind those at the disk.
    pub(crate) fn backlog(&self) -> usize {
        self.queue.len()
    }

    /// Takes what was sent to `told`.
    pub(crate) fn ended(&mut self, outcome: Result<(), StoreFault>) -> Ended {
        let group = std::mem::take(&mut self.under_way);
        match outcome {
            Ok(()) => {
                self.settled = group.last().map_or(self.settled, |(number, _)| *number);
                self.begin_next();
                Ended::Saved { last: group.into_iter().rev().find_map(|(_, ticket)| ticket) }
            }
            Err(fault) => {
                let from = self.settled + 1;
                self.settled = self.last;
                let behind = std::mem::take(&mut self.queue);
                let mut tickets = group.into_iter().map(|(_, ticket)| ticket);
                let mut behind = behind.into_iter().map(|entry| entry.ticket);
                let first = tickets.find_map(|ticket| ticket).or_else(|| behind.find_map(|ticket| ticket));
                Ended::Lost { first, from, why: fault.to_string() }
            }
        }
    }

    fn begin_next(&mut self) {
        if !self.under_way.is_empty() || self.queue.is_empty() {
            return;
        }
        let mut together = Batch::new();
        while self.under_way.len() < GROUP && together.len() < GROUP_ROWS {
            let Some(entry) = self.queue.pop_front() else { break };
            self.under_way.push((entry.number, entry.ticket));
            together.append(entry.batch);
        }
        let told = self.told.clone();
        // Nobody hears it only when the loop is gone.
        self.store.begin(together, Box::new(move |outcome| drop(told.send(outcome))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_store::{Damage, Done, Memory, Table, Visit};
    use std::sync::Mutex;
    use tokio::sync::mpsc::unbounded_channel;

    const ROWS: Table = Table::named("rows");

    /// A disk that takes its time: batches wait until told to go on.
    #[derive(Default)]
    struct Slow {
        begun: Mutex<VecDeque<(Batch, Done)>>,
        inner: Memory,
    }

    impl Slow {
        fn finish_one(&self, outcome: Result<(), StoreFault>) -> usize {
            let (batch, done) = self.begun.lock().expect("alone").pop_front().expect("something begun");
            let rows = batch.len();
            if outcome.is_ok() {
                self.inner.commit(batch).expect("memory does not fail");
            }
            done(outcome);
            rows
        }
    }

    impl Store for Slow {
        fn begin(&self, batch: Batch, done: Done) {
            self.begun.lock().expect("alone").push_back((batch, done));
        }
        fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
            self.inner.get(table, key)
        }
        fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreFault> {
            self.inner.scan(table, prefix, visit)
        }
        fn keys(&self, table: Table, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreFault> {
            self.inner.keys(table, prefix)
        }
        fn count(&self, table: Table) -> Result<u64, StoreFault> {
            self.inner.count(table)
        }
        fn check(&self) -> Vec<Damage> {
            Vec::new()
        }
    }

    fn row(key: u8) -> Batch {
        let mut batch = Batch::new();
        batch.put(ROWS, vec![key], vec![key]);
        batch
    }

    fn full() -> StoreFault {
        StoreFault::Full { folder: "here".to_owned() }
    }

    #[test]
    fn what_gathers_while_the_disk_is_busy_goes_together() {
        let slow = Arc::new(Slow::default());
        let (told, mut ended) = unbounded_channel();
        let mut saving = Saving::new(slow.clone(), told);
        for key in 1..=4 {
            saving.add(Some(Ticket(key.into())), row(key));
        }
        assert_eq!(slow.finish_one(Ok(())), 1, "the first went at once");
        let first = saving.ended(ended.try_recv().expect("told"));
        assert_eq!(first, Ended::Saved { last: Some(Ticket(1)) });
        assert!(saving.is_settled(1) && !saving.is_settled(2));
        assert_eq!(slow.finish_one(Ok(())), 3, "the others together");
        let rest = saving.ended(ended.try_recv().expect("told"));
        assert_eq!(rest, Ended::Saved { last: Some(Ticket(4)) });
        assert!(saving.is_idle());
    }

    #[test]
    fn after_a_failure_nothing_later_reaches_the_disk() {
        let slow = Arc::new(Slow::default());
        let (told, mut ended) = unbounded_channel();
        let mut saving = Saving::new(slow.clone(), told);
        saving.add(None, row(1));
        saving.add(Some(Ticket(7)), row(2));
        slow.finish_one(Err(full()));
        let lost = saving.ended(ended.try_recv().expect("told"));
        assert_eq!(lost, Ended::Lost { first: Some(Ticket(7)), from: 1, why: full().to_string() });
        assert!(saving.is_idle());

        saving.add(Some(Ticket(8)), row(3));
        slow.finish_one(Ok(()));
        assert_eq!(saving.ended(ended.try_recv().expect("told")), Ended::Saved { last: Some(Ticket(8)) });
        assert_eq!(slow.keys(ROWS, b""), Ok(vec![vec![3]]), "a later one works again, the lost ones stay lost");
    }
}
