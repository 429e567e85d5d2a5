/** What the HTTP host needs to speak TLS, as PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
  /** Of the authorities that sign callers' certificates. With it only callers that show such a certificate are let in. */
  readonly clientCa?: string | undefined;
}

/** What the host speaks TLS with, and where it learns of another certificate. */
export interface TlsSource {
  readonly material: TlsMaterial;
  /** Called with every change until the function that it answers is called. */
  watch?(onChange: (material: TlsMaterial) => void): () => void;
}
