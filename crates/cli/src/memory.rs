//! The allocator of the program.
//!
//! Several threads make and drop millions of small things at once: checking takes a tenth less time than with the
//! system's allocator.
//!
//! It is the older of two lines of mimalloc (`v2`): with the newer one, which puts blocks of 84 to 512 kB of similar size into
//! pages of 4 MB, all of std takes a tenth more memory.

#![allow(unsafe_code, reason = "an allocator cannot be had otherwise")]

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;

use libmimalloc_sys as mi;

#[global_allocator]
static ALLOCATOR: Mimalloc = Mimalloc;

/// `mi_option_purge_delay` in `mimalloc.h`, which the bindings leave out.
const PURGE_DELAY: mi::mi_option_t = 15;

/// Keeps freed memory for the rest of the run, which is short: given back to the system and asked for again, it costs more
/// than what is done with it.
pub(crate) fn keep() {
    // SAFETY: options may be set at any time.
    unsafe { mi::mi_option_set(PURGE_DELAY, -1) };
}

/// Up to this alignment every block will do.
const WORD: usize = size_of::<usize>();

struct Mimalloc;

// SAFETY: mimalloc returns blocks of at least the size and alignment asked for, or null, and takes back what it gave.
unsafe impl GlobalAlloc for Mimalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: any size and alignment may be asked for.
        unsafe { if align <= WORD { mi::mi_malloc(size) } else { mi::mi_malloc_aligned(size, align) } }.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        unsafe { if align <= WORD { mi::mi_zalloc(size) } else { mi::mi_zalloc_aligned(size, align) } }.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller had it from this allocator.
        unsafe { mi::mi_free(block.cast::<c_void>()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size < layout.size() - layout.size() / 8 {
            // SAFETY: as above.
            return unsafe { self.shrunk(block, layout, size) };
        }
        let (block, align) = (block.cast::<c_void>(), layout.align());
        // SAFETY: the caller had it from this allocator.
        unsafe {
            if align <= WORD {
                mi::mi_realloc(block, size)
            } else {
                mi::mi_realloc_aligned(block, size, align)
            }
        }
        .cast()
    }
}

impl Mimalloc {
    /// A block of the size asked for in place of a larger one: left where it is, as mimalloc does with blocks up to twice as
    /// large, it would keep the rest from others for as long as it lives. Sizes of blocks are an eighth apart.
    ///
    /// # Safety
    /// As for [`GlobalAlloc::realloc`], and the size is less than that of the layout.
    unsafe fn shrunk(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the new block has the size and alignment asked for; the old one is longer, and not used again.
        unsafe {
            let shrunk = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !shrunk.is_null() {
                std::ptr::copy_nonoverlapping(block, shrunk, size);
                self.dealloc(block, layout);
            }
            shrunk
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_keep_what_is_in_them() {
        for align in [1, 2, 4, 8, 16, 64, 4096] {
            for size in [1, 7, 8, 24, 40, 1000, 100_000] {
                let layout = Layout::from_size_align(size, align).unwrap();
                // SAFETY: the layouts are those of the blocks, of which no more than their size is used.
                unsafe {
                    let block = ALLOCATOR.alloc_zeroed(layout);
                    assert!(block.addr().is_multiple_of(align));
                    assert_eq!(*block.add(size - 1), 0);
                    *block = 7;
                    let block = ALLOCATOR.realloc(block, layout, size * 3);
                    assert!(block.addr().is_multiple_of(align));
                    assert_eq!(*block, 7);
                    let longer = Layout::from_size_align(size * 3, align).unwrap();
                    let block = ALLOCATOR.realloc(block, longer, size);
                    assert!(block.addr().is_multiple_of(align));
                    assert_eq!(*block, 7);
                    ALLOCATOR.dealloc(block, layout);
                }
            }
        }
    }

    #[test]
    fn the_number_names_the_option() {
        const VARIABLE: &str = "MIMALLOC_PURGE_DELAY";
        if std::env::var_os(VARIABLE).is_some() {
            // SAFETY: options may be read at any time.
            assert_eq!(unsafe { mi::mi_option_get(PURGE_DELAY) }, 77);
            return;
        }
        // The allocator reads its variables when a process starts.
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let test = "memory::tests::the_number_names_the_option";
        let run = again.args(["--exact", test]).env(VARIABLE, "77").output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
    }
}
