/**
 * The one way to a node: what can be asked of it, what it says without being asked, and the page that is open in the
 * editor. A door is the desktop's bridge or the local web server; screens cannot tell which.
 *
 * The names and shapes are those of the `api` room, written by hand until they are generated from it.
 */

export type Role = "reader" | "commenter" | "writer" | "admin";
export type Level = "front_line" | "operational" | "strategic" | "political" | "community";

/** A time on somebody's clock, in UTC to the second: `2026-03-04T09:30:00Z`. */
export type When = string;

export interface Identity {
  readonly person_id: string;
  readonly device_id: string;
  readonly name: string | null;
  readonly organisation: string | null;
  readonly sector: string | null;
  readonly job: string | null;
  readonly level: Level | null;
  readonly places: readonly string[];
  readonly key_kept: "keychain" | "passphrase" | "key_file";
}

/** What a person says of themselves anew. `null` leaves a thing as it is; an empty text takes it away. */
export interface ProfileEdit {
  readonly name: string | null;
  readonly organisation: string | null;
  readonly sector: string | null;
  readonly job: string | null;
  readonly level: Level | null;
  readonly places: readonly string[] | null;
}

export interface NotebookLine {
  readonly id: string;
  readonly title: string;
  readonly challenge: string | null;
  readonly role: Role | null;
  readonly pages: number;
  readonly members: number;
}

export interface Holder {
  readonly person: string;
  readonly person_id: string;
  readonly device_id: string;
  readonly has_all: boolean;
  readonly agreed: When | null;
  readonly connected: boolean;
  readonly last_seen: When | null;
}

export interface NotebookView {
  readonly id: string;
  readonly title: string;
  readonly challenge: string | null;
  readonly ground_rules: string | null;
  readonly review_date: string | null;
  readonly role: Role | null;
  readonly founder: string;
  readonly founder_id: string;
  readonly pages: number;
  readonly members: number;
  /** Records that cannot be shown yet: what they build on, or their key, has not arrived. */
  readonly waiting: number;
  /** What was refused, the latest hundred. */
  readonly refused: readonly RefusedLine[];
  readonly holders: readonly Holder[];
}

/** Something that was sent and not taken in. */
export interface RefusedLine {
  readonly record: string;
  readonly author: string | null;
  readonly author_id: string | null;
  /** The page it was for, by id, where that could be told. */
  readonly page: string | null;
  readonly why: string;
}

/** A device of somebody this person shares with. */
export interface PeerLine {
  readonly person: string;
  readonly person_id: string;
  readonly device_id: string;
  readonly connected: boolean;
  readonly last_seen: When | null;
  /** Why it could not be reached when it was tried last. */
  readonly trouble: string | null;
}

/** How it stands with a notebook. */
export interface NotebookStatus {
  readonly id: string;
  readonly title: string;
  readonly pages: number;
  readonly waiting: number;
  readonly refused: number;
  readonly holders: readonly Holder[];
}

/** Who is connected, what is held, what waits. */
export interface Status {
  readonly device_id: string;
  readonly peers: readonly PeerLine[];
  readonly notebooks: readonly NotebookStatus[];
}

export interface MemberLine {
  readonly person_id: string;
  readonly name: string | null;
  readonly organisation: string | null;
  readonly role: Role | null;
  readonly state: "founder" | "member" | "contested" | "awaits_admin";
  readonly sector: string | null;
  readonly job: string | null;
  readonly level: Level | null;
  readonly you: boolean;
  readonly why: string | null;
}

/** Somebody was removed, has another role, or is the founder now; without a role they are out. */
export interface MemberChanged {
  readonly notebook_id: string;
  readonly title: string;
  readonly person_id: string;
  readonly person: string;
  readonly role: Role | null;
}

/** A notebook after it was renamed, described, left or erased here; the title is the last it had here. */
export interface Renamed {
  readonly id: string;
  readonly title: string;
}

/** A link was made. It is a secret: whoever has it may use it. */
export interface Invited {
  readonly invitation: string;
  readonly uri: string;
  readonly notebook_id: string;
  readonly title: string;
  readonly role: Role;
  readonly uses: number;
  readonly expires: When;
}

/** Somebody used a link. */
export interface RedemptionLine {
  readonly person: string;
  readonly person_id: string;
  readonly state: "stands" | "seated" | "contested" | "void" | "awaits_admin" | "decided";
  readonly why: string | null;
}

/** A link in the list; the link itself is not told again. */
export interface InvitationView {
  readonly invitation: string;
  readonly role: Role;
  readonly uses: number;
  readonly used: number;
  readonly expires: When;
  readonly state: "open" | "used_up" | "revoked" | "cut" | "expired";
  readonly by: string;
  readonly by_id: string;
  readonly redemptions: readonly RedemptionLine[];
}

/** What a link says of itself. */
export interface InvitationPreview {
  readonly invitation: string;
  readonly notebook_id: string;
  readonly title: string;
  readonly role: Role;
  readonly inviter: string | null;
  readonly addresses: readonly string[];
}

