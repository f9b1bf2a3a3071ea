//! The wire format of protocol buffers, as far as profiles use it.

use prost::encoding::{decode_varint, encode_varint, encoded_len_varint};

/// The bytes are not the message that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// A number of fixed width. No field of a profile is one.
    Fixed,
}

impl<'a> Value<'a> {
    pub(super) fn unsigned(self) -> Result<u64, Malformed> {
        match self {
            Value::Varint(number) => Ok(number),
            _ => Err(Malformed),
        }
    }

    pub(super) fn signed(self) -> Result<i64, Malformed> {
        self.unsigned().map(|number| number as i64)
    }

    pub(super) fn flag(self) -> Result<bool, Malformed> {
        self.unsigned().map(|number| number != 0)
    }

    pub(super) fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(Malformed),
        }
    }

    /// The fields of a message within.
    pub(super) fn fields(self) -> Result<Fields<'a>, Malformed> {
        self.bytes().map(Fields::of)
    }

    /// Hands on the numbers of a repeated field, which stand alone or packed.
    #[inline]
    pub(super) fn each(self, mut take: impl FnMut(u64)) -> Result<(), Malformed> {
        match self {
            Value::Varint(number) => take(number),
            Value::Bytes(mut packed) => {
                while !packed.is_empty() {
                    take(varint(&mut packed)?);
                }
            }
            Value::Fixed => return Err(Malformed),
        }
        Ok(())
    }
}

/// The fields of a message, in order.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Fields<'a> {
        Fields { rest: message }
    }

    /// The next field: its number and value.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u64, Value<'a>)>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = varint(&mut self.rest)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.rest)?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let len = varint(&mut self.rest)?;
                Value::Bytes(self.take(usize::try_from(len).map_err(|_| Malformed)?)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            // Groups, which nobody writes any more, and what never meant anything.
            _ => return Err(Malformed),
        };
        Ok(Some((key >> 3, value)))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[inline]
fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    decode_varint(bytes).map_err(|_| Malformed)
}

/// Writes a number, also if it is 0.
pub(super) fn put(out: &mut Vec<u8>, field: u64, number: u64) {
    encode_varint(field << 3, out);
    encode_varint(number, out);
}

/// Writes a number unless it is 0.
pub(super) fn put_nonzero(out: &mut Vec<u8>, field: u64, number: u64) {
    if number != 0 {
        put(out, field, number);
    }
}

/// Writes a text or a message.
pub(super) fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    encode_varint(field << 3 | 2, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Writes a repeated number: packed if there are more than two, as pprof does.
pub(super) fn put_numbers(
    out: &mut Vec<u8>,
    field: u64,
    numbers: impl ExactSizeIterator<Item = u64> + Clone,
) {
    if numbers.len() <= 2 {
        numbers.for_each(|number| put(out, field, number));
        return;
    }
    encode_varint(field << 3 | 2, out);
    encode_varint(numbers.clone().map(|number| encoded_len_varint(number) as u64).sum(), out);
    numbers.for_each(|number| encode_varint(number, out));
}
