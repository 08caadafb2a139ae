// Written from the types of the room `api` by its test `typescript`, which says how. Not to be edited.

/**
 * How far an action has come.
 */
export type ActionStatus = "todo" | "doing" | "done" | "stopped";

/**
 * Adds an action at the end.
 */
export type AddAction = { 
/**
 * To which page.
 */
page: string, 
/**
 * What is to be done, at most 2,000 characters.
 */
text: string, 
/**
 * What else there is to say about it, at most 20,000 characters.
 */
notes: string | null, 
/**
 * Who sees to it: `me`, an id, the beginning of one, or a member's name.
 */
owner: string | null, 
/**
 * The organisation that does it, by name.
 */
partner: string | null, 
/**
 * The day on which it begins, as in `2027-03-01`.
 */
start: string | null, 
/**
 * The day by which it is to be done, as in `2027-03-31`.
 */
due: string | null, 
/**
 * How far it has come; `todo` unless told.
 */
status: ActionStatus | null, 
/**
 * The outcome that it serves: its id or the beginning of it.
 */
outcome: string | null, };

/**
 * Adds an outcome at the end.
 */
export type AddOutcome = { 
/**
 * To which page.
 */
page: string, 
/**
 * What is to come of the plan, at most 2,000 characters.
 */
text: string, };

/**
 * Hands over the next piece of a file. It is durable when this is answered.
 */
export type AddPiece = { 
/**
 * Of which file.
 */
draft: number, 
/**
 * The bytes: as many as `begin_file` said, or fewer if it is the last.
 */
bytes: Base64, };

/**
 * A device that has what we have.
 */
export type AgreedWith = { 
/**
 * Whose.
 */
person: string, 
/**
 * The device.
 */
device_id: string, };

/**
 * Adds Markdown at the end.
 */
export type AppendToPage = { 
/**
 * Which.
 */
page: string, 
/**
 * What to add, at most 2 MiB.
 */
markdown: string, };

/**
 * Why a version of a page is kept and not on the page.
 */
export type Aside = "late" | "second_version";

/**
 * A file that a page shows.
 */
export type Attachment = { 
/**
 * Which: 64 hexadecimal digits.
 */
id: string, 
/**
 * What it is called: a name, never a path.
 */
name: string, 
/**
 * What kind it is, such as `image/png`, as whoever attached it said.
 */
media_type: string, 
/**
 * How long it is, in bytes, as whoever attached it said.
 */
size: number, };

/**
 * A file that a page shows, and how much of it is on this device.
 */
export type AttachmentLine = { 
/**
 * Which: 64 hexadecimal digits.
 */
id: string, 
/**
 * What it is called: a name, never a path.
 */
name: string, 
/**
 * What kind it is, such as `image/png`, as whoever attached it said.
 */
media_type: string, 
/**
 * How long it is, in bytes, as whoever attached it said.
 */
size: number, 
/**
 * What the page says of it.
 */
caption: string, 
/**
 * How many bytes of it are on this device.
 */
here: number, 
/**
 * Whether all of it is.
 */
is_whole: boolean, };

/**
 * Bytes, which JSON carries as base64 with padding (RFC 4648, section 4).
 */
export type Base64 = string;

/**
 * Tells the members who are connected where this person is on a page; it is kept by nobody. To be said when it
 * changes, at most some times a second, and again every ten seconds; who has said nothing for thirty is gone.
 */
export type BePresent = { 
/**
 * On which page.
 */
page: string, 
/**
 * Where.
 */
caret: Caret, };

/**
 * Begins a file that is to stand on a page. Its pieces follow with `add_piece`, then `finish_file`, and then a page
 * can show it.
 */
export type BeginFile = { 
/**
 * On which page.
 */
page: string, };

/**
 * One paragraph, heading, item, quote, table or piece of code.
 */
export type Block = { 
/**
 * Paragraph, heading, ...: the names of Automerge's rich text.
 */
type: string, 
/**
 * The kinds of the blocks that it lies in, outermost first.
 */
parents: ReadonlyArray<string>, 
/**
 * A heading's level, 1 to 6.
 */
level?: number, 
/**
 * The number at which a numbered list begins, where it is not 1.
 */
start?: number, 
/**
 * Whether a task is done.
 */
checked?: boolean, 
/**
 * What a piece of code is written in.
 */
language?: string, 
/**
 * The file that it stands for; its text is what is said of it.
 */
attachment?: Attachment, 
/**
 * Where its text begins, in Unicode scalar values into the body text.
 */
from: number, 
/**
 * Its text.
 */
text: string, 
/**
 * What is bold, a link ... in it.
 */
marks: ReadonlyArray<Mark>, };

/**
 * Brings a deleted page back, with what was written on it since.
 */
export type BringBackPage = { 
/**
 * Which.
 */
page: string, };

/**
 * Brings a deleted outcome or action back, with what was written in it since.
 */
export type BringBackToPlan = { 
/**
 * On which page.
 */
page: string, 
/**
 * The id of the outcome or action, or the beginning of it.
 */
item: string, };

/**
 * The next piece of a notebook's canonical form. Pieces joined in order are the whole; pages come in order of id.
 */
export type Canonical = { 
/**
 * Which notebook.
 */
notebook: string, 
/**
 * The `next` of the piece before; none for the first piece.
 */
from: string | null, };

/**
 * A piece of a notebook's canonical form.
 */
export type CanonicalPart = { 
/**
 * The piece, at most about 4 MiB.
 */
text: string, 
/**
 * What to ask for next; none after the last piece.
 */
next: string | null, };

/**
 * Saves a thought in the private inbox.
 */
export type Capture = { 
/**
 * The thought.
 */
text: string, 
/**
 * Where it was had.
 */
at: Coordinates | null, };

/**
 * A capture that waits to be filed.
 */
export type CaptureLine = { 
/**
 * The capture.
 */
id: string, 
/**
 * What was said.
 */
text: string, 
/**
 * When, on this device's clock.
 */
when: When, 
/**
 * Where: degrees north and east.
 */
at: Coordinates | null, };

/**
 * Where somebody is on a page. Each end is an Automerge cursor into the body, at most 128 letters, digits, `@` and `-`.
 */
export type Caret = { 
/**
 * Where the selection begins.
 */
anchor: string, 
/**
 * Where it is drawn out to; the same where nothing is selected.
 */
head: string, };

/**
 * A page was changed, or already was as asked.
 */
export type Changed = { 
/**
 * The page.
 */
id: string, 
/**
 * Its title now.
 */
title: string, 
/**
 * Whether there was anything to change.
 */
changed: boolean, 
/**
 * The versions it stands at now.
 */
heads: ReadonlyArray<string>, };

