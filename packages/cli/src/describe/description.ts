/** What a document offers, whatever it is written in. */
export interface Description {
  /** What the document is, such as `OpenAPI 3.1.0`. */
  readonly kind: string;
  readonly title?: string;
  readonly version?: string;
  readonly operations: readonly DescribedOperation[];
  /** Of documents that name the messages of their operations. */
  readonly messages?: readonly DescribedMessage[];
  readonly types: readonly DescribedType[];
  /** What it says that cannot be used, with the reason. */
  readonly skipped?: readonly string[];
}

export interface DescribedMessage {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly type: string }[];
}

export interface DescribedOperation {
  readonly name: string;
  /** How it is called, such as `POST /orders`. */
  readonly call: string;
  readonly input?: string;
  readonly output?: string;
  /** The errors that it declares, by name. */
  readonly faults?: readonly string[];
  readonly summary?: string;
  readonly deprecated?: true;
}

export interface DescribedType {
  readonly name: string;
  /** What it is in words, such as `object` or `string (date)`. */
  readonly type: string;
  readonly fields: readonly DescribedField[];
}

export interface DescribedField {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}
