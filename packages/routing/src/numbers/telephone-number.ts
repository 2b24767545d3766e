import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';

/** What a number is for, as far as numbering plans tell. `network`: satellites and international networks, which belong to no country. */
export type NumberKind = 'fixed' | 'mobile' | 'fixedOrMobile' | 'tollFree' | 'premium' | 'sharedCost' | 'personal' | 'voip' | 'pager' | 'network' | 'unknown';

/** A telephone number that was understood. */
export interface TelephoneNumber {
  /** E.164 with `+`. */
  readonly e164: string;
  /** Without `+`: `1`, `49`, `882`. */
  readonly callingCode: string;
  /** What follows the calling code. */
  readonly nationalNumber: string;
  /** ISO 3166-1 alpha-2, where the number tells. */
  readonly country: string | undefined;
  readonly kind: NumberKind;
}

export type NumberReading = { readonly ok: true; readonly number: TelephoneNumber } | { readonly ok: false; readonly sentence: string };

const e164Form = /^\+[1-9]\d{6,14}$/;
/** Calling codes of no country (ITU-T E.164, list of assigned country codes): shared cost, satellites, personal numbers, networks, premium rate. */
const networkCodes: Readonly<Record<string, NumberKind>> = {
  800: 'tollFree', 808: 'sharedCost', 870: 'network', 878: 'personal', 881: 'network', 882: 'network', 883: 'network', 888: 'network', 979: 'premium',
};
const kinds: Readonly<Record<string, NumberKind>> = {
  FIXED_LINE: 'fixed', MOBILE: 'mobile', FIXED_LINE_OR_MOBILE: 'fixedOrMobile', TOLL_FREE: 'tollFree', PREMIUM_RATE: 'premium', SHARED_COST: 'sharedCost',
  PERSONAL_NUMBER: 'personal', VOIP: 'voip', PAGER: 'pager',
};

/**
 * Reads a number as a person types it: `+1 (425) 555-0100`, or the way it is dialled in `homeCountry` (`030 123456`, `0044 20 ...`).
 *
 * Plans change faster than their tables, and test numbers are in none of them; so a number with `+` and 7 to 15 digits is one, also where its plan is not known.
 */
export function readNumber(text: string, homeCountry?: string): NumberReading {
  const reading = readE164(text, homeCountry);
  return reading.ok ? { ok: true, number: classify(reading.e164, reading.parsed) } : reading;
}

/** The same without looking up what the number is for, which costs as much as reading and writing several SIP messages. */
export function readE164(text: string, homeCountry?: string): { readonly ok: true; readonly e164: string; /** Where the plan had to be looked into. */ readonly parsed?: PhoneNumber } | Extract<NumberReading, { readonly ok: false }> {
  const compact = text.normalize('NFKC').replaceAll(/[\s().\-/\u2010-\u2015]/g, '');
  if (compact.startsWith('+')) {
    return e164Form.test(compact) ? { ok: true, e164: compact } : refused(text, 'is not a telephone number: after the + come 7 to 15 digits, the first of which is not 0');
  }
  if (!/^\d{1,20}$/.test(compact)) return refused(text, 'is not a telephone number: it has other signs than digits');
  if (homeCountry === undefined) return refused(text, 'has no country: write it with + and the country code, or set the home country in the dialing policy');
  const parsed = parsePhoneNumberFromString(compact, homeCountry as CountryCode);
  if (parsed === undefined || !parsed.isPossible() || !e164Form.test(parsed.number)) return refused(text, `is not a number that can be dialled in ${homeCountry}`);
  return { ok: true, e164: parsed.number, parsed };
}

/** A number that is in E.164 form already. */
export function classify(e164: string, parsed: PhoneNumber | undefined = parsePhoneNumberFromString(e164)): TelephoneNumber {
  const digits = e164.slice(1);
  const ofNetwork = networkCodes[digits.slice(0, 3)];
  if (ofNetwork !== undefined) return { e164, callingCode: digits.slice(0, 3), nationalNumber: digits.slice(3), country: undefined, kind: ofNetwork };
  if (parsed === undefined) return { e164, callingCode: '', nationalNumber: digits, country: undefined, kind: 'unknown' };
  return {
    e164, callingCode: parsed.countryCallingCode, nationalNumber: digits.slice(parsed.countryCallingCode.length), country: parsed.country,
    kind: kinds[parsed.getType() ?? ''] ?? 'unknown',
  };
}

function refused(text: string, why: string): Extract<NumberReading, { readonly ok: false }> {
  return { ok: false, sentence: `“${text.slice(0, 64)}” ${why}.` };
}
