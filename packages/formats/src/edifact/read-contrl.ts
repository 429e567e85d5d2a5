import {
  textAt,
  type AcknowledgedError,
  type AcknowledgedMessage,
  type AcknowledgedResult,
  type Acknowledgement,
} from "../edi/acknowledgement.ts";
import type { EdiDocument, EdiSegment } from "../edi/document.ts";
import { flat } from "../edi/write-document.ts";

/** What the CONTRL messages of a document say of the interchanges that were sent. */
export function readContrl({ interchanges }: EdiDocument): readonly Acknowledgement[] {
  return interchanges
    .flatMap(({ groups = [], messages = [] }) => [...messages, ...groups.flatMap((group) => group.messages)])
    .filter(({ header }) => textAt(header, 2) === "CONTRL")
    .map(({ segments }) => readMessage([...flat(segments)]));
}

function readMessage(segments: readonly EdiSegment[]): Acknowledgement {
  const messages: (AcknowledgedMessage & { readonly errors: AcknowledgedError[] })[] = [];
  let position: number | undefined;
  for (const segment of segments) {
    const errors = messages.at(-1)?.errors ?? [];
    if (segment.tag === "UCM") {
      const code = textAt(segment, 4);
      const tag = textAt(segment, 5);
      const own = code === "" ? [] : [{ ...(tag !== "" && { tag }), code }];
      messages.push({ type: textAt(segment, 2), control: textAt(segment, 1), result: resultOf(textAt(segment, 3)), errors: own });
    } else if (segment.tag === "UCS") {
      position = Number(textAt(segment, 1));
      const code = textAt(segment, 2);
      if (code !== "") errors.push({ position, code });
    } else if (segment.tag === "UCD") {
      const component = textAt(segment, 2, 2);
      const at = { element: Number(textAt(segment, 2)), ...(component !== "" && { component: Number(component) }) };
      errors.push({ ...(position !== undefined && { position }), ...at, code: textAt(segment, 1) });
    }
  }
  const interchange = segments.find(({ tag }) => tag === "UCI");
  const code = interchange === undefined ? "" : textAt(interchange, 5);
  const isPartly = messages.some(({ result }) => result === "rejected") && messages.some(({ result }) => result === "accepted");
  const result = interchange === undefined ? "rejected" : resultOf(textAt(interchange, 4));
  return {
    kind: "CONTRL",
    control: interchange === undefined ? "" : textAt(interchange, 1),
    result: result === "accepted" && isPartly ? "partiallyAccepted" : result,
    codes: code === "" ? [] : [code],
    messages,
  };
}

/** Data element 0083: 4 is rejected, 7 and 8 are acknowledged and received. */
function resultOf(action: string): AcknowledgedResult {
  return action === "7" || action === "8" ? "accepted" : "rejected";
}