/** This device joined; the words are what both sides see. */
export interface Joined {
  readonly notebook_id: string;
  readonly role: Role;
  readonly title: string;
  readonly pages: number;
  readonly words: readonly string[];
  readonly host: string | null;
  readonly host_id: string | null;
}

export interface PageLine {
  readonly id: string;
  readonly title: string;
  readonly template: string;
  readonly updated: When;
  readonly authors: readonly string[];
  readonly author_ids: readonly string[];
  /** How many changes are kept and not on the page; none, if that is not said. */
  readonly aside?: number;
}

export interface CaptureLine {
  readonly id: string;
  readonly text: string;
  readonly when: When;
}

export interface Created {
  readonly id: string;
}

export interface Changed {
  readonly id: string;
  readonly title: string;
  readonly changed: boolean;
  readonly heads: readonly string[];
}

export interface Filed {
  readonly id: string;
  readonly notebook_id: string;
  readonly title: string;
  readonly notebook: string;
}

/** Where a page stands for a copy of it, and the message of the copy's next change. */
export interface CopyStanding {
  readonly heads: readonly string[];
  readonly message: string | null;
}

/** A page lent to a copy; bytes are in base64. */
export interface OpenedPage {
  readonly id: string;
  readonly notebook_id: string;
  readonly may_write: boolean;
  readonly document: string;
  readonly actor: string;
  readonly standing: CopyStanding;
}

/** Where somebody is on a page: where their selection begins and where it is drawn out to, as cursors of the document. */
export interface Caret {
  readonly anchor: string;
  readonly head: string;
}

/** What a copy lacks: the whole document in its place, or changes to add. */
export interface CopyNews {
  readonly may_write: boolean;
  readonly whole: string | null;
  readonly changes: readonly string[];
  readonly standing: CopyStanding;
}

/** A version of a page: a change, or a run of typing. */
export interface VersionLine {
  readonly version: string;
  readonly author: string | null;
  readonly author_id: string | null;
  readonly device: string;
  readonly when: When;
  /** What was done, in a few words of English. */
  readonly summary: string;
  /** Why it is kept and not on the page, if that is so. */
  readonly aside?: "late" | "second_version";
}

/** Who writes in a line of editing: one of those that the characters of a page's document name. */
export interface LineOfEditing {
  readonly actor: string;
  readonly author: string | null;
  readonly author_id: string | null;
  readonly device: string;
}

