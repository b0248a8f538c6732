// SPDX-License-Identifier: MIT
//! The ring of the crate shmem-ipc behind a C interface, for stream_bench: one sender and one receiver, bytes in order,
//! frames by their known size. All block. A failure ends the process.
use shmem_ipc::sharedring::{Receiver, Sender};
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd};

/// `fds` gets memory, "no longer empty" and "no longer full", which the sender goes on owning.
#[no_mangle]
pub unsafe extern "C" fn peer_new_sender(capacity: usize, fds: *mut i32) -> *mut Sender<u8> {
    let sender = Sender::new(capacity).expect("shmem-ipc: no sender");
    *fds = sender.memfd().as_file().as_raw_fd();
    *fds.add(1) = sender.empty_signal().as_raw_fd();
    *fds.add(2) = sender.full_signal().as_raw_fd();
    Box::into_raw(Box::new(sender))
}

#[no_mangle]
pub unsafe extern "C" fn peer_free_sender(sender: *mut Sender<u8>) {
    drop(Box::from_raw(sender));
}

/// Takes the descriptors, in the same order.
#[no_mangle]
pub unsafe extern "C" fn peer_new_receiver(capacity: usize, fds: *const i32) -> *mut Receiver<u8> {
    let file = |i| File::from_raw_fd(*fds.add(i));
    let receiver = Receiver::open(capacity, file(0), file(1), file(2));
    Box::into_raw(Box::new(receiver.expect("shmem-ipc: no receiver")))
}

#[no_mangle]
pub unsafe extern "C" fn peer_send(sender: &mut Sender<u8>, from: *const u8, size: usize) {
    let mut done = 0;
    while done < size {
        sender.block_until_writable().expect("shmem-ipc: cannot wait");
        let write = |to: *mut u8, room: usize| {
            let count = room.min(size - done);
            std::ptr::copy_nonoverlapping(from.add(done), to, count);
            done += count;
            count
        };
        sender.send_raw(write).expect("shmem-ipc: cannot send");
    }
}

#[no_mangle]
pub unsafe extern "C" fn peer_receive(receiver: &mut Receiver<u8>, to: *mut u8, size: usize) {
    let mut done = 0;
    while done < size {
        receiver.block_until_readable().expect("shmem-ipc: cannot wait");
        let read = |from: *const u8, there: usize| {
            let count = there.min(size - done);
            std::ptr::copy_nonoverlapping(from, to.add(done), count);
            done += count;
            count
        };
        receiver.receive_raw(read).expect("shmem-ipc: cannot receive");
    }
}