/**
 * The editor is done with its copy, and the person has left the page.
 */
export type ClosePage = { 
/**
 * Of which page.
 */
page: string, 
/**
 * The line of editing that was lent.
 */
actor: string, };

/**
 * The kinds of fault that a door tells apart.
 */
export type Code = "not_found" | "ambiguous" | "refused" | "in_use" | "unreachable" | "waiting" | "usage" | "failed";

/**
 * Something said about a page.
 */
export type Comment = { 
/**
 * The comment.
 */
id: string, 
/**
 * Where the text it is about begins, in Unicode scalar values into the body text; none if it is gone.
 */
from: number | null, 
/**
 * Where that ends.
 */
to: number | null, 
/**
 * What was said.
 */
text: string, 
/**
 * Who said it.
 */
author: string, 
/**
 * Who said it, by id.
 */
author_id: string, 
/**
 * When, on their clock.
 */
when: When, 
/**
 * Whether it is settled.
 */
resolved: boolean, };

/**
 * A place on the map.
 */
export type Coordinates = { 
/**
 * Degrees north, -90 to 90.
 */
latitude: number, 
/**
 * Degrees east, -180 to 180.
 */
longitude: number, };

/**
 * What an editor's copy of a page lacks.
 */
export type CopyNews = { 
/**
 * Whether this person may write on it.
 */
may_write: boolean, 
/**
 * The whole document, to take the copy's place: when it holds something that the page does not show any more.
 */
whole: Base64 | null, 
/**
 * Otherwise raw changes to add, causes before effects.
 */
changes: ReadonlyArray<Base64>, 
/**
 * Where the page stands then.
 */
standing: CopyStanding, };

/**
 * Where a page stands for an editor's copy of it.
 */
export type CopyStanding = { 
/**
 * The changes that nothing builds on yet.
 */
heads: ReadonlyArray<string>, 
/**
 * The commit message of the copy's next change; those after it have none. None when there is nothing to say.
 */
message: string | null, };

/**
 * Something was made, or an invitation closed.
 */
export type Created = { 
/**
 * Its id.
 */
id: string, };

/**
 * Something stored here that does not read as it was written.
 */
export type Damage = { 
/**
 * What, which one, and what is lost or can be done, in one line.
 */
say: string, 
/**
 * The notebook, if it is known which.
 */
notebook_id: string | null, 
/**
 * The record's id or the file's name.
 */
what: string, };

/**
 * Deletes an outcome or action. Its words stay, and it can be brought back.
 */
export type DeleteFromPlan = { 
/**
 * On which page.
 */
page: string, 
/**
 * The id of the outcome or action, or the beginning of it.
 */
item: string, };

/**
 * Erases a notebook from this device. If others are members it is left first.
 */
export type DeleteNotebook = { 
/**
 * Which.
 */
notebook: string, };

/**
 * Deletes a page. Its history remains with those who hold it.
 */
export type DeletePage = { 
/**
 * Which.
 */
page: string, };

/**
 * Says something else of a notebook, all of it as one change. `None` leaves a thing as it is; an empty text takes it
 * away.
 */
export type DescribeNotebook = { 
/**
 * Which.
 */
notebook: string, 
/**
 * The problem it is built round, at most 2,000 characters.
 */
challenge: string | null, 
/**
 * What its members agreed to, at most 20,000 characters.
 */
ground_rules: string | null, 
/**
 * When they look again at why they do this: a day, as in `2027-03-31`.
 */
review_date: string | null, };

/**
 * A file that is being attached.
 */
export type Draft = { 
/**
 * What it is called until it is whole; it means nothing once the program has ended.
 */
draft: number, 
/**
 * How many bytes each of its pieces has, but the last.
 */
piece: number, 
/**
 * How many bytes it may have in all.
 */
most: number, };

/**
 * Nobody goes on with a file.
 */
export type DropFile = { 
/**
 * Which file.
 */
draft: number, };

/**
 * Deletes and inserts text at one place.
 */
export type EditPage = { 
/**
 * Which.
 */
page: string, 
/**
 * Where, in Unicode scalar values into the body text.
 */
at: number, 
/**
 * How many to delete from there.
 */
delete: number, 
/**
 * What to insert there.
 */
insert: string, };

/**
 * Why a request was not done. `say` is one line for a person: what failed, which one, what to do now. Nobody matches
 * its text; what a door acts on is the code.
 */
export type Fault = { 
/**
 * What a door does about it.
 */
code: Code, 
/**
 * One line for a person.
 */
say: string, };

/**
 * Has all of a file on this device in the end, from members who have it. `file_came` tells how it goes on.
 */
export type FetchAttachment = { 
/**
 * A page that shows it.
 */
page: string, 
/**
 * The file's whole id.
 */
attachment: string, 
/**
 * How long members who are being dialled may take to arrive.
 */
wait_seconds: number, };

/**
 * A field and its text.
 */
export type FieldText = { 
/**
 * The field's name.
 */
field: string, 
/**
 * What it says from now on; an empty text takes the field away.
 */
text: string, };

/**
 * Moves a capture into a notebook: as a page of its own, or to the end of `page`.
 */
export type FileCapture = { 
/**
 * Which capture.
 */
capture: string, 
/**
 * Into which notebook.
 */
notebook: string, 
/**
 * At the end of this page of it, rather than as a page of its own.
 */
page: string | null, };

/**
 * How a file's text is read.
 */
export type FileForm = "markdown" | "html" | "plain";

/**
 * A piece of a file.
 */
export type FilePiece = { 
/**
 * Its bytes; none beyond the end of the file.
 */
bytes: Base64, };

/**
 * A page or capture is in another notebook now.
 */
export type Filed = { 
/**
 * The page that holds it now.
 */
id: string, 
/**
 * The notebook that this page is in.
 */
notebook_id: string, 
/**
 * The page's title.
 */
title: string, 
/**
 * The notebook's title.
 */
notebook: string, };

/**
 * What an id names: a notebook or a page.
 */
export type Find = { 
/**
 * The id or the beginning of it.
 */
id: string, };

/**
 * Which file is meant by an id or the beginning of one, and a page that shows it.
 */
export type FindAttachment = { 
/**
 * The id or the beginning of it.
 */
attachment: string, 
/**
 * The page that shows it; without one all pages are looked through.
 */
page: string | null, };

/**
 * The file is whole.
 */
export type FinishFile = { 
/**
 * Which file.
 */
draft: number, 
/**
 * What it is called; of a path the last part.
 */
name: string, 
/**
 * What kind it is, such as `image/png`.
 */
media_type: string, };

