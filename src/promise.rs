//! Counts reserved room where debug assertions are on.
//!
//! What always holds: taking more than was last promised panics, even if there is room by chance, as
//! there mostly is in lists that double. So a reservation that is too small shows in any test that uses
//! what it reserves. Without debug assertions nothing is counted, and a promise has no size.

#[derive(Debug, Default)]
pub(crate) struct Promise {
    #[cfg(debug_assertions)]
    left: usize,
}

impl Promise {
    /// Promises room for this many, whatever was promised before.
    #[inline(always)]
    pub fn make(&mut self, _count: usize) {
        #[cfg(debug_assertions)]
        {
            self.left = _count;
        }
    }

    /// Uses up the room of one.
    #[inline(always)]
    pub fn keep(&mut self) {
        #[cfg(debug_assertions)]
        {
            self.left = self.left.checked_sub(1).expect("room is reserved before it is taken");
        }
    }

    /// Gives back the room of one.
    #[inline(always)]
    pub fn renew(&mut self) {
        #[cfg(debug_assertions)]
        {
            self.left += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let mut promise = Promise::default();
        promise.make(1);
        (0..3).for_each(|_| {
            promise.keep();
            promise.renew();
        });
        promise.keep();
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic = "reserved"]
    fn more_than_was_promised_last_is_not_to_be_had() {
        let mut promise = Promise::default();
        promise.make(5);
        promise.make(1);
        (0..2).for_each(|_| promise.keep());
    }
}
