import { stunAttribute, stunKnownAttributes } from './attribute-type.ts';
import { writeAddress, writeXorAddress } from './attributes/address.ts';
import { stunErrorReasons, writeErrorCode, writeUnknownAttributes } from './attributes/error-code.ts';
import { readChangeRequest } from './attributes/nat-behaviour.ts';
import { writeText } from './attributes/text.ts';
import { checkFingerprint, writeFingerprint } from './fingerprint.ts';
import type { MessageBuilder } from './message-builder.ts';
import { stunMethod } from './message-type.ts';
import type { StunMessage } from './stun-message.ts';
import type { TransportAddress } from './transport-address.ts';

/** Where a Binding request came from, and where the server can be found. */
export interface BindingContext {
  /** The client as the server sees it. */
  readonly source: TransportAddress;
  /** Own address on which the request arrived; with it the response carries RESPONSE-ORIGIN (RFC 5780 §7.3). */
  readonly local?: TransportAddress;
  /**
   * Own address on another port that the driver can answer from; with it the response carries OTHER-ADDRESS (RFC 5780 §7.4) and a CHANGE-REQUEST
   * for another port is granted. Only for UDP.
   */
  readonly other?: TransportAddress;
  readonly software?: string;
}

/** The response: bytes in the builder's buffer, and whether to send them from {@link BindingContext.other}. */
export interface BindingAnswer {
  readonly bytes: Uint8Array;
  readonly fromOther: boolean;
}

const knownWithChangeRequest: ReadonlySet<number> = new Set([...stunKnownAttributes, stunAttribute.changeRequest]);

/**
 * Answers a Binding request without authentication (RFC 8489 §6.3.1, §12). `undefined` for what gets no answer: another method or class, an
 * indication, a wrong FINGERPRINT. The response carries FINGERPRINT when the request did. Needs at most 160 bytes of buffer and the software's name.
 */
export function answerBinding(request: StunMessage, context: BindingContext, builder: MessageBuilder): BindingAnswer | undefined {
  if (request.method !== stunMethod.binding || request.messageClass !== 'request') return undefined;
  const fingerprint = checkFingerprint(request);
  if (fingerprint === 'invalid') return undefined;
  const change = readChangeRequest(request);
  // RFC 5780 §6.1: a change that the server cannot make is answered as if it did not know the attribute.
  const isGranted = change === undefined || (!change.changeIp && (!change.changePort || context.other !== undefined));
  const unknown = request.unknownRequired(isGranted && change !== undefined ? knownWithChangeRequest : stunKnownAttributes);
  const fromOther = change?.changePort === true && isGranted && unknown.length === 0;
  if (unknown.length > 0) {
    builder.begin('error', stunMethod.binding, request.transactionId);
    writeErrorCode(builder, { code: 420, reason: stunErrorReasons[420] });
    writeUnknownAttributes(builder, unknown.slice(0, 32));
  } else {
    builder.begin('success', stunMethod.binding, request.transactionId);
    writeXorAddress(builder, stunAttribute.xorMappedAddress, context.source);
    const origin = fromOther ? context.other : context.local;
    if (origin !== undefined) writeAddress(builder, stunAttribute.responseOrigin, origin);
    if (context.other !== undefined) writeAddress(builder, stunAttribute.otherAddress, context.other);
  }
  if (context.software !== undefined) writeText(builder, 'software', context.software);
  if (fingerprint === 'valid') writeFingerprint(builder);
  return { bytes: builder.finish(), fromOther };
}
