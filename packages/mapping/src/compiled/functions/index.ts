import type { FunctionValue } from "../values.ts";
import { arrayFunctions } from "./array.ts";
import { dateFunctions } from "./date.ts";
import { evalFunction } from "./eval.ts";
import { higherOrderFunctions } from "./hof.ts";
import { numberFunctions } from "./number.ts";
import { objectFunctions } from "./object.ts";
import { stringFunctions } from "./string.ts";

/** All functions of the language by name. */
export const functions: ReadonlyMap<string, FunctionValue> = new Map(
  [[evalFunction], dateFunctions, stringFunctions, numberFunctions, arrayFunctions, objectFunctions, higherOrderFunctions]
    .flat()
    .map((value) => [value.name, value]),
);
