/** An element that is being read: what its data is made of, in the order of the document. */
export interface XmlFrame {
  readonly name: string;
  /** `@name` and value. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** The data of an element, or a text: then its name is undefined. */
  readonly values: unknown[];
  readonly names: (string | undefined)[];
  hasElements: boolean;
  /** Whether it is, or stands in, what is read: all of a document, or its records. */
  readonly isKept: boolean;
}

/**
 * The data of an element: its text if it has neither attributes nor elements, otherwise a map of `@attribute`, `#text`
 * and elements by name, a list where a name occurs again. Where texts stand between elements, or elements of one name do not
 * stand together, `#content` lists them in order.
 */
export function dataOf(frame: XmlFrame, lists: ReadonlySet<string>): unknown {
  const { attributes, hasElements, values } = frame;
  if (!hasElements) {
    const text = values.length === 1 ? values[0] : values.join("");
    if (attributes === undefined) return text;
    return text === "" ? attributes : { ...attributes, "#text": text };
  }
  const map = groupedData(frame, lists);
  return map ?? { ...attributes, "#content": orderedContent(frame) };
}

/** A map by name, or undefined if that would lose a text or the order. */
function groupedData({ attributes, names, values }: XmlFrame, lists: ReadonlySet<string>): Record<string, unknown> | undefined {
  const map: Record<string, unknown> = attributes === undefined ? {} : { ...attributes };
  let group: unknown[] | undefined;
  let last: string | undefined;
  for (let index = 0; index < values.length; index++) {
    const name = names[index];
    const value = values[index];
    if (name === undefined) {
      if (/[^ \t\r\n]/.test(value as string)) return undefined;
    } else if (name === last) {
      group ??= replaceByList(map, name);
      group.push(value);
    } else {
      if (Object.hasOwn(map, name)) return undefined;
      last = name;
      group = lists.has(name) ? [value] : undefined;
      put(map, name, group ?? value);
    }
  }
  return map;
}

function orderedContent({ names, values }: XmlFrame): readonly unknown[] {
  return values.map((value, index) => {
    const name = names[index];
    return name === undefined ? value : put({}, name, value);
  });
}

function replaceByList(map: Record<string, unknown>, name: string): unknown[] {
  const list = [map[name]];
  put(map, name, list);
  return list;
}

/** Defines what a plain assignment would not: an element may be named `__proto__`. */
export function put<Value>(map: Record<string, Value>, name: string, value: Value): Record<string, Value> {
  if (name === "__proto__") Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
  else map[name] = value;
  return map;
}
