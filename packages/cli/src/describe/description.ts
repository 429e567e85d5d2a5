/** What a document offers, whatever it is written in. */
export interface Description {
  /** What the document is, such as `OpenAPI 3.1.0`. */
  readonly kind: string;
  readonly title?: string;
  readonly version?: string;
  readonly operations: readonly DescribedOperation[];
  readonly types: readonly DescribedType[];
}

export interface DescribedOperation {
  readonly name: string;
  /** How it is called, such as `POST /orders`. */
  readonly call: string;
  readonly input?: string;
  readonly output?: string;
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
