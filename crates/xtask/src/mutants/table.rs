//! The breaks there are, and the test that must notice each.

/// One deliberate break: `mutant("name")` stands where it happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    /// What goes wrong when it is chosen.
    pub(crate) breaks: &'static str,
    /// Which promise that is.
    pub(crate) promise: Promise,
    /// Where the test is, as nextest names programs of tests: a package, or a package and a file of its tests.
    pub(crate) binary: &'static str,
    /// The test that must fail, in full.
    pub(crate) test: &'static str,
}

/// What Hedgerow promises, as far as a break can go against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promise {
    /// P1: a save that was acknowledged survives a kill and a power cut.
    Saved,
    /// P2: peers that exchanged everything agree to the byte.
    Agree,
    /// P3: only members read.
    MembersRead,
    /// P4: a removal is final and the same everywhere.
    Removal,
    /// P5: nobody writes what their role does not let them.
    Authority,
    /// P6: no input crashes, hangs or bloats a node.
    NoHarm,
    /// P7: corruption is noticed and named.
    Corruption,
    /// P10: clocks do not matter.
    Clocks,
    /// P12: no page and no other user of the machine reaches the data.
    OthersHere,
}

impl Promise {
    /// Its number in the list of promises.
    pub(crate) fn number(self) -> &'static str {
        match self {
            Promise::Saved => "P1",
            Promise::Agree => "P2",
            Promise::MembersRead => "P3",
            Promise::Removal => "P4",
            Promise::Authority => "P5",
            Promise::NoHarm => "P6",
            Promise::Corruption => "P7",
            Promise::Clocks => "P10",
            Promise::OthersHere => "P12",
        }
    }
}

const fn mutant(
    name: &'static str,
    breaks: &'static str,
    promise: Promise,
    binary: &'static str,
    test: &'static str,
) -> Mutant {
    Mutant { name, breaks, promise, binary, test }
}

