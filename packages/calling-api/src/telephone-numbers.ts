import { Type, type Static } from 'typebox';
import { E164 } from './dialing.ts';
import { DisplayName, RawId, Timestamp, Uuid } from './identifiers.ts';

/** Where calls to a number of ours go. */
export const NumberTarget = Type.Union([
  /** All clients and SIP phones of these users ring; who answers first has the call. */
  Type.Object({ kind: Type.Literal('users'), identifiers: Type.Array(RawId, { minItems: 1, maxItems: 50 }) }),
  /** The caller joins this group call. */
  Type.Object({ kind: Type.Literal('group'), groupId: Uuid }),
  /** An application decides, by the answer to Azure's `IncomingCall` event. */
  Type.Object({ kind: Type.Literal('webhook'), url: Type.String({ minLength: 8, maxLength: 2048, pattern: '^https?://' }) }),
  /** Nowhere: 404. */
  Type.Object({ kind: Type.Literal('none') }),
]);
export type NumberTarget = Static<typeof NumberTarget>;

/** What a number may be used for (Azure Communication Services, phone numbers). */
export const NumberCapability = Type.Union([Type.Literal('none'), Type.Literal('inbound'), Type.Literal('outbound'), Type.Literal('inbound+outbound')]);
export type NumberCapability = Static<typeof NumberCapability>;

const numberFields = {
  /** The trunk it belongs to; without one it comes in by any, and is shown on any. */
  trunk: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  target: NumberTarget,
  calling: NumberCapability,
  sms: NumberCapability,
  phoneNumberType: Type.Union([Type.Literal('geographic'), Type.Literal('tollFree'), Type.Literal('mobile')]),
  assignmentType: Type.Union([Type.Literal('person'), Type.Literal('application')]),
  /** `pool`: it waits to be claimed with the numbers API; `owned`: it is in use. */
  state: Type.Union([Type.Literal('owned'), Type.Literal('pool')]),
  /** What it costs in a month, for who asks the numbers API. */
  monthlyCost: Type.Number({ minimum: 0, maximum: 1_000_000 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  displayName: Type.Optional(DisplayName),
};

/** A number of this resource. */
export const TelephoneNumber = Type.Object({ number: E164, country: Type.String({ description: 'ISO 3166-1 alpha-2; ZZ where the number does not tell' }), ...numberFields, since: Timestamp });
export type TelephoneNumber = Static<typeof TelephoneNumber>;
export const TelephoneNumberList = Type.Object({ value: Type.Array(TelephoneNumber) });
export type TelephoneNumberList = Static<typeof TelephoneNumberList>;
/** Adds a number, or changes what is named of it. A trunk of `null` gives it back to all of them. */
export const PutTelephoneNumberRequest = Type.Partial(Type.Object({ ...numberFields, trunk: Type.Union([numberFields.trunk, Type.Null()]) }));
export type PutTelephoneNumberRequest = Static<typeof PutTelephoneNumberRequest>;
export const TelephoneNumberPath = Type.Object({ number: E164 });

/** A SIP phone that is registered now (RFC 3261 §10). */
export const SipDeviceRegistration = Type.Object({
  transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')]),
  /** The transport address that it registered from. */
  source: Type.String(),
  userAgent: Type.Optional(Type.String()),
  expiresAt: Timestamp,
});
export type SipDeviceRegistration = Static<typeof SipDeviceRegistration>;

/** The credentials with which SIP phones of a user register (RFC 3261 §22). */
export const SipDevice = Type.Object({
  username: Type.String(),
  identifier: RawId,
  displayName: Type.Optional(DisplayName),
  realm: Type.String(),
  createdAt: Timestamp,
  /** Phones that can be rung with them now; absent where this server takes no part in SIP. */
  registrations: Type.Optional(Type.Array(SipDeviceRegistration)),
});
export type SipDevice = Static<typeof SipDevice>;
export const SipDeviceList = Type.Object({
  value: Type.Array(SipDevice),
  /** Where phones register: ports of UDP and TCP, and of TLS. Absent where this server takes no part in SIP. */
  registrar: Type.Optional(Type.Object({ port: Type.Integer(), tlsPort: Type.Optional(Type.Integer()) })),
});
export type SipDeviceList = Static<typeof SipDeviceList>;
export const CreateSipDeviceRequest = Type.Object({
  identifier: RawId,
  displayName: Type.Optional(DisplayName),
  /** Made when absent. */
  username: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$' })),
});
export type CreateSipDeviceRequest = Static<typeof CreateSipDeviceRequest>;
/** The password is shown here and never again: what is kept are its hashes. */
export const CreatedSipDevice = Type.Object({ ...SipDevice.properties, password: Type.String() });
export type CreatedSipDevice = Static<typeof CreatedSipDevice>;
export const SipDevicePath = Type.Object({ username: Type.String({ minLength: 1, maxLength: 64 }) });
