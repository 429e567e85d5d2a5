import type { CST } from "yaml";

/** What is counted before values are made of tokens. */
interface Counts {
  /** The first token that stands too deep. */
  readonly tooDeep: CST.Token | undefined;
  readonly aliases: number;
}

/** Walks without recursion: how deep the tokens stand within one another is what is asked. */
export function countTokens(tokens: readonly CST.Token[], maxDepth: number): Counts {
  let aliases = 0;
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token.type === "alias") aliases += 1;
    if (token.type === "document" && token.value !== undefined) open.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    if (depth >= maxDepth) return { tooDeep: token, aliases };
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return { tooDeep: undefined, aliases };
}
