/** A type as TypeScript writes it, and whether it may stand in a list or beside an operator without parentheses. */
export interface TypeText {
  readonly text: string;
  readonly isAtom: boolean;
}

export const UNKNOWN: TypeText = atom("unknown");
export const NEVER: TypeText = atom("never");

export function atom(text: string): TypeText {
  return { text, isAtom: true };
}

export function listOf(item: TypeText): TypeText {
  return { text: `readonly ${within(item)}[]`, isAtom: false };
}

export function union(types: readonly TypeText[]): TypeText {
  return types.some(({ text }) => text === UNKNOWN.text) ? UNKNOWN : joined(types, "|", NEVER);
}

export function intersection(types: readonly TypeText[]): TypeText {
  return types.some(({ text }) => text === NEVER.text) ? NEVER : joined(types, "&", UNKNOWN);
}

/** `neutral` changes nothing beside others, and is what none of them come to. */
function joined(types: readonly TypeText[], operator: string, neutral: TypeText): TypeText {
  const byText = new Map(types.filter(({ text }) => text !== neutral.text).map((type) => [type.text, type]));
  const [first = neutral, ...others] = byText.values();
  return others.length === 0 ? first : { text: [first, ...others].map(within).join(` ${operator} `), isAtom: false };
}

/** Within a list, or beside an operator. */
export function within({ text, isAtom }: TypeText): string {
  return isAtom ? text : `(${text})`;
}
