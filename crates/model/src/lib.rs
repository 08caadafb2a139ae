//! The words of Hedgerow: ids, roles, titles, times. Values, without IO.
//!
//! Every other room speaks in these types; a raw string or byte array crosses a room's border only once, where it is
//! parsed into one of them.

mod attachment;
mod contained;
mod id;
mod mutant;
mod profile;
mod role;
mod slug;
mod status;
mod time;
mod title;

pub use attachment::{Attachment, FileName, MediaType};
pub use contained::{contained, is_contained};
pub use id::{
    ActionId, ActorId, AttachmentId, ChangeHash, CircleId, DeviceId, EpochId, IdPrefix, IdProblem, InvitationId, LogId,
    NotebookId, OpId, OutcomeId, PageId, PersonId, PieceId, RecordId, RoutingId, StreamTag,
};
pub use mutant::mutant;
pub use profile::{Label, LabelProblem, Level, Profile, UnknownLevel};
pub use role::{Role, UnknownRole};
pub use slug::{FieldName, NameProblem, TemplateKind};
pub use status::{ActionStatus, UnknownStatus};
pub use time::{Day, Lifetime, Moment, TimeProblem};
pub use title::{Title, TitleProblem};