/** A file that a page shows; name, kind and length are what whoever attached it said. */
export interface Attachment {
  /** Which: 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
}

/** A file that a page shows, and how many bytes of it are on this device. */
export interface AttachmentLine extends Attachment {
  readonly caption: string;
  readonly here: number;
  readonly is_whole: boolean;
}

/** A file that is being attached: how long its pieces are, and how long it may be. */
export interface Draft {
  readonly draft: number;
  readonly piece: number;
  readonly most: number;
}

/** A piece of a file in base64; empty beyond its end. */
export interface FilePiece {
  readonly bytes: string;
}

/** A block as a node shows it: places are counted in Unicode scalar values. */
export interface ShownBlock {
  readonly type: string;
  readonly parents: readonly string[];
  readonly level?: number;
  readonly start?: number;
  readonly checked?: boolean;
  readonly language?: string;
  readonly attachment?: Attachment;
  readonly text: string;
  readonly marks: readonly { readonly type: string; readonly from: number; readonly to: number; readonly href?: string }[];
}

/** What stands on a page, now or at a version. */
export interface PageView {
  readonly id: string;
  readonly title: string;
  readonly template: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly blocks: readonly ShownBlock[];
  /** The versions it stands at: one, or more where people wrote apart. */
  readonly heads: readonly string[];
}

/** What can be asked, by name: what goes with it, and the answer. */
export interface Requests {
  whoami: { body: object; reply: Identity };
  set_profile: { body: ProfileEdit; reply: Identity };
  get_status: { body: object; reply: Status };
  list_notebooks: { body: object; reply: readonly NotebookLine[] };
  show_notebook: { body: { notebook: string }; reply: NotebookView };
  new_notebook: { body: { title: string; challenge: string | null }; reply: Created };
  rename_notebook: { body: { notebook: string; title: string }; reply: Renamed };
  /** `null` leaves a thing as it is; an empty text takes it away. */
  describe_notebook: { body: { notebook: string; challenge: string | null; ground_rules: string | null; review_date: string | null }; reply: Renamed };
  list_members: { body: { notebook: string }; reply: readonly MemberLine[] };
  set_role: { body: { notebook: string; person: string; role: Role }; reply: MemberChanged };
  remove_member: { body: { notebook: string; person: string }; reply: MemberChanged };
  hand_over: { body: { notebook: string; person: string }; reply: MemberChanged };
  delete_notebook: { body: { notebook: string }; reply: Renamed };
  leave_notebook: { body: { notebook: string }; reply: Renamed };
  invite: { body: { notebook: string; role: Role; uses: number; expires_seconds: number }; reply: Invited };
  list_invitations: { body: { notebook: string }; reply: readonly InvitationView[] };
  revoke_invitation: { body: { invitation: string }; reply: Created };
  read_invitation: { body: { uri: string }; reply: InvitationPreview };
  join: { body: { uri: string; wait_seconds: number }; reply: Joined };
  list_pages: { body: { notebook: string }; reply: readonly PageLine[] };
  new_page: { body: { notebook: string; title: string; template: string | null; markdown: string | null }; reply: Created };
  rename_page: { body: { page: string; title: string }; reply: Changed };
  move_page: { body: { page: string; notebook: string }; reply: Filed };
  delete_page: { body: { page: string }; reply: Changed };
  list_deleted_pages: { body: { notebook: string }; reply: readonly PageLine[] };
  bring_back_page: { body: { page: string }; reply: Changed };
  page_authors: { body: { page: string }; reply: readonly LineOfEditing[] };
  open_page: { body: { page: string }; reply: OpenedPage };
  write_page: { body: { page: string; actor: string; changes: readonly string[] }; reply: CopyStanding };
  page_news: { body: { page: string; actor: string; have: readonly string[] }; reply: CopyNews };
  page_history: { body: { page: string }; reply: readonly VersionLine[] };
  show_page: { body: { page: string; at: string | null }; reply: PageView };
  restore_page: { body: { page: string; version: string }; reply: Changed };
  begin_file: { body: { page: string }; reply: Draft };
  add_piece: { body: { draft: number; bytes: string }; reply: Draft };
  finish_file: { body: { draft: number; name: string; media_type: string }; reply: Attachment };
  drop_file: { body: { draft: number }; reply: Draft };
  put_attachment: { body: { page: string; attachment: Attachment; caption: string }; reply: Changed };
  list_attachments: { body: { page: string }; reply: readonly AttachmentLine[] };
  fetch_attachment: { body: { page: string; attachment: string; wait_seconds: number }; reply: AttachmentLine };
  read_piece: { body: { page: string; attachment: string; piece: number }; reply: FilePiece };
  be_present: { body: { page: string; caret: Caret }; reply: Created };
  close_page: { body: { page: string; actor: string }; reply: Created };
  capture: { body: { text: string; at: null }; reply: Created };
  list_inbox: { body: object; reply: readonly CaptureLine[] };
  file_capture: { body: { capture: string; notebook: string; page: string | null }; reply: Filed };
}

/** What a node says without being asked, as far as screens act on it. */
export type Notice =
  | { readonly notice: "page_changed"; readonly notebook_id: string; readonly page_id: string; readonly here: boolean }
  | { readonly notice: "notebook_changed"; readonly notebook_id: string }
  | { readonly notice: "peer_connected"; readonly device_id: string; readonly person: string | null }
  | { readonly notice: "peer_disconnected"; readonly device_id: string; readonly person: string | null }
  /** This device let somebody in by a link; the words are what both sides see. */
  | { readonly notice: "admitted"; readonly notebook_id: string; readonly person: string; readonly person_id: string; readonly words: readonly string[] }
  /** A member is on a page, or has left it where there is no caret. */
  | {
      readonly notice: "present";
      readonly notebook_id: string;
      readonly page_id: string;
      readonly device_id: string;
      readonly person: string | null;
      readonly person_id: string | null;
      readonly caret: Caret | null;
    }
  /** More of a file that is being fetched is on this device, or all of it. */
  | { readonly notice: "file_came"; readonly notebook_id: string; readonly attachment_id: string }
  /** More happened than was told, or the door was shut for a while: everything may be different. */
  | { readonly notice: "missed" }
  | { readonly notice: "agreed"; readonly device_id: string; readonly person: string | null; readonly notebook_ids: readonly string[] };

export type Code = "not_found" | "ambiguous" | "refused" | "in_use" | "unreachable" | "waiting" | "usage" | "failed";

/** Why a request was not done: a code that a screen acts on, and one line for the person. */
export class Fault extends Error {
  constructor(
    readonly code: Code,
    readonly say: string,
    /** What language that line is in, where it is not the window's: a node speaks English. */
    readonly lang?: string,
  ) {
    super(say);
  }
}

/** A page as it stands, and its line of editing, leased to this window for as long as it is open. */
export interface OpenPage {
  /** The whole document. */
  readonly document: Uint8Array;
  /** The line of editing: 40 bytes in hexadecimal. */
  readonly actor: string;
  /** What the next change has to carry as its message. */
  message(): string | undefined;
  /** A change was made that carries it. */
  said(): void;
  /** Takes a change; done once it is durable on this device. */
  save(change: Uint8Array): Promise<void>;
  close(): void;
}

/** What is told of a page that is open. */
export interface PageHearer {
  /** What others wrote, in order, as changes that the node has let in. */
  changes(changes: readonly Uint8Array[]): void;
  /** The page does not show any more what the copy holds: it has to be opened again. */
  anew(): void;
}

export interface Door {
  /** Asks. A request that changes something is answered once the change is durable on this device. Throws a `Fault`. */
  ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]>;
  /** Hears what the node says; gives the way to stop hearing it. */
  listen(hear: (notice: Notice) => void): () => void;
  /** Opens a page for writing; what happens to it from then on is told. */
  open(page: string, hearer: PageHearer): Promise<OpenPage>;
}
