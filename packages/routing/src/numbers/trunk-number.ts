import type { TrunkNumberFormat } from '@dialplane/calling-api';
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { readE164 } from './telephone-number.ts';

/** A number as a trunk wants it. @param e164 with `+`. */
export function numberForTrunk(e164: string, format: TrunkNumberFormat): string {
  return `${format.prefix ?? ''}${styled(e164, format)}`;
}

function styled(e164: string, { style, country }: TrunkNumberFormat): string {
  if (style === 'e164') return e164;
  if (style === 'e164WithoutPlus' || country === undefined || !isSupportedCountry(country)) return e164.slice(1);
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed === undefined) return `${internationalPrefix(country)}${e164.slice(1)}`;
  if (parsed.countryCallingCode !== getCountryCallingCode(country)) return digitsOf(parsed.format('IDD', { fromCountry: country }));
  return style === 'national' ? digitsOf(parsed.formatNational()) : parsed.nationalNumber;
}

/** The number that a trunk wrote so, as E.164; `undefined` where it is none (`anonymous`, an extension). */
export function numberFromTrunk(text: string, { style, country, prefix = '' }: TrunkNumberFormat): string | undefined {
  const compact = text.replaceAll(/[\s().-]/g, '');
  const bare = prefix !== '' && compact.startsWith(prefix) ? compact.slice(prefix.length) : compact;
  if (bare.startsWith('+')) return e164Of(bare);
  if (!/^\d{2,20}$/.test(bare)) return undefined;
  if (style === 'e164' || style === 'e164WithoutPlus') return e164Of(`+${bare}`);
  if (country === undefined || !isSupportedCountry(country)) return undefined;
  if (style === 'nationalWithoutPrefix' && !bare.startsWith(internationalPrefix(country))) return e164Of(`+${getCountryCallingCode(country)}${bare}`);
  return e164Of(bare, country);
}

function e164Of(text: string, country?: string): string | undefined {
  const reading = readE164(text, country);
  return reading.ok ? reading.e164 : undefined;
}

/** What is dialled in a country before numbers of other countries: `00`, `011`. */
function internationalPrefix(country: CountryCode): string {
  const abroad = country === 'GB' ? '+4930123456' : '+442079460000';
  return digitsOf(parsePhoneNumberFromString(abroad)?.format('IDD', { fromCountry: country }) ?? '').slice(0, 1 - abroad.length);
}

function digitsOf(formatted: string): string {
  return formatted.replaceAll(/\D/g, '');
}

/** Whether a country is one that numbering plans are known of. @param country ISO 3166-1 alpha-2. */
export function isKnownCountry(country: string): boolean {
  return isSupportedCountry(country);
}
