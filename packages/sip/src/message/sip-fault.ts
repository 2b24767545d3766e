import type { SipRequest } from './sip-message.ts';

/** What is wrong with each: the status a request is answered with, and a sentence that says what to mend. */
const faults = {
  MESSAGE_EMPTY: { status: 400, sentence: 'There is no start line.' },
  MESSAGE_TOO_LARGE: { status: 513, sentence: 'The message is longer than 65535 bytes.' },
  START_LINE_MALFORMED: { status: 400, sentence: 'The start line is neither a request line nor a status line.' },
  REQUEST_URI_MALFORMED: { status: 400, sentence: 'The Request-URI cannot be read, has header fields in it, or does not stand between single spaces.' },
  VERSION_UNKNOWN: { status: 505, sentence: 'The version is not SIP/2.0.' },
  STATUS_OUT_OF_RANGE: { status: 400, sentence: 'The status code is not in 100..699.' },
  LINE_BREAK_MALFORMED: { status: 400, sentence: 'A line ends with CR or LF alone; lines end with both.' },
  HEADER_NAME_MALFORMED: { status: 400, sentence: 'A header line does not begin with a name and a colon.' },
  TOO_MANY_HEADERS: { status: 513, sentence: 'There are more than 256 header lines.' },
  HEADERS_CUT_OFF: { status: 400, sentence: 'The empty line behind the header fields is missing.' },
  CONTENT_LENGTH_MALFORMED: { status: 400, sentence: 'Content-Length is no number, or there are several that differ.' },
  CONTENT_LENGTH_MISSING: { status: 400, sentence: 'Over a stream a message needs Content-Length.' },
  BODY_CUT_OFF: { status: 400, sentence: 'The body is shorter than Content-Length says.' },
  HEADER_MISSING: { status: 400, sentence: 'A header field that every message needs is missing: Via, From, To, Call-ID or CSeq.' },
  HEADER_REPEATED: { status: 400, sentence: 'A header field that stands once stands several times: From, To, Call-ID, CSeq or Max-Forwards.' },
  VIA_MALFORMED: { status: 400, sentence: 'Via cannot be read.' },
  FROM_MALFORMED: { status: 400, sentence: 'From cannot be read.' },
  TO_MALFORMED: { status: 400, sentence: 'To cannot be read.' },
  CALL_ID_MALFORMED: { status: 400, sentence: 'Call-ID cannot be read.' },
  CSEQ_MALFORMED: { status: 400, sentence: 'CSeq is not a number below 2^31 and a method.' },
  CSEQ_METHOD_MISMATCH: { status: 400, sentence: 'CSeq names another method than the request line.' },
  METHOD_UNKNOWN: { status: 501, sentence: 'The method is unknown, and CSeq names another one.' },
  MAX_FORWARDS_MALFORMED: { status: 400, sentence: 'Max-Forwards is not a number in 0..255.' },
  ROUTE_MALFORMED: { status: 400, sentence: 'Route or Record-Route cannot be read.' },
  CONTACT_MALFORMED: { status: 400, sentence: 'Contact cannot be read; a URI with comma, semicolon or question mark stands in angle brackets.' },
} as const;

export type SipFaultCode = keyof typeof faults;

/** Why bytes are no message, or a message is none that may be acted on. */
export interface SipFault {
  readonly kind: 'fault';
  readonly code: SipFaultCode;
  /** What a request is answered with. A response with a fault is dropped. */
  readonly status: number;
  /** Fit for the reason phrase of the answer and for the log. */
  readonly sentence: string;
  /** Offset in the bytes, where that is known. */
  readonly at: number | undefined;
  /** Of a request: as much of it as could be read. It can be answered where it has a Via. */
  readonly request: SipRequest | undefined;
}

export function sipFault(code: SipFaultCode, at?: number, request?: SipRequest): SipFault {
  return { kind: 'fault', code, ...faults[code], at, request };
}
