//! Checking that what is kept reads as it was written, and having back what does not.

use super::files::Wanting;
use crate::agreed::AGREED;
use crate::answers::{Damage, Notice, SetAside, SyncOutcome, Verified};
use crate::archive::drop_damaged;
use crate::fault::NodeFault;
use crate::me;
use crate::mind::Mind;
use crate::node::Node;
use crate::peers::PEERS;
use hedgerow_model::RoutingId;
use hedgerow_store::{Batch, StoreFault, Wrong};
use hedgerow_sync::Command;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// What to do about damage.
pub(crate) const REPAIR: &str = "`hedgerow verify --repair` has it back from whoever holds it";

/// The tables in which files lie.
const FILE_TABLES: [&str; 2] = ["attachment", "piece"];

/// What a check found, by how it can be dealt with.
#[derive(Debug, Default)]
struct Findings {
    records: usize,
    notebooks: usize,
    /// Records and rows that do not read: they heal when they are written again.
    broken: Vec<Damage>,
    /// Tables that hold less than they should, or older rows: nothing says which.
    missing: Vec<Damage>,
    /// What the store lost as a whole, some time ago.
    losses: Vec<Damage>,
    /// Files of which something does not read or, where the store lost pieces, is not here.
    files: Vec<Wanting>,
    /// What others sent and was refused.
    refused: Vec<SetAside>,
}

impl Findings {
    fn all(&self) -> Vec<Damage> {
        [&self.broken[..], &self.missing, &self.losses].concat()
    }

    /// Whether a notebook may be gone without anything that names it.
    fn may_lack_notebooks(&self) -> bool {
        !self.losses.is_empty() || self.all().iter().any(|damage| damage.what.starts_with("notebook"))
    }
}

impl Node {
    /// Reads and checks every record and every row. Others wait meanwhile.
    ///
    /// # Errors
    /// When the device cannot be read at all.
    pub async fn verify(&self) -> Result<Verified, NodeFault> {
        let found = self.look_for_damage().await?;
        let (records, notebooks, damaged) = (found.records, found.notebooks, found.all());
        Ok(Verified { records, notebooks, damaged, repaired: Vec::new(), lost: Vec::new(), refused: found.refused })
    }

    /// Checks everything, has back from others what does not read, and checks again. `peers` are addresses of members to
    /// reach beside those that are known.
    ///
    /// # Errors
    /// [`NodeFault::Usage`] for an address that is none; [`NodeFault::Unreachable`] when something is damaged and this
    /// node runs without a network; when the device cannot be read or written at all.
    pub async fn repair(&self, peers: Vec<String>, wait: Duration) -> Result<Verified, NodeFault> {
        let before = self.look_for_damage().await?;
        if before.all().is_empty() {
            return self.verify().await;
        }
        if !self.has_network() {
            let alone = "repairing takes the network, and this node runs without; stop it, then try again";
            return Err(NodeFault::Unreachable(alone.to_owned()));
        }
        let seek = before.may_lack_notebooks();
        self.command(move |mind| {
            peers.iter().try_for_each(|address| dial(mind, address))?;
            Ok(Command::Mend { seek })
        })
        .await?;
        self.rewrite_own_rows().await?;
        let met = self.meet(seek, wait).await?;
        if met.is_some() {
            self.command(|_| Ok(Command::LetGoOfReplaced)).await?;
        }
        self.fetch_files(&before.files).await?;
        self.settle(before, met).await
    }

    /// Syncs with whoever can be reached. None when there is nobody to reach, or nobody who shares something
    /// with us was reached and agreed.
    async fn meet(&self, seek: bool, wait: Duration) -> Result<Option<SyncOutcome>, NodeFault> {
        let may_come =
            self.ask(move |mind| Ok(seek || !mind.replica.contacts().is_empty() || !mind.connected.is_empty())).await?;
        if !may_come {
            return Ok(None);
        }
        let until = Instant::now() + wait;
        let mut notices = self.subscribe();
        loop {
            match self.sync(until.saturating_duration_since(Instant::now())).await {
                Ok(outcome) if !outcome.with.is_empty() => return Ok(Some(outcome).filter(|outcome| outcome.agreed)),
                // Strangers who hold nothing of ours: whoever does may still come.
                Ok(_) => {}
                Err(NodeFault::Unreachable(_)) => return Ok(None),
                Err(fault) => return Err(fault),
            }
            if !more_than_agreement(&mut notices, until).await {
                return Ok(None);
            }
        }
    }

