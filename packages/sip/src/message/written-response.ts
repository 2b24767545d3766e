import { parseSipMessage } from './parse-sip-message.ts';
import { SipHeaders } from './sip-headers.ts';
import { noBody, type SipResponse } from './sip-message.ts';

/** A response of which only its bytes are kept: to be sent again as it was. Who asks what it says has it read again. */
export class WrittenResponse implements SipResponse {
  readonly kind = 'response';
  readonly status: number;
  readonly reason: string;
  readonly bytes: Uint8Array;

  constructor({ status, reason }: SipResponse, bytes: Uint8Array) {
    this.status = status;
    this.reason = reason;
    this.bytes = bytes;
  }

  get headers(): SipHeaders {
    const message = parseSipMessage(this.bytes);
    return message.kind === 'response' ? message.headers : new SipHeaders();
  }

  get body(): Uint8Array {
    const message = parseSipMessage(this.bytes);
    return message.kind === 'response' ? message.body : noBody;
  }
}