/**
 * What an id names.
 */
export type Found = { 
/**
 * The whole id.
 */
id: string, 
/**
 * What it is.
 */
kind: FoundKind, 
/**
 * Its title.
 */
title: string, 
/**
 * The notebook: itself, or the one the page is in.
 */
notebook_id: string, };

/**
 * A file that somebody meant.
 */
export type FoundAttachment = { 
/**
 * Which: 64 hexadecimal digits.
 */
id: string, 
/**
 * What it is called: a name, never a path.
 */
name: string, 
/**
 * What kind it is, such as `image/png`, as whoever attached it said.
 */
media_type: string, 
/**
 * How long it is, in bytes, as whoever attached it said.
 */
size: number, 
/**
 * A page that shows it.
 */
page_id: string, };

/**
 * What an id can name.
 */
export type FoundKind = "notebook" | "page";

/**
 * Who is connected, what is held, what waits.
 */
export type GetStatus = Record<symbol, never>;

/**
 * Makes another member the founder, who becomes an admin by it. This person stays an admin. It cannot be taken back.
 */
export type HandOver = { 
/**
 * Which notebook.
 */
notebook: string, 
/**
 * To whom: id, beginning of an id, or name.
 */
person: string, };

/**
 * What another member's device has of a notebook, as far as we know.
 */
export type Holder = { 
/**
 * Whose device.
 */
person: string, 
/**
 * Whose device, by id.
 */
person_id: string, 
/**
 * The device.
 */
device_id: string, 
/**
 * Whether it has everything that we have; also while it is away.
 */
has_all: boolean, 
/**
 * When it was last found, on our clock, that both hold the same; none if never. Without `has_all`, it lacks what
 * came after.
 */
agreed: When | null, 
/**
 * Whether it is connected now.
 */
connected: boolean, 
/**
 * When it was last connected, on our clock.
 */
last_seen: When | null, };

/**
 * Who this device speaks for.
 */
export type Identity = { 
/**
 * The person.
 */
person_id: string, 
/**
 * The device.
 */
device_id: string, 
/**
 * What they are called.
 */
name: string | null, 
/**
 * Where they work.
 */
organisation: string | null, 
/**
 * Council, health, charity ...
 */
sector: string | null, 
/**
 * What they do there.
 */
job: string | null, 
/**
 * Where in the organisation.
 */
level: Level | null, 
/**
 * The places they work for.
 */
places: ReadonlyArray<string>, 
/**
 * What guards the key that seals this folder.
 */
key_kept: KeyKept, };

/**
 * One file to import.
 */
export type ImportFile = { 
/**
 * Its path as the person gave it, for reports; the last part without its ending is the title if the text has none.
 */
path: string, 
/**
 * How to read it.
 */
form: FileForm, 
/**
 * Its text, at most 2 MiB.
 */
text: string, };

/**
 * Makes a page from each file. A file that cannot become a page is skipped with a reason and the others go on;
 * each page is whole or not there.
 */
export type ImportPages = { 
/**
 * Into which notebook.
 */
notebook: string, 
/**
 * The files, at most 8 MiB of text together.
 */
files: ReadonlyArray<ImportFile>, };

/**
 * What became of each file, in the order given.
 */
export type Imported = { 
/**
 * One for each.
 */
files: ReadonlyArray<ImportedFile>, };

/**
 * What became of a file.
 */
export type ImportedFile = { 
/**
 * Its path as it was given.
 */
path: string, 
/**
 * The page made from it.
 */
id: string | null, 
/**
 * Why none was made, if none was.
 */
why: string | null, };

/**
 * What a link says of itself.
 */
export type InvitationPreview = { 
/**
 * The invitation's id.
 */
invitation: string, 
/**
 * To which notebook.
 */
notebook_id: string, 
/**
 * Its title when the link was made.
 */
title: string, 
/**
 * As what.
 */
role: Role, 
/**
 * Who invites, as they called themselves.
 */
inviter: string | null, 
/**
 * Where members may be found.
 */
addresses: ReadonlyArray<string>, };

/**
 * How a link stands.
 */
export type InvitationState = "open" | "used_up" | "revoked" | "cut" | "expired";

/**
 * A link in the list.
 */
export type InvitationView = { 
/**
 * The invitation's id.
 */
invitation: string, 
/**
 * As what.
 */
role: Role, 
/**
 * How many people may use it.
 */
uses: number, 
/**
 * How many have.
 */
used: number, 
/**
 * Until when.
 */
expires: When, 
/**
 * Whether it can still be used.
 */
state: InvitationState, 
/**
 * Who made it.
 */
by: string, 
/**
 * Who made it, by id.
 */
by_id: string, 
/**
 * Who used it, in the order in which this device would seat them.
 */
redemptions: ReadonlyArray<RedemptionLine>, };

/**
 * Makes a link that lets people join.
 */
export type Invite = { 
/**
 * To which notebook.
 */
notebook: string, 
/**
 * As what.
 */
role: Role, 
/**
 * How many people may use it, at least 1.
 */
uses: number, 
/**
 * For how long, in seconds.
 */
expires_seconds: number, };

/**
 * A link was made.
 */
export type Invited = { 
/**
 * The invitation's id.
 */
invitation: string, 
/**
 * The link. It is a secret: whoever has it may use it.
 */
uri: string, 
/**
 * To which notebook.
 */
notebook_id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * As what.
 */
role: Role, 
/**
 * How many people may use it.
 */
uses: number, 
/**
 * Until when.
 */
expires: When, };

/**
 * Joins by a link; answered when this device holds the notebook as the admitting member had it.
 */
export type Join = { 
/**
 * The link.
 */
uri: string, 
/**
 * How long to try, in seconds; then the fault is `waiting` or `unreachable`.
 */
wait_seconds: number, };

/**
 * This device joined.
 */
export type Joined = { 
/**
 * The notebook.
 */
notebook_id: string, 
/**
 * This person's role.
 */
role: Role, 
/**
 * Its title.
 */
title: string, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * Short words that both sides see, to compare by voice.
 */
words: ReadonlyArray<string>, 
/**
 * Who admitted us; none if they are not known any more.
 */
host: string | null, 
/**
 * Who admitted us, by id.
 */
host_id: string | null, };

/**
 * What guards the key that seals a folder.
 */
export type KeyKept = "keychain" | "passphrase" | "key_file";

/**
 * Leaves a notebook; what this device holds of it is erased here. A founder hands it over first.
 */
export type LeaveNotebook = { 
/**
 * Which.
 */
notebook: string, };

/**
 * Where in an organisation a person works.
 */
