import { cleaner, type CleanOptions } from "./clean.ts";
import { foldedName, namesIn } from "./names.ts";

export interface CurrencyOptions extends CleanOptions {
  /** The language of a name, as in `de`; English names are always read. */
  readonly language?: string;
}

const codes = new Set(Intl.supportedValuesOf("currency"));

/** A currency's code of ISO 4217, from the code, a sign that only it has (`€`, but neither `$` nor `£`), or its name. Codes of the past are read, too. */
export const currency = cleaner<CurrencyOptions, string>({
  name: "currency",
  expected: "a currency of ISO 4217",
  clean(text, { language = "en" }) {
    const code = text.trim().toUpperCase();
    if (codes.has(code)) return { value: code };
    const all = () => [...codes];
    const name = foldedName(text);
    const value = signs().get(text.trim()) ?? namesIn("currency", language, all).get(name) ?? namesIn("currency", "en", all).get(name);
    return value === undefined ? { reason: `neither a code nor a name nor the sign of a single currency` } : { value };
  },
});

let known: ReadonlyMap<string, string> | undefined;

function signs(): ReadonlyMap<string, string> {
  if (known !== undefined) return known;
  const found = new Map<string, string>();
  const shared = new Set<string>();
  for (const code of codes) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency: code, currencyDisplay: "narrowSymbol" });
    const sign = format.formatToParts(1).find((part) => part.type === "currency")?.value ?? code;
    if (sign === code) continue;
    if (found.has(sign)) shared.add(sign);
    found.set(sign, code);
  }
  for (const sign of shared) found.delete(sign);
  known = found;
  return found;
}
