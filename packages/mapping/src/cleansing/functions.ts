import type { MappingFunction } from "../mapping-function.ts";
import { country } from "./country.ts";
import { currency } from "./currency.ts";
import { date } from "./date.ts";
import { decimal } from "./decimal.ts";
import { email } from "./email.ts";
import { bic, iban } from "./identifiers.ts";
import { phone } from "./phone.ts";
import { capitalize, collapse, deduplicationKey, titleCase, transliterate } from "./text.ts";

const OTHERWISE = { otherwise: "what stands for a value that cannot be cleaned; without it such a value is an error" };

/** Functions that bring the notations of people and systems into one, or say what is wrong. */
export const cleansingFunctions: readonly MappingFunction[] = [
  text("collapse", collapse, [
    "No white space around the text, and a single space for each run of it inside; invisible characters go.",
    ["$collapse('  Ann \u00a0  Lee ')", "Ann Lee"],
  ]),
  text("capitalize", capitalize, ["The first letter in upper case.", ["$capitalize('ann')", "Ann"]]),
  text("titleCase", titleCase, [
    "Every word in lower case, its first letter in upper case.",
    ["$titleCase('ANN-MARIE O’NEILL')", "Ann-Marie O’neill"],
  ]),
  text("transliterate", transliterate, [
    "Letters of any script in ASCII.",
    ["$transliterate('Straße 5, Łódź')", "Strasse 5, Lodz"],
    ["$transliterate('Αθήνα')", "Athina"],
  ]),
  {
    name: "deduplicationKey",
    signature: "<a:s>",
    summary:
      "A key under which spellings of the same thing are equal: ASCII letters and digits in lower case, the words of each value in order.",
    examples: [["$deduplicationKey(['Müller, Ann', '12345 Köln'])", "ann muller|12345 koln"]],
    call: (values) => deduplicationKey(Array.isArray(values) ? values : [values]),
  },
  value("phone", phone, {
    summary: "A telephone number as E.164. Needs the package `libphonenumber-js`.",
    options: {
      country: "the country (ISO 3166-1 alpha-2) whose numbers are written without the country's code",
      as: "`e164` (default), `international` or `national`",
    },
    examples: [
      [`$phone('(030) 12 34 56', { "country": "DE" })`, "+4930123456"],
      [`$phone('n/a', { "otherwise": null })`, null],
    ],
  }),
  value("email", email, {
    summary: "An email address without a name around it, its domain in lower case and ASCII.",
    examples: [["$email(' Ann Lee <ann@Example.COM> ')", "ann@example.com"]],
  }),
  value("iban", iban, {
    summary: "An IBAN without separators; country, length and check digits are checked.",
    examples: [["$iban('de89 3704 0044 0532 0130 00')", "DE89370400440532013000"]],
  }),
  value("bic", bic, { summary: "A BIC of 8 or 11 characters.", examples: [["$bic('deutdeff')", "DEUTDEFF"]] }),
  value("country", country, {
    summary: "A country of ISO 3166-1, from any of its codes or its name.",
    options: {
      as: "`alpha2` (default), `alpha3`, `numeric` or `name`",
      language: "the language of names, as in `de`; English is the default and always read",
    },
    examples: [
      [`$country('Österreich', { "language": "de" })`, "AT"],
      [`$country('AUT', { "as": "name" })`, "Austria"],
    ],
  }),
  value("currency", currency, {
    summary: "A currency's code of ISO 4217, from the code, the sign of a single currency, or its name.",
    options: { language: "the language of names, as in `de`; English is always read" },
    examples: [
      ["$currency('€')", "EUR"],
      ["$currency('swiss franc')", "CHF"],
    ],
  }),
  value("decimal", decimal, {
    summary: "A number in a notation of people. What can be read in two ways is refused unless `decimal` says how.",
    options: { decimal: "the sign before the fraction: `.` or `,`", as: "`number` (default), or `text`, which keeps every digit" },
    examples: [
      ["$decimal('1.234,56')", 1234.56],
      [`$decimal('1,234', { "decimal": "." })`, 1234],
      ["$decimal('(12.50)')", -12.5],
    ],
  }),
  value("date", date, {
    summary:
      "A date in a notation of people, as `YYYY-MM-DD`. What the calendar does not have is refused, and what can be read in two ways.",
    options: {
      order: "`dmy` or `mdy`, for dates of numbers with slashes or dashes",
      language: "the language of names of months, as in `de`; English is always read",
      twoDigitsFrom: "the first year that two digits can mean, as in 1970; without it years have four",
    },
    examples: [
      ["$date('24.11.2026')", "2026-11-24"],
      [`$date('1/2/26', { "order": "mdy", "twoDigitsFrom": 1970 })`, "2026-01-02"],
      [`$date('3. März 2026', { "language": "de" })`, "2026-03-03"],
    ],
  }),
];

type About = Pick<MappingFunction, "options" | "examples">;

/** A function of a text that always has an answer. The signature lets nothing through but texts and nothing. */
function text(name: string, clean: (text: string) => string, about: readonly [summary: string, ...About["examples"]]): MappingFunction {
  const [summary, ...examples] = about;
  return { name, signature: "<s-:s>", summary, examples, call: (value) => (value === undefined ? undefined : clean(value as string)) };
}

/** A function of a value and options, by a cleaner. */
function value(name: string, call: unknown, { summary, options = {}, examples }: About & { readonly summary: string }): MappingFunction {
  // Cleaners differ in their options, which come as any map.
  return { name, signature: "<x-o?:x>", summary, options: { ...options, ...OTHERWISE }, examples, call: call as MappingFunction["call"] };
}