/// All of them.
pub(crate) const MUTANTS: &[Mutant] = &[
    mutant(
        "skip-record-signature",
        "a change is taken without looking at its author's signature",
        Promise::Authority,
        "hedgerow-access",
        "record::tests::bo_cannot_sign_for_ada_nor_change_what_she_signed",
    ),
    mutant(
        "skip-operation-signature",
        "an operation is taken without looking at its author's signature",
        Promise::Authority,
        "hedgerow-access",
        "op::tests::one_flipped_bit_refuses_it",
    ),
    mutant(
        "skip-head-signatures",
        "a checkpoint's maker may make up what others signed",
        Promise::Authority,
        "hedgerow-access",
        "record::tests::a_checkpoint_by_its_maker_cannot_make_up_a_head_of_another",
    ),
    mutant(
        "take-unsigned-checkpoint",
        "a checkpoint's changes need not end in those that were signed",
        Promise::Authority,
        "hedgerow-document::hostile",
        "a_checkpoint_that_lies_is_refused",
    ),
    mutant(
        "anybody-administers",
        "whoever is a member changes roles, invites and removes",
        Promise::Authority,
        "hedgerow-access",
        "stories::roles::only_admins_change_roles",
    ),
    mutant(
        "junior-removes-senior",
        "a junior admin removes the senior one",
        Promise::Removal,
        "hedgerow-access",
        "stories::roles::a_junior_never_removes_a_senior",
    ),
    mutant(
        "founder-falls",
        "the founder's role is like any other",
        Promise::Removal,
        "hedgerow-access",
        "stories::founders::nobody_takes_the_founders_role_and_not_even_the_founder",
    ),
    mutant(
        "removed-admin-acts-on",
        "what a removed admin did meanwhile stands",
        Promise::Removal,
        "hedgerow-access",
        "stories::roles::what_a_removed_admin_did_meanwhile_falls",
    ),
    mutant(
        "keep-late-work",
        "what the removed wrote late stays",
        Promise::Removal,
        "hedgerow-access",
        "stories::late::a_removal_keeps_what_it_saw_and_takes_the_rest",
    ),
    mutant(
        "forget-what-was-retained",
        "what was written before a leaving falls with it",
        Promise::Removal,
        "hedgerow-access",
        "stories::late::a_leaver_keeps_what_they_said_they_had",
    ),
    mutant(
        "accept-closed-link",
        "a revoked or cut link lets people in",
        Promise::Authority,
        "hedgerow-access",
        "stories::links::a_removed_person_does_not_come_back_by_an_old_link",
    ),
    mutant(
        "accept-used-up-link",
        "a link lets in more than it says",
        Promise::Authority,
        "hedgerow-access",
        "stories::links::a_link_lets_in_as_many_as_it_says",
    ),
    mutant(
        "host-expired-link",
        "whoever hosts does not look when a link ends",
        Promise::Authority,
        "hedgerow-access",
        "joining::tests::a_link_that_is_over_says_why",
    ),
    mutant(
        "ignore-cuts",
        "a removal leaves older links open",
        Promise::Removal,
        "hedgerow-access",
        "stories::links::a_removal_closes_every_link_not_issued_after_it",
    ),
    mutant(
        "let-contested-in",
        "two come in by a link for one",
        Promise::Authority,
        "hedgerow-access",
        "stories::links::two_by_a_single_use_link_wait_until_an_admin_picks",
    ),
    mutant(
        "expire-in-the-log",
        "a clock decides in the log whether a link was open",
        Promise::Clocks,
        "hedgerow-access",
        "stories::links::an_expired_link_is_the_hosts_affair_and_voids_no_honest_join",
    ),
    mutant(
        "keep-key-after-removal",
        "a removal begins no new epoch",
        Promise::Removal,
        "hedgerow-access",
        "epochs::tests::schedules::whoever_is_removed_cannot_read_the_next_epoch",
    ),
    mutant(
        "write-under-unclean",
        "an epoch from before a removal is written under",
        Promise::Removal,
        "hedgerow-access",
        "epochs::tests::schedules::somebody_who_came_and_went_unseen_between_two_epochs_makes_a_new_one_needed",
    ),
    mutant(
        "seal-on-to-anybody",
        "a key is handed on to somebody removed since",
        Promise::MembersRead,
        "hedgerow-access",
        "epochs::tests::schedules::what_was_owed_to_somebody_removed_since_is_not_sealed_to_them",
    ),
    mutant(
        "leave-header-unsealed",
        "a record's header is not part of what is sealed",
        Promise::Corruption,
        "hedgerow-access",
        "record::tests::every_cut_and_every_flipped_bit_is_refused",
    ),
    mutant(
        "forget-predecessor",
        "a change need not build on its author's one before",
        Promise::Authority,
        "hedgerow-document::hostile",
        "each_rule_of_admission_refuses_what_it_is_for",
    ),
    mutant(
        "take-what-stands-beside",
        "a change may speak of what it does not build on",
        Promise::Agree,
        "hedgerow-document::bent",
        "a_bent_change_is_judged_by_what_it_builds_on_alone",
    ),
    mutant(
        "count-no-operations",
        "a few bytes may unfold into millions of operations",
        Promise::NoHarm,
        "hedgerow-document::hostile",
        "a_few_bytes_that_unfold_into_millions_are_refused_unread",
    ),
    mutant(
        "skip-reading-back",
        "a change need not read back as it was written",
        Promise::NoHarm,
        "hedgerow-document::hostile",
        "no_mutant_that_is_let_in_does_harm",
    ),
    mutant(
        "leave-fields-out",
        "the canonical form says nothing of a page's fields",
        Promise::Agree,
        "hedgerow-document::views",
        "the_canonical_form_is_what_members_see_and_nothing_else",
    ),
    mutant(
        "order-by-clock",
        "versions are listed by what clocks said",
        Promise::Clocks,
        "hedgerow-document::views",
        "a_clock_that_is_ten_years_behind_changes_no_order",
    ),
    mutant(
        "skip-sync",
        "rows are not synced before they are said to be saved",
        Promise::Saved,
        "hedgerow-store::store",
        "faults::after_a_sync_that_fails_nothing_more_is_promised",
    ),
    mutant(
        "claim-to-sync",
        "the engine's file is said to be synced and is not",
        Promise::Saved,
        "hedgerow-tests::stories",
        "durable::a_node_that_goes_on_answers_after_the_sync_too",
    ),
    mutant(
        "skip-folder-sync",
        "the names of large values' files are not synced",
        Promise::Saved,
        "hedgerow-store::store",
        "faults::a_file_whose_name_may_be_lost_is_not_saved",
    ),
    mutant(
        "seal-for-any-row",
        "a sealed value opens in another row",
        Promise::Corruption,
        "hedgerow-store::store",
        "rows::rows_that_changed_places_or_bytes_do_not_open",
    ),
    mutant(
        "read-any-length",
        "a message of any length is read",
        Promise::NoHarm,
        "hedgerow-net",
        "inbox::tests::a_length_over_the_limit_is_refused_before_anything_is_read",
    ),
    mutant(
        "let-windows-grow",
        "whoever answers late may send more and more ahead",
        Promise::NoHarm,
        "hedgerow-net",
        "multiplex::tests::mal_answers_late_and_may_send_no_more_ahead_for_it",
    ),
    mutant(
        "panic-over-a-length",
        "whoever announces too much makes what carries their messages panic",
        Promise::NoHarm,
        "hedgerow-tests::stories",
        "hostile::strangers::lengths_that_are_too_great_cost_whoever_says_them_the_connection",
    ),
    mutant(
        "take-memory-announced",
        "memory is taken for a frame of any announced length",
        Promise::NoHarm,
        "hedgerow-net",
        "multiplex::tests::a_frame_longer_than_anybody_sends_is_an_error_before_it_comes",
    ),
    mutant(
        "let-any-user-in",
        "the socket answers every user of the machine",
        Promise::OthersHere,
        "hedgerow-api",
        "local::server::tests::another_user_of_the_machine_is_sent_away_unheard",
    ),
    mutant(
        "follow-links-out",
        "an import follows a link out of its folder",
        Promise::OthersHere,
        "hedgerow-cli::bin/hedgerow",
        "tree::tests::a_folder_is_read_in_order_and_says_what_it_leaves_out",
    ),
    mutant(
        "let-control-through",
        "a page's words can steer the terminal",
        Promise::OthersHere,
        "hedgerow-cli::bin/hedgerow",
        "output::tests::a_page_cannot_steer_the_terminal",
    ),
    mutant(
        "skip-role-check",
        "a reader's or commenter's edit is taken",
        Promise::Authority,
        "hedgerow-sync::stories",
        "a_reader_is_refused_at_home_and_by_everybody_else",
    ),
    mutant(
        "judge-by-todays-role",
        "old work is judged by today's membership, not by its author's",
        Promise::Agree,
        "hedgerow-sync::stories",
        "a_removal_undoes_the_rights_but_not_the_past_even_for_those_who_come_later",
    ),
    mutant(
        "announce-before-saving",
        "peers get a record before it is on the disk",
        Promise::Saved,
        "hedgerow-sync::stories",
        "what_bo_has_read_ada_cannot_lose",
    ),
    mutant(
        "answer-before-saving",
        "an edit is said to be saved before it is on the disk",
        Promise::Saved,
        "hedgerow-sync::stories",
        "what_ada_was_told_is_saved_survives_a_power_cut",
    ),
    mutant(
        "answer-strangers",
        "records are handed to whoever knows their names",
        Promise::MembersRead,
        "hedgerow-sync::stories",
        "whoever_is_no_member_gets_no_record_by_asking_for_it",
    ),
    mutant(
        "draw-own-chance",
        "a device draws chance of its own: a story does not replay",
        Promise::Agree,
        "hedgerow-testkit::simulation",
        "the_same_seed_tells_the_same_story",
    ),
    mutant(
        "skip-pins",
        "a change builds on what its author says not to have heard of",
        Promise::Authority,
        "hedgerow-sync::dishonest",
        "nobody_builds_on_what_they_say_they_had_not_heard_of",
    ),
    mutant(
        "skip-pins-digest",
        "what an author knew need not stand in the change itself",
        Promise::Authority,
        "hedgerow-sync::dishonest",
        "a_change_says_itself_what_its_author_knew",
    ),
    mutant(
        "anybody-hands-over",
        "somebody who is not the founder hands the notebook over",
        Promise::Authority,
        "hedgerow-access",
        "stories::founders::only_the_founder_hands_over_and_only_with_the_recovery_key",
    ),
    mutant(
        "hand-over-unsigned",
        "a notebook is handed over without the recovery key",
        Promise::Authority,
        "hedgerow-access",
        "stories::founders::a_signature_for_one_handover_makes_no_other",
    ),
    mutant(
        "claim-any-device",
        "a device that did not agree is somebody's",
        Promise::Authority,
        "hedgerow-access",
        "stories::devices::nobody_claims_a_device_that_did_not_agree",
    ),
    mutant(
        "replace-half-a-recovery",
        "a replaced recovery keeps one of its keys",
        Promise::Authority,
        "hedgerow-access",
        "stories::devices::a_recovery_is_replaced_by_two_new_keys_or_not_at_all",
    ),
    mutant(
        "forgive-who-saw-it-fall",
        "who saw their removal fall writes on when it stands again",
        Promise::Removal,
        "hedgerow-access",
        "stories::late::a_removal_that_counts_after_all_takes_also_from_who_had_seen_it_fall",
    ),
    mutant(
        "tell-a-removal-once",
        "who was told that somebody is out is not told the next time",
        Promise::Removal,
        "hedgerow-sync::stories",
        "who_waited_to_be_an_admin_is_heard_when_leaving",
    ),
    mutant(
        "tell-no-fall",
        "who is out because whoever let them in had been removed is not told so",
        Promise::Removal,
        "hedgerow-sync::stories",
        "who_was_let_in_by_somebody_removed_meanwhile_hears_that_she_is_out",
    ),
    mutant(
        "find-only-the-shared",
        "who shares nothing in their own view does not look for what both joined",
        Promise::Agree,
        "hedgerow-sync::finding",
        "two_who_never_heard_of_each_other_find_what_they_share",
    ),
    mutant(
        "join-twice-at-once",
        "who opens a link twice speaks with a host of both joinings at once",
        Promise::Agree,
        "hedgerow-sync::lost",
        "whoever_opens_a_link_twice_at_once_is_let_in_and_both_are_answered",
    ),
    mutant(
        "leave-recoveries-out",
        "keys are not sealed to recovery phrases",
        Promise::MembersRead,
        "hedgerow-access",
        "epochs::tests::recovering::ada_loses_her_only_device_and_reads_everything_with_her_phrase_and_the_records",
    ),
    mutant(
        "admit-any-key",
        "a key enters the set though its epoch is not valid",
        Promise::Agree,
        "hedgerow-sync::dishonest",
        "a_key_that_was_never_valid_enters_no_set",
    ),
    mutant(
        "keep-no-keys",
        "a key that came with a waiting record is gone after a start",
        Promise::Agree,
        "hedgerow-sync::dishonest",
        "a_key_that_came_with_a_waiting_record_is_not_forgotten",
    ),
    mutant(
        "forget-loose-operations",
        "an operation that came with a waiting record is gone after a start",
        Promise::Agree,
        "hedgerow-sync::dishonest",
        "an_operation_that_came_with_a_waiting_record_is_not_forgotten",
    ),
    mutant(
        "keep-what-came-first",
        "of two records of one change the first to come is kept",
        Promise::Agree,
        "hedgerow-sync::dishonest",
        "what_is_sealed_again_makes_one_set_in_whatever_order_it_comes",
    ),
    mutant(
        "finish-under-any-key",
        "a file is finished under a key that somebody has who was removed meanwhile",
        Promise::Removal,
        "hedgerow-sync::attachments",
        "a_file_that_was_begun_before_a_removal_is_not_finished_after_it",
    ),
    mutant(
        "give-files-to-strangers",
        "a file is given to whoever asks",
        Promise::MembersRead,
        "hedgerow-sync::attachments",
        "whoever_is_no_member_any_more_is_given_nothing",
    ),
    mutant(
        "take-any-piece",
        "a piece of a file is kept whatever it is",
        Promise::NoHarm,
        "hedgerow-sync::attachments",
        "a_piece_that_is_not_the_one_that_was_asked_for_is_not_kept",
    ),
    mutant(
        "go-on-numbering",
        "a device that was put back goes on with its old numbers",
        Promise::Agree,
        "hedgerow-sync::stories",
        "a_backup_put_back_loses_no_words_of_either_time",
    ),
    mutant(
        "seal-on-for-each-complaint",
        "who complains without reason gets a key each time",
        Promise::NoHarm,
        "hedgerow-sync::dishonest",
        "who_complains_without_reason_gets_one_key_and_no_second",
    ),
    mutant(
        "fetch-strange-records",
        "records of a notebook that is not here are fetched for ever",
        Promise::NoHarm,
        "hedgerow-sync::dishonest",
        "whoever_dropped_a_notebook_is_not_sent_it_over_and_over",
    ),
    mutant(
        "count-no-support",
        "of two changes with one number the one goes that others wrote on",
        Promise::Agree,
        "hedgerow-sync::forks",
        "the_version_that_bo_wrote_on_stands_for_everybody_and_the_other_is_counted",
    ),
    mutant(
        "retain-by-number-alone",
        "whoever was removed puts something else in the place of what was seen",
        Promise::Removal,
        "hedgerow-sync::forks",
        "what_a_removal_kept_is_not_displaced_by_a_second_version",
    ),
    mutant(
        "tell-no-rival",
        "who came by a link beside somebody else is not told that their place is in question",
        Promise::Agree,
        "hedgerow-sync::contests",
        "two_come_by_one_link_and_the_one_whom_ada_picks_is_in",
    ),
    mutant(
        "leave-without-a-word",
        "who leaves takes along the key that their leaving lies under",
        Promise::Agree,
        "hedgerow-sync::stories",
        "who_leaves_after_making_a_key_alone_is_heard_and_so_are_their_last_words",
    ),
    mutant(
        "leave-without-the-keys-before",
        "who leaves takes along the keys that theirs grew from",
        Promise::Agree,
        "hedgerow-sync::stories",
        "who_leaves_under_a_key_that_grew_from_others_is_heard",
    ),
];
