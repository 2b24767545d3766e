/** What can be wrong with a client's offer, and the sentence for people. */
export const sdpFaults = {
  NOT_A_DESCRIPTION: 'This is no session description: it has no v= or o= line.',
  NO_SECTIONS: 'The offer has no m= section.',
  TOO_MANY_LINES: 'The offer has more lines than anybody reads.',
  TOO_MANY_SECTIONS: 'The offer has more m= sections than a leg can have.',
  MEDIA_LINE_INVALID: 'The m= line cannot be read.',
  SECTION_MISSING: 'The offer has fewer m= sections than the one before; sections are stopped, never taken away (RFC 3264 §8).',
  MID_INVALID: 'The section has no usable a=mid: one to sixteen characters that no other section has.',
  BUNDLE_MISSING: 'The offer does not bundle its sections (a=group:BUNDLE).',
  ICE_MISSING: 'The offer has no usable a=ice-ufrag and a=ice-pwd.',
  ICE_LITE: 'The other side is an ICE-lite agent, too: nobody would send checks.',
  FINGERPRINT_MISSING: 'The offer has no a=fingerprint.',
  FINGERPRINT_UNSUPPORTED: 'The fingerprint is none of SHA-256.',
  SETUP_INVALID: 'The offer has no usable a=setup.',
} as const;

export type SdpFaultCode = keyof typeof sdpFaults;

/** Why an offer cannot be read, and where. */
export interface SdpFault {
  readonly ok: false;
  readonly code: SdpFaultCode;
  /** Index of the m= section, or the lines before the first. */
  readonly at: number | 'session';
}

export function sdpFault(code: SdpFaultCode, at: SdpFault['at'] = 'session'): SdpFault {
  return { ok: false, code, at };
}

/** For people: what is wrong, and where. */
export function describeSdpFault({ code, at }: SdpFault): string {
  return at === 'session' ? sdpFaults[code] : `${sdpFaults[code]} (m= section ${at}, counted from 0)`;
}
