//! Every request, reply, notice and fault, once.
