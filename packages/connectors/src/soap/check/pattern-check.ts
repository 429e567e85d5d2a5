/** How many parts of a pattern may go on without end: each of them may be tried at each place of the text. */
const MAX_ENDLESS = 2;
/** Longer texts are left to libxml2, so that none takes long. */
export const MAX_PATTERN_TEXT = 200;

const SETS: Readonly<Record<string, string>> = { d: "0-9", w: "A-Za-z0-9", s: String.raw` \t\n\r` };
const TOKEN =
  /(?<escaped>\\[dws.\\\-()[\]{}|?*+^])|(?<set>\[\^?(?:\\[dws.\\\-()[\]{}|?*+^]|[A-Za-z\d]-[A-Za-z\d]|[A-Za-z\d _.,:;/@#%&=!'"<>~+*?(){}|$](?!-(?!\])))+-?\])|(?<quantifier>[?*+]|\{\d{1,3}(?:,\d{0,3})?\})|(?<group>[()|])|(?<plain>[A-Za-z\d _,:;/@#%&=!'"<>~-])|(?<any>\.)/y;

/**
 * A pattern of XML Schema as one of JavaScript that matches no more than it: classes of characters stand for those of ASCII. Undefined for all that
 * the two do not surely mean alike, and for what could take long.
 */
export function compilePattern(pattern: string): RegExp | undefined {
  let written = "";
  let endless = 0;
  let before: string | undefined;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const { groups = {} } = TOKEN.exec(pattern) ?? {};
    const { escaped, set, quantifier, group, plain, any } = groups;
    const kind = quantifier === undefined ? (group ?? "atom") : "quantifier";
    if (escaped !== undefined) written += escapedText(escaped);
    else if (set !== undefined) written += setText(set);
    else if (any !== undefined) written += String.raw`[\t\u0020-\u007E]`;
    else if (quantifier !== undefined) {
      if (!isPlainQuantifier(quantifier, before)) return undefined;
      if (/[*+]|,\}/.test(quantifier)) endless += 1;
      written += quantifier;
    } else if (group !== undefined) written += group === "(" ? "(?:" : group;
    else if (plain === undefined) return undefined;
    else written += plain === "/" ? String.raw`\/` : plain;
    before = kind;
  }
  if (endless > MAX_ENDLESS || written.includes("\0")) return undefined;
  try {
    return new RegExp(`^(?:${written})$`);
  } catch {
    return undefined;
  }
}

/** Groups within groups that repeat can take for ever: they may be left out, and no more. */
function isPlainQuantifier(quantifier: string, before: string | undefined): boolean {
  if (before === ")") return quantifier === "?";
  return before === "atom" && !/^\{0+(?:,0+)?\}$/.test(quantifier);
}

function escapedText(escaped: string): string {
  const set = SETS[escaped.charAt(1)];
  return set === undefined ? escaped : `[${set}]`;
}

/** A set that leaves out what it names can only be told with plain characters; then it is one of ASCII. */
function setText(set: string): string {
  const isNegated = set.startsWith("[^");
  if (isNegated && /\\[dws]/.test(set)) return "\0";
  const inner = set.slice(isNegated ? 2 : 1, -1).replaceAll(/\\([dws])/g, (_, name: string) => SETS[name] ?? "");
  return isNegated ? String.raw`(?:(?![${inner}])[\t\u0020-\u007E])` : `[${inner}]`;
}
