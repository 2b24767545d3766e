import type { NumberCapability, TelephoneNumber } from '@dialplane/calling-api';
import { AzureError } from '../azure-error.ts';
import { parseObject } from '../json-body.ts';
import type { Capabilities } from './phone-number-views.ts';

/** Which numbers of the pool are meant. */
export interface NumberWish {
  readonly country: string;
  readonly phoneNumberType: TelephoneNumber['phoneNumberType'];
  readonly assignmentType: TelephoneNumber['assignmentType'] | undefined;
  readonly capabilities: Partial<Capabilities>;
  readonly areaCode: string | undefined;
  /** Digits with which numbers begin; empty: any. */
  readonly prefixes: readonly string[];
}

export interface SearchRequest extends NumberWish {
  readonly assignmentType: TelephoneNumber['assignmentType'];
  readonly capabilities: Capabilities;
  readonly quantity: number;
}

const numberTypes = ['geographic', 'tollFree', 'mobile'] as const;
const assignmentTypes = ['person', 'application'] as const;
const capabilityTypes = ['none', 'inbound', 'outbound', 'inbound+outbound'] as const;
/** Azure's limit for one search. */
const mostQuantity = 500;
const mostPrefixes = 10;
const mostOperatorNumbers = 100;

/** Throws {@link AzureError} for what is no country code. */
export function parseCountry(country: string): string {
  if (!/^[A-Za-z]{2}$/.test(country)) throw invalid('twoLetterIsoCountryName', 'a country is two letters (ISO 3166-1)');
  return country.toUpperCase();
}

/** Of `:search`. */
export function parseSearch(country: string, body: Uint8Array): SearchRequest {
  const { phoneNumberType, assignmentType, capabilities, areaCode, quantity = 1 } = parseObject(body);
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1 || quantity > mostQuantity) throw invalid('quantity', `it is a whole number from 1 to ${mostQuantity}`);
  const { calling, sms } = parseCapabilities(capabilities);
  if (calling === undefined || sms === undefined) throw invalid('capabilities', 'calling and sms are needed');
  return {
    country: parseCountry(country), quantity, prefixes: [], capabilities: { calling, sms },
    phoneNumberType: oneOf(numberTypes, phoneNumberType, 'phoneNumberType'), assignmentType: oneOf(assignmentTypes, assignmentType, 'assignmentType'), areaCode: parseAreaCode(areaCode),
  };
}

/** Of `:browse`. */
export function parseBrowse(country: string, body: Uint8Array): NumberWish {
  const { phoneNumberType, assignmentType, capabilities, phoneNumberPrefixes = [] } = parseObject(body);
  if (!Array.isArray(phoneNumberPrefixes) || phoneNumberPrefixes.length > mostPrefixes || !phoneNumberPrefixes.every((one) => typeof one === 'string' && /^\+?\d{1,15}$/.test(one))) {
    throw invalid('phoneNumberPrefixes', `it is a list of ${mostPrefixes} beginnings of numbers at most`);
  }
  return {
    country: parseCountry(country), phoneNumberType: oneOf(numberTypes, phoneNumberType, 'phoneNumberType'),
    assignmentType: assignmentType === undefined || assignmentType === null ? undefined : oneOf(assignmentTypes, assignmentType, 'assignmentType'),
    capabilities: parseCapabilities(capabilities), areaCode: undefined, prefixes: (phoneNumberPrefixes as string[]).map((one) => one.replace('+', '')),
  };
}

/** Of lists of area codes and offerings; all without a type where `isTypeNeeded` is not given. */
export function parseTypeQuery(query: unknown, isTypeNeeded = false): { readonly phoneNumberType: TelephoneNumber['phoneNumberType'] | undefined; readonly assignmentType: TelephoneNumber['assignmentType'] | undefined } {
  const { phoneNumberType, assignmentType } = query as Readonly<Record<string, unknown>>;
  if (phoneNumberType === undefined && isTypeNeeded) throw invalid('phoneNumberType', 'it is needed');
  return {
    phoneNumberType: phoneNumberType === undefined ? undefined : oneOf(numberTypes, phoneNumberType, 'phoneNumberType'),
    assignmentType: assignmentType === undefined ? undefined : oneOf(assignmentTypes, assignmentType, 'assignmentType'),
  };
}

/** Of an update of capabilities: what is left out stays. */
export function parseCapabilityChange(body: Uint8Array): Partial<Capabilities> {
  return parseCapabilities(parseObject(body));
}

/** Numbers whose facts are asked for. */
export function parseOperatorNumbers(body: Uint8Array): readonly string[] {
  const { phoneNumbers } = parseObject(body);
  const isList = Array.isArray(phoneNumbers) && phoneNumbers.length > 0 && phoneNumbers.length <= mostOperatorNumbers;
  if (!isList || !phoneNumbers.every((one) => typeof one === 'string' && one.length <= 32)) throw invalid('phoneNumbers', `it is a list of 1 to ${mostOperatorNumbers} phone numbers`);
  return phoneNumbers as string[];
}

export function invalid(target: string, detail: string): AzureError {
  return new AzureError('PHONE_NUMBER_REQUEST_INVALID', { target, detail: `${target}: ${detail}` });
}

function parseCapabilities(given: unknown): Partial<Capabilities> {
  const { calling, sms } = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  const capability = (value: unknown, name: string): NumberCapability => oneOf(capabilityTypes, value, `capabilities.${name}`);
  return { ...(calling !== undefined && calling !== null && { calling: capability(calling, 'calling') }), ...(sms !== undefined && sms !== null && { sms: capability(sms, 'sms') }) };
}

function parseAreaCode(areaCode: unknown): string | undefined {
  if (areaCode === undefined || areaCode === null) return undefined;
  if (typeof areaCode === 'string' && /^\d{1,8}$/.test(areaCode)) return areaCode;
  throw invalid('areaCode', 'it is digits');
}

function oneOf<Value extends string>(values: readonly Value[], given: unknown, target: string): Value {
  const found = values.find((value) => value === given);
  if (found === undefined) throw invalid(target, `it is one of ${values.join(', ')}`);
  return found;
}
