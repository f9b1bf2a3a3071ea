//! Operators on constants.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::number::{Complex, Int, Rat};
use super::{BigFloat, MAX_INT_BITS, Op, Value};

/// Two operands brought to the simplest representation that holds both.
enum Pair {
    Bool(bool, bool),
    String(super::Text, super::Text),
    Int(Int, Int),
    Rat(Rat, Rat),
    Float(BigFloat, BigFloat),
    Complex(Complex, Complex),
}

/// Operands of the kinds that go together; `None` if one is unknown or they do not.
fn pair(x: &Value, y: &Value) -> Option<Pair> {
    Some(match (x, y) {
        (Value::Int(x), Value::Int(y)) => Pair::Int(x.clone(), y.clone()),
        (Value::Bool(x), Value::Bool(y)) => Pair::Bool(*x, *y),
        (Value::String(x), Value::String(y)) => Pair::String(x.clone(), y.clone()),
        (Value::Complex(_), _) | (_, Value::Complex(_)) => Pair::Complex(as_complex(x)?, as_complex(y)?),
        (Value::Float(_), _) | (_, Value::Float(_)) => Pair::Float(as_float(x)?, as_float(y)?),
        (Value::Rat(_), _) | (_, Value::Rat(_)) => Pair::Rat(as_rat(x)?, as_rat(y)?),
        _ => return None,
    })
}

fn as_complex(value: &Value) -> Option<Complex> {
    match value.to_complex() {
        Value::Complex(complex) => Some(complex),
        _ => None,
    }
}

fn as_float(value: &Value) -> Option<BigFloat> {
    match value {
        Value::Int(int) => BigFloat::from_int(&int.to_big()),
        Value::Rat(rat) => BigFloat::from_quotient(rat.numerator(), rat.denominator()),
        Value::Float(float) => Some(float.clone()),
        _ => None,
    }
}

fn as_rat(value: &Value) -> Option<Rat> {
    match value {
        Value::Int(int) => Some(Rat::from_int(int)),
        Value::Rat(rat) => Some(rat.clone()),
        _ => None,
    }
}

impl Value {
    /// `op self` for [`Op::Pos`], [`Op::Neg`], [`Op::Xor`] (complement) and [`Op::Not`]. The complement
    /// is cut to `bits` bits if `bits` is not zero, as an unsigned type of that size demands.
    pub fn unary_op(&self, op: Op, bits: u32) -> Value {
        match (op, self) {
            (Op::Pos, Value::Int(_) | Value::Rat(_) | Value::Float(_) | Value::Complex(_)) => self.clone(),
            (Op::Neg, Value::Int(int)) => match int.as_i64().and_then(i64::checked_neg) {
                Some(small) => Value::int(small),
                None => Value::big_int(-int.to_big()),
            },
            (Op::Neg, Value::Rat(rat)) => Value::from_ratio(-rat.ratio()),
            (Op::Neg, Value::Float(float)) => Value::Float(float.neg()),
            (Op::Neg, Value::Complex(complex)) => {
                Value::complex(complex.real().unary_op(Op::Neg, 0), complex.imag().unary_op(Op::Neg, 0))
            }
            (Op::Xor, Value::Int(int)) => match int.as_i64() {
                Some(small) if bits == 0 => Value::int(!small),
                _ if bits == 0 => Value::big_int(!int.to_big()),
                _ if u64::from(bits) > MAX_INT_BITS => Value::Unknown,
                _ => Value::big_int(!int.to_big() & ((BigInt::one() << bits) - 1)),
            },
            (Op::Not, Value::Bool(value)) => Value::Bool(!value),
            _ => Value::Unknown,
        }
    }

