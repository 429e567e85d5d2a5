import type * as Iban from "ibantools";
import { cleaner } from "./clean.ts";
import { lazily } from "./lazily.ts";

const rules = lazily<typeof Iban>("ibantools");

const SEPARATORS = /[\s\u00a0.-]+/g;

/** An IBAN without separators, in upper case; its country, length and check digits are those of the registry. */
export const iban = cleaner({
  name: "iban",
  expected: "an IBAN",
  clean(text) {
    const { electronicFormatIBAN, isValidIBAN, validateIBAN } = rules();
    const electronic = electronicFormatIBAN(text.replaceAll(SEPARATORS, "")) ?? "";
    if (isValidIBAN(electronic)) return { value: electronic };
    const [code] = validateIBAN(electronic).errorCodes;
    return { reason: (code === undefined ? undefined : IBAN_REASONS[code]) ?? "it is not built as an IBAN is" };
  },
});

/** By the package's numbers of errors. */
const IBAN_REASONS: Readonly<Record<number, string>> = {
  0: "it is empty",
  1: "its first two letters are no country with IBANs",
  2: "it has the wrong length for its country",
  3: "its account part is not built as in its country",
  4: "its check digits are no digits",
  5: "its check digits do not fit",
};

/** A BIC of 8 or 11 characters in upper case. */
export const bic = cleaner({
  name: "bic",
  expected: "a BIC",
  clean(text) {
    const compact = text.replaceAll(SEPARATORS, "").toUpperCase();
    return rules().isValidBIC(compact) ? { value: compact } : { reason: "it is not built as a BIC is" };
  },
});