    /// Checks again; tells once, and forgets, what nobody can bring back.
    async fn settle(&self, before: Findings, met: Option<SyncOutcome>) -> Result<Verified, NodeFault> {
        let after = self.look_for_damage().await?;
        let still: BTreeSet<String> = after.all().into_iter().map(|damage| damage.what).collect();
        let mut repaired = before.all();
        repaired.retain(|damage| !still.contains(&damage.what));
        let alone = self.ask(|mind| Ok(mind.replica.contacts().is_empty())).await?;
        let is_settled = met.is_some() || (alone && after.losses.is_empty());
        let Findings { records, notebooks, broken, missing, losses, refused, files: _ } = after;
        if !is_settled {
            let damaged = [broken, missing, losses].concat();
            return self.told(Verified { records, notebooks, damaged, repaired, lost: Vec::new(), refused }).await;
        }
        if !missing.is_empty() {
            let store = self.ask(|mind| Ok(mind.shelves.store().clone())).await?;
            let counted = tokio::task::spawn_blocking(move || store.recount()).await.map_err(|_| NodeFault::Stopped)?;
            counted.map_err(|fault| NodeFault::Device(fault.to_string()))?;
        }
        let from = whom(met.as_ref());
        if !losses.is_empty() {
            self.write(|mind, batch| {
                mind.losses.clear();
                me::no_losses(batch);
                Ok(())
            })
            .await?;
        }
        let gone = |damage: Damage| Damage { say: format!("{}; {}", damage.say, what_came_back(&from)), ..damage };
        let lost = missing.into_iter().chain(losses).map(gone).collect();
        self.told(Verified { records, notebooks, damaged: broken, repaired, lost, refused }).await
    }

    /// From now on what is still damaged is what is told.
    async fn told(&self, verified: Verified) -> Result<Verified, NodeFault> {
        let damaged = verified.damaged.clone();
        self.tell(move |mind| mind.damage.clone_from(&damaged));
        Ok(verified)
    }

    async fn look_for_damage(&self) -> Result<Findings, NodeFault> {
        let (mut found, store) = self
            .ask(|mind| {
                let checked = mind.replica.check(&mind.shelves)?;
                let broken = checked.unsound.into_iter().map(|unsound| {
                    let titled = mind.title(&unsound.notebook);
                    let what =
                        unsound.record.map_or_else(|| format!("notebook {}", unsound.notebook), |id| id.to_string());
                    let say = format!("in \"{titled}\" {}; {REPAIR}", unsound.why);
                    Damage { say, notebook: Some(unsound.notebook), what }
                });
                let broken = broken.collect();
                let losses = mind.losses.iter().map(|say| loss(say)).collect();
                let notebooks = mind.replica.notebooks().len() + mind.replica.unreadable().len();
                let found = Findings {
                    records: checked.records,
                    notebooks,
                    broken,
                    missing: Vec::new(),
                    losses,
                    files: Vec::new(),
                    refused: refused(mind),
                };
                Ok((found, mind.shelves.store().clone()))
            })
            .await?;
        let files = self.check_files().await?;
        found.broken.extend(files.spoiled.iter().map(|file| file.damage.clone()));
        found.files = files.spoiled;
        let checked = tokio::task::spawn_blocking(move || store.check()).await.map_err(|_| NodeFault::Stopped)?;
        for damage in checked {
            let what = [damage.table.as_str(), damage.key.as_str()].join(" ").trim().to_owned();
            // A record's row ends with the record's id, and that was told above.
            if found.broken.iter().any(|told| damage.table == "record" && damage.key.ends_with(&told.what)) {
                continue;
            }
            // So does the row of a file or a piece, behind what stands for its notebook.
            let is_of_file = FILE_TABLES.contains(&damage.table.as_str());
            if is_of_file && damage.key.get(RoutingId::SIZE * 2..).is_some_and(|id| files.rows.contains(id)) {
                continue;
            }
            let of_all = matches!(
                damage.what,
                Wrong::CountDiffers { .. } | Wrong::ContentDiffers | Wrong::CountsLost | Wrong::WentBack { .. }
            );
            let list = if of_all { &mut found.missing } else { &mut found.broken };
            let advice = if of_all { String::new() } else { format!("; {REPAIR}") };
            list.push(Damage { say: format!("{damage}{advice}"), notebook: None, what });
        }
        // Else it is only that nobody wanted all of them yet.
        if found.missing.iter().any(|damage| FILE_TABLES.contains(&damage.what.as_str())) {
            found.missing.extend(files.partial.iter().map(|file| file.damage.clone()));
            found.files.extend(files.partial);
        }
        Ok(found)
    }