    /// `self op other` for arithmetic, bit and logical operators. [`Op::Quo`] of integers is a fraction,
    /// [`Op::IntQuo`] an integer. Division by zero is unknown. For comparisons see [`Value::compare`], for
    /// shifts [`Value::shift`].
    pub fn binary_op(&self, op: Op, other: &Value) -> Value {
        let Some(pair) = pair(self, other) else { return Value::Unknown };
        let value = match pair {
            Pair::Bool(x, y) => match op {
                Op::LAnd => Some(Value::Bool(x && y)),
                Op::LOr => Some(Value::Bool(x || y)),
                _ => None,
            },
            Pair::String(x, y) if op == Op::Add => x.concat(&y).map(Value::String),
            Pair::String(..) => None,
            Pair::Int(x, y) => int_op(&x, op, &y),
            Pair::Rat(x, y) => rat_op(&x, op, &y),
            Pair::Float(x, y) => float_op(&x, op, &y),
            Pair::Complex(x, y) => complex_op(&x, op, &y),
        };
        value.unwrap_or_default()
    }

    /// `self << count` or `self >> count` of an integer. Unknown if the result would have more than
    /// [`MAX_INT_BITS`] bits; the checker itself refuses counts above [`super::SHIFT_BOUND`].
    pub fn shift(&self, op: Op, count: u64) -> Value {
        let Value::Int(int) = self else { return Value::Unknown };
        match op {
            Op::Shl if int.sign() == 0 => self.clone(),
            Op::Shl if int.bit_len().saturating_add(count) > MAX_INT_BITS => Value::Unknown,
            Op::Shl => Value::big_int(int.to_big() << count),
            Op::Shr => match int.as_i64() {
                Some(small) => Value::int(small >> count.min(63)),
                None => Value::big_int(int.to_big() >> count),
            },
            _ => Value::Unknown,
        }
    }

    /// Whether `self op other` holds for a comparison operator. False if the operands cannot be compared.
    pub fn compare(&self, op: Op, other: &Value) -> bool {
        pair(self, other).and_then(|pair| compare_pair(&pair, op)).unwrap_or(false)
    }
}

/// The outcome of a comparison; `None` if `op` is none or is not defined for the operands.
fn compare_pair(pair: &Pair, op: Op) -> Option<bool> {
    let equality = |equal: bool| match op {
        Op::Eq => Some(equal),
        Op::Ne => Some(!equal),
        _ => None,
    };
    if !matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge) {
        return None;
    }
    let ordering = match pair {
        Pair::Bool(x, y) => return equality(x == y),
        Pair::Complex(x, y) => {
            return equality(x.real().compare(Op::Eq, y.real()) && x.imag().compare(Op::Eq, y.imag()));
        }
        // Equality of strings need not join concatenations of different length.
        Pair::String(x, y) if matches!(op, Op::Eq | Op::Ne) => return equality(x == y),
        Pair::String(x, y) => x.cmp(y),
        Pair::Int(x, y) => x.cmp(y),
        Pair::Rat(x, y) => x.cmp(y),
        Pair::Float(x, y) => x.cmp(y),
    };
    Some(match op {
        Op::Eq => ordering == Ordering::Equal,
        Op::Ne => ordering != Ordering::Equal,
        Op::Lt => ordering == Ordering::Less,
        Op::Le => ordering != Ordering::Greater,
        Op::Gt => ordering == Ordering::Greater,
        _ => ordering != Ordering::Less,
    })
}

fn int_op(x: &Int, op: Op, y: &Int) -> Option<Value> {
    if let (Some(x), Some(y)) = (x.as_i64(), y.as_i64())
        && let Some(value) = small_int_op(x, op, y)
    {
        return Some(Value::int(value));
    }
    let divides = matches!(op, Op::Quo | Op::IntQuo | Op::Rem);
    if divides && y.sign() == 0 || op == Op::Mul && x.bit_len() + y.bit_len() > MAX_INT_BITS {
        return None;
    }
    let (x, y) = (x.to_big(), y.to_big());
    Some(Value::big_int(match op {
        Op::Add => x + y,
        Op::Sub => x - y,
        Op::Mul => x * y,
        Op::Quo => return Some(Value::from_ratio(num_rational::BigRational::new(x, y))),
        Op::IntQuo => x / y,
        Op::Rem => x % y,
        Op::And => x & y,
        Op::Or => x | y,
        Op::Xor => x ^ y,
        Op::AndNot => x & !y,
        _ => return None,
    }))
}

