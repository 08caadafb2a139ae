//! Stories that cross rooms, told with real processes, sockets and networks. One file a subject, one binary.

mod ground;