export type Level = "front-line" | "operational" | "strategic" | "political" | "community";

/**
 * What one device wrote on a page, each change on top of the one before.
 */
export type LineOfEditing = { 
/**
 * What Automerge knows it by: hexadecimal.
 */
actor: string, 
/**
 * Whose, if it is known whose device it was written on.
 */
author: string | null, 
/**
 * Whose, by id.
 */
author_id: string | null, 
/**
 * The device.
 */
device: string, };

/**
 * The files that a page shows, in its order, and how much of each is on this device.
 */
export type ListAttachments = { 
/**
 * Which page.
 */
page: string, };

/**
 * The damage met since the folder was opened.
 */
export type ListDamage = Record<symbol, never>;

/**
 * The pages of a notebook that were deleted and can be brought back, the latest updated first, ties by id.
 */
export type ListDeletedPages = { 
/**
 * Which notebook.
 */
notebook: string, };

/**
 * The captures not filed yet, the newest first.
 */
export type ListInbox = Record<symbol, never>;

/**
 * The links of a notebook, newest first.
 */
export type ListInvitations = { 
/**
 * Which notebook.
 */
notebook: string, };

/**
 * Everyone with a role in it, and those whose joining is in question, the founder first, then by name and id.
 */
export type ListMembers = { 
/**
 * Which notebook.
 */
notebook: string, };

/**
 * The notebooks that this person is a member of, by title and then id; not the private inbox.
 */
export type ListNotebooks = Record<symbol, never>;

/**
 * The pages of a notebook, the latest updated first, ties by id.
 */
export type ListPages = { 
/**
 * Which notebook.
 */
notebook: string, };

/**
 * Where a node can be reached.
 */
export type Listening = { 
/**
 * The device.
 */
device_id: string, 
/**
 * The same, as libp2p writes it.
 */
peer_id: string, 
/**
 * Multiaddresses with the peer id at their end.
 */
addresses: ReadonlyArray<string>, };

/**
 * A stretch of text that is bold, emphasised, code or a link.
 */
export type Mark = { 
/**
 * `strong`, `em`, `code` or `link`.
 */
type: string, 
/**
 * Where it begins, in Unicode scalar values into the block's text.
 */
from: number, 
/**
 * Where it ends: the first that is not in it.
 */
to: number, 
/**
 * Where a link leads.
 */
href?: string, };

/**
 * A page's Markdown.
 */
export type MarkdownText = { 
/**
 * The page.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Front matter and body.
 */
markdown: string, };

/**
 * A person was removed, has another role, or is the founder now.
 */
export type MemberChanged = { 
/**
 * In which notebook.
 */
notebook_id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * Who.
 */
person_id: string, 
/**
 * What they are called.
 */
person: string, 
/**
 * The role from now on; none when they were removed.
 */
role: Role | null, };

/**
 * A member.
 */
export type MemberLine = { 
/**
 * The person.
 */
person_id: string, 
/**
 * What they are called.
 */
name: string | null, 
/**
 * Where they work.
 */
organisation: string | null, 
/**
 * Their role; none where their joining is in question.
 */
role: Role | null, 
/**
 * How they stand.
 */
state: MemberState, 
/**
 * Council, health, charity ...
 */
sector: string | null, 
/**
 * What they do.
 */
job: string | null, 
/**
 * Where in the organisation.
 */
level: Level | null, 
/**
 * Whether it is this device's person.
 */
you: boolean, 
/**
 * Why their joining is in question, in words, if it is.
 */
why: string | null, };

/**
 * How a member stands.
 */
export type MemberState = "founder" | "member" | "contested" | "awaits_admin";

/**
 * Gives an outcome or action another place among those of its kind.
 */
export type MoveInPlan = { 
/**
 * On which page.
 */
page: string, 
/**
 * The id of the outcome or action, or the beginning of it.
 */
item: string, 
/**
 * Where to.
 */
to: PlaceInPlan, };

/**
 * Moves a page to another notebook: it is made there as it reads now, and deleted here.
 */
export type MovePage = { 
/**
 * Which.
 */
page: string, 
/**
 * Where to.
 */
notebook: string, };

/**
 * Begins a notebook with this person as its founder.
 */
export type NewNotebook = { 
/**
 * Its title.
 */
title: string, 
/**
 * The problem it is built round.
 */
challenge: string | null, };

/**
 * Makes a page.
 */
export type NewPage = { 
/**
 * In which notebook.
 */
notebook: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What it is made from, such as `note` (unless told) or `plan`.
 */
template: string | null, 
/**
 * Its text, if it is not to be empty: Markdown, at most 2 MiB. Front matter becomes fields; a title or
 * template in it gives way to those above.
 */
markdown: string | null, };

/**
 * A line in the list of notebooks.
 */
export type NotebookLine = { 
/**
 * The notebook.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * The problem it is built round.
 */
challenge: string | null, 
/**
 * This person's role; none when they were removed and still hold a copy.
 */
role: Role | null, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * How many members.
 */
members: number, };

/**
 * How it stands with a notebook.
 */
export type NotebookStatus = { 
/**
 * The notebook.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * How many records are here that cannot be shown yet: what they build on, or their key, has not arrived.
 */
waiting: number, 
/**
 * How many records were refused.
 */
refused: number, 
/**
 * What the other members' devices have of it.
 */
holders: ReadonlyArray<Holder>, };

/**
 * All about one notebook, except its pages.
 */
export type NotebookView = { 
/**
 * The notebook.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * The problem it is built round.
 */
challenge: string | null, 
/**
 * What its members agreed to.
 */
ground_rules: string | null, 
/**
 * When they look again at why they do this: a date.
 */
review_date: string | null, 
/**
 * This person's role; none when they were removed and still hold a copy.
 */
role: Role | null, 
/**
 * Who founded it.
 */
founder: string, 
/**
 * Who founded it, by id.
 */
founder_id: string, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * How many members.
 */
members: number, 
/**
 * Records that cannot be shown yet.
 */
waiting: number, 
/**
 * What was refused, the latest 100.
 */
refused: ReadonlyArray<RefusedLine>, 
/**
 * What the other members' devices have of it.
 */
holders: ReadonlyArray<Holder>, };

/**
 * Something happened that a person looking on would want to know.
 */