/// The result if it fits machine arithmetic.
fn small_int_op(x: i64, op: Op, y: i64) -> Option<i64> {
    match op {
        Op::Add => x.checked_add(y),
        Op::Sub => x.checked_sub(y),
        Op::Mul => x.checked_mul(y),
        // The compiler's division of two 64-bit constants wraps: the least one divided by -1 is itself.
        Op::IntQuo => (y != 0).then(|| x.wrapping_div(y)),
        Op::Rem => (y != 0).then(|| x.wrapping_rem(y)),
        Op::And => Some(x & y),
        Op::Or => Some(x | y),
        Op::Xor => Some(x ^ y),
        Op::AndNot => Some(x & !y),
        _ => None,
    }
}

fn rat_op(x: &Rat, op: Op, y: &Rat) -> Option<Value> {
    let (x, y) = (x.ratio(), y.ratio());
    Some(Value::from_ratio(match op {
        Op::Add => x + y,
        Op::Sub => x - y,
        Op::Mul => x * y,
        Op::Quo if !y.is_zero() => x / y,
        _ => return None,
    }))
}

fn float_op(x: &BigFloat, op: Op, y: &BigFloat) -> Option<Value> {
    match op {
        Op::Add => x.add(y),
        Op::Sub => x.sub(y),
        Op::Mul => x.mul(y),
        Op::Quo => x.quo(y),
        _ => None,
    }
    .map(Value::Float)
}

fn complex_op(x: &Complex, op: Op, y: &Complex) -> Option<Value> {
    let (a, b, c, d) = (x.real(), x.imag(), y.real(), y.imag());
    let add = |x: &Value, y: &Value| x.binary_op(Op::Add, y);
    let sub = |x: &Value, y: &Value| x.binary_op(Op::Sub, y);
    let mul = |x: &Value, y: &Value| x.binary_op(Op::Mul, y);
    let quo = |x: &Value, y: &Value| x.binary_op(Op::Quo, y);
    let (real, imag) = match op {
        Op::Add => (add(a, c), add(b, d)),
        Op::Sub => (sub(a, c), sub(b, d)),
        Op::Mul => (sub(&mul(a, c), &mul(b, d)), add(&mul(b, c), &mul(a, d))),
        Op::Quo => {
            let norm = add(&mul(c, c), &mul(d, d));
            let real = add(&mul(a, c), &mul(b, d));
            let imag = sub(&mul(b, c), &mul(a, d));
            (quo(&real, &norm), quo(&imag, &norm))
        }
        _ => return None,
    };
    Some(Value::complex(real, imag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bombs_are_refused() {
        let one = Value::int(1);
        assert!(one.shift(Op::Shl, 1 << 40).is_unknown());
        assert!(one.shift(Op::Shl, u64::MAX).is_unknown());
        assert_eq!(Value::int(0).shift(Op::Shl, u64::MAX), Value::int(0));
        assert_eq!(Value::int(-5).shift(Op::Shr, u64::MAX), Value::int(-1));
        let mut power = one.shift(Op::Shl, 600);
        while !power.is_unknown() {
            power = power.binary_op(Op::Mul, &power);
        }
    }

    #[test]
    fn undefined_operations_are_unknown() {
        let (one, text, yes) = (Value::int(1), Value::string("a"), Value::Bool(true));
        for (x, op, y) in [
            (&one, Op::Add, &text),
            (&text, Op::Sub, &text),
            (&yes, Op::Add, &yes),
            (&one, Op::IntQuo, &Value::int(0)),
            (&one, Op::Quo, &Value::int(0)),
            (&one, Op::Rem, &Value::int(0)),
            (&Value::float(1.0), Op::Quo, &Value::float(0.0)),
            (&one.make_imag(), Op::Quo, &Value::int(0)),
            (&one, Op::LAnd, &one),
            (&one, Op::Shl, &one),
            (&Value::Unknown, Op::Add, &one),
        ] {
            assert!(x.binary_op(op, y).is_unknown(), "{x:?} {op:?} {y:?}");
        }
        assert!(!Value::Unknown.compare(Op::Eq, &Value::Unknown));
        assert!(!yes.compare(Op::Lt, &yes) && !one.compare(Op::Eq, &text));
        assert!(text.unary_op(Op::Neg, 0).is_unknown() && one.unary_op(Op::Not, 0).is_unknown());
    }
}
