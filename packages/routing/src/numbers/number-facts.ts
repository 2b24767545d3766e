import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { classify } from './telephone-number.ts';

/** What numbering plans tell of a number. */
export interface NumberFacts {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  readonly kind: 'geographic' | 'mobile' | 'other' | 'unknown';
  /** As it is written in its country: `(425) 555-0100`. */
  readonly nationalFormat: string;
  /** `+1 425 555 0100`. */
  readonly internationalFormat: string;
  /** What stands for a place or a network in it, where it is written apart: `425`. */
  readonly areaCode: string | undefined;
}

/** `undefined` for what is no number in E.164 form. */
export function numberFacts(e164: string): NumberFacts | undefined {
  const parsed = /^\+[1-9]\d{6,14}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (parsed === undefined) return undefined;
  const internationalFormat = parsed.formatInternational();
  const [, areaCode, ...rest] = internationalFormat.split(/[\s-]/);
  return { country: classify(e164).country, kind: kindOf(e164), nationalFormat: parsed.formatNational(), internationalFormat, areaCode: rest.length > 0 ? areaCode : undefined };
}

function kindOf(e164: string): NumberFacts['kind'] {
  switch (classify(e164).kind) {
    case 'fixed':
    case 'fixedOrMobile':
      return 'geographic';
    case 'mobile':
      return 'mobile';
    case 'unknown':
      return 'unknown';
    default:
      return 'other';
  }
}
