import type { ServiceModel } from "./wsdl/service-model.ts";
import { writeDocument } from "./wsdl-page.ts";

/** Where a service is described: in documents of the app, or by the contracts of its routes. */
export interface ServiceSource {
  readonly name: string;
  /** Of a service of contracts it is another one when its operations have changed. */
  model(): ServiceModel;
  /** A document as clients get it at this address: `?wsdl` is that of the service. */
  document(link: DocumentLink, url: string): string | undefined;
}

/** What stands behind the `?` of an address. */
export interface DocumentLink {
  readonly kind: "wsdl" | "xsd";
  /** Undefined where no number is given. */
  readonly index: number | undefined;
}

const known = new WeakMap<ServiceModel, ServiceSource>();

/** The service of a document: the same for all of its doors. */
export function documentedService(model: ServiceModel): ServiceSource {
  const source = known.get(model) ?? {
    name: model.name,
    model: () => model,
    document: ({ index = 0 }: DocumentLink, url: string) => writeDocument(model, index, url),
  };
  known.set(model, source);
  return source;
}