export type Notice = { "notice": "page_changed", 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * The page.
 */
page_id: string, 
/**
 * Whether the change was made on this device.
 */
here: boolean, } | { "notice": "notebook_changed", 
/**
 * The notebook.
 */
notebook_id: string, } | { "notice": "peer_connected", 
/**
 * The device.
 */
device_id: string, 
/**
 * Whose it is, if known: their name, or their id when they gave none.
 */
person: string | null, 
/**
 * Where it was reached.
 */
address: string, } | { "notice": "peer_disconnected", 
/**
 * The device.
 */
device_id: string, 
/**
 * Whose it is, if known.
 */
person: string | null, } | { "notice": "agreed", 
/**
 * The other device.
 */
device_id: string, 
/**
 * Whose it is, if known.
 */
person: string | null, 
/**
 * Of these notebooks.
 */
notebook_ids: ReadonlyArray<string>, } | { "notice": "admitted", 
/**
 * The notebook.
 */
notebook_id: string, 
/**
 * Whom.
 */
person: string, 
/**
 * Whom, by id.
 */
person_id: string, 
/**
 * Short words that both sides see, to compare by voice.
 */
words: ReadonlyArray<string>, } | { "notice": "present", 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * The page.
 */
page_id: string, 
/**
 * On which of their devices.
 */
device_id: string, 
/**
 * Who, if known: their name, or their id when they gave none.
 */
person: string | null, 
/**
 * Who, by id, if known.
 */
person_id: string | null, 
/**
 * Where on it; nowhere once they have left.
 */
caret: Caret | null, } | { "notice": "file_came", 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * The file.
 */
attachment_id: string, } | { "notice": "listening", 
/**
 * A multiaddress, with the peer id at its end.
 */
address: string, } | { "notice": "listen_failed", 
/**
 * The multiaddress that was asked for.
 */
address: string, 
/**
 * Why not, and what to do.
 */
why: string, } | { "notice": "unreachable", 
/**
 * The device, if it is known which.
 */
device_id: string | null, 
/**
 * The multiaddress.
 */
address: string, 
/**
 * Why not.
 */
why: string, } | { "notice": "refused", 
/**
 * The notebook, if it is known which.
 */
notebook_id: string | null, 
/**
 * Why.
 */
why: string, } | { "notice": "damaged" } & Damage;

/**
 * Lends a copy of a page to an editor: the whole Automerge document, and a line of editing to write in. What the
 * editor changes it hands over with `write_page`; what others change it asks for with `page_news`, when it hears
 * that the page has changed.
 */
export type OpenPage = { 
/**
 * Which.
 */
page: string, };

/**
 * A page opened in an editor.
 */
export type OpenedPage = { 
/**
 * The page.
 */
id: string, 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * Whether this person may write on it.
 */
may_write: boolean, 
/**
 * The whole document, as Automerge saves it.
 */
document: Base64, 
/**
 * The line of editing in which the copy writes, and nothing else on this device until it is closed.
 */
actor: string, 
/**
 * Where the page stands, and what the copy's next change has to say.
 */
standing: CopyStanding, };

/**
 * Who sees to an action.
 */
export type Owner = { 
/**
 * The person.
 */
id: string, 
/**
 * What they are called; their id when they gave no name.
 */
name: string, 
/**
 * Whether they are no member of the notebook any more.
 */
left: boolean, };

/**
 * Every line of editing that something on the page was written in, and whose it is: what Automerge knows an author by.
 */
export type PageAuthors = { 
/**
 * Which page.
 */
page: string, };

/**
 * The versions of a page, the newest first, after those that are kept and not on the page.
 */
export type PageHistory = { 
/**
 * Which.
 */
page: string, };

/**
 * A page in the list.
 */
export type PageLine = { 
/**
 * The page.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What it was made from.
 */
template: string, 
/**
 * When it was last changed, on the changer's clock.
 */
updated: When, 
/**
 * Who wrote on it, the first first.
 */
authors: ReadonlyArray<string>, 
/**
 * The same people, by id.
 */
author_ids: ReadonlyArray<string>, 
/**
 * How many changes are kept and not on the page: its history lists them.
 */
aside?: number, };

/**
 * What an editor's copy lacks.
 */
export type PageNews = { 
/**
 * Of which page.
 */
page: string, 
/**
 * The line of editing that was lent.
 */
actor: string, 
/**
 * The changes that nothing builds on in the copy, without those that were not handed over yet.
 */
have: ReadonlyArray<string>, };

/**
 * All that stands on a page.
 */
export type PageView = { 
/**
 * The page.
 */
id: string, 
/**
 * Its title.
 */
title: string, 
/**
 * What it was made from.
 */
template: string, 
/**
 * Whether it is deleted.
 */
deleted: boolean, 
/**
 * Its fields.
 */
fields: { [key in string]: string }, 
/**
 * Its text, block by block.
 */
blocks: ReadonlyArray<Block>, 
/**
 * Its outcomes, in order, but for the deleted ones.
 */
outcomes?: ReadonlyArray<PlanOutcome>, 
/**
 * Its actions, in order, but for the deleted ones.
 */
actions?: ReadonlyArray<PlanAction>, 
/**
 * What was said about it.
 */
comments: ReadonlyArray<Comment>, 
/**
 * The versions it stands at: one, or more where people wrote apart.
 */
heads: ReadonlyArray<string>, 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * The body text into which `EditPage` counts.
 */
body: string, 
/**
 * What was kept but could not be shown, in words: a newer Hedgerow wrote it.
 */
unknown: ReadonlyArray<string>, };

/**
 * How far the actions of one partner have come.
 */
export type PartnerTotals = { 
/**
 * Which; none for the actions without one.
 */
partner: string | null, 
/**
 * How many nobody has begun.
 */
todo: number, 
/**
 * How many somebody is at.
 */
doing: number, 
/**
 * How many are done.
 */
done: number, 
/**
 * How many were given up.
 */
stopped: number, 
/**
 * Of those to do and being done: how many should have been done before today.
 */
overdue: number, 
/**
 * Of those to do and being done: how many nobody sees to.
 */
unowned: number, };

/**
 * A device of somebody we share with.
 */
export type PeerLine = { 
/**
 * Whose it is.
 */
person: string, 
/**
 * Whose it is, by id.
 */
person_id: string, 
/**
 * The device.
 */
device_id: string, 
/**
 * Whether it is connected now.
 */
connected: boolean, 
/**
 * When it was last connected, on our clock; none if never.
 */
last_seen: When | null, 
/**
 * Why the last try to reach it failed, if it did and it is not connected.
 */
trouble: string | null, };

/**
 * Where an outcome or action of a plan goes, the deleted ones counted: `"first"`, `{"after":"9c04d2"}`.
 */
export type PlaceInPlan = "first" | "last" | { "before": string } | { "after": string };

/**
 * Something that somebody does.
 */
