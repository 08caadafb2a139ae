//! What a person may do in a notebook.

use serde::{Deserialize, Serialize};

/// A permission in one notebook, weakest first; each may do what the weaker ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Role {
    /// Reads everything.
    Reader,
    /// Also comments and suggests.
    Commenter,
    /// Also writes and deletes pages.
    Writer,
    /// Also invites, removes and changes roles.
    Admin,
}

impl Role {
    /// All roles, weakest first.
    pub const ALL: [Role; 4] = [Role::Reader, Role::Commenter, Role::Writer, Role::Admin];

    /// Whether pages may be changed.
    #[must_use]
    pub fn may_write(self) -> bool {
        self >= Role::Writer
    }

    /// Whether comments may be made.
    #[must_use]
    pub fn may_comment(self) -> bool {
        self >= Role::Commenter
    }

    /// Whether members may be invited, removed and given other roles.
    #[must_use]
    pub fn may_administer(self) -> bool {
        self == Role::Admin
    }

    /// The word for it, as the command line takes and prints it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Commenter => "commenter",
            Role::Writer => "writer",
            Role::Admin => "admin",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a role; the roles are reader, commenter, writer and admin")]
pub struct UnknownRole(String);

impl std::str::FromStr for Role {
    type Err = UnknownRole;
    fn from_str(raw: &str) -> Result<Role, UnknownRole> {
        Role::ALL
            .into_iter()
            .find(|role| role.word() == raw)
            .ok_or_else(|| UnknownRole(raw.chars().filter(|c| !c.is_control()).take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_weaker_ones_may() {
        assert!(!Role::Reader.may_comment());
        assert!(Role::Commenter.may_comment() && !Role::Commenter.may_write());
        assert!(Role::Writer.may_write() && !Role::Writer.may_administer());
        assert!(Role::Admin.may_comment() && Role::Admin.may_write() && Role::Admin.may_administer());
    }

    #[test]
    fn a_role_is_read_by_its_word() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
        }
        assert!("owner".parse::<Role>().is_err());
    }
}
