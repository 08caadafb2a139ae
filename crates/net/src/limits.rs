//! Every number in this room that bounds something, with its reason. The README has them as a table.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// The longest message, in bytes: a record of 8 MiB and room for what is said about it.
pub const MOST: usize = 9 * MIB;

/// Messages up to this length are small: they need only their session's own allowance.
pub(crate) const SMALL: usize = 64 * KIB;
/// Small messages that one session may have read and not yet handed over, in bytes; each counts for at least
/// [`LEAST_COUNTED`].
pub(crate) const SMALL_UNREAD: usize = 128 * KIB;
/// The same of a session with a device that we do not want.
pub(crate) const SMALL_UNREAD_OTHERS: usize = 64 * KIB;
/// Long messages that devices we want may have under way or not yet handed over, all together: seven of the longest.
pub(crate) const LONG_UNREAD_WANTED: usize = 64 * MIB;
/// The same for all other devices together: two of the longest.
pub(crate) const LONG_UNREAD_OTHERS: usize = 18 * MIB;
/// A message counts as this much when it is shorter: no device has more than 16 of them waiting for others' time.
pub(crate) const LEAST_COUNTED: usize = 8 * KIB;
/// What is read and waits for its turn, in events of all devices together; more stays with those who bring it.
pub(crate) const TURNS: usize = 16_384;
/// Devices we do not want wait after each of their events for so many times as long as it took: they have a quarter of
/// the reader's time at most.
pub(crate) const OTHERS_REST: u32 = 3;
/// So far ahead of that they may be, so that a few events are read at once.
pub(crate) const OTHERS_AHEAD: Duration = Duration::from_millis(20);
/// An event counts as no longer than this: the reader may have had something else to do meanwhile.
pub(crate) const OTHERS_LONGEST: Duration = Duration::from_millis(250);
/// The unit in which unread bytes are counted.
pub(crate) const UNIT: usize = KIB;
/// Memory is taken for a message in pieces of this size, as its bytes arrive.
pub(crate) const PIECE: usize = 64 * KIB;

/// What may wait to be written to one device, in bytes. A single message is always taken when nothing waits.
pub(crate) const OUTBOX: usize = 16 * MIB;
/// After a refusal, room is announced when this much or less is left waiting.
pub(crate) const OUTBOX_LOW: usize = OUTBOX / 2;
/// Small messages are gathered up to this size and written together.
pub(crate) const GATHER: usize = 16 * KIB;

/// A message must arrive within this, and a second more for each [`SLOWEST`] bytes of its length.
pub(crate) const MESSAGE_GRACE: Duration = Duration::from_secs(20);
/// The slowest link that is waited for, in bytes a second.
pub(crate) const SLOWEST: usize = 64 * KIB;
/// A peer that takes not one byte for this long, while we have some for it, is let go.
pub(crate) const STALL: Duration = Duration::from_secs(60);

/// Connections being set up at once, each way; and as many more from places where devices that we want were met.
pub(crate) const PENDING: usize = 128;
/// The same that come from one IPv4 address or one IPv6 network (/64), so that one machine cannot take all places.
pub(crate) const PENDING_FROM_ONE: usize = 32;
/// The same where a device that we want was met: a whole office may be behind that address, and all of it come at once.
pub(crate) const PENDING_FROM_ONE_MET: usize = 96;
/// Where all places are taken, whoever has been setting up a connection for this long makes room: honest devices need a
/// fraction of it, and whoever only begins keeps nobody out.
pub(crate) const PENDING_SETTLED: Duration = Duration::from_millis(1_500);
/// Places where devices that we want were met that are remembered for this.
pub(crate) const MET: usize = 1024;
/// Connections with one device at once: both dial, over two transports, and an upgrade may come on top.
pub(crate) const PER_DEVICE: usize = 4;
/// The same, with those that are closing and wait for a dead link.
pub(crate) const PER_DEVICE_CLOSING: usize = 16;
/// Places for connections that devices we do not want have opened. What lies unread in each of them is bounded, and in all
/// of them together must be.
pub(crate) const INCOMING: usize = 48;
/// Places that one over QUIC takes up: more may lie unread in it.
pub(crate) const PLACES_QUIC: usize = 2;
/// Where all places are taken, who has stood for this long makes room.
pub(crate) const STRANGER_STAYS: Duration = Duration::from_secs(30);
/// Connections that others opened, wanted devices included.
pub(crate) const INCOMING_WANTED: usize = 1280;
/// All connections. The difference to [`INCOMING_WANTED`] is ours to dial with, however many press in.
pub(crate) const TOTAL: usize = 1536;
/// Multiplexed streams in one connection; each may hold 256 KiB unread.
pub(crate) const STREAMS: usize = 16;
/// The longest piece of a Yamux stream, in bytes: honest devices send 16 KiB at a time.
pub(crate) const FRAME: usize = 64 * KIB;
/// Streams of one connection whose protocol is being agreed on.
pub(crate) const NEGOTIATING: usize = 8;
/// A device may begin the kept stream anew on a connection this often.
pub(crate) const STREAM_PAUSE: Duration = Duration::from_millis(250);
/// What a QUIC peer may send ahead on one stream, in bytes.
pub(crate) const QUIC_STREAM: u32 = 512 << 10;
/// What a QUIC peer may send ahead on a connection, in bytes.
pub(crate) const QUIC_CONNECTION: u32 = 640 << 10;

/// Setting up a connection may take this long.
pub(crate) const CONNECTING: Duration = Duration::from_secs(10);
/// A connection on which no stream stands is closed after this.
pub(crate) const IDLE: Duration = Duration::from_secs(60);
/// Between pings, and how long an answer may take.
pub(crate) const PING: Duration = Duration::from_secs(5);
/// Bytes that came in this recently are as good as an answer to a ping.
pub(crate) const LIFE: Duration = Duration::from_secs(10);
/// A connection that arrives this long after an older one means that the other side has lost the older one.
pub(crate) const SETTLED: Duration = Duration::from_secs(5);

/// The first pause before dialling or opening again.
pub(crate) const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The longest pause before dialling or opening again.
pub(crate) const RETRY_LONGEST: Duration = Duration::from_secs(5);
/// Dials under way at once.
pub(crate) const DIALS: usize = 16;
/// Addresses kept for one device.
pub(crate) const ADDRESSES: usize = 16;
/// Devices kept that nobody asked for: found on the LAN, or met.
pub(crate) const FOUND: usize = 256;
/// Such a device is forgotten after not being reached for this long.
pub(crate) const FOUND_LIFE: Duration = Duration::from_secs(3600);
/// Addresses that discovery may hold before it is begun afresh (each costs it a step for every answer it hears).
pub(crate) const DISCOVERY_ENTRIES: usize = 2048;
/// Devices whose traffic is remembered after they left.
pub(crate) const COUNTED: usize = 1024;
/// News that waits for its reader; dial failures and discoveries beyond it are dropped, oldest first.
pub(crate) const NEWS: usize = 256;

/// How long a shutdown waits for what is queued.
pub(crate) const GOODBYE: Duration = Duration::from_secs(1);