export type PlanAction = { 
/**
 * Its id.
 */
id: string, 
/**
 * What is to be done.
 */
text: string, 
/**
 * What else is said about it; may be empty.
 */
notes: string, 
/**
 * Who sees to it.
 */
owner: Owner | null, 
/**
 * The organisation that does it.
 */
partner: string | null, 
/**
 * The day on which it begins: `2027-03-01`.
 */
start: string | null, 
/**
 * The day by which it is to be done: `2027-03-31`.
 */
due: string | null, 
/**
 * `todo`, `doing`, `done` or `stopped`.
 */
status: ActionStatus, 
/**
 * The id of the outcome that it serves, which may be deleted.
 */
outcome: string | null, 
/**
 * Whether it should have been done before today and is not.
 */
overdue: boolean, 
/**
 * Whether it was deleted.
 */
deleted: boolean, };

/**
 * Something that is to come of a plan.
 */
export type PlanOutcome = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it says.
 */
text: string, 
/**
 * Whether it was deleted.
 */
deleted: boolean, };

/**
 * A plan, as it stands.
 */
export type PlanView = { 
/**
 * The page.
 */
id: string, 
/**
 * The notebook it is in.
 */
notebook_id: string, 
/**
 * The page's title.
 */
title: string, 
/**
 * What it is for.
 */
why: string | null, 
/**
 * The day on which it was looked at, where the node is: `2027-03-31`.
 */
today: string, 
/**
 * What is to come of it, in order.
 */
outcomes: ReadonlyArray<PlanOutcome>, 
/**
 * What is done, in order, whichever outcome it serves.
 */
actions: ReadonlyArray<PlanAction>, 
/**
 * How far each partner has come, by name; what has no partner last. Deleted actions do not count.
 */
partners: ReadonlyArray<PartnerTotals>, 
/**
 * The versions that the page stands at: one, or more where people wrote apart.
 */
heads: ReadonlyArray<string>, 
/**
 * What was kept but could not be shown, in words: a newer Hedgerow wrote it.
 */
unknown: ReadonlyArray<string>, };

/**
 * Puts a file at the end of a page. An editor writes the block itself, in its copy.
 */
export type PutAttachment = { 
/**
 * On which page.
 */
page: string, 
/**
 * The file, as `finish_file` answered.
 */
attachment: Attachment, 
/**
 * What is said of it.
 */
caption: string, };

/**
 * What a link says of itself, without using it.
 */
export type ReadInvitation = { 
/**
 * The link.
 */
uri: string, };

/**
 * One piece of a file.
 */
export type ReadPiece = { 
/**
 * A page that shows it.
 */
page: string, 
/**
 * The file's whole id.
 */
attachment: string, 
/**
 * Which piece, counted from 0.
 */
piece: number, };

/**
 * Somebody used a link.
 */
export type RedemptionLine = { 
/**
 * Who.
 */
person: string, 
/**
 * Who, by id.
 */
person_id: string, 
/**
 * Whether it stands.
 */
state: RedemptionState, 
/**
 * Why it does not, in words, if it does not.
 */
why: string | null, };

/**
 * How the use of a link stands.
 */
export type RedemptionState = "stands" | "seated" | "contested" | "void" | "awaits_admin" | "decided";

/**
 * Something that was sent and not taken in.
 */
export type RefusedLine = { 
/**
 * The record's id.
 */
record: string, 
/**
 * Who wrote it, where that could be told.
 */
author: string | null, 
/**
 * Who wrote it, by id.
 */
author_id: string | null, 
/**
 * The page it was for, where that could be told.
 */
page: string | null, 
/**
 * Why it was refused.
 */
why: string, };

/**
 * Removes a person and begins a new key, together.
 */
export type RemoveMember = { 
/**
 * From which notebook.
 */
notebook: string, 
/**
 * Whom: id, beginning of an id, or name.
 */
person: string, };

/**
 * Gives a notebook another title.
 */
export type RenameNotebook = { 
/**
 * Which.
 */
notebook: string, 
/**
 * The new title.
 */
title: string, };

/**
 * Gives a page another title.
 */
export type RenamePage = { 
/**
 * Which.
 */
page: string, 
/**
 * The new title.
 */
title: string, };

/**
 * A notebook after it was renamed, left or deleted.
 */
export type Renamed = { 
/**
 * The notebook.
 */
id: string, 
/**
 * Its title, the last it had here.
 */
title: string, };

/**
 * How to have back what is damaged.
 */
export type Repair = { 
/**
 * Addresses of members to reach, beside those that are known.
 */
peers: ReadonlyArray<string>, 
/**
 * How long to wait for others, in seconds.
 */
wait_seconds: number, };

/**
 * Makes the body read as this Markdown, by the smallest edit, keeping what others write meanwhile.
 */
export type ReplacePage = { 
/**
 * Which.
 */
page: string, 
/**
 * The whole body, at most 2 MiB. Fields named in front matter are set; others stay.
 */
markdown: string, };

/**
 * The answer to the question of the same name. In JSON `{"reply":"new_page","body":...}`.
 */
