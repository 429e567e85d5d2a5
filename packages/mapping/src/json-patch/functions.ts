import type { MappingFunction } from "../mapping-function.ts";
import { jsonDiff } from "./diff.ts";
import { jsonMergePatch } from "./merge-patch.ts";
import { jsonPatch } from "./patch.ts";
import { jsonPointer } from "./pointer.ts";

/** The IETF's ways into JSON: pointers, patches and merge patches. */
export const jsonPatchFunctions: readonly MappingFunction[] = [
  {
    name: "pointer",
    signature: "<xs:x>",
    summary: "The value at a JSON Pointer (RFC 6901), or nothing.",
    examples: [[`$pointer({ "lines": [{ "sku": "a" }] }, "/lines/0/sku")`, "a"]],
    // Here and below the signature has checked the types.
    call: (value, pointer) => (value === undefined ? undefined : jsonPointer(value, pointer as string)),
  },
  {
    name: "patch",
    signature: "<xa:x>",
    summary: "The value after a JSON Patch (RFC 6902). A patch that cannot be applied whole is an error.",
    examples: [[`$patch({ "a": 1 }, [{ "op": "add", "path": "/b", "value": 2 }])`, { a: 1, b: 2 }]],
    call: (value, patch) => (value === undefined ? undefined : jsonPatch(value, patch as readonly unknown[])),
  },
  {
    name: "mergePatch",
    signature: "<xx:x>",
    summary: "The value after a JSON Merge Patch (RFC 7396): maps are merged, null removes, all else replaces.",
    examples: [[`$mergePatch({ "a": 1, "b": 2 }, { "b": null, "c": 3 })`, { a: 1, c: 3 }]],
    call: (value, patch) => (patch === undefined ? value : jsonMergePatch(value, patch)),
  },
  {
    name: "diff",
    signature: "<xx:a>",
    summary: "The JSON Patch that makes the second value of the first.",
    examples: [[`$diff({ "a": 1 }, { "a": 2 })`, [{ op: "replace", path: "/a", value: 2 }]]],
    call: (before, after) => (before === undefined || after === undefined ? undefined : jsonDiff(before, after)),
  },
];
