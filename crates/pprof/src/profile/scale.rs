//! Values, multiplied.

use super::Profile;
use super::merge::compatible;
use crate::Error;

impl Profile {
    /// Multiplies all values by a number. Samples of which nothing is left go.
    pub fn scale(&mut self, ratio: f64) {
        if ratio != 1.0 {
            self.scale_columns(&vec![ratio; self.sample_types.len()]);
        }
    }

    /// Multiplies the values of each sample type by a number of its own. Samples of which nothing is left go; values whose
    /// number is 1 do not count for that (`profile.ScaleN`).
    ///
    /// # Errors
    ///
    /// There are not as many numbers as sample types.
    pub fn scale_values(&mut self, ratios: &[f64]) -> Result<(), Error> {
        let (got, want) = (ratios.len(), self.sample_types.len());
        if got != want {
            return Err(Error::new(format!("mismatched scale ratios, got {got}, want {want}")));
        }
        self.scale_columns(ratios);
        Ok(())
    }

    /// Multiplies the values of each sample type so that their sum becomes that of another profile.
    ///
    /// # Errors
    ///
    /// The profiles count different things.
    pub fn normalize(&mut self, base: &Profile) -> Result<(), Error> {
        compatible(self, base)?;
        let ratios: Vec<f64> = (self.sums().into_iter())
            .zip(base.sums())
            .map(|(own, base)| if own == 0 { 0.0 } else { base as f64 / own as f64 })
            .collect();
        self.scale_columns(&ratios);
        Ok(())
    }

    fn sums(&self) -> Vec<i64> {
        let mut sums = vec![0_i64; self.sample_types.len()];
        for values in self.values.chunks(sums.len().max(1)) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum = sum.wrapping_add(*value);
            }
        }
        sums
    }

    fn scale_columns(&mut self, ratios: &[f64]) {
        if ratios.iter().all(|&ratio| ratio == 1.0) {
            return;
        }
        self.retain_samples(|_, values, _| {
            let mut something = false;
            for (value, &ratio) in values.iter_mut().zip(ratios) {
                if ratio != 1.0 {
                    *value = to_integer((*value as f64 * ratio).round());
                    something |= *value != 0;
                }
            }
            something
        });
    }
}

/// Converts as Go does on the machines that it mostly runs on: what does not fit becomes the least number.
pub(super) fn to_integer(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}