export type Reply = { "reply": "set_profile", "body": Identity } | { "reply": "whoami", "body": Identity } | { "reply": "where_to_reach", "body": Listening } | { "reply": "get_status", "body": Status } | { "reply": "new_notebook", "body": Created } | { "reply": "list_notebooks", "body": ReadonlyArray<NotebookLine> } | { "reply": "show_notebook", "body": NotebookView } | { "reply": "rename_notebook", "body": Renamed } | { "reply": "describe_notebook", "body": Renamed } | { "reply": "list_members", "body": ReadonlyArray<MemberLine> } | { "reply": "remove_member", "body": MemberChanged } | { "reply": "set_role", "body": MemberChanged } | { "reply": "hand_over", "body": MemberChanged } | { "reply": "leave_notebook", "body": Renamed } | { "reply": "delete_notebook", "body": Renamed } | { "reply": "invite", "body": Invited } | { "reply": "list_invitations", "body": ReadonlyArray<InvitationView> } | { "reply": "revoke_invitation", "body": Created } | { "reply": "read_invitation", "body": InvitationPreview } | { "reply": "join", "body": Joined } | { "reply": "new_page", "body": Created } | { "reply": "list_pages", "body": ReadonlyArray<PageLine> } | { "reply": "list_deleted_pages", "body": ReadonlyArray<PageLine> } | { "reply": "show_page", "body": PageView } | { "reply": "show_page_markdown", "body": MarkdownText } | { "reply": "append_to_page", "body": Changed } | { "reply": "edit_page", "body": Changed } | { "reply": "replace_page", "body": Changed } | { "reply": "page_history", "body": ReadonlyArray<VersionLine> } | { "reply": "page_authors", "body": ReadonlyArray<LineOfEditing> } | { "reply": "restore_page", "body": Changed } | { "reply": "rename_page", "body": Changed } | { "reply": "move_page", "body": Filed } | { "reply": "set_fields", "body": Changed } | { "reply": "delete_page", "body": Changed } | { "reply": "bring_back_page", "body": Changed } | { "reply": "show_plan", "body": PlanView } | { "reply": "set_why", "body": Changed } | { "reply": "add_outcome", "body": Created } | { "reply": "set_outcome", "body": Changed } | { "reply": "add_action", "body": Created } | { "reply": "set_action", "body": Changed } | { "reply": "move_in_plan", "body": Changed } | { "reply": "delete_from_plan", "body": Changed } | { "reply": "bring_back_to_plan", "body": Changed } | { "reply": "begin_file", "body": Draft } | { "reply": "add_piece", "body": Draft } | { "reply": "finish_file", "body": Attachment } | { "reply": "drop_file", "body": Draft } | { "reply": "put_attachment", "body": Changed } | { "reply": "list_attachments", "body": ReadonlyArray<AttachmentLine> } | { "reply": "find_attachment", "body": FoundAttachment } | { "reply": "fetch_attachment", "body": AttachmentLine } | { "reply": "read_piece", "body": FilePiece } | { "reply": "open_page", "body": OpenedPage } | { "reply": "write_page", "body": CopyStanding } | { "reply": "page_news", "body": CopyNews } | { "reply": "be_present", "body": Created } | { "reply": "close_page", "body": Created } | { "reply": "find", "body": Found } | { "reply": "capture", "body": Created } | { "reply": "list_inbox", "body": ReadonlyArray<CaptureLine> } | { "reply": "file_capture", "body": Filed } | { "reply": "import_pages", "body": Imported } | { "reply": "canonical", "body": CanonicalPart } | { "reply": "sync_now", "body": SyncOutcome } | { "reply": "verify", "body": Verified } | { "reply": "list_damage", "body": ReadonlyArray<Damage> };

/**
 * Any question. In JSON the field `request` says which: `{"request":"new_page","notebook":...}`.
 */
export type Request = { "request": "set_profile" } & SetProfile | { "request": "whoami" } & Whoami | { "request": "where_to_reach" } & WhereToReach | { "request": "get_status" } & GetStatus | { "request": "new_notebook" } & NewNotebook | { "request": "list_notebooks" } & ListNotebooks | { "request": "show_notebook" } & ShowNotebook | { "request": "rename_notebook" } & RenameNotebook | { "request": "describe_notebook" } & DescribeNotebook | { "request": "list_members" } & ListMembers | { "request": "remove_member" } & RemoveMember | { "request": "set_role" } & SetRole | { "request": "hand_over" } & HandOver | { "request": "leave_notebook" } & LeaveNotebook | { "request": "delete_notebook" } & DeleteNotebook | { "request": "invite" } & Invite | { "request": "list_invitations" } & ListInvitations | { "request": "revoke_invitation" } & RevokeInvitation | { "request": "read_invitation" } & ReadInvitation | { "request": "join" } & Join | { "request": "new_page" } & NewPage | { "request": "list_pages" } & ListPages | { "request": "list_deleted_pages" } & ListDeletedPages | { "request": "show_page" } & ShowPage | { "request": "show_page_markdown" } & ShowPageMarkdown | { "request": "append_to_page" } & AppendToPage | { "request": "edit_page" } & EditPage | { "request": "replace_page" } & ReplacePage | { "request": "page_history" } & PageHistory | { "request": "page_authors" } & PageAuthors | { "request": "restore_page" } & RestorePage | { "request": "rename_page" } & RenamePage | { "request": "move_page" } & MovePage | { "request": "set_fields" } & SetFields | { "request": "delete_page" } & DeletePage | { "request": "bring_back_page" } & BringBackPage | { "request": "show_plan" } & ShowPlan | { "request": "set_why" } & SetWhy | { "request": "add_outcome" } & AddOutcome | { "request": "set_outcome" } & SetOutcome | { "request": "add_action" } & AddAction | { "request": "set_action" } & SetAction | { "request": "move_in_plan" } & MoveInPlan | { "request": "delete_from_plan" } & DeleteFromPlan | { "request": "bring_back_to_plan" } & BringBackToPlan | { "request": "begin_file" } & BeginFile | { "request": "add_piece" } & AddPiece | { "request": "finish_file" } & FinishFile | { "request": "drop_file" } & DropFile | { "request": "put_attachment" } & PutAttachment | { "request": "list_attachments" } & ListAttachments | { "request": "find_attachment" } & FindAttachment | { "request": "fetch_attachment" } & FetchAttachment | { "request": "read_piece" } & ReadPiece | { "request": "open_page" } & OpenPage | { "request": "write_page" } & WritePage | { "request": "page_news" } & PageNews | { "request": "be_present" } & BePresent | { "request": "close_page" } & ClosePage | { "request": "find" } & Find | { "request": "capture" } & Capture | { "request": "list_inbox" } & ListInbox | { "request": "file_capture" } & FileCapture | { "request": "import_pages" } & ImportPages | { "request": "canonical" } & Canonical | { "request": "sync_now" } & SyncNow | { "request": "verify" } & Verify | { "request": "list_damage" } & ListDamage;

/**
 * Makes the page read as it did at a version, as a new change. A deleted one comes back, if it was not deleted then.
 */
export type RestorePage = { 
/**
 * Which.
 */
page: string, 
/**
 * The version's id or the beginning of it.
 */
version: string, };

/**
 * Closes a link.
 */
export type RevokeInvitation = { 
/**
 * The invitation's id or the beginning of it.
 */
invitation: string, };

/**
 * A permission in one notebook, weakest first; each may do what the weaker ones may.
 */
export type Role = "reader" | "commenter" | "writer" | "admin";

/**
 * Says something else of an action, all of it as one change. `None` leaves a thing as it is; an empty text takes it
 * away. Texts are changed by the smallest edit.
 */
export type SetAction = { 
/**
 * On which page.
 */
page: string, 
/**
 * The action's id or the beginning of it.
 */
action: string, 
/**
 * What is to be done; it cannot be taken away.
 */
text: string | null, 
/**
 * What else there is to say about it.
 */
notes: string | null, 
/**
 * Who sees to it: `me`, an id, the beginning of one, or a member's name.
 */
owner: string | null, 
/**
 * The organisation that does it, by name.
 */
partner: string | null, 
/**
 * The day on which it begins.
 */
start: string | null, 
/**
 * The day by which it is to be done.
 */
due: string | null, 
/**
 * How far it has come.
 */
status: ActionStatus | null, 
/**
 * The outcome that it serves: its id or the beginning of it.
 */
outcome: string | null, };

