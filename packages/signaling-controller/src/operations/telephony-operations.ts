import type { SipDevice, SipDeviceList, SipDeviceRegistration } from '@dialplane/calling-api';
import { ApiError } from '../http/api-error.ts';
import type { OperationHandlers } from '../http/operation-handler.ts';
import type { SipEdge, SipRegistration } from '../sip/sip-edge-options.ts';
import type { TelephoneUsageFilter, TelephonyAdministration, TelephonyAnswer } from '../telephony/telephony-administration.ts';
import { keptSafe, listed } from './kept-safe.ts';

type TelephonyOperationIds =
  | 'listTrunks' | 'getTrunk' | 'putTrunk' | 'deleteTrunk' | 'listTrunkPresets' | 'listTelephoneNumbers' | 'putTelephoneNumber' | 'deleteTelephoneNumber'
  | 'getVoiceRoutes' | 'replaceVoiceRoutes' | 'testVoiceRoutes' | 'getDialingPolicy' | 'replaceDialingPolicy' | 'listLimitUse'
  | 'listSipDevices' | 'createSipDevice' | 'deleteSipDevice' | 'listEventSubscriptions' | 'putEventSubscription' | 'deleteEventSubscription' | 'listTelephoneUsage' | 'sumTelephoneUsage' | 'listTelephoneUsageRecords';

interface UsageQuery {
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly identifier?: string;
  readonly trunk?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Where SIP phones register. */
export type SipRegistrar = Pick<SipEdge, 'status' | 'registrationsOf'>;

const defaultPageSize = 1000;

/** What operators ask of telephony. Without telephony each answers `TELEPHONY_UNAVAILABLE`. */
export class TelephonyOperations {
  private readonly administration: TelephonyAdministration | undefined;
  private readonly registrar: SipRegistrar | undefined;

  constructor(administration: TelephonyAdministration | undefined, registrar: SipRegistrar | undefined) {
    this.administration = administration;
    this.registrar = registrar;
  }

  handlers(): Pick<OperationHandlers, TelephonyOperationIds> {
    return {
      listTrunks: () => this.asked().trunks(),
      getTrunk: ({ params }) => given(this.asked().trunk(params.trunk)),
      putTrunk: async ({ params, body }) => given(await keptSafe(this.asked().putTrunk(params.trunk, body))),
      deleteTrunk: async ({ params }) => given(await keptSafe(this.asked().deleteTrunk(params.trunk))),
      listTrunkPresets: () => this.asked().trunkPresets(),
      listTelephoneNumbers: () => this.asked().numbers(),
      putTelephoneNumber: async ({ params, body }) => given(await keptSafe(this.asked().putNumber(params.number, body))),
      deleteTelephoneNumber: async ({ params }) => given(await keptSafe(this.asked().deleteNumber(params.number))),
      getVoiceRoutes: () => this.asked().routes(),
      replaceVoiceRoutes: async ({ body }) => given(await keptSafe(this.asked().replaceRoutes(body))),
      testVoiceRoutes: ({ body }) => this.asked().testRoutes(body),
      getDialingPolicy: () => this.asked().policy(),
      replaceDialingPolicy: async ({ body }) => given(await keptSafe(this.asked().replacePolicy(body))),
      listLimitUse: () => this.asked().limitUse(),
      listSipDevices: () => this.devices(),
      createSipDevice: async ({ body }) => given(await keptSafe(this.asked().createDevice(body))),
      deleteSipDevice: async ({ params }) => given(await keptSafe(this.asked().deleteDevice(params.username))),
      listEventSubscriptions: () => this.asked().eventSubscriptions(),
      putEventSubscription: async ({ params, body }) => given(await keptSafe(this.asked().putEventSubscription(params.name, body))),
      deleteEventSubscription: async ({ params }) => given(await keptSafe(this.asked().deleteEventSubscription(params.name))),
      listTelephoneUsage: ({ query }) => listed(this.asked().usage(filterOf(query), pageOf(query))),
      sumTelephoneUsage: ({ query }) => keptSafe(this.asked().usageSums(filterOf(query), query.groupBy)),
      listTelephoneUsageRecords: ({ query }) => listed(this.asked().usageRecords(filterOf(query), pageOf(query))),
    };
  }

  /** The credentials of the books, with what is registered at the edge. */
  private devices(): SipDeviceList {
    const { value } = this.asked().devices();
    const { registrar } = this;
    if (registrar === undefined) return { value };
    const { port, tlsPort } = registrar.status();
    return {
      value: value.map((device) => deviceView(device, registrar.registrationsOf(device.username))),
      registrar: { port, ...(tlsPort !== undefined && { tlsPort }) },
    };
  }

  private asked(): TelephonyAdministration {
    if (this.administration === undefined) throw new ApiError('TELEPHONY_UNAVAILABLE');
    return this.administration;
  }
}

function deviceView(device: SipDevice, registrations: readonly SipRegistration[]): SipDevice {
  return { ...device, registrations: registrations.flatMap(registrationView) };
}

/** Nobody registers inside the server. */
function registrationView({ transport, source, userAgent, expiresAtMs }: SipRegistration): SipDeviceRegistration[] {
  if (transport === 'inside') return [];
  return [{ transport, source, ...(userAgent !== undefined && { userAgent }), expiresAt: new Date(expiresAtMs).toISOString() }];
}

function given<Value>(answer: TelephonyAnswer<Value>): Value {
  if (answer.ok) return answer.value;
  throw new ApiError(answer.code, { ...(answer.sentence !== undefined && { message: answer.sentence }), ...(answer.target !== undefined && { target: answer.target }) });
}

function filterOf({ from, to, callId, identifier, trunk }: UsageQuery): TelephoneUsageFilter {
  return {
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    ...(callId !== undefined && { callId }),
    ...(identifier !== undefined && { identifier }),
    ...(trunk !== undefined && { trunk }),
  };
}

function pageOf({ limit = defaultPageSize, cursor }: UsageQuery): { readonly limit: number; readonly cursor: string | undefined } {
  return { limit, cursor };
}
