/** Where a text stops being JSON, in words. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

/** The first fault of a text that JSON.parse refused: its own message does not always name a place. */
export function findJsonFault(text: string): JsonFault {
  const scanner = createScanner(text);
  const whole = scanner.value() && scanner.end();
  const { offset, expected } = whole ? { offset: text.length, expected: "JSON" } : scanner.fault();
  const character = text.codePointAt(offset);
  return { offset, expected, found: character === undefined ? "the end of the text" : JSON.stringify(String.fromCodePoint(character)) };
}

/** The grammar of RFC 8259: each function answers whether it could go on, and leaves the fault behind if not. */
function createScanner(text: string) {
  let at = 0;
  let fault = { offset: 0, expected: "a value" };

  function fail(expected: string): false {
    fault = { offset: at, expected };
    return false;
  }

  function skipBlanks(): void {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  }

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match !== null;
  }

  function value(): boolean {
    skipBlanks();
    const first = text.charAt(at);
    if (first === "{") return list("}", member);
    if (first === "[") return list("]", value);
    if (first === '"') return string();
    if (/[-0-9]/.test(first)) return number();
    return take(/true|false|null/y) || fail("a value");
  }

  function list(close: string, item: () => boolean): boolean {
    at += 1;
    skipBlanks();
    if (text.charAt(at) === close) {
      at += 1;
      return true;
    }
    for (;;) {
      if (!item()) return false;
      skipBlanks();
      const next = text.charAt(at);
      if (next !== close && next !== ",") return fail(`"," or "${close}"`);
      at += 1;
      if (next === close) return true;
    }
  }

  function member(): boolean {
    skipBlanks();
    if (text.charAt(at) !== '"') return fail("a name in double quotes");
    if (!string()) return false;
    skipBlanks();
    if (text.charAt(at) !== ":") return fail('":"');
    at += 1;
    return value();
  }

  function string(): boolean {
    at += 1;
    for (;;) {
      take(/[^"\\\u0000-\u001F]*/y);
      const next = text.charAt(at);
      if (next === '"') {
        at += 1;
        return true;
      }
      if (next === "\\") {
        if (!take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) return fail("an escape such as \\n or \\u00e4");
      } else return fail(next === "" ? 'a closing "' : "an escape such as \\n for a control character");
    }
  }

  function number(): boolean {
    take(/-/y);
    if (!take(/0|[1-9]\d*/y)) return fail("a digit");
    if (take(/\./y) && !take(/\d+/y)) return fail("a digit");
    return !take(/[eE][-+]?/y) || take(/\d+/y) || fail("a digit");
  }

  return {
    value,
    end(): boolean {
      skipBlanks();
      return at === text.length || fail("the end of the text");
    },
    fault: () => fault,
  };
}
