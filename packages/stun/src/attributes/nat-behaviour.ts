import { stunAttribute } from '../attribute-type.ts';
import type { MessageBuilder } from '../message-builder.ts';
import { readInt32, type StunMessage } from '../stun-message.ts';

/** CHANGE-REQUEST (RFC 5780 §7.2): from where the client wants its answer. */
export interface ChangeRequest {
  readonly changeIp: boolean;
  readonly changePort: boolean;
}

/** Reads CHANGE-REQUEST; `undefined` when absent or malformed. */
export function readChangeRequest(message: StunMessage): ChangeRequest | undefined {
  const at = message.find(stunAttribute.changeRequest);
  if (at < 0 || message.valueAt(at).length !== 4) return undefined;
  const flags = readInt32(message.bytes, at + 4);
  return { changeIp: (flags & 4) !== 0, changePort: (flags & 2) !== 0 };
}

/** Writes CHANGE-REQUEST. */
export function writeChangeRequest(builder: MessageBuilder, request: ChangeRequest): void {
  builder.uint32(stunAttribute.changeRequest, (request.changeIp ? 4 : 0) | (request.changePort ? 2 : 0));
}