    /// Rows of this room's own that do not read: who we are is known and written again, the others are only ever a help.
    async fn rewrite_own_rows(&self) -> Result<(), NodeFault> {
        self.write(|mind, batch| {
            let store = mind.shelves.store();
            me::rewrite(&**store, mind.replica.me(), &mind.losses, batch);
            drop_damaged(&**store, &[PEERS, AGREED], batch).map_err(in_words)
        })
        .await
    }

    /// Writes rows in this turn of the loop; returns when they are durable.
    async fn write<F>(&self, mut rows: F) -> Result<(), NodeFault>
    where
        F: FnMut(&mut Mind, &mut Batch) -> Result<(), NodeFault> + Send + 'static,
    {
        let written = self
            .ask(move |mind| {
                let mut batch = Batch::new();
                rows(mind, &mut batch)?;
                let (tell, told) = oneshot::channel();
                // Nobody waits any more only when the one who asked is gone.
                mind.shelves.store().begin(batch, Box::new(move |outcome| drop(tell.send(outcome))));
                Ok(told)
            })
            .await?;
        written.await.map_err(|_| NodeFault::Stopped)?.map_err(in_words)
    }

    /// The damage met since the folder was opened.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn damage(&self) -> Result<Vec<Damage>, NodeFault> {
        self.ask(|mind| Ok(mind.damage.clone())).await
    }
}

/// Waits for anything but word that somebody agrees with us; whether it came in time. Strangers agree each time they are asked,
/// so asking again for that would never end.
async fn more_than_agreement(notices: &mut Receiver<Notice>, until: Instant) -> bool {
    while Instant::now() < until {
        match timeout_at(until, notices.recv()).await {
            Ok(Ok(Notice::Agreed { .. })) => {}
            Ok(Ok(_) | Err(RecvError::Lagged(_))) => return true,
            Ok(Err(RecvError::Closed)) | Err(_) => return false,
        }
    }
    false
}

/// What the store lost as a whole, as damage.
pub(crate) fn loss(say: &str) -> Damage {
    Damage { say: format!("{say}; {REPAIR}"), notebook: None, what: say.to_owned() }
}

fn in_words(fault: StoreFault) -> NodeFault {
    NodeFault::Device(fault.to_string())
}

fn dial(mind: &Mind, address: &str) -> Result<(), NodeFault> {
    let Some(net) = &mind.net else { return Ok(()) };
    net.dial(None, address).map_err(|fault| NodeFault::Usage(fault.to_string()))
}

/// The people who were met, by name.
fn whom(met: Option<&SyncOutcome>) -> Vec<String> {
    let people = met.into_iter().flat_map(|outcome| &outcome.with).map(|(who, _)| who.shown());
    people.collect::<BTreeSet<String>>().into_iter().collect()
}

fn what_came_back(from: &[String]) -> String {
    match from {
        [] => "nobody else holds any of it".to_owned(),
        people => format!(
            "what {} had of it is here again; what nobody else had is not, and a member who is away brings theirs when you \
             meet",
            people.join(", ")
        ),
    }
}

/// The notebooks in which something that others sent was refused.
fn refused(mind: &Mind) -> Vec<SetAside> {
    let lines = mind.replica.notebooks().into_iter().filter(|line| line.refused > 0);
    lines.map(|line| SetAside { notebook: (line.id, mind.title(&line.id)), refused: line.refused }).collect()
}
