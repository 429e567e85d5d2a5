import type * as Phones from "libphonenumber-js/max";
import { asMissingPackage } from "@portolan/core";
import { cleaner, type CleanOptions } from "./clean.ts";
import { lazily } from "./lazily.ts";

export interface PhoneOptions extends CleanOptions {
  /** The country (ISO 3166-1 alpha-2) whose numbers are written without their country's code. */
  readonly country?: string;
  readonly as?: "e164" | "international" | "national";
}

/** A telephone number as E.164, such as `+4930123456`; the number must be one that its country gives out. Needs the package `libphonenumber-js`. */
export const phone = cleaner<PhoneOptions, string>({
  name: "phone",
  expected: "a telephone number",
  clean(text, options) {
    const { parsePhoneNumberWithError, ParseError, isSupportedCountry } = phones();
    const country = options.country?.toUpperCase();
    if (country !== undefined && !isSupportedCountry(country)) return { reason: `"${country}" is no country with telephone numbers` };
    try {
      const number = parsePhoneNumberWithError(text, { extract: false, ...(country === undefined ? {} : { defaultCountry: country }) });
      return number.isValid() ? { value: written(number, options.as) } : { reason: "its country gives out no such number" };
    } catch (error) {
      if (error instanceof ParseError) return { reason: REASONS.get(error.message) ?? "it is no number" };
      throw error;
    }
  },
});

const REASONS: ReadonlyMap<string, string> = new Map([
  ["INVALID_COUNTRY", 'it has no code of a country; say whose number it is: { "country": "DE" }'],
  ["TOO_SHORT", "it is too short"],
  ["TOO_LONG", "it is too long"],
]);

function written(number: Phones.PhoneNumber, as: PhoneOptions["as"] = "e164"): string {
  switch (as) {
    case "e164":
      return number.number;
    case "international":
      return number.formatInternational();
    case "national":
      return number.formatNational();
    default:
      return as satisfies never;
  }
}

const numberingPlans = lazily<typeof Phones>("libphonenumber-js/max");

function phones(): typeof Phones {
  try {
    return numberingPlans();
  } catch (thrown) {
    throw asMissingPackage(thrown, "$phone", ["libphonenumber-js"]);
  }
}
