import type { JsonSchema } from "@portolan/core";
import type { NamedSchemas } from "./named-schemas.ts";
import type { References } from "./references.ts";

/** What the operations of a document are read with. */
export interface OperationContext {
  readonly references: References;
  readonly schemas: NamedSchemas;
  readonly isSwagger: boolean;
  readonly document: JsonSchema;
}
