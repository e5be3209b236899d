//! Chains: the extents of scattered blocks after their first.
//!
//! What always holds: every link belongs to one chain or to the list of spare links, so the
//! memory is proportional to the extents that blocks have had at once.

use crate::registry::NONE;
use crate::{Error, Extent};

#[derive(Clone, Copy, Debug)]
struct Link {
    extent: Extent,
    next: u32,
}

/// All chains of a manager, in one arena.
#[derive(Debug)]
pub(crate) struct Chains {
    links: Vec<Link>,
    spare: u32,
    spare_count: usize,
}

impl Chains {
    pub fn new() -> Self {
        Self { links: Vec::new(), spare: NONE, spare_count: 0 }
    }

    /// Makes room for `count` more links.
    pub fn reserve(&mut self, count: usize) -> Result<(), Error> {
        let missing = count.saturating_sub(self.spare_count);
        if self.links.len() + missing > NONE as usize {
            return Err(Error::Metadata);
        }
        let room = self.links.try_reserve(missing);
        room.map_err(|_| Error::Metadata)
    }

    /// Chains the extents and returns the first link. Needs [`Self::reserve`] first.
    pub fn insert(&mut self, extents: &[Extent]) -> u32 {
        let mut next = NONE;
        for &extent in extents.iter().rev() {
            next = self.link(Link { extent, next });
        }
        next
    }

    fn link(&mut self, link: Link) -> u32 {
        if self.spare == NONE {
            self.links.push(link);
            return (self.links.len() - 1) as u32;
        }
        let place = self.spare;
        self.spare = self.links[place as usize].next;
        self.spare_count -= 1;
        self.links[place as usize] = link;
        place
    }

    /// Gives the links of a chain back.
    pub fn remove(&mut self, first: u32) {
        let mut place = first;
        while place != NONE {
            let next = self.links[place as usize].next;
            self.links[place as usize].next = self.spare;
            self.spare = place;
            self.spare_count += 1;
            place = next;
        }
    }

    /// The extents of a chain, in order.
    pub fn iter(&self, first: u32) -> impl Iterator<Item = Extent> + '_ {
        let mut place = first;
        std::iter::from_fn(move || {
            let link = self.links.get(place as usize)?;
            place = link.next;
            Some(link.extent)
        })
    }

    /// Forgets every chain.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_used_again() {
        let mut chains = Chains::new();
        let extents = [Extent::up(3, 1), Extent::up(9, 2), Extent::up(0, 1)];
        for _ in 0..10 {
            chains.reserve(3).unwrap();
            let chain = chains.insert(&extents);
            assert_eq!(chains.iter(chain).collect::<Vec<_>>(), extents);
            chains.remove(chain);
        }
        assert_eq!(chains.links.len(), 3);
        assert_eq!(chains.iter(NONE).count(), 0);
    }
}
