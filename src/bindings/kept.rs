//! What an exported object stands on: a value of the crate, or the refusal of one.
//!
//! What always holds: the last refusal is kept until `takeError` hands it out or something else is refused.
//! An object that could not be made has no value, and refuses everything.

use super::error::Refusal;
use super::reserve;
use super::shapes::told;
use crate::Error;
use wasm_bindgen::JsValue;

/// See the head of this file.
pub(crate) struct Kept<T> {
    value: Option<T>,
    refusal: Option<Refusal>,
}

impl<T> Kept<T> {
    /// What was made, or why it was not; `refusal` says so if there is no memory left for the object itself.
    pub fn made(made: Result<T, Refusal>, refusal: impl FnOnce() -> Refusal) -> Self {
        const { assert!(size_of::<Self>() + 1024 <= reserve::ENOUGH) };
        if !reserve::is_tight() {
            return Self::of(made);
        }
        drop(made);
        let refusal = refusal();
        reserve::release();
        Self::of(Err(refusal))
    }

    fn of(made: Result<T, Refusal>) -> Self {
        match made {
            Ok(value) => Self { value: Some(value), refusal: None },
            Err(refusal) => Self { value: None, refusal: Some(refusal) },
        }
    }

    #[inline(always)]
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    #[inline(always)]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// What a call gives; `None` when it is refused.
    pub fn with<R>(&mut self, call: impl FnOnce(&mut T) -> Result<R, Error>) -> Option<R> {
        let result = call(self.value.as_mut()?);
        if let Err(error) = &result {
            self.keep_error(error);
        }
        result.ok()
    }

    /// What is right to ask with; `None` when it is refused.
    pub fn checked<R>(&mut self, asked: Result<R, Refusal>) -> Option<R> {
        asked.map_err(|refusal| self.keep(Some(refusal))).ok()
    }

    /// Told where the error is, so that none of the many callers copies it.
    #[cold]
    #[inline(never)]
    fn keep_error(&mut self, error: &Error) {
        self.refusal = Some(error.into());
    }

    /// Keeps a refusal, or none, instead of the last. Never inlined, since every call may end here.
    #[cold]
    #[inline(never)]
    pub fn keep(&mut self, refusal: Option<Refusal>) {
        self.refusal = refusal;
    }

    /// Whether it keeps a refusal.
    pub fn keeps_refusal(&self) -> bool {
        self.refusal.is_some()
    }

    /// The last refusal, as [`Refusal::shape`], or `undefined`.
    pub fn take_error(&mut self) -> JsValue {
        self.refusal.take().map_or(JsValue::UNDEFINED, |refusal| told(&refusal.shape()))
    }
}
