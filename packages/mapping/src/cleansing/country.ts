import type * as Countries from "i18n-iso-countries";
import { cleaner, type CleanOptions } from "./clean.ts";
import { lazily } from "./lazily.ts";
import { foldedName, namesIn } from "./names.ts";

/** Without the names that the package would load, since Node.js has them. */
const countries = lazily<typeof Countries>("i18n-iso-countries/index.js");

export interface CountryOptions extends CleanOptions {
  readonly as?: "alpha2" | "alpha3" | "numeric" | "name";
  /** The language of a name, read or written, as in `de`; English names are always read. */
  readonly language?: string;
}

/** A country of ISO 3166-1, from any of its codes or its name in English or a given language. */
export const country = cleaner<CountryOptions, string>({
  name: "country",
  expected: "a country of ISO 3166-1",
  clean(text, { as = "alpha2", language = "en" }) {
    const code = alpha2(text.trim(), language);
    const value = code === undefined ? undefined : written(code, as, language);
    return value === undefined ? { reason: `neither a code nor a name in the language ${language} or in English` } : { value };
  },
});

function alpha2(text: string, language: string): string | undefined {
  if (/^\d{1,3}$/.test(text)) return countries().numericToAlpha2(text.padStart(3, "0"));
  if (/^[a-z]{2}$/i.test(text) && countries().isValid(text.toUpperCase())) return text.toUpperCase();
  if (/^[a-z]{3}$/i.test(text)) return countries().alpha3ToAlpha2(text.toUpperCase());
  const codes = () => Object.keys(countries().getAlpha2Codes());
  const name = foldedName(text);
  return namesIn("region", language, codes).get(name) ?? namesIn("region", "en", codes).get(name);
}

function written(code: string, as: NonNullable<CountryOptions["as"]>, language: string): string | undefined {
  switch (as) {
    case "alpha2":
      return code;
    case "alpha3":
      return countries().alpha2ToAlpha3(code);
    case "numeric":
      return countries().alpha2ToNumeric(code);
    case "name":
      return new Intl.DisplayNames(language, { type: "region" }).of(code);
    default:
      return as satisfies never;
  }
}
