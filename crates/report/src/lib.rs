//! Every wording that escargo prints.
