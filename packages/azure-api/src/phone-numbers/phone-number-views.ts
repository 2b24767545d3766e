import type { NumberCapability, TelephoneNumber } from '@dialplane/calling-api';

/** What a number may be used for (Azure `PhoneNumberCapabilities`). */
export interface Capabilities {
  readonly calling: NumberCapability;
  readonly sms: NumberCapability;
}

interface Cost {
  readonly amount: number;
  readonly currencyCode: string;
  readonly billingFrequency: 'monthly';
}

/** Azure `PurchasedPhoneNumber`. */
export interface PurchasedPhoneNumber {
  /** The digits of the number. */
  readonly id: string;
  readonly phoneNumber: string;
  readonly countryCode: string;
  readonly phoneNumberType: TelephoneNumber['phoneNumberType'];
  readonly capabilities: Capabilities;
  readonly assignmentType: TelephoneNumber['assignmentType'];
  readonly purchaseDate: string;
  readonly cost: Cost;
}

/** Azure `AvailablePhoneNumber`. */
export interface AvailablePhoneNumber extends Omit<PurchasedPhoneNumber, 'purchaseDate'> {
  readonly status: 'available' | 'reserved' | 'expired' | 'error' | 'purchased';
  readonly isAgreementToNotResellRequired: false;
  readonly error?: { readonly code: string; readonly message: string };
}

export function purchasedView(number: TelephoneNumber): PurchasedPhoneNumber {
  const { number: phoneNumber, country: countryCode, phoneNumberType, assignmentType, since } = number;
  return { id: phoneNumber.slice(1), phoneNumber, countryCode, phoneNumberType, capabilities: capabilitiesOf(number), assignmentType, purchaseDate: since, cost: costOf(number) };
}

export function availableView(number: TelephoneNumber, status: AvailablePhoneNumber['status']): AvailablePhoneNumber {
  const { purchaseDate: _date, ...view } = purchasedView(number);
  return { ...view, status, isAgreementToNotResellRequired: false };
}

export function capabilitiesOf({ calling, sms }: TelephoneNumber): Capabilities {
  return { calling, sms };
}

export function costOf({ monthlyCost, currency }: TelephoneNumber): Cost {
  return { amount: monthlyCost, currencyCode: currency, billingFrequency: 'monthly' };
}

/** Whether a number that can do `has` can do all of `wanted`. */
export function includesCapability(has: NumberCapability, wanted: NumberCapability): boolean {
  return wanted === 'none' || has === wanted || has === 'inbound+outbound';
}