/**
 * Records that others sent to a notebook, and that were not taken in.
 */
export type SetAside = { 
/**
 * The notebook.
 */
notebook_id: string, 
/**
 * Its title.
 */
notebook: string, 
/**
 * How many are remembered.
 */
refused: number, };

/**
 * Sets fields of a page in one change: all of them or none.
 */
export type SetFields = { 
/**
 * Which page.
 */
page: string, 
/**
 * The fields.
 */
fields: ReadonlyArray<FieldText>, };

/**
 * Gives an outcome another text, by the smallest edit.
 */
export type SetOutcome = { 
/**
 * On which page.
 */
page: string, 
/**
 * The outcome's id or the beginning of it.
 */
outcome: string, 
/**
 * What it says, at most 2,000 characters.
 */
text: string, };

/**
 * Says more, or something else, about this device's person. `None` leaves a thing as it is; an empty text takes
 * it away. Keys are made silently the first time a folder is opened, so this is also what "first run" does.
 */
export type SetProfile = { 
/**
 * What they are called.
 */
name: string | null, 
/**
 * Where they work.
 */
organisation: string | null, 
/**
 * Council, health, charity ...: free text.
 */
sector: string | null, 
/**
 * What they do there.
 */
job: string | null, 
/**
 * Where in the organisation.
 */
level: Level | null, 
/**
 * The places they work for; replaces all earlier ones.
 */
places: ReadonlyArray<string> | null, };

/**
 * Gives a person another role, or a role again.
 */
export type SetRole = { 
/**
 * In which notebook.
 */
notebook: string, 
/**
 * Whom: id, beginning of an id, or name.
 */
person: string, 
/**
 * The role they have from now on.
 */
role: Role, };

/**
 * Says what a plan is for, by the smallest edit, keeping what others write meanwhile.
 */
export type SetWhy = { 
/**
 * Which page.
 */
page: string, 
/**
 * What it is for; an empty text takes it away.
 */
text: string, };

/**
 * All about one notebook, except its pages.
 */
export type ShowNotebook = { 
/**
 * Which.
 */
notebook: string, };

/**
 * All that stands on a page; also on a deleted one.
 */
export type ShowPage = { 
/**
 * Which.
 */
page: string, 
/**
 * As it stood at this version; now, if none is named.
 */
at: string | null, };

/**
 * The page as Markdown, with its title, template and fields as front matter.
 */
export type ShowPageMarkdown = { 
/**
 * Which.
 */
page: string, 
/**
 * As it stood at this version; now, if none is named.
 */
at: string | null, };

/**
 * A plan: what it is for, outcomes, actions, and how far each partner has come.
 */
export type ShowPlan = { 
/**
 * Which page.
 */
page: string, 
/**
 * Whether to show what was deleted too.
 */
deleted: boolean, };

/**
 * Who is connected, what is held, what waits.
 */
export type Status = { 
/**
 * This device.
 */
device_id: string, 
/**
 * The devices of people we share with, connected ones first, then by name and id.
 */
peers: ReadonlyArray<PeerLine>, 
/**
 * The notebooks, by title and then id; not the private inbox.
 */
notebooks: ReadonlyArray<NotebookStatus>, };

/**
 * Answered when every connected peer has everything we have and the reverse, or when the time is over.
 */
export type SyncNow = { 
/**
 * How long to wait, in seconds.
 */
wait_seconds: number, };

/**
 * Whether we and our peers have the same.
 */
export type SyncOutcome = { 
/**
 * Whether every connected peer has everything we have and the reverse.
 */
agreed: boolean, 
/**
 * What is still waited for; empty when agreed.
 */
waiting: ReadonlyArray<WaitingFor>, 
/**
 * The devices that we agree with.
 */
with: ReadonlyArray<AgreedWith>, };

/**
 * What a check of every record found.
 */
export type Verified = { 
/**
 * How many records were checked.
 */
records: number, 
/**
 * How many notebooks they belong to.
 */
notebooks: number, 
/**
 * What is damaged, and will be told again; empty when all is well.
 */
damaged: ReadonlyArray<Damage>, 
/**
 * What was damaged and is not any more.
 */
repaired: ReadonlyArray<Damage>, 
/**
 * What could not be had back, told this once.
 */
lost: ReadonlyArray<Damage>, 
/**
 * Where records that others sent were refused.
 */
refused: ReadonlyArray<SetAside>, };

/**
 * Checks every record.
 */
export type Verify = { 
/**
 * Whether to have back what is damaged, and how; none only to look.
 */
repair: Repair | null, };

/**
 * A version of a page.
 */
export type VersionLine = { 
/**
 * Its id, to be given to `--at` and `restore`.
 */
version: string, 
/**
 * Who wrote it, if it is known whose device it was written on.
 */
author: string | null, 
/**
 * The device it was written on.
 */
device: string, 
/**
 * When, on the writer's clock.
 */
when: When, 
/**
 * What was done, in a few words.
 */
summary: string, 
/**
 * Who wrote it, by id.
 */
author_id: string | null, 
/**
 * Why it is kept and not on the page, if that is so: `late`, written by somebody who may not write any more and had
 * not heard so; or `second_version`, from a copy of a device's folder beside which another went on.
 */
aside?: Aside, };

/**
 * Something that sync waits for.
 */
export type WaitingFor = { 
/**
 * Whose device, if it is one's.
 */
person: string | null, 
/**
 * The device.
 */
device_id: string | null, 
/**
 * The notebook's title, if it is about one.
 */
notebook: string | null, 
/**
 * The notebook.
 */
notebook_id: string | null, 
/**
 * What is missing, in words.
 */
why: string, };

/**
 * A time on somebody's clock. In JSON it is RFC 3339 in UTC, to the second: `"2026-03-04T09:30:00Z"`.
 */
export type When = string;

/**
 * Where this node can be reached. Empty when it runs without a network.
 */
export type WhereToReach = Record<symbol, never>;

/**
 * Who this device speaks for.
 */
export type Whoami = Record<symbol, never>;

/**
 * Takes changes that an editor made to its copy: all of them or none. Those that came before are passed over, so it
 * may be asked again when no answer came.
 */
export type WritePage = { 
/**
 * Which page.
 */
page: string, 
/**
 * The line of editing that was lent.
 */
actor: string, 
/**
 * Raw Automerge changes in the order in which they were made, at most 256.
 */
changes: ReadonlyArray<Base64>, };
