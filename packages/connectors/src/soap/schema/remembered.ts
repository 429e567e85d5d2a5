/**
 * An object with properties that are worked out when they are first asked for, since a declaration may contain itself, and are plain ones from
 * then on: messages are read and written by them.
 */
export function remembered<Plain extends object, Later extends object>(
  plain: Plain,
  later: { readonly [Name in keyof Later]: () => Later[Name] },
): Plain & Later {
  for (const name of Object.keys(later)) {
    Object.defineProperty(plain, name, {
      configurable: true,
      enumerable: true,
      get() {
        // Of its own keys.
        const value: unknown = later[name as keyof Later]();
        Object.defineProperty(plain, name, { value, enumerable: true });
        return value;
      },
    });
  }
  // All of them have just been defined.
  return plain as Plain & Later;
}
