import { instantOf } from "../frame.ts";
import { formatDate, parseDate } from "../pictures/date.ts";
import { formatNumber } from "../pictures/number.ts";
import { formatInteger, parseInteger, readIntegerPicture } from "../pictures/integer.ts";
import { remember } from "../pictures/remember.ts";
import type { FunctionValue } from "../values.ts";
import { builtin } from "./builtin.ts";

const integerPictures = remember(readIntegerPicture);

type Text = string | undefined;

/** The functions of time, all of which see the instant of the evaluation, and the pictures of whole numbers that dates share. */
export const dateFunctions: readonly FunctionValue[] = [
  builtin<[]>(["millis", "<:n>"], (_args, { frame }) => instantOf(frame.run)),
  builtin<[Text, Text]>(["now", "<s?s?:s>"], ([picture, zone], { frame }) => formatDate(instantOf(frame.run), picture, zone)),
  builtin<[number | undefined, Text, Text]>(["fromMillis", "<n-s?s?:s>"], ([millis, picture, zone]) =>
    millis === undefined ? undefined : formatDate(millis, picture, zone),
  ),
  builtin<[Text, Text]>(["toMillis", "<s-s?:n>"], ([text, picture], { frame }) =>
    text === undefined ? undefined : parseDate(text, picture, instantOf(frame.run)),
  ),
  builtin<[number | undefined, string, Readonly<Record<string, unknown>> | undefined]>(
    ["formatNumber", "<n-so?:s>"],
    ([value, picture, options]) => (value === undefined ? undefined : formatNumber(value, picture, options)),
  ),
  builtin<[number | undefined, string]>(["formatInteger", "<n-s:s>"], ([value, picture]) =>
    value === undefined ? undefined : formatInteger(value, integerPictures(picture)),
  ),
  builtin<[Text, string]>(["parseInteger", "<s-s:n>"], ([text, picture]) =>
    text === undefined ? undefined : parseInteger(text, integerPictures(picture)),
  ),
];
